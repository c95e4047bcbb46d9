"""Customers of direct-to-consumer stores (section 22)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.addresses import address, merged
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Arguments,
    Batch,
    Column,
    Dates,
    Days,
    Many,
    Moment,
    One,
    Picked,
    Range,
    Text,
    Through,
    Type,
    Where,
    define,
    flag,
    text,
    word,
)
from mockcentra.commerce import anonymisation, customers
from mockcentra.commerce.reference import reference_of
from mockcentra.store import customers as customer_rows
from mockcentra.store import graphql_customers as rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import Row, from_json, to_json

GENDERS = {"m": "MALE", "f": "FEMALE", "male": "MALE", "female": "FEMALE"}
_STORED_GENDERS = {"MALE": "m", "FEMALE": "f", "OTHER": "other"}
_ADDRESS = (
    "email", "first_name", "last_name", "company", "address1", "address2", "zip_code", "city", "state", "country",
    "phone_number", "vat_number", "extra_json",
)  # fmt: skip
# Parts of an address that have no column of their own.
_EXTRA_PARTS = ("attention", "cellPhoneNumber", "faxNumber")


def _parts(values: Any) -> dict[str, Any]:
    """A customer's one address, with the store's names of its parts."""
    extra = from_json(values["extra_json"])
    return {
        "email": values["email"],
        **{key: values[column] for key, column in customers.PROFILE_COLUMNS.items()},
        **{name: extra.get(name) for name in _EXTRA_PARTS},
    }


def _addresses(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return [address(run, _parts(dict(zip(_ADDRESS, row, strict=True)))) for row in picked]


def _anonymized(run: Run, arguments: Arguments, picked: Picked) -> list[Any]:
    return [row[0] is not None for row in picked]


def _gender(value: str) -> str | None:
    return (GENDERS.get(value.lower(), "OTHER")) if value else None


def _genders(run: Run, value: Any) -> reading.Condition:
    known = reading.among("gender", [ours for ours, theirs in GENDERS.items() if theirs in value])
    if "OTHER" not in value:
        return known
    other = reading.all_of([reading.has_value("gender"), reading.negated(reading.among("gender", list(GENDERS)))])
    return reading.any_of([known, other])


def extra(name: str) -> Column:
    """What integrations keep with a customer."""
    return Column("extra_json", lambda written: from_json(written).get(name) or None)


define(
    Type(
        "Customer",
        "customers",
        fields={
            "status": Column("status", word(words.STATUS)),
            "email": Column("email"),
            "firstName": Column("first_name", text),
            "lastName": Column("last_name", text),
            "cellPhoneNumber": Column(rows.CELL_PHONE, text),
            "phoneNumber": Column("phone_number", text),
            "createdAt": Moment("created_at"),
            "updatedAt": Moment("updated_at"),
            "lastLoginAt": Moment(rows.SEEN_AT),
            "lastOnlineAt": Moment(rows.SEEN_AT),
            "totalOrders": Column(rows.ORDERS),
            "billingAddress": Batch(_addresses, *_ADDRESS),
            "emailHistory": Through(rows.MAILS),
            "store": One("store_id"),
            "birthdate": Moment(rows.BIRTHDATE),
            "isAnonymized": Batch(_anonymized, "anonymized_at"),
            "receiveNewsletters": Column("newsletter", flag),
            "internalComment": extra("internalComment"),
            "websiteUrl": extra("websiteUrl"),
            "gender": Column("gender", _gender),
            "country": One(rows.COUNTRY),
            "language": One("language_id"),
            "market": One("market_id"),
            "pricelist": One("pricelist_id"),
            "taxClass": One("tax_class_id"),
            "lastOrder": One(rows.LAST_ORDER),
            "orders": Many("customer_id"),
            "wishlists": Many("customer_id"),
        },
        filters={
            "status": Among("status", words.stored(words.STATUS)),
            "email": Text("email"),
            "firstName": Text("first_name"),
            "lastName": Text("last_name"),
            "birthdate": Days(rows.BIRTHDATE),
            "gender": Where(_genders, reading.has_value("gender")),
            "cellPhoneNumber": Text(rows.CELL_PHONE),
            "phoneNumber": Text("phone_number"),
            "createdAt": Dates("created_at"),
            "updatedAt": Dates("updated_at"),
            "lastLoginAt": Dates(rows.SEEN_AT),
            "isAnonymized": Where(lambda run, value: reading.is_null("anonymized_at", not value)),
            "countryId": Among(rows.COUNTRY),
            "languageId": Among("language_id"),
            "marketId": Among("market_id"),
            "pricelistId": Among("pricelist_id"),
            "storeId": Among("store_id"),
            "totalOrders": Range(rows.ORDERS),
        },
        sorts={"email": "email", "createdAt": "created_at", "updatedAt": "updated_at"},
        search=("email", "first_name", "last_name", "phone_number"),
        store="store_id",
        external="customer",
        attributes="customer",
    )
)


# ------------------------------------------------------------------ writing


def _details(change: Change, store_id: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that shoppers do not set themselves, with user errors for what cannot be."""
    given = change.input
    reference = reference_of(change.tx.store)
    columns: dict[str, Any] = {}
    for name, column, kind in (
        ("market", "market_id", "Market"),
        ("pricelist", "pricelist_id", "Pricelist"),
        ("taxClass", "tax_class_id", "TaxClass"),
        ("language", "language_id", "Language"),
    ):
        if name not in given:
            continue
        columns[column] = given.ref(name, kind)
        owners = {"Market": reference.markets, "Pricelist": reference.pricelists}.get(kind)
        owner = owners.get(columns[column] or 0) if owners else None  # type: ignore[attr-defined]
        if owner is not None and owner.store_id != store_id:
            given.error(f"The {name} is of another store", name)
    if given.get("status") is not None:
        columns["status"] = given.status("customer")
    if "gender" in given:
        columns["gender"] = _STORED_GENDERS.get(given["gender"] or "", "")
    kept = dict(before)
    for name in ("websiteUrl", "internalComment"):
        if name in given:
            kept[name] = given[name]
    if "birthdate" in given:
        kept["birthdate"] = given.moment("birthdate")
    part = given.part("billingAddress")
    if part is not None:
        kept |= {name: part[name] for name in _EXTRA_PARTS if name in part}
    columns["extra_json"] = to_json({name: value for name, value in kept.items() if value is not None})
    return columns


def _profile(given: Input, row: Row | None) -> tuple[dict[str, str], str | None]:
    """(the parts of the address that are given, the e-mail address)."""
    part = given.part("billingAddress")
    if part is None:
        return {}, None
    before = _parts(row) if row is not None else {}
    parts = merged(part, before)
    told = {key: str(parts.get(key) or "") for key in customers.PROFILE_COLUMNS}
    return told, parts.get("email") if "email" in part else None


@mutation("createCustomer")
def create_customer(change: Change) -> Mapping[str, Any]:
    """A registered customer of a direct-to-consumer store."""
    given, tx = change.input, change.tx
    store_id = given.ref("store", "Store")
    change.check()
    assert store_id is not None
    if reference_of(tx.store).channels[store_id].type != "dtc":
        given.error("The store is not direct to consumer", "store")
    told, email = _profile(given, None)
    if not email:
        given.error("email must not be empty", "billingAddress", "email")
    columns = _details(change, store_id, {})
    created_at = given.moment("createdAt")
    if created_at is not None:
        columns["created_at"] = created_at
    change.check()
    assert email is not None
    profile = customers.Profile(address=told, newsletter=given.get("receiveNewsletters"))
    customer_id = customers.register(tx, store_id, email, given["password"], profile)
    customers.put_details(tx, customer_id, is_new=True, **columns)
    change.external_id("Customer", customer_id)
    return {"customer": customer_id}


@mutation("updateCustomer")
def update_customer(change: Change) -> Mapping[str, Any]:
    """Changes a customer; parts of the address that are not given stay."""
    customer_id = change.target("Customer")
    given, tx = change.input, change.tx
    row = customer_rows.load(tx, customer_id)
    assert row is not None
    if row["anonymized_at"] is not None:
        change.error("The customer is anonymized", "id")
    told, email = _profile(given, row)
    if email == "":
        given.error("email must not be empty", "billingAddress", "email")
    columns = _details(change, row["store_id"], from_json(row["extra_json"]))
    change.external_id("Customer", customer_id)
    change.check()
    if told or given.get("receiveNewsletters") is not None:
        profile = customers.Profile(address=told, newsletter=given.get("receiveNewsletters"))
        customers.update(tx, customer_id, profile, email if email and email != row["email"] else None)
    customers.put_details(tx, customer_id, **columns)
    if given.get("password") is not None:
        customers.set_password(tx, customer_id, given["password"])
    return {"customer": customer_id}


@mutation("deleteCustomer")
def delete_customer(change: Change) -> Mapping[str, Any]:
    """Takes a customer away who never ordered; the payload shows who it was."""
    customer_id = change.target("Customer")
    if customer_rows.is_used(change.tx, customer_id):
        change.error("The customer has orders or subscriptions: anonymize instead", "id")
    change.check()
    change.after(lambda: customers.delete(change.tx, customer_id))
    return {"customer": customer_id}


@mutation("anonymizeCustomers")
def anonymize_customers(change: Change) -> Mapping[str, Any]:
    """Empties what is known of customers, named one by one or by their addresses (order-api.md 5.6)."""
    given, tx = change.input, change.tx
    found = given.refs("customers", "Customer")
    for position, email in enumerate(given.get("emails") or ()):
        of_address = customer_rows.ids_of_email(tx, email, change.token.stores)
        if not of_address:
            given.error(f"Could not find Customer with email {email}", "emails", str(position))
        found += of_address
    if not given.get("customers") and not given.get("emails"):
        given.error("Customers or emails are needed")
    change.check()
    wanted = list(dict.fromkeys(found))
    for customer_id in wanted:
        anonymisation.anonymise(tx, customer_id)
    return {"customers": wanted}
