"""Buyers: the people who order for accounts."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.addresses import address, merged
from mockcentra.apis.graphql.changes import Change
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Batch,
    Column,
    Many,
    Moment,
    One,
    Through,
    Type,
    define,
    flag,
    text,
    word,
)
from mockcentra.commerce import mails
from mockcentra.commerce import wholesale_writing as writing
from mockcentra.commerce.emails import is_email
from mockcentra.store import graphql_wholesale as rows
from mockcentra.store import records
from mockcentra.store.database import Row, from_json, to_json

_EXTRAS = {"websiteUrl": "websiteUrl", "receiveNewsletters": "receiveNewsletters"}
# What a buyer's address says of himself.
_PERSON = {"firstName": "first_name", "lastName": "last_name", "email": "email"}


def _nothing(value: Any) -> None:
    return None


def _addresses(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
    """The billing address with the name and e-mail of the buyer."""
    return [
        address(run, {**from_json(written), "firstName": first, "lastName": last, "email": email})
        for written, first, last, email in picked
    ]


define(
    Type(
        "Buyer",
        "buyers",
        fields={
            "status": Column("status", word(words.STATUS)),
            "email": Column("email"),
            "firstName": Column("first_name", text),
            "lastName": Column("last_name", text),
            "phoneNumber": Column(rows.PHONE, text),
            "cellPhoneNumber": Column(rows.CELL_PHONE, text),
            "websiteUrl": Column(rows.WEBSITE, text),
            "createdAt": Moment("created_at"),
            "updatedAt": Moment("updated_at"),
            "lastLoginAt": Column("id", _nothing),
            "lastOnlineAt": Column("id", _nothing),
            "totalOrders": Column(rows.ORDERS_OF_BUYER),
            "billingAddress": Batch(_addresses, "address_json", "first_name", "last_name", "email"),
            "emailHistory": Through(rows.MAILS_OF_BUYER),
            "store": One("account_id>accounts.store_id"),
            "receiveAutoEmails": Column("receive_email", flag),
            "account": One("account_id"),
            "lastOrder": One(rows.LAST_ORDER_OF_BUYER),
            "orders": Many("buyer_id"),
            "receiveNewsletters": Column(rows.NEWSLETTERS, flag),
        },
        store="account_id>accounts.store_id",
        external="buyer",
    )
)


def _columns(change: Change, before: Row | None) -> dict[str, Any]:
    """The columns that the input sets; name and e-mail are those of the billing address (section 18.2)."""
    given = change.input
    columns: dict[str, Any] = {}
    if given.get("status") is not None:
        columns["status"] = given.status("buyer")
    if given.get("receiveAutoEmails") is not None:
        columns["receive_email"] = int(given["receiveAutoEmails"])
    extra = {} if before is None else from_json(before["extra_json"])
    told = {ours: given[name] for name, ours in _EXTRAS.items() if name in given}
    told = {name: value if isinstance(value, str) else int(bool(value)) for name, value in told.items()}
    if told:
        columns["extra_json"] = to_json({**extra, **told})
    part = given.part("billingAddress")
    if part is not None:
        kept = {} if before is None else from_json(before["address_json"])
        columns["address_json"] = to_json(merged(part, kept))
        columns |= {column: (part[name] or "").strip() for name, column in _PERSON.items() if name in part}
    return columns


def _check_email(change: Change, store_id: int | None, columns: dict[str, Any], own_id: int = 0) -> None:
    """A user error for an e-mail that is none, or is another buyer's."""
    email = columns.get("email", "" if own_id == 0 else None)
    if email is None:
        return
    if not is_email(email):
        change.input.error("The buyer needs a valid e-mail", "billingAddress", "email")
    elif store_id is not None and writing.is_email_taken(change.tx, store_id, email, own_id):
        change.input.error(f"The e-mail {email} belongs to another buyer", "billingAddress", "email")


@mutation("createBuyer")
def create_buyer(change: Change) -> dict[str, Any]:
    """A new buyer of an account, who gets a mail of it when that is asked for (section 18.2)."""
    given = change.input
    account_id, store_id = given.ref("account", "Account"), given.ref("store", "Store")
    account = None if account_id is None else records.get(change.tx, "accounts", account_id)
    if account is not None and store_id is not None and account["store_id"] != store_id:
        given.error("The account belongs to another store", "store")
    columns = _columns(change, None)
    _check_email(change, store_id, columns)
    change.check()
    assert account_id is not None
    buyer_id = writing.create_buyer(change.tx, account_id, **columns)
    change.external_id("Buyer", buyer_id)
    if given.get("sendWelcomeToShowroomEmail"):
        mails.of_buyer(change.tx, mails.WELCOME_TO_SHOWROOM, buyer_id, columns["email"])
    return {"buyer": buyer_id}


@mutation("updateBuyer")
def update_buyer(change: Change) -> dict[str, Any]:
    """Changes a buyer; parts of the address that are not given stay."""
    buyer_id = change.target("Buyer")
    given = change.input
    before = records.get(change.tx, "buyers", buyer_id)
    assert before is not None
    account = records.get(change.tx, "accounts", before["account_id"])
    assert account is not None
    store_id = given.ref("store", "Store")
    if store_id is not None and store_id != account["store_id"]:
        given.error("A buyer stays in the store of his account", "store")
    columns = _columns(change, before)
    _check_email(change, account["store_id"], columns, buyer_id)
    change.external_id("Buyer", buyer_id)
    change.check()
    writing.change_buyer(change.tx, buyer_id, before["account_id"], **columns)
    return {"buyer": buyer_id}


@mutation("deleteBuyer")
def delete_buyer(change: Change) -> dict[str, Any]:
    """Takes away a buyer who has never ordered."""
    writing.delete_buyer(change.tx, change.target("Buyer"))
    return {}
