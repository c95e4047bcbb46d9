"""Changes of stock as they were made, line by line, and making them (sections 17.3 and 17.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.paging import find
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Batch,
    Column,
    Dates,
    Linked,
    Many,
    Moment,
    One,
    Range,
    Text,
    Type,
    Where,
    define,
)
from mockcentra.commerce import stock_moving
from mockcentra.store import graphql_catalogue as catalogue_rows
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_stock as rows
from mockcentra.store import stock_items as item_rows
from mockcentra.store.database import Row
from mockcentra.store.graphql_reading import Condition, Link

KINDS = {
    "delivery": "DELIVERY",
    "supplier_delivery": "DELIVERY",
    "return": "RETURN",
    "correction": "CORRECTION",
    "integration": "CORRECTION",
    "movement": "TRANSFER",
    "shipment": "OTHER",
}
VARIANT = "product_size_id>product_sizes.variant_id"
MAX_QUANTITY = 1_000_000_000


def _kind(kind: str) -> str:
    return KINDS.get(kind, "OTHER")


def _of_kinds(run: Run, value: Any) -> Condition:
    named = reading.among("kind", [ours for ours, theirs in KINDS.items() if theirs in value])
    if "OTHER" not in value:
        return named
    return reading.any_of([named, reading.negated(reading.among("kind", KINDS))])


_COSTS = (
    "unit_cost",
    "unit_cost_currency_id",
    f"{VARIANT}>variants.unit_cost",
    f"{VARIANT}>variants.unit_cost_currency_id",
)


def _unit_costs(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
    """What a piece cost then; where nobody said, what its variant costs."""
    return [
        money(run, own, currency_id) if own is not None else money(run, usual, usual_currency_id)
        for own, currency_id, usual, usual_currency_id in picked
    ]


def _rates(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[float]:
    """What a unit of the cost's currency is worth; costs are in the base currency unless somebody says otherwise."""
    currencies = run.once("currencies", lambda: reading.currencies(run.tx))
    known = (row[1] if row[0] is not None else row[3] for row in picked)
    return [currencies[each]["rate_micro"] / 1_000_000 if each in currencies else 1 for each in known]


define(
    Type(
        "StockChange",
        "stock_changes",
        fields={
            "createdAt": Moment("created_at"),
            "comment": Column("reference"),
            "type": Column("kind", _kind),
            "adminUser": One("admin_user_id"),
            "lines": Many("change_id"),
            "warehouse": One("warehouse_id"),
        },
        filters={
            "createdAt": Dates("created_at"),
            "comment": Text("reference"),
            "productVariantId": Linked(Link("stock_change_variants", "change_id", "variant_id")),
            "type": Where(_of_kinds),
            "warehouseId": Among("warehouse_id"),
        },
        sorts={"createdAt": "created_at"},
        search=("reference",),
        only=reading.is_null("head_id"),
    ),
    Type(
        "StockChangeLine",
        "stock_changes",
        fields={
            "isAvailable": Column("quantity", lambda quantity: quantity > 0),
            "freeToAllocateQuantity": Column(rows.FREE_OF_LINE),
            "deliveredQuantity": Column("quantity"),
            "unitCost": Batch(_unit_costs, *_COSTS),
            "currencyBaseRate": Batch(_rates, *_COSTS),
            "productSize": One("product_size_id"),
            "createdFromShipmentLine": Column("id", lambda _: None),
            "warehouse": One("warehouse_id"),
            "stockChange": One("change_id"),
        },
        filters={
            "isAvailable": Where(
                lambda run, value: reading.between("quantity", 1) if value else reading.between("quantity", None, 0)
            ),
            "freeToAllocateQuantity": Range(rows.FREE_OF_LINE),
            "deliveredQuantity": Range("quantity"),
            "productSizeName": Text("product_size_id>product_sizes.size_id>sizes.name"),
            "productSizeId": Among("product_size_id"),
            "productVariantId": Among(VARIANT),
            "warehouseId": Among("warehouse_id"),
            "stockChangeId": Among("change_id"),
        },
        search=("reference",),
    ),
)


# ------------------------------------------------------------------ which sizes, and how many


@dataclass
class Line:
    """A size and a number, with the input that names them."""

    given: Input
    name: str
    size_id: int | None
    quantity: int


def _of_variants(given: Input, list_name: str, quantity: str) -> list[Line]:
    """Sizes that are named within their variants."""
    parts = given.parts("productVariants")
    variants = given.refs_of(parts, "productVariant", "ProductVariant")
    known: dict[int, list[Row]] = {}
    for row in catalogue_rows.sizes_of_variants(given.run.tx, [each for each in variants if each is not None]):
        known.setdefault(row["variant_id"], []).append(row)
    lines = []
    for part, variant_id in zip(parts, variants, strict=True):
        for each in part.parts(list_name):
            size_id = _size(each, known.get(variant_id, [])) if variant_id is not None else None
            lines.append(Line(each, quantity, size_id, each[quantity]))
    return lines


def _size(given: Input, sizes: Sequence[Row]) -> int | None:
    named = given.part("size")
    assert named is not None
    way = named.exactly_one("id", "name", "externalId")
    if way is None:
        return None
    wanted: Any = named[way]
    chart_size: Any = wanted
    if way == "externalId":
        chart_size = find(given.run, TYPES["Size"], way, [wanted]).get(wanted)
    column = "name" if way == "name" else "size_id"
    found = next((row["id"] for row in sizes if row[column] == chart_size), None)
    if found is None:
        named.error(f"Could not find Size with ID {wanted} among the activated sizes of the variant", way)
    return found


def product_sizes(given: Input, parts: Sequence[Input]) -> list[int | None]:
    """The sizes that `productSize` names in each part: by id, EAN, UPC, SKU, or any of the last three."""
    anyhow = {part["productSize"]["any"] for part in parts if part["productSize"].get("any") is not None}
    named = item_rows.named(given.run.tx, anyhow) if anyhow else {}
    found: list[int | None] = [None] * len(parts)
    rest = [position for position, part in enumerate(parts) if part["productSize"].get("any") is None]
    for position in set(range(len(parts))) - set(rest):
        text = parts[position]["productSize"]["any"]
        if len([value for value in parts[position]["productSize"].values() if value is not None]) > 1:
            parts[position].error("Exactly one way to name the object is to be given", "productSize")
        elif text in named:
            found[position] = named[text]["id"]
        else:
            parts[position].error(f"Could not find ProductSize with ID {text}", "productSize", "any")
    others = given.refs_of([parts[position] for position in rest], "productSize", "ProductSize")
    for position, size_id in zip(rest, others, strict=True):
        found[position] = size_id
    return found


def _of_sizes(given: Input, quantity: str) -> list[Line]:
    parts = given.parts("productSizes")
    return [
        Line(part, quantity, size_id, part[quantity])
        for part, size_id in zip(parts, product_sizes(given, parts), strict=True)
    ]


def _checked(given: Input, lines: Sequence[Line], least: int) -> None:
    """User errors for numbers that cannot be, and for sizes of bundles."""
    if not lines:
        given.error("Name at least one size", "productVariants")
    kinds = {
        row["id"]: row["kind"] for row in rows.sizes(given.run.tx, [each.size_id for each in lines if each.size_id])
    }
    for line in lines:
        if not least <= line.quantity <= MAX_QUANTITY:
            bound = f"at least {least}" if line.quantity < least else f"at most {MAX_QUANTITY}"
            line.given.error(f"{line.name} must be {bound}", line.name)
        if line.size_id is not None and kinds.get(line.size_id) == "bundle":
            line.given.error("The stock of a bundle follows from its parts")


def _costs(change: Change, lines: Sequence[Line]) -> dict[int, tuple[int, int]]:
    """Size -> what a piece costs, where it is said. Raises Refusal."""
    given = change.input
    said: dict[tuple[str, ...], tuple[int, int]] = {}
    for part in (*given.parts("productVariants"), *given.parts("productSizes")):
        if part.get("unitCost") is None:
            continue
        amount = part.money("unitCost")
        code = part["unitCost"]["currencyIsoCode"].upper()
        currency_id = find(change.run, TYPES["Currency"], "code", [code]).get(code)
        if amount is not None and amount < 0:
            part.error("unitCost must not be negative", "unitCost", "value")
        elif amount is not None and currency_id is not None:
            said[part.path] = (amount, currency_id)
    change.check()
    found: dict[int, tuple[int, int]] = {}
    for line in lines:
        cost = said.get(line.given.path[:3])
        if cost is not None and line.size_id is not None:
            found[line.size_id] = cost
    return found


# ------------------------------------------------------------------ changing it


@mutation("changeStock")
def change_stock(change: Change) -> dict[str, Any]:
    """Brings pieces into a warehouse, takes them out of one, or moves them; all or none."""
    given = change.input
    into, out_of = given.ref("intoWarehouse", "Warehouse"), given.ref("outFromWarehouse", "Warehouse")
    if given.get("intoWarehouse") is None and given.get("outFromWarehouse") is None:
        given.error("Name the warehouse that pieces come into, or leave, or both", "intoWarehouse")
    if into is not None and into == out_of:
        given.error("Pieces cannot move within one warehouse", "outFromWarehouse")
    lines = [*_of_variants(given, "sizeChanges", "deliveredQuantity"), *_of_sizes(given, "deliveredQuantity")]
    _checked(given, lines, 1)
    units: dict[int, int] = {}
    for line in lines:
        if line.size_id is not None:
            units[line.size_id] = units.get(line.size_id, 0) + line.quantity
    if out_of is not None:
        problems = stock_moving.problems_of(change.tx, units, out_of)
        for line in lines:
            if line.size_id in problems:
                line.given.error(problems[line.size_id], line.name)
    change.check()
    costs = _costs(change, lines)
    heads = stock_moving.move(change.tx, units, out_of, into, given["description"], costs)
    return {"stockChange": heads[-1], "stockChanges": heads}


@mutation("setStock")
def set_stock(change: Change) -> dict[str, Any]:
    """Sets what lies in a warehouse, or what is free of it; all or none."""
    given = change.input
    warehouse_id = given.ref("warehouse", "Warehouse")
    is_free = given["stockQuantityType"] == "FREE_TO_ALLOCATE"
    lines = [*_of_variants(given, "sizeStockLevels", "quantity"), *_of_sizes(given, "quantity")]
    _checked(given, lines, 0)
    levels: dict[int, int] = {}
    for line in lines:
        if line.size_id in levels:
            line.given.error("The size is given twice", "size" if "size" in line.given else "productSize")
        elif line.size_id is not None:
            levels[line.size_id] = line.quantity
    if warehouse_id is not None:
        problems = stock_moving.level_problems(change.tx, levels, warehouse_id, is_free)
        for line in lines:
            if line.size_id in problems and line.quantity >= 0:
                line.given.error(problems[line.size_id], line.name)
    change.check()
    assert warehouse_id is not None
    costs = _costs(change, lines)
    heads = stock_moving.set_levels(change.tx, levels, warehouse_id, is_free, given["description"], costs)
    return {"stockChanges": heads}
