"""Terms, sales representatives and delivery windows (soap-api.md 7.10, 7.11, 7.15)."""

from functools import partial
from typing import Any

from mockcentra.apis.soap.calls import Call, Content, amount, day, listed, one_of, truth, whole
from mockcentra.commerce import wholesale_writing as writing
from mockcentra.commerce.errors import Invalid

_WINDOW_TYPES = {"stock": "stock", "link": "link", "stock/link": "stock_link", "preorder": "preorder"}
_WINDOW_STATUSES = {"active": "active", "inactive": "inactive"}


def paymentterms_Update(call: Call, content: Content) -> None:
    """Makes and changes payment terms; here `name` is the title."""
    terms = listed(content, "paymentterms", "paymentterms")
    call.each("paymentterms", terms, partial(_terms, call, "payment_terms"))


def shippingterms_Update(call: Call, content: Content) -> None:
    """Makes and changes shipping terms."""
    terms = listed(content, "shippingterms", "shippingterms")
    call.each("shippingterms", terms, partial(_terms, call, "shipping_terms"))


def _terms(call: Call, kind: str, content: Content) -> None:
    columns: dict[str, Any] = {name: content[name] for name in ("name", "description") if name in content}
    if "duedays" in content:
        columns["days"] = whole(content["duedays"] or "0", "duedays")
    terms_id = call.ids.resolve(kind, content["id"])
    if terms_id is None:
        columns = {"name": content["id"], **columns}
        call.ids.assign(kind, writing.create_terms(call.tx, kind, **columns), content["id"])
    else:
        writing.change_terms(call.tx, kind, terms_id, **columns)


def salesreps_Update(call: Call, content: Content) -> None:
    """Makes and changes sales representatives; a master may come earlier in the same call."""
    call.each("salesrep", listed(content, "salesreps", "salesrep"), partial(_sales_rep, call))


def _sales_rep(call: Call, content: Content) -> None:
    columns: dict[str, Any] = {name: content[name] for name in ("name", "email") if name in content}
    if "percent" in content:
        columns["percent"] = amount(content["percent"] or "0", "percent")
    masters = {}
    for master in listed(content, "mastersalesrep", "salesrep"):
        master_id = call.find("sales_rep", master, "master sales rep")
        if master_id is None:
            raise Invalid({"master sales rep id": "is required"})
        masters[master_id] = amount(master.get("percent") or "0", "percent")
    sales_rep_id = call.ids.resolve("sales_rep", content["id"])
    if sales_rep_id is None:
        columns = {"name": content["id"], **columns}
        made = writing.create_sales_rep(call.tx, masters=masters, **columns)
        call.ids.assign("sales_rep", made, content["id"])
    else:
        writing.change_sales_rep(call.tx, sales_rep_id, masters, **columns)


def deliverywindows_Update(call: Call, content: Content) -> None:
    """Makes and changes delivery windows of the wholesale store, and what is sold in them."""
    windows = listed(content, "deliverywindows", "deliverywindow")
    call.each("deliverywindow", windows, partial(_window, call))


def _window(call: Call, content: Content) -> None:
    columns: dict[str, Any] = {}
    if "status" in content:
        columns["status"] = one_of(content["status"], "status", _WINDOW_STATUSES)
    if "description" in content:
        columns["name"] = content["description"]
    for name, column in (("startdate", "delivery_from"), ("stopdate", "delivery_until")):
        if name in content:
            columns[column] = day(content[name], name) if content[name] else None
    if content.get("atonce"):
        columns["is_preorder"] = int(not truth(content["atonce"], "atonce"))
    window_id = call.ids.resolve("delivery_window", content["id"])
    if window_id is None:
        stores = [channel.id for channel in call.reference.channels.values() if channel.type == "wholesale"]
        window_id = writing.create_window(
            call.tx, stores[0], **{"name": content["id"], "status": "inactive", **columns}
        )
        call.ids.assign("delivery_window", window_id, content["id"])
    else:
        writing.change_window(call.tx, window_id, **columns)
    variants = {_variant(call, entry): _window_columns(entry) for entry in listed(content, "variations", "variation")}
    removed = [_variant(call, entry) for entry in listed(content, "variationsremove", "variation")]
    writing.put_window_variants(call.tx, window_id, variants, removed)


def _variant(call: Call, entry: Content) -> int:
    found = call.find("variant", entry, "variation")
    if found is None:
        raise Invalid({"variation id": "is required"})
    return found


def _window_columns(entry: Content) -> dict[str, int | str]:
    columns: dict[str, int | str] = {}
    if entry.get("type"):
        columns["stock_type"] = one_of(entry["type"], "type", _WINDOW_TYPES)
    for name, column in (("productlimit", "product_limit"), ("variationlimit", "variant_limit")):
        if name in entry:
            columns[column] = whole(entry[name] or "0", name)
    return columns
