"""The newsletter's subscribers, and shoppers who want to know when an item is back in stock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mockcentra.commerce.catalogue import record_of
from mockcentra.commerce.consents import Consent
from mockcentra.commerce.emails import email_key, is_email
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.mails import BACK_IN_STOCK, mail
from mockcentra.commerce.reference import Country, Reference, reference_of
from mockcentra.store import Transaction
from mockcentra.store import customers as customer_rows
from mockcentra.store import newsletter as rows
from mockcentra.store.database import Row, to_json

BACK_IN_STOCK_MINIMUM = 10
"""So many pieces must be free in one warehouse before somebody is told (payments.md F)."""


def subscribe(
    tx: Transaction,
    store_id: int,
    email: str,
    *,
    country: str = "",
    language: str = "",
    item: tuple[int, int] | None = None,
    consents: Sequence[Consent] = (),
    is_rehearsal: bool = False,
) -> None:
    """Subscribes an address to the newsletter; twice is no mistake (checkout-api.md 17.1).

    `item` is a display item and a size (0: none in particular) that the subscriber is interested in; that is noted
    beside the subscription. A rehearsal checks everything and stores nothing: what robots get for filling in the
    honeypot. Raises Invalid for `email`, NotFound for `country`, `language`, `product` and `item`.
    """
    reference = reference_of(tx.store)
    email = email.strip()
    if not is_email(email):
        raise Invalid({"email": "Expected type e-mail"})
    if country:
        country = _country(reference, country).code
    if language and reference.find_language(language) is None:
        raise NotFound("language")
    if item is not None:
        require_item(tx, store_id, item)
    if is_rehearsal:
        return
    note_subscriber(tx, store_id, email, country, language.lower(), consents)
    if item is not None:
        _note(tx, store_id, email, country, language.lower(), item, consents)
    for customer_id in customer_rows.set_newsletter(tx, store_id, email_key(email), True):
        tx.event("customer", customer_id, "updated")


def note_subscriber(
    tx: Transaction, store_id: int, email: str, country: str, language: str, consents: Sequence[Consent] = ()
) -> None:
    """Adds an address to the list of subscribers, without any check."""
    _note(tx, store_id, email, country, language, (0, 0), consents)


def _note(
    tx: Transaction,
    store_id: int,
    email: str,
    country: str,
    language: str,
    item: tuple[int, int],
    consents: Sequence[Consent],
) -> None:
    agreed = to_json([consent.plain() for consent in consents])
    subscription_id, is_new = rows.add_subscriber(
        tx, store_id, email, email_key(email), country, language, *item, agreed
    )
    tx.event("newsletter_subscription", subscription_id, "created" if is_new else "updated")


def unsubscribe(tx: Transaction, store_id: int, key: str) -> None:
    """Takes an address (in the form of `email_key`) off the list."""
    subscription_id = rows.remove_subscriber(tx, store_id, key)
    if subscription_id is not None:
        tx.event("newsletter_subscription", subscription_id, "deleted", store=store_id)


def is_subscribed(tx: Transaction, store_id: int, key: str) -> bool:
    """Whether an e-mail address, by its key, gets the newsletter of a store."""
    return rows.is_subscriber(tx, store_id, key)


def _country(reference: Reference, code: str) -> Country:
    country = reference.find_country(code)
    if country is None:
        raise NotFound("country")
    return country


def require_item(tx: Transaction, store_id: int, item: tuple[int, int]) -> None:
    """Makes sure that the store sells a display item, in that size unless it is 0.

    Raises NotFound: `product` for the display item alone, `item` for one with a size.
    """
    display_item_id, size_id = item
    record = record_of(tx, display_item_id)
    if record is None or not record.is_active or record.store_id != store_id:
        raise NotFound("item" if size_id else "product")
    if size_id and record.size(size_id) is None:
        raise NotFound("item")


# ------------------------------------------------------------------ back in stock


def wait_for_item(
    tx: Transaction,
    store_id: int,
    item: tuple[int, int] | None,
    email: str | None,
    ship_to: Mapping[str, str] | None,
    language: str,
) -> None:
    """Notes that somebody wants to be told when an item can be delivered (checkout-api.md 17.2).

    `ship_to` has `country` and perhaps `state`. Raises Invalid for what is missing or wrong, NotFound for the item.
    """
    reference = reference_of(tx.store)
    problems = {}
    if not email:
        problems["email"] = "required"
    elif not is_email(email.strip()):
        problems["email"] = "not valid"
    country_code, state_code = "", ""
    if not ship_to or not ship_to.get("country"):
        problems["shipTo"] = "required"
    else:
        country_code, state_code = _place(reference, ship_to, problems)
    if language and reference.find_language(language) is None:
        problems["language"] = "not found"
    if problems:
        raise Invalid(problems)
    if item is None:
        raise NotFound("item")
    require_item(tx, store_id, item)
    assert email is not None
    rows.add_waiting(tx, store_id, email.strip(), *item, country_code, state_code, language.lower())


def _place(reference: Reference, ship_to: Mapping[str, str], problems: dict[str, str]) -> tuple[str, str]:
    """The codes of a country and its state; what is wrong with them goes into `problems`."""
    country = reference.find_country(ship_to["country"])
    if country is None:
        problems["shipTo.country"] = "not found"
        return "", ""
    if not country.states:
        return country.code, ""
    if not ship_to.get("state"):
        problems["shipTo.state"] = "required"
        return country.code, ""
    state = reference.find_state(country, ship_to["state"])
    if state is None:
        problems["shipTo.state"] = "not found"
        return country.code, ""
    return country.code, state.code


def notify_back_in_stock(tx: Transaction, size_ids: Iterable[int]) -> int:
    """Mails those who wait for one of these sizes, if enough pieces are free now; returns how many.

    To be called whenever the stock of sizes went up. A mail goes out once, when a warehouse from which the market of
    the shopper's country is served has at least `BACK_IN_STOCK_MINIMUM` free pieces.
    """
    sizes = list(dict.fromkeys(size_ids))
    waiting = rows.waiting_for(tx, sizes) if sizes else []
    if not waiting:
        return 0
    reference = reference_of(tx.store)
    free: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows.free_stock(tx, sizes):
        free[row["product_size_id"]][row["warehouse_id"]] = row["free"]
    told = [row for row in waiting if _can_deliver(reference, row, free[row["product_size_id"]])]
    for row in told:
        item = f"{row['display_item_id']}-{row['product_size_id']}"
        ship_to = {"country": row["country"], "state": row["state"]}
        data = {"item": item, "product": str(row["display_item_id"]), "shipTo": ship_to}
        mail(tx, BACK_IN_STOCK, row["email"], row["language"], data)
    rows.mark_notified(tx, [row["id"] for row in told])
    return len(told)


def _can_deliver(reference: Reference, row: Row, free: Mapping[int, int]) -> bool:
    country = reference.find_country(row["country"])
    market = reference.own_market(row["store_id"], country.id) if country else None
    market = market or reference.default_market(row["store_id"])
    return any(
        free.get(warehouse_id, 0) - reference.warehouses[warehouse_id].threshold >= BACK_IN_STOCK_MINIMUM
        for warehouse_id in reference.allocation_rules[market.allocation_rule_id]
        if reference.warehouses[warehouse_id].is_active
    )
