"""Orders that an ERP brings: the insert of orders_Update (soap-api.md 7.13)."""

from typing import Any

from mockcentra.apis.soap.calls import Call, Content, amount, listed, whole
from mockcentra.apis.soap.operations.products import find_size
from mockcentra.apis.soap.order_content import ADDRESS_KEYS
from mockcentra.commerce import order_changes, order_entry, orders
from mockcentra.commerce.errors import CommerceError, Invalid
from mockcentra.commerce.model import Address
from mockcentra.commerce.order_entry_records import EntryRefused, Item, NewOrder
from mockcentra.store import order_changes as rows
from mockcentra.store import records

_CUSTOMER_ADDRESS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "company": "company",
    "address1": "address1",
    "address2": "address2",
    "zipCode": "zip_code",
    "city": "city",
    "state": "state",
    "country": "country",
    "email": "email",
    "phoneNumber": "phone_number",
}
_STATUSES = ("", "pending", "confirmed")


def insert(call: Call, content: Content) -> None:
    """Makes an order: pending unless `status` says confirmed. Raises Invalid when something is missing."""
    owner = "account" if "account" in content else "customer"
    needed = ("store", "market", owner)
    if not all(content.get(name) for name in needed) or not (content.get("pricelist") or content.get("currency")):
        raise Invalid({"order": "does not exist"})
    if content.get("status", "") not in _STATUSES:
        raise Invalid({f"status {content['status']}": "cannot be that of a new order"})
    channel = call.store_of(content)
    if (channel.type == "wholesale") != (owner == "account"):
        raise Invalid({owner: f"does not fit store {channel.id}"})
    market_id = call.find("market", content["market"], "market")
    new = NewOrder(
        items=_items(call, content),
        market=market_id,
        pricelist=_pricelist(call, channel.id, content),
        applies_automatic=False,
        comment=content.get("other", ""),
        internal_comment=content.get("internalinformation", ""),
        po_number=content.get("ponumber", ""),
        is_internal=content.get("internal") in ("true", "1"),
        shipping_cost=_cost(content),
        **_parties(call, owner, content, market_id),
    )
    try:
        order_id = order_entry.create(call.tx, new)
    except EntryRefused as error:
        raise Invalid({"order": error.message}) from error
    call.ids.assign("order", order_id, content["id"])
    if owner == "account":
        order_changes.put_on_invoice(call.tx, order_id)
    if content.get("status") != "confirmed":
        order_changes.keep_pending(call.tx, order_id)
    elif owner == "account":
        orders.confirm(call.tx, order_id)


def _pricelist(call: Call, store_id: int, content: Content) -> int:
    """The pricelist that is named, else the first one of the store in that currency."""
    if content.get("pricelist"):
        found = call.find("pricelist", content["pricelist"], "pricelist")
        named = call.reference.pricelists.get(found or 0)
        if named is not None and content.get("currency", "").upper() not in (
            "",
            call.reference.currency_of(named).code,
        ):
            raise Invalid({f"currency {content['currency']}": "is not that of the pricelist"})
        if found is not None:
            return found
    for pricelist in call.reference.pricelists_of(store_id):
        if call.reference.currency_of(pricelist).code == content.get("currency", "").upper():
            return pricelist.id
    raise Invalid({"currency": f"of no pricelist: {content.get('currency', '')}"})


def _items(call: Call, content: Content) -> list[Item]:
    found = []
    for product in listed(content, "products", "product"):
        variant_id = call.find("variant", product.get("variation", {}), "variation")
        variant = None if variant_id is None else records.get(call.tx, "variants", variant_id)
        if variant is None:
            raise Invalid({f"product {product.get('id', '')}": "names no variation"})
        price = amount(product["price"], "price") if product.get("price") else None
        for size in listed(product, "sizes", "size"):
            size_id = find_size(call, variant["size_chart_id"], size.get("id", ""))
            item_id = None if size_id is None else rows.product_size(call.tx, variant["id"], size_id)
            if item_id is None:
                raise Invalid({f"size {size.get('id', '')}": "is not one of the variation"})
            quantity = whole(size.get("qty", ""), "qty", 1)
            found.append(Item(quantity, (("id", str(item_id)),), price, comment=product.get("comment", "")))
    if not found:
        raise Invalid({"order": "does not exist"})
    return found


def _cost(content: Content) -> int | None:
    text = content.get("shipping", {}).get("subtotal", "")
    return amount(text, "shipping") if text else None


def _parties(call: Call, owner: str, content: Content, market_id: int | None) -> dict[str, Any]:
    """Who orders, and the addresses: those that are sent, else the customer's own, at least a country of the market."""
    billing = _address(content, "billingaddress") or _address(content, "shippingaddress")
    shipping = _address(content, "shippingaddress") or billing
    owner_id = call.find(owner, content[owner], owner)
    if owner_id is None:
        raise Invalid({f"{owner} id": "is required"})
    if owner == "account":
        buyer = content.get("buyer", {})
        buyer_id = call.find("buyer", buyer, "buyer") if buyer else None
        return {"account_id": owner_id, "buyer_id": buyer_id, "address": billing, "shipping_address": shipping}
    customer = records.get(call.tx, "customers", owner_id)
    if customer is None:
        raise CommerceError({"customer": "does not exist"})
    own = {key: customer[column] for key, column in _CUSTOMER_ADDRESS.items()}
    own["country"] = own["country"] or _country_of(call, market_id)
    return {
        "customer_id": owner_id,
        "address": {**own, **(billing or {})},
        "shipping_address": {**own, **(shipping or {})},
    }


def _country_of(call: Call, market_id: int | None) -> str:
    """Where an order of the market goes if nobody says so: to the store's home, or another country of the market."""
    market = call.reference.markets.get(market_id or 0)
    if market is None:
        return ""
    home = call.reference.channels[market.store_id].home_country_id
    country_id = home if home in market.country_ids else min(market.country_ids, default=home)
    country = call.reference.countries.get(country_id or 0)
    return country.code if country is not None else ""


def _address(content: Content, name: str) -> Address | None:
    found = {ADDRESS_KEYS[key]: text for key, text in content.get(name, {}).items() if key in ADDRESS_KEYS}
    return found or None
