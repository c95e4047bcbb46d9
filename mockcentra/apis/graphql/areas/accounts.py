"""Accounts, their addresses and discounts; the companies that order wholesale."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.addresses import address, addresses, merged_json
from mockcentra.apis.graphql.attributes import Attributes
from mockcentra.apis.graphql.carriers import KEY, carrier, merged_carrier
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Column,
    Computed,
    Dates,
    Is,
    Linked,
    Many,
    Moment,
    One,
    Range,
    Text,
    Through,
    Type,
    define,
    flag,
    hundredths,
    text,
    word,
)
from mockcentra.commerce import wholesale_writing as writing
from mockcentra.store import company_writing as company
from mockcentra.store import graphql_wholesale as rows
from mockcentra.store import records
from mockcentra.store.database import Row, from_json, to_json
from mockcentra.store.graphql_reading import Link

STATUSES = words.stored(words.STATUS)
LARGEST_LIMIT = 20_000_000
_ADDRESSES = {
    "accountAddress": "address_json",
    "shippingAddress": "shipping_address_json",
    "billingAddress": "billing_address_json",
}
_REFERENCES = {
    "market": ("Market", "market_id"),
    "pricelist": ("Pricelist", "pricelist_id"),
    "allocationRule": ("AllocationRule", "allocation_rule_id"),
    "paymentTerms": ("PaymentTerms", "payment_terms_id"),
    "shippingTerms": ("ShippingTerms", "shipping_terms_id"),
    "salesRepresentative": ("SalesRepresentative", "sales_rep_id"),
    "taxClass": ("TaxClass", "tax_class_id"),
}
# What no rule reads: the API's name, and the store's within `extra_json`.
_TEXTS = {"otherComment": "other", "websiteUrl": "websiteUrl"}
_FLAGS = ("applyCreditLimit", "blockIfUnpaidInvoices", "hasBrandsRestriction", "isInternal")


def _credit_limits(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
    return [money(run, limit, currency_id) for limit, currency_id in picked]


def _discounts(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    """What an account gets off in windows."""
    found = rows.window_discounts(run.tx, [row[0] for row in picked])
    return [
        [
            {
                "discountPercent": hundredths(row["percent"]),
                "account": account_id,
                "deliveryWindow": row["delivery_window_id"],
            }
            for row in found.get(account_id, ())
        ]
        for (account_id,) in picked
    ]


def _billing(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
    """The billing address, with the account's VAT number where the address says none."""
    found = []
    for written, vat_number in picked:
        parts = from_json(written)
        if vat_number and not parts.get("vatNumber"):
            parts = {**parts, "vatNumber": vat_number}
        found.append(address(run, parts))
    return found


define(
    Type(
        "Account",
        "accounts",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "createdAt": Moment("created_at"),
            "updatedAt": Moment("updated_at"),
            "discountPercent": Column("discount_percent", hundredths),
            "isDiscountVisible": Column(rows.IS_DISCOUNT_VISIBLE, flag),
            "internalComment": Column("comment", text),
            "otherComment": Column(rows.OTHER_COMMENT, text),
            "accountEmail": Column(rows.ACCOUNT_EMAIL, text),
            "billingEmail": Column(rows.BILLING_EMAIL, text),
            "shippingEmail": Column(rows.SHIPPING_EMAIL, text),
            "websiteUrl": Column(rows.WEBSITE, text),
            "vatNumber": Column("vat_number", text),
            "creditLimit": Batch(_credit_limits, "credit_limit", "pricelist_id>pricelists.currency_id"),
            "allowConsignation": Column(rows.ALLOWS_CONSIGNATION, flag),
            "applyCreditLimit": Column(rows.APPLIES_CREDIT_LIMIT, flag),
            "blockIfUnpaidInvoices": Column(rows.BLOCKS_UNPAID, flag),
            "hasBrandsRestriction": Column(rows.HAS_BRANDS, flag),
            "isInternal": Column(rows.IS_INTERNAL, flag),
            "accountAddress": Batch(addresses, "address_json"),
            "shippingAddress": Batch(addresses, "shipping_address_json"),
            "billingAddress": Batch(_billing, "billing_address_json", "vat_number"),
            "addressBook": Many("account_id"),
            "allocationRule": One("allocation_rule_id"),
            "attributes": Attributes("account"),
            "buyers": Many("account_id"),
            "carrierInformation": Computed(lambda written: carrier(from_json(written).get(KEY)), "extra_json"),
            "deliveryWindowDiscounts": Batch(_discounts, "id"),
            "brands": Computed(from_json, "brands_json"),
            "consignationWarehouse": Column("id", lambda _: None),
            "documentTemplate": One(rows.TEMPLATE),
            "emailHistory": Through(rows.MAILS_OF_ACCOUNT),
            "invoices": Many("account_id"),
            "market": One("market_id"),
            "orders": Many("account_id"),
            "paymentTerms": One("payment_terms_id"),
            "pricelist": One("pricelist_id"),
            "returns": Through(rows.RETURNS_OF_ACCOUNT),
            "salesRepresentative": One("sales_rep_id"),
            "shippingTerms": One("shipping_terms_id"),
            "taxClass": One("tax_class_id"),
            "visibleForAgents": Through(Link("account_agents", "account_id", "admin_user_id")),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", STATUSES),
            "createdAt": Dates("created_at"),
            "updatedAt": Dates("updated_at"),
            "discountPercent": Range("discount_percent", 100),
            "isDiscountVisible": Is(rows.IS_DISCOUNT_VISIBLE),
            "accountEmail": Text(rows.ACCOUNT_EMAIL),
            "billingEmail": Text(rows.BILLING_EMAIL),
            "shippingEmail": Text(rows.SHIPPING_EMAIL),
            "vatNumber": Text("vat_number"),
            "allowConsignation": Is(rows.ALLOWS_CONSIGNATION),
            "applyCreditLimit": Is(rows.APPLIES_CREDIT_LIMIT),
            "blockIfUnpaidInvoices": Is(rows.BLOCKS_UNPAID),
            "hasBrandsRestriction": Is(rows.HAS_BRANDS),
            "isInternal": Is(rows.IS_INTERNAL),
            "buyerId": Linked(Link("buyers", "account_id", "id")),
            "marketId": Among("market_id"),
            "paymentTermsId": Among("payment_terms_id"),
            "pricelistId": Among("pricelist_id"),
            "salesRepresentativeId": Among("sales_rep_id"),
            "documentTemplateId": Among(rows.TEMPLATE),
        },
        sorts={"name": "name", "createdAt": "created_at", "updatedAt": "updated_at"},
        search=("name", rows.ACCOUNT_EMAIL, "vat_number"),
        store="store_id",
        external="account",
    ),
    Type(
        "AddressBookEntry",
        "account_addresses",
        fields={
            "name": Column("name"),
            "companyName": Computed(lambda written: from_json(written).get("company") or None, "address_json"),
            "email": Computed(lambda written: from_json(written).get("email") or None, "address_json"),
            "vatNumber": Computed(lambda written: from_json(written).get("vatNumber") or None, "address_json"),
            "websiteUrl": Column("website_url", text),
            "address": Batch(addresses, "address_json"),
            "carrierInformation": Computed(lambda written: carrier(from_json(written)), "carrier_json"),
        },
        store="account_id>accounts.store_id",
        external="address_book_entry",
    ),
)


# ------------------------------------------------------------------ writing accounts


def wholesale_store_of(change: Change, table: str, row_id: int) -> tuple[int, str | None]:
    """The store of a market or pricelist, and what is wrong where it is not a wholesale one."""
    store_id = company.store_of(change.tx, table, row_id)
    is_wholesale = company.store_type(change.tx, store_id) == "wholesale"
    return store_id, None if is_wholesale else f"The {table.removesuffix('s')} must be a wholesale one"


def _wholesale_ref(change: Change, name: str, kind: str, store_id: int | None) -> int | None:
    """A market or pricelist, with a user error when it is not of a wholesale store (of this one, where it is known)."""
    found = change.input.ref(name, kind)
    if found is None:
        if change.input.get(name) is None:
            change.input.error(f"{name} must not be empty", name)
        return None
    own, problem = wholesale_store_of(change, f"{name}s", found)
    if problem is None and store_id is not None and own != store_id:
        problem = f"The {name} belongs to another store"
    if problem is not None:
        change.input.error(problem, name)
    return found


def _columns(change: Change, before: Row | None) -> dict[str, Any]:
    """The columns that the input sets, with user errors for what cannot be."""
    given = change.input
    columns: dict[str, Any] = {}
    if "name" in given:
        columns["name"] = given.required_text("name")
    if given.get("status") is not None:
        columns["status"] = STATUSES[given["status"]]
    if "internalComment" in given:
        columns["comment"] = given["internalComment"] or ""
    if "creditLimit" in given:
        limit = given["creditLimit"]
        if limit is not None and not 0 <= limit <= LARGEST_LIMIT:
            given.error(f"creditLimit must be between 0 and {LARGEST_LIMIT}", "creditLimit")
        columns["credit_limit"] = None if limit is None else limit * 100
    store_id = None if before is None else before["store_id"]
    for name, (kind, column) in _REFERENCES.items():
        if name not in given:
            continue
        required = kind in ("Market", "Pricelist")
        found = _wholesale_ref(change, name, kind, store_id) if required else given.ref(name, kind)
        columns[column] = found
        if kind == "Market" and found is not None and store_id is None:
            own, problem = wholesale_store_of(change, "markets", found)
            store_id = own if problem is None else None
    for name, column in _ADDRESSES.items():
        part = given.part(name)
        if part is not None:
            columns[column] = merged_json(part, "{}" if before is None else before[column])
            if "vatNumber" in part:
                columns["vat_number"] = part["vatNumber"] or ""
    general = discounts.part("generalDiscount") if (discounts := given.part("discounts")) is not None else None
    if general is not None and general.get("discountPercent") is not None:
        columns["discount_percent"] = general.percent("discountPercent")
    columns.update(_kept(change, before, general))
    brands = _changed_list(change, "Brand", "Brands", [] if before is None else from_json(before["brands_json"]))
    if brands is not None:
        columns["brands_json"] = to_json(brands)
    return columns


def _kept(change: Change, before: Row | None, general: Input | None) -> dict[str, Any]:
    """What is kept beside the columns that rules read."""
    given = change.input
    extra = {} if before is None else from_json(before["extra_json"])
    written = dict(extra)
    written |= {key: given[name] or "" for name, key in _TEXTS.items() if name in given}
    written |= {name: int(bool(given[name])) for name in _FLAGS if name in given}
    if general is not None and general.get("isVisible") is not None:
        written["isDiscountVisible"] = int(general["isVisible"])
    if "documentTemplate" in given:
        written["documentTemplate"] = given.ref("documentTemplate", "DocumentTemplate")
    part = given.part("carrierInformation")
    if part is not None:
        written[KEY] = merged_carrier(part, extra.get(KEY))
    return {"extra_json": to_json(written)} if written != extra else {}


def _changed_list(change: Change, kind: str, plural: str, before: list[int]) -> list[int] | None:
    """A list of ids after `add…` and `remove…`, removals first; None where neither is given."""
    added, removed = change.input.refs(f"add{plural}", kind), change.input.refs(f"remove{plural}", kind)
    if not added and not removed:
        return None
    left = [each for each in before if each not in removed]
    return [*left, *(each for each in dict.fromkeys(added) if each not in left)]


def _window_discounts(change: Change) -> tuple[dict[int, int], list[int]]:
    """(window -> percent, windows whose discount goes)."""
    discounts = change.input.part("discounts")
    if discounts is None:
        return {}, []
    found: dict[int, int] = {}
    for part in discounts.parts("addDeliveryWindowDiscounts"):
        window_id, percent = part.ref("deliveryWindow", "DeliveryWindow"), part.percent("discountPercent")
        if window_id is not None and percent is not None:
            found[window_id] = percent
    return found, discounts.refs("deleteDeliveryWindowDiscounts", "DeliveryWindow")


@mutation("createAccount")
def create_account(change: Change) -> dict[str, Any]:
    """A new account of the store that its market belongs to (section 18.1)."""
    columns = _columns(change, None)
    percents, removed = _window_discounts(change)
    agents = change.input.refs("addVisibleForAgents", "AdminUser")
    change.check()
    store_id = company.store_of(change.tx, "markets", columns["market_id"])
    account_id = writing.create_account(change.tx, store_id, **columns)
    writing.put_account_parts(change.tx, account_id, percents, removed, agents, (), is_told=True)
    change.external_id("Account", account_id)
    return {"account": account_id}


@mutation("updateAccount")
def update_account(change: Change) -> dict[str, Any]:
    """Changes an account; what is not given stays."""
    account_id = change.target("Account")
    before = records.get(change.tx, "accounts", account_id)
    columns = _columns(change, before)
    percents, removed = _window_discounts(change)
    agents = change.input.refs("addVisibleForAgents", "AdminUser")
    hidden = change.input.refs("removeVisibleForAgents", "AdminUser")
    change.external_id("Account", account_id)
    change.check()
    changed = writing.change_account(change.tx, account_id, **columns)
    writing.put_account_parts(change.tx, account_id, percents, removed, agents, hidden, is_told=changed)
    return {"account": account_id}


@mutation("deleteAccount")
def delete_account(change: Change) -> dict[str, Any]:
    """Takes an account away with its buyers, as long as nobody ordered for it."""
    writing.delete_account(change.tx, change.target("Account"))
    return {}


# ------------------------------------------------------------------ address books


def _entry(change: Change, before: Row | None) -> dict[str, Any]:
    given = change.input
    columns: dict[str, Any] = {}
    if "name" in given:
        columns["name"] = given.required_text("name")
    if "websiteUrl" in given:
        columns["website_url"] = given["websiteUrl"] or ""
    part = given.part("address")
    if part is not None:
        columns["address_json"] = merged_json(part, "{}" if before is None else before["address_json"])
    part = given.part("carrierInformation")
    if part is not None:
        kept = {} if before is None else from_json(before["carrier_json"])
        columns["carrier_json"] = to_json(merged_carrier(part, kept))
    return columns


@mutation("createAddressBookEntry")
def create_address_book_entry(change: Change) -> dict[str, Any]:
    """An address that an account may choose."""
    account_id = change.input.ref("account", "Account")
    columns = _entry(change, None)
    change.check()
    assert account_id is not None
    entry_id = writing.create_account_address(change.tx, account_id, **columns)
    change.external_id("AddressBookEntry", entry_id)
    return {"addressBookEntry": entry_id}


@mutation("updateAddressBookEntry")
def update_address_book_entry(change: Change) -> dict[str, Any]:
    """Changes an address of an account's address book."""
    entry_id = change.target("AddressBookEntry")
    columns = _entry(change, records.get(change.tx, "account_addresses", entry_id))
    change.external_id("AddressBookEntry", entry_id)
    change.check()
    writing.change_account_address(change.tx, entry_id, **columns)
    return {"addressBookEntry": entry_id}


@mutation("deleteAddressBookEntry")
def delete_address_book_entry(change: Change) -> dict[str, Any]:
    """Takes an address out of an account's address book."""
    writing.delete_account_address(change.tx, change.target("AddressBookEntry"))
    return {}
