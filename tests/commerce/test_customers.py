"""The rules of customers: addresses, passwords, consents, and who an order belongs to."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockcentra.commerce import customers, passwords
from mockcentra.commerce.attribute_values import put_attributes
from mockcentra.commerce.consents import Consent, read_consents
from mockcentra.commerce.customers import CustomerRecord, Profile
from mockcentra.commerce.emails import email_key, is_email
from mockcentra.commerce.errors import CommerceError, Conflict, Invalid
from mockcentra.commerce.subscriptions import next_order_at
from mockcentra.store import Store, Transaction
from mockcentra.store.clock import local_text

RETAIL = 1
PASSWORD = "correct horse"
HOME = {"firstName": "Eva", "address1": "Nygatan 5", "city": "Visby", "country": "SE", "phoneNumber": "1"}


@pytest.fixture
def tx(store: Store) -> Iterator[Transaction]:
    """A transaction in which a test does everything."""
    with store.transaction(discard=True) as transaction:
        yield transaction


def record_of(tx: Transaction, customer_id: int) -> CustomerRecord:
    record = customers.customer_record(tx, customer_id)
    assert record is not None
    return record


def order_of(tx: Transaction, email: str, **changes: object) -> int:
    """The customer of an order of somebody with that address."""
    values: dict = {
        "store_id": RETAIL,
        "customer_id": None,
        "email": email,
        "address": HOME,
        "newsletter": False,
        "consents": [],
        "language_id": 2,
        "market_id": 1,
        "pricelist_id": 1,
    }
    return customers.customer_for_order(tx, **{**values, **changes})


# ------------------------------------------------------------------ addresses and passwords


@pytest.mark.parametrize(
    "email",
    [
        "a@b.se",
        "anna.demo+shop@example.com",
        "o'hara@example.co.uk",
        "användare@exämple.se",
        "日本@例え.jp",
        "a@b-c.d1.se",
    ],
)
def test_these_are_addresses(email: str):
    assert is_email(email)
    assert is_email(email.upper())


@pytest.mark.parametrize(
    "email",
    ["", "a", "a@b", "@b.se", "a@", "a@@b.se", "a b@c.se", "a@b .se", "a@b..se", ".a@b.se", "a.@b.se", "a..b@c.se",
     "a@-b.se", "a@b.se\n", "<a@b.se>", "a@b.se,c@d.se", "a@b.se\x00", f"{'x' * 250}@b.se"],
)  # fmt: skip
def test_these_are_none(email: str):
    assert not is_email(email)


@given(st.text())
def test_every_text_is_an_address_or_not(text: str):
    assert is_email(text) in (True, False)
    assert email_key(email_key(text)) == email_key(text)


@given(st.text(max_size=140), st.text(max_size=140))
def test_a_kept_password_matches_itself_only(one: str, other: str):
    for kept in (passwords.hashed(one, "0a"), passwords.hashed_cheaply(one, "0a")):
        assert passwords.matches(kept, one)
        assert passwords.matches(kept, other) == (one == other)
        assert one not in kept or len(one) < 5
    assert passwords.is_allowed(one) == (4 <= len(one) <= 128)


@pytest.mark.parametrize("kept", ["", "x", "sha256", "sha256:1:aa", "pbkdf2:1:aa:"])
def test_nothing_matches_a_customer_without_a_password(kept: str):
    assert not passwords.matches(kept, "")
    assert not passwords.matches(kept, PASSWORD)


def test_two_customers_with_one_password_are_kept_differently(tx: Transaction):
    ids = [customers.register(tx, RETAIL, f"{name}@example.com", PASSWORD, Profile()) for name in "ab"]
    first, second = (tx.value("SELECT password_hash FROM customers WHERE id = ?", (found,)) for found in ids)
    assert first != second
    assert PASSWORD not in first


# ------------------------------------------------------------------ consents


def test_consents_are_read_from_both_forms():
    wanted = [Consent("newsletter", True, version="2"), Consent("calls", False)]
    assert read_consents({"newsletter": {"consented": "true", "version": 2}, "calls": 0}) == wanted
    assert read_consents([{"key": " newsletter ", "consented": 1, "version": "2"}, {"key": "calls"}]) == wanted
    assert read_consents([consent.plain() for consent in wanted]) == wanted
    assert read_consents(None) == read_consents([]) == read_consents({}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON)
def test_anything_else_is_refused_as_a_whole(sent: object):
    try:
        found = read_consents(sent)
    except CommerceError as error:
        assert error.problems == {"consents": "not valid"}
    else:
        assert all(consent.key for consent in found)


# ------------------------------------------------------------------ custom attributes


@pytest.mark.parametrize("name", ["cust_note", "cust_note_text"])
def test_a_dynamic_attribute_has_two_names_and_can_be_cleared(tx: Transaction, name: str):
    customer = customers.register(tx, RETAIL, "eva@example.com", PASSWORD, Profile(fields={name: "Rings twice"}))
    (note,) = record_of(tx, customer).attributes
    assert (note.type_name, dict(note.elements)) == ("cust_note", {"text": "Rings twice"})
    put_attributes(tx, "customer", customer, {name: ["no", "text"]})
    assert record_of(tx, customer).attributes
    put_attributes(tx, "customer", customer, {name: None})
    assert record_of(tx, customer).attributes == ()


def test_a_mapped_attribute_takes_known_entries_only(tx: Transaction):
    customer = customers.register(tx, RETAIL, "eva@example.com", PASSWORD, Profile(fields={"cust_club": "Silver"}))
    for wrong in ("Platinum", {"text": "Gold"}, True, 99999999):
        put_attributes(tx, "customer", customer, {"cust_club": wrong})
    (club,) = record_of(tx, customer).attributes
    assert club.elements["text"] == "Silver"
    put_attributes(tx, "customer", customer, {"cust_club": []})
    assert record_of(tx, customer).attributes == ()


# ------------------------------------------------------------------ whose order it is


def test_a_guest_is_one_unregistered_customer_however_often_it_orders(tx: Transaction):
    first = order_of(tx, " Eva@example.com ", newsletter=True, consents=[{"key": "calls", "consented": True}])
    record = record_of(tx, first)
    assert (record.email, record.is_registered, record.newsletter) == ("Eva@example.com", False, True)
    assert (record.address["city"], record.language, record.consents[0].key) == ("Visby", "sv", "calls")
    again = order_of(tx, "EVA@example.com", address={**HOME, "city": "Lund"})
    assert again == first
    assert record_of(tx, first).address["city"] == "Lund"
    assert record_of(tx, first).newsletter


def test_an_account_and_a_guest_of_one_address_are_never_merged(tx: Transaction):
    account = customers.register(tx, RETAIL, "eva@example.com", PASSWORD, Profile())
    guest = order_of(tx, "eva@example.com")
    assert guest != account
    assert customers.find_customer(tx, RETAIL, "EVA@example.com", True) == account
    assert customers.find_customer(tx, RETAIL, "eva@example.com", False) == guest
    assert record_of(tx, account).address["city"] == ""


def test_a_guest_can_register_later(tx: Transaction):
    guest = order_of(tx, "eva@example.com")
    assert customers.register(tx, RETAIL, "eva@example.com", PASSWORD, Profile()) != guest


def test_the_account_gets_its_first_address_from_an_order_and_keeps_it(tx: Transaction):
    account = customers.register(tx, RETAIL, "eva@example.com", PASSWORD, Profile())
    assert order_of(tx, "else@example.com", customer_id=account) == account
    assert record_of(tx, account).address["city"] == "Visby"
    assert record_of(tx, account).email == "eva@example.com"
    order_of(tx, "else@example.com", customer_id=account, address={**HOME, "city": "Lund"})
    assert record_of(tx, account).address["city"] == "Visby"


def test_an_order_can_make_the_account(tx: Transaction):
    kept = customers.hash_password(tx, PASSWORD)
    account = order_of(tx, "eva@example.com", password_hash=kept)
    assert record_of(tx, account).is_registered
    with pytest.raises(Conflict):
        customers.register(tx, RETAIL, "EVA@example.com", PASSWORD, Profile())
    with pytest.raises(Invalid):
        customers.hash_password(tx, "abc")


@pytest.mark.parametrize(
    ("country", "state", "kept"),
    [("US", "ny", ("US", "NY")), ("US", "Skåne", ("US", "")), ("se", "Skåne", ("SE", "Skåne")), ("??", "NY", ("", ""))],
)
def test_an_odd_place_is_no_reason_to_lose_an_order(tx: Transaction, country: str, state: str, kept: tuple[str, str]):
    guest = order_of(tx, "eva@example.com", address={**HOME, "country": country, "state": state})
    address = record_of(tx, guest).address
    assert (address["country"], address["state"]) == kept


def test_customers_are_read_in_batches(tx: Transaction):
    ids = [order_of(tx, f"guest{number}@example.com") for number in range(3)]
    found = customers.customer_records(tx, [*ids, 99999999])
    assert [record.email for record in found.values()] == [f"guest{number}@example.com" for number in range(3)]
    assert customers.customer_records(tx, []) == {}
    assert customers.customer_record(tx, 99999999) is None


# ------------------------------------------------------------------ when a subscription is due


@pytest.mark.parametrize(
    ("since", "value", "unit", "due"),
    [
        ("2026-01-31 23:59:59", 1, "month", "2026-02-28"),
        ("2027-11-30 12:00:00", 3, "month", "2028-02-29"),
        ("2026-12-15 00:00:00", 1, "month", "2027-01-15"),
        ("2028-02-29 08:00:00", 1, "year", "2029-02-28"),
        ("2026-03-28 12:00:00", 14, "day", "2026-04-11"),
        ("2026-10-24 12:00:00", 1, "week", "2026-10-31"),
        ("2026-01-01 00:30:00", 12, "month", "2027-01-01"),
    ],
)
def test_the_next_day_is_reckoned_in_the_zone_of_the_shop(since: str, value: int, unit: str, due: str):
    moment = int(datetime.fromisoformat(since).replace(tzinfo=ZoneInfo("Europe/Stockholm")).timestamp())
    assert local_text(next_order_at(moment, value, unit)) == f"{due} 00:00:00"
