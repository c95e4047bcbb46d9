"""pricelists_Update and pricealterationdates_Update (soap-api.md 7.7, 7.8)."""

from functools import partial
from typing import Any

from mockcentra.apis.soap.calls import Call, Content, amount, check_type, day, listed, one_of
from mockcentra.commerce import price_writing
from mockcentra.commerce.errors import Invalid
from mockcentra.store import records

_PRICES = {
    "price": "price",
    "priceb": "price_rrp",
    "alteredprice": "altered_price",
    "alteredpriceb": "altered_rrp",
}
_ALTERATION_STATUSES = {"active": "active", "inactive": "inactive"}


def pricelists_Update(call: Call, content: Content) -> None:
    """Makes pricelists and sets prices; products and variations that are not listed keep theirs."""
    call.each("pricelist", listed(content, "pricelists", "pricelist"), partial(_pricelist, call))


def _pricelist(call: Call, content: Content) -> None:
    external = content["id"]
    pricelist_id = call.ids.resolve("pricelist", external)
    if pricelist_id is None:
        channel = call.store_of(content)
        pricelist_id = price_writing.create_pricelist(
            call.tx,
            channel.id,
            name=content.get("description") or external,
            currency_id=currency_of(call, content.get("currency", "")),
        )
        call.ids.assign("pricelist", pricelist_id, external)
    else:
        _change(call, pricelist_id, content)
    for item in listed(content, "items", "product"):
        _product_prices(call, pricelist_id, item)


def _change(call: Call, pricelist_id: int, content: Content) -> None:
    pricelist = records.get(call.tx, "pricelists", pricelist_id)
    assert pricelist is not None
    if "store" in content and call.store_of(content).id != pricelist["store_id"]:
        raise Invalid({"store": "of a pricelist cannot be changed"})
    check_type(content, call.reference.channels[pricelist["store_id"]])
    columns: dict[str, Any] = {}
    if "currency" in content:
        columns["currency_id"] = currency_of(call, content["currency"])
    if "description" in content:
        columns["name"] = content["description"]
    price_writing.change_pricelist(call.tx, pricelist_id, **columns)


def currency_of(call: Call, code: str) -> int:
    """The id of the currency with that code. Raises Invalid."""
    found = next((c.id for c in call.reference.currencies.values() if c.code == code.upper()), None)
    if found is None:
        raise Invalid({f"currency {code}": "does not exist"})
    return found


def _product_prices(call: Call, pricelist_id: int, item: Content) -> None:
    product_id = call.find("product", item, "product")
    if product_id is None:
        raise Invalid({"product id": "is required"})
    prices = {0: _prices(item)}
    for own in item.get("variation", ()):
        variant_id = call.find("variant", own, "variation")
        variant = None if variant_id is None else records.get(call.tx, "variants", variant_id)
        if variant is None or variant["product_id"] != product_id:
            raise Invalid({f"variation {own.get('id', '')}": f"is none of product {item['id']}"})
        prices[variant["id"]] = _prices(own)
    price_writing.set_prices(call.tx, pricelist_id, product_id, prices)


def _prices(item: Content) -> dict[str, int | None]:
    """The prices that are sent; an empty one takes the price away."""
    return {
        column: amount(item[name], name) if item[name] else None for name, column in _PRICES.items() if name in item
    }


def pricealterationdates_Update(call: Call, content: Content) -> None:
    """Sets the days from which altered prices apply in wholesale stores."""
    dates = listed(content, "pricealterationdates", "pricealterationdate")
    call.each("pricealterationdate", dates, partial(_alteration, call))


def _alteration(call: Call, content: Content) -> None:
    columns: dict[str, Any] = {}
    if "status" in content:
        columns["status"] = one_of(content["status"], "status", _ALTERATION_STATUSES)
    if "name" in content:
        columns["name"] = content["name"]
    if "startdate" in content:
        columns["from_at"] = day(content["startdate"], "startdate") if content["startdate"] else None
    alteration_id = call.ids.resolve("price_alteration", content["id"])
    if alteration_id is None:
        channel = call.store_of(content, "wholesale")
        if columns.get("from_at") is None:
            raise Invalid({"startdate": "is required"})
        new = {"name": content["id"], "status": "inactive", **columns}
        alteration_id = price_writing.create_alteration(call.tx, channel.id, **new)
        call.ids.assign("price_alteration", alteration_id, content["id"])
        return
    alteration = records.get(call.tx, "price_alterations", alteration_id)
    assert alteration is not None
    if "store" in content and call.store_of(content, "wholesale").id != alteration["store_id"]:
        raise Invalid({"store": "cannot be changed"})
    price_writing.change_alteration(call.tx, alteration_id, **columns)
