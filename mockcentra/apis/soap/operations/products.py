"""sizes_Update and products_Update: the catalogue, its stock, displays, pictures and texts (soap-api.md 7.5, 7.6)."""

from functools import partial
from typing import Any

from mockcentra.apis.soap.calls import STATUSES, Call, Content, amount, listed, one_of, whole, yes
from mockcentra.apis.soap.operations.markets import warehouse_of
from mockcentra.commerce import catalogue_writing as writing
from mockcentra.commerce import market_writing, stock_levels
from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.commerce.external_ids import is_number
from mockcentra.commerce.money import parse_amount
from mockcentra.commerce.reference import Channel
from mockcentra.store import catalogue_writing as rows
from mockcentra.store import records
from mockcentra.store.database import Row

STOCK_REFERENCE = "SOAP"
_UNITS = {"kg": "kg", "lb": "lb"}
_TEXTS = {
    "shortdescription": "excerpt",
    "description": "description",
    "metatitle": "meta_title",
    "metakeywords": "meta_keywords",
    "metadescription": "meta_description",
}

# ------------------------------------------------------------------ sizes


def sizes_Update(call: Call, content: Content) -> None:
    """Adds sizes to sizetables; a size and a table that exist stay as they are."""
    call.each("size", listed(content, "sizes", "size"), partial(_size, call))


def _size(call: Call, content: Content) -> None:
    table = content.get("sizetable", {})
    if not table.get("id"):
        raise Invalid({"sizetable id": "is required"})
    chart_id = call.ids.resolve("size_chart", table["id"])
    if chart_id is None:
        columns = {"stock_divisor": table.get("stockdivisor", ""), "stock_unit": table.get("stockunit", "")}
        chart_id = writing.create_size_chart(call.tx, table.get("description") or table["id"], **columns)
        call.ids.assign("size_chart", chart_id, table["id"])
    if find_size(call, chart_id, content["id"]) is not None:
        return
    name = content.get("description", "")
    columns = {"number": content.get("sku", ""), "ean": content.get("ean", ""), "comment": content.get("comment", "")}
    size_id = writing.add_size(call.tx, chart_id, name, **columns)
    call.ids.assign("size", size_id, size_key(chart_id, content["id"]))
    chart = records.get(call.tx, "size_charts", chart_id)
    assert chart is not None
    call.notices.append(f"Added new size: {content['id']}: {name} to: {chart['name']}!")


def size_key(chart_id: int, external: str) -> str:
    """How the conversion table knows a size: its id is unique within its sizetable only."""
    return f"{chart_id}|{external}"


def find_size(call: Call, chart_id: int, external: str) -> int | None:
    """The size of a chart with that id: the one that was given it, else one of Centra's own by its internal id."""
    found = call.ids.resolve("size", size_key(chart_id, external))
    if found is not None or not is_number(external):
        return found
    size = records.get(call.tx, "sizes", int(external))
    if size is None or size["size_chart_id"] != chart_id or call.ids.mapped("size", size["id"]) is not None:
        return None
    return size["id"]


# ------------------------------------------------------------------ products


def products_Update(call: Call, content: Content) -> None:
    """Makes and changes products with all that belongs to them; what is not sent stays."""
    call.each("product", listed(content, "products", "product"), partial(_product, call))


def _product(call: Call, content: Content) -> None:
    columns = _product_columns(call, content)
    product_id = call.ids.resolve("product", content["id"])
    if product_id is None:
        if not columns.get("name"):
            raise Invalid({"product": "does not exist, and a new one needs a description"})
        product_id = writing.create_product(call.tx, **columns)
        call.ids.assign("product", product_id, content["id"])
    else:
        writing.change_product(call.tx, product_id, **columns)
    product = records.get(call.tx, "products", product_id)
    assert product is not None
    for variation in listed(content, "variations", "variation"):
        _variation(call, product, variation)
    for image in listed(content, "media", "image"):
        _image(call, product, image)
    for texts in listed(content, "metadata", "storemeta"):
        _texts(call, product, texts)


def _product_columns(call: Call, content: Content) -> dict[str, Any]:
    """The columns of a product that are sent."""
    columns: dict[str, Any] = {}
    for name, column in (("sku", "number"), ("description", "name"), ("comment", "internal_comment")):
        if name in content:
            columns[column] = content[name]
    if "status" in content:
        columns["status"] = one_of(content["status"], "status", STATUSES)
    if "folder" in content:
        path = [part.strip() for part in content["folder"].get("description", "").split("/")]
        columns["folder_id"] = writing.folder_at(call.tx, [part for part in path if part])
    for kind in ("brand", "collection"):
        if kind in content:
            columns[f"{kind}_id"] = _group(call, kind, content[kind])
    if "harmcode" in content:
        code = content["harmcode"]
        if "id" in code or not code:
            columns["hs_code"] = code.get("id", "")
        if "description" in code or not code:
            columns["hs_description"] = code.get("description", "")
    if "countryoforigin" in content:
        columns["country_of_origin_id"] = _country(call, content["countryoforigin"])
    if "weight" in content:
        columns.update(_weight(content["weight"]))
    return columns


def _group(call: Call, kind: str, reference: Content) -> int | None:
    """A brand or collection, made when its id is unknown, renamed when its description is another."""
    external, name = reference.get("id", ""), reference.get("description", "")
    if not external:
        return None
    found = call.ids.resolve(kind, external)
    if found is None:
        found = writing.create_group(call.tx, kind, name or external)
        call.ids.assign(kind, found, external)
    elif name:
        writing.rename_group(call.tx, kind, found, name)
    return found


def _country(call: Call, code: str) -> int | None:
    if not code:
        return None
    country = call.reference.find_country(code)
    if country is None:
        raise Invalid({f"countryoforigin {code}": "is not a country"})
    return country.id


def _weight(weight: Content) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "value" in weight:
        thousandths = parse_amount(f"{weight['value'] or 0}e1")
        if thousandths is None or thousandths < 0:
            raise Invalid({"weight": f"is not a number: {weight['value']}"})
        columns["weight_milli"] = thousandths
    if weight.get("unit"):
        columns["weight_unit"] = one_of(weight["unit"], "weight unit", _UNITS)
    return columns


# ------------------------------------------------------------------ variations and their sizes


def _variation(call: Call, product: Row, content: Content) -> None:
    external = content.get("id", "")
    if not external:
        raise Invalid({"variation id": "is required"})
    columns: dict[str, Any] = {}
    for name, column in (("sku", "number"), ("description", "name")):
        if name in content:
            columns[column] = content[name]
    if "status" in content:
        columns["status"] = one_of(content["status"], f"status of variation {external}", STATUSES)
    if content.get("cog"):
        columns |= _cost(call, content["cog"])
    if "sizetable" in content:
        chart_id = call.find("size_chart", content["sizetable"], "sizetable")
        if chart_id is not None:
            columns["size_chart_id"] = chart_id
    variant_id = call.ids.resolve("variant", external)
    sizes = listed(content, "sizes", "size")
    if variant_id is None:
        for name, column in (("description", "name"), ("sizetable", "size_chart_id")):
            if not columns.get(column):
                raise Invalid({f"variation {external}": f"does not exist, and a new one needs a {name}"})
        variant_id = writing.create_variant(call.tx, product["id"], **columns)
        call.ids.assign("variant", variant_id, external)
        variant = _variant(call, variant_id)
        if not sizes:
            for size in rows.sizes_of_chart(call.tx, variant["size_chart_id"]):
                writing.put_size(call.tx, variant, size["id"])
    else:
        variant = _variant(call, variant_id)
        if variant["product_id"] != product["id"]:
            raise Conflict({f"variation {external}": "belongs to another product"})
        if writing.change_variant(call.tx, variant, **columns):
            variant = _variant(call, variant_id)
    _sizes(call, variant, sizes, bool(content.get("cog")))
    for display in listed(content, "displays", "display"):
        _display(call, product, variant, display)


def _cost(call: Call, cog: str) -> dict[str, int]:
    """The columns of a cost of goods, which is in the base currency."""
    currency_id = next(iter(call.reference.channels.values())).base_currency_id
    return {"unit_cost": amount(cog, "cog"), "unit_cost_currency_id": currency_id}


def _variant(call: Call, variant_id: int) -> Row:
    found = records.get(call.tx, "variants", variant_id)
    assert found is not None
    return found


def _sizes(call: Call, variant: Row, sizes: list[Content], has_cost: bool) -> None:
    """Activates and changes sizes, and sets what is free to allocate of them.

    What comes into a warehouse costs what is said for it; so does the variation, unless it said so itself.
    """
    levels: dict[tuple[int, int], int] = {}
    costs: dict[tuple[int, int], tuple[int, int]] = {}
    for content in sizes:
        external = content.get("id", "")
        size_id = find_size(call, variant["size_chart_id"], external)
        if size_id is None:
            raise Invalid({f"size {external}": "is not in the sizetable"})
        columns: dict[str, Any] = {}
        for name, column in (("sku", "number"), ("ean", "ean"), ("comment", "comment")):
            if name in content:
                columns[column] = content[name]
        if content.get("preorder"):
            columns["is_preorder"] = int(yes(content["preorder"], "preorder"))
        item_id = writing.put_size(call.tx, variant, size_id, **columns)
        if content.get("qty"):
            levels[item_id, market_writing.default_warehouse(call.tx)] = whole(content["qty"], "qty")
        for stock in listed(content, "warehouseitems", "warehouse"):
            if not stock.get("id"):
                raise Invalid({"warehouse id": "is required"})
            warehouse_id = warehouse_of(call, stock["id"])
            if "qty" in stock:
                levels[item_id, warehouse_id] = whole(stock["qty"], "qty")
            if stock.get("cog"):
                cost = _cost(call, stock["cog"])
                costs[item_id, warehouse_id] = (cost["unit_cost"], cost["unit_cost_currency_id"])
                if not has_cost:
                    writing.change_variant(call.tx, variant, **cost)
    stock_levels.set_free(call.tx, levels, STOCK_REFERENCE, costs)


# ------------------------------------------------------------------ displays, pictures, texts


def _display(call: Call, product: Row, variant: Row, content: Content) -> None:
    """The display of a variation in a store, made when there is none; where it is shown, and in which quantities."""
    channel = call.store_of(content)
    columns: dict[str, Any] = {}
    if "minimumorderamount" in content:
        columns["minimum_quantity"] = max(1, whole(content["minimumorderamount"] or "1", "minimumorderamount"))
    if "orderdenominator" in content:
        columns["multiple_of"] = max(1, whole(content["orderdenominator"] or "1", "orderdenominator"))
    markets = _markets(call, channel, listed(content, "markets", "market"))
    categories = [_category(call, channel, entry) for entry in listed(content, "categories", "category")]
    display = rows.display_of_variant(call.tx, variant["id"], channel.id)
    if display is None:
        twin = next(iter(rows.displays_of_product(call.tx, product["id"], channel.id)), None)
        texts = {} if twin is None else {column: twin[column] for column in _TEXTS.values()}
        display_id = writing.create_display(
            call.tx,
            channel.id,
            product,
            [variant],
            markets or [market_writing.default_market(call.tx, channel.id)],
            **texts,
        )
    else:
        display_id = display["id"]
    writing.change_display(
        call.tx,
        display_id,
        join_markets=markets,
        leave_markets=_markets(call, channel, listed(content, "marketsremove", "market")),
        join_categories=categories,
        leave_categories=[
            found
            for entry in listed(content, "categoriesremove", "category")
            if (found := call.find("category", entry, "category")) is not None
        ],
        **columns,
    )


def _markets(call: Call, channel: Channel, references: list[Content]) -> list[int]:
    found = []
    for reference in references:
        market_id = call.find("market", reference, "market")
        market = None if market_id is None else records.get(call.tx, "markets", market_id)
        if market is None or market["store_id"] != channel.id:
            raise Invalid({f"market {reference.get('id', '')}": f"is not in store {channel.id}"})
        found.append(market["id"])
    return found


def _category(call: Call, channel: Channel, reference: Content) -> int:
    external, name = reference.get("id", ""), reference.get("description", "")
    if not external:
        raise Invalid({"category id": "is required"})
    found = call.ids.resolve("category", external)
    if found is not None:
        category = records.get(call.tx, "categories", found)
        if category is None or category["store_id"] != channel.id:
            raise Invalid({f"category {external}": f"is not in store {channel.id}"})
        return found
    if not name:
        raise Invalid({f"category {external}": "does not exist"})
    found = writing.create_category(call.tx, channel.id, name)
    call.ids.assign("category", found, external)
    return found


def _image(call: Call, product: Row, content: Content) -> None:
    """A picture of the product or of one variation; the same id replaces it."""
    external = content.get("id", "")
    if not external:
        raise Invalid({"image id": "is required"})
    columns: dict[str, Any] = {}
    if "image" in content:
        columns["source_url"] = content["image"]
    if "variation" in content:
        variant_id = call.find("variant", content["variation"], "variation")
        if variant_id is not None and _variant(call, variant_id)["product_id"] != product["id"]:
            raise Invalid({f"variation {content['variation']['id']}": "is none of the product"})
        columns["variant_id"] = variant_id
    media_id = call.ids.resolve("media", external)
    media = None if media_id is None else records.get(call.tx, "media", media_id)
    if media is None:
        if not columns.get("source_url"):
            raise Invalid({f"image {external}": "needs an address"})
        made = writing.add_media(call.tx, product, columns.get("variant_id"), columns["source_url"], is_shown=True)
        call.ids.assign("media", made, external)
    elif media["product_id"] != product["id"]:
        raise Conflict({f"image {external}": "belongs to another product"})
    else:
        writing.change_media(call.tx, media, **columns)


def _texts(call: Call, product: Row, content: Content) -> None:
    """The texts of the product's displays in a store."""
    channel = call.store_of(content)
    columns: dict[str, Any] = {column: content[name] for name, column in _TEXTS.items() if name in content}
    if "taxgroup" in content:
        columns["tax_group_id"] = None
        if content["taxgroup"]:
            columns["tax_group_id"] = rows.tax_group_named(call.tx, content["taxgroup"])
            if columns["tax_group_id"] is None:
                raise Invalid({f"taxgroup {content['taxgroup']}": "does not exist"})
    for display in rows.displays_of_product(call.tx, product["id"], channel.id):
        writing.change_display(call.tx, display["id"], **columns)
