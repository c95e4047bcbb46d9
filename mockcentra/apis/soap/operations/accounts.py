"""accounts_Update and customers_Update: who buys, in wholesale and as a consumer (soap-api.md 7.12)."""

from functools import partial
from typing import Any

from mockcentra.apis.soap.calls import STATUSES, Call, Content, amount, check_type, listed, one_of, whole
from mockcentra.apis.soap.order_content import ADDRESS_KEYS
from mockcentra.commerce import wholesale_writing as writing
from mockcentra.commerce.errors import Invalid
from mockcentra.commerce.external_ids import is_number
from mockcentra.commerce.passwords import hashed, matches
from mockcentra.store import records
from mockcentra.store.database import from_json, to_json

_REFERENCES = {
    "market": ("market", "market_id"),
    "pricelist": ("pricelist", "pricelist_id"),
    "salesrep": ("sales_rep", "sales_rep_id"),
    "paymentterms": ("payment_terms", "payment_terms_id"),
    "shippingterms": ("shipping_terms", "shipping_terms_id"),
}
_ADDRESSES = {
    "accountaddress": "address_json",
    "shippingaddress": "shipping_address_json",
    "invoiceaddress": "billing_address_json",
}
_CUSTOMER_STATUSES = {"active": "active", "inactive": "inactive"}
_CUSTOMER_COLUMNS = {
    "firstname": "first_name",
    "lastname": "last_name",
    "address1": "address1",
    "address2": "address2",
    "city": "city",
    "state": "state",
    "zipcode": "zip_code",
    "country": "country",
    "email": "email",
    "telephone": "phone_number",
}

# ------------------------------------------------------------------ accounts


def accounts_Update(call: Call, content: Content) -> None:
    """Makes and changes wholesale accounts with their buyers and addresses."""
    call.each("account", listed(content, "accounts", "account"), partial(_account, call))


def _account(call: Call, content: Content) -> None:
    store_id = _wholesale_store(call)
    check_type(content, call.reference.channels[store_id])
    external = content["id"]
    account_id = call.ids.resolve("account", external)
    before = None if account_id is None else records.get(call.tx, "accounts", account_id)
    columns = _account_columns(call, store_id, content)
    for column in _ADDRESSES.values():
        if column in columns:
            kept = {} if before is None else from_json(before[column])
            columns[column] = to_json({**kept, **columns[column]})
    extra = _extra(content, {} if before is None else from_json(before["extra_json"]))
    columns["extra_json"] = to_json(extra)
    buyers = listed(content, "buyers", "buyer")
    wants = columns.get("status", "active" if before is None else before["status"])
    is_idle = wants == "active" and not buyers and not (before and writing.has_buyers(call.tx, before["id"]))
    if is_idle:
        columns["status"] = "inactive"
    if before is None:
        for name, column in (("description", "name"), ("market", "market_id"), ("pricelist", "pricelist_id")):
            if not columns.get(column):
                raise Invalid({name: "is required"})
        if is_number(external) and writing.is_id_free(call.tx, int(external)):
            columns["id"] = int(external)
        account_id = writing.create_account(call.tx, store_id, **{"status": "active", **columns})
        is_news = True
    else:
        for name, column in (("market", "market_id"), ("pricelist", "pricelist_id")):
            if columns.get(column, before[column]) is None:
                raise Invalid({name: "is required"})
        account_id = before["id"]
        is_news = writing.change_account(call.tx, account_id, **columns)
    call.ids.assign("account", account_id, external)
    for buyer in buyers:
        _buyer(call, account_id, buyer)
    if is_idle and is_news:
        call.notices.append(f"account {external}: has no buyers and is not active")


def _wholesale_store(call: Call) -> int:
    return next(channel.id for channel in call.reference.channels.values() if channel.type == "wholesale")


def _account_columns(call: Call, store_id: int, content: Content) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "status" in content:
        columns["status"] = one_of(content["status"], "status", STATUSES)
    for name, column in (("description", "name"), ("internalinformation", "comment")):
        if name in content:
            columns[column] = content[name]
    if "discount" in content:
        columns["discount_percent"] = amount(content["discount"] or "0", "discount")
    if "creditlimit" in content:
        columns["credit_limit"] = amount(content["creditlimit"], "creditlimit") if content["creditlimit"] else None
    columns.update(_references(call, store_id, content))
    for name, column in _ADDRESSES.items():
        if name in content:
            columns[column] = _address(call, content[name])
    if "vat" in content.get("invoiceaddress", {}):
        columns["vat_number"] = content["invoiceaddress"]["vat"]
    return columns


def _references(call: Call, store_id: int, content: Content) -> dict[str, Any]:
    """What an account or buyer refers to; market and pricelist must be those of the wholesale store."""
    columns: dict[str, Any] = {}
    for name, (kind, column) in _REFERENCES.items():
        if name not in content:
            continue
        found = call.find(kind, content[name], name)
        columns[column] = found
        if kind in ("market", "pricelist") and found is not None:
            row = records.get(call.tx, f"{kind}s", found)
            if row is None or row["store_id"] != store_id:
                raise Invalid({f"{name} {content[name]['id']}": "is not a wholesale one"})
    return columns


def _address(call: Call, content: Content) -> dict[str, str]:
    """An address under the keys that the shop gives its parts. Raises Invalid for a country that does not exist."""
    if content.get("country") and call.reference.find_country(content["country"]) is None:
        raise Invalid({f"country {content['country']}": "does not exist"})
    return {ADDRESS_KEYS[name]: text for name, text in content.items() if name in ADDRESS_KEYS}


def _extra(content: Content, extra: dict[str, Any]) -> dict[str, Any]:
    """What an account keeps for integrations."""
    if "other" in content:
        extra["other"] = content["other"]
    if "carrierinformation" in content:
        extra["carrierinformation"] = {**extra.get("carrierinformation", {}), **content["carrierinformation"]}
    for pair in listed(content, "additionals", "additional"):
        extra.setdefault("additionals", {})[pair.get("key", "")] = pair.get("value", "")
    for entry in listed(content, "addresses", "address"):
        if not entry.get("id"):
            raise Invalid({"address id": "is required"})
        kept = extra.setdefault("addresses", {}).setdefault(entry["id"], {})
        kept.update({ADDRESS_KEYS.get(name, name): text for name, text in entry.items() if name != "id"})
    return extra


def _buyer(call: Call, account_id: int, content: Content) -> None:
    external = content.get("id", "")
    if not external:
        raise Invalid({"buyer id": "is required"})
    store_id = _wholesale_store(call)
    if content.get("store"):
        store_id = call.store_of({"store": content["store"]}, "wholesale").id
    columns = _references(call, store_id, {name: content[name] for name in ("market", "pricelist") if name in content})
    if "status" in content:
        columns["status"] = one_of(content["status"], "buyer status", STATUSES)
    for name, column in (("firstname", "first_name"), ("lastname", "last_name"), ("email", "email")):
        if name in content:
            columns[column] = content[name]
    buyer_id = call.ids.resolve("buyer", external)
    before = None if buyer_id is None else records.get(call.tx, "buyers", buyer_id)
    password = content.get("password")
    if password and (before is None or not matches(before["password_hash"], password)):
        columns["password_hash"] = hashed(password, call.tx.hex(16))
    kept = {} if before is None else from_json(before["address_json"])
    columns["address_json"] = to_json({**kept, **_address(call, content)})
    if before is None:
        call.ids.assign("buyer", writing.create_buyer(call.tx, account_id, **columns), external)
    else:
        writing.change_buyer(call.tx, before["id"], account_id, **columns)


# ------------------------------------------------------------------ customers


def customers_Update(call: Call, content: Content) -> None:
    """Makes and changes consumers; orders of guests with the same e-mail belong to them."""
    call.each("customer", listed(content, "customers", "customer"), partial(_customer, call))


def _customer(call: Call, content: Content) -> None:
    columns: dict[str, Any] = {column: content[name] for name, column in _CUSTOMER_COLUMNS.items() if name in content}
    if content.get("country"):
        country = call.reference.find_country(content["country"])
        if country is None:
            raise Invalid({f"country {content['country']}": "does not exist"})
        columns["country"] = country.code
    if "status" in content:
        columns["status"] = one_of(content["status"], "status", _CUSTOMER_STATUSES)
    customer_id = call.ids.resolve("customer", content["id"])
    if customer_id is None:
        channel = call.store_of(content, "dtc")
        columns.setdefault("email", "")
        customer_id = writing.create_customer(call.tx, channel.id, **columns)
        call.ids.assign("customer", customer_id, content["id"])
        return
    customer = records.get(call.tx, "customers", customer_id)
    assert customer is not None
    if "store" in content and whole(content["store"], "store") != customer["store_id"]:
        raise Invalid({"store": "of a customer cannot be changed"})
    check_type(content, call.reference.channels[customer["store_id"]])
    writing.change_customer(call.tx, customer_id, **columns)
