"""Figures of stock: of sizes and of warehouses, each place for itself and all together (section 17.1)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.types import Among, Batch, Column, Many, One, Picked, Range, Type, define
from mockcentra.commerce import stock_items
from mockcentra.store import graphql_stock as rows
from mockcentra.store.database import Row

Figures = dict[str, Any]

# Of a size in one warehouse. Demand belongs to no warehouse before it is allocated; what is unshipped of a place is
# what is allocated there.
_COUNTED = {
    "physicalQuantity": "physical",
    "freeToAllocateQuantity": rows.FREE,
    "allocatedQuantity": "allocated",
    "demandQuantity": rows.NONE,
    "unshippedQuantity": "allocated",
    "incomingQuantity": rows.INCOMING,
    "linkedIncomingQuantity": rows.LINKED,
    "unlinkedIncomingQuantity": rows.UNLINKED,
    "onDeliveryQuantity": rows.DELIVERING,
}
_SIZE = "product_size_id>product_sizes."
_OWNERS = {
    "productId": f"{_SIZE}variant_id>variants.product_id",
    "productSizeId": "product_size_id",
    "productVariantId": f"{_SIZE}variant_id",
    "warehouseId": "warehouse_id",
}
_PLACES = {
    "productId": "product",
    "productSizeId": "productSize",
    "productVariantId": "variant",
    "warehouseId": "warehouse",
}

define(
    Type(
        "Stock",
        "stock",
        fields={
            **{name: Column(path) for name, path in _COUNTED.items()},
            "availableNowQuantity": Column(rows.FREE),
            "availableQuantity": Column(rows.AVAILABLE),
            "productSize": One("product_size_id"),
            "warehouse": One("warehouse_id"),
        },
        filters={
            **{name: Range(path) for name, path in _COUNTED.items()},
            **{name: Among(path) for name, path in _OWNERS.items()},
        },
        sorts={**_COUNTED, **_OWNERS, "productSizeSort": f"{_SIZE}size_id>sizes.x"},
    )
)
STOCK_OF_SIZES = Many("product_size_id")
STOCK_OF_WAREHOUSES = Many("warehouse_id")


def _figures(
    physical: int, allocated: int, demand: int, unshipped: int, incoming: int, linked: int, delivering: int
) -> Figures:
    free = physical - allocated
    unlinked = max(incoming - linked, 0)
    return {
        "physicalQuantity": physical,
        "allocatedQuantity": allocated,
        "freeToAllocateQuantity": free,
        "demandQuantity": demand,
        "unshippedQuantity": unshipped,
        "availableNowQuantity": free - demand,
        "availableQuantity": free - demand + unlinked,
        "incomingQuantity": incoming,
        "linkedIncomingQuantity": linked,
        "unlinkedIncomingQuantity": unlinked,
        "onDeliveryQuantity": delivering,
    }


def _by_place(run: Run, size_ids: Iterable[int]) -> list[Figures]:
    """The stock of sizes in each warehouse that has any, or that a supplier brings some to.

    Demand belongs to no warehouse before it is allocated; what is unshipped of a place is what is allocated there.
    """
    found = rows.levels(run.tx, size_ids)
    coming = {(row[0], row[1]): row for row in rows.on_the_way(run.tx, {row["product_size_id"] for row in found})}
    entries = []
    for row in found:
        way = coming.get((row["product_size_id"], row["warehouse_id"]))
        owed = (0, 0, 0) if way is None else (way["incoming"], way["linked"], way["delivering"])
        entries.append(
            {
                **_figures(row["physical"], row["allocated"], 0, row["allocated"], *owed),
                "productSize": row["product_size_id"],
                "warehouse": row["warehouse_id"],
                "variant": row["variant_id"],
                "product": row["product_id"],
                "place": row["place"],
            }
        )
    return entries


# ------------------------------------------------------------------ totals


def _asked(entry: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    negated = where.get("negate") or ()
    return all(
        (entry[key] in where[name]) != (name in negated)
        for name, key in _PLACES.items()
        if where.get(name) is not None and key in entry
    )


def _summed(entries: Sequence[Figures], demand: int, unshipped: int) -> Figures:
    sums = {
        name: sum(entry[name] for entry in entries)
        for name in (
            "physicalQuantity",
            "allocatedQuantity",
            "incomingQuantity",
            "linkedIncomingQuantity",
            "onDeliveryQuantity",
        )
    }
    physical, allocated, incoming, linked, delivering = sums.values()
    return _figures(physical, allocated, demand, unshipped, incoming, linked, delivering)


def _totals_of_sizes(run: Run, arguments: Mapping[str, Any], picked: Picked) -> list[Figures]:
    """The figures of sizes over all warehouses, or over those that are asked for; a bundle has what its parts allow."""
    where = arguments.get("where") or {}
    ids = [row[0] for row in picked]
    known = rows.sizes(run.tx, ids)
    of_sizes: dict[int, list[Figures]] = {}
    for entry in _by_place(run, ids):
        if _asked(entry, where):
            of_sizes.setdefault(entry["productSize"], []).append(entry)
    wants = rows.ordered(run.tx, ids) if where.get("warehouseId") is None else {}
    elsewhere = _not_in_stock(run, ids, of_sizes) if where.get("warehouseId") is None else {}
    bundles = [row for row in known if row["kind"] == "bundle"]
    sets = stock_items.bundle_levels(run.tx, rows.warehouse_ids(run.tx), bundles) if bundles else {}
    facts = {
        row["id"]: {"productSize": row["id"], "variant": row["variant_id"], "product": row["product_id"]}
        for row in known
    }
    found = []
    for size_id in ids:
        if size_id in sets:
            found.append(_figures(sets[size_id].physical, 0, 0, 0, 0, 0, 0))
        elif size_id in facts and not _asked(facts[size_id], where):
            found.append(_figures(0, 0, 0, 0, 0, 0, 0))
        else:
            entries = of_sizes.get(size_id, [])
            unshipped, demand = wants.get(size_id, (sum(entry["allocatedQuantity"] for entry in entries), 0))
            found.append(_summed([*entries, *elsewhere.get(size_id, ())], demand, unshipped))
    return found


def _not_in_stock(run: Run, ids: Sequence[int], of_sizes: Mapping[int, list[Figures]]) -> dict[int, list[Figures]]:
    """What suppliers bring to places that have never had any of a size."""
    found: dict[int, list[Figures]] = {}
    for row in rows.on_the_way(run.tx, ids):
        size_id, warehouse_id = row["product_size_id"], row["warehouse_id"]
        if all(entry["warehouse"] != warehouse_id for entry in of_sizes.get(size_id, ())):
            figures = _figures(0, 0, 0, 0, row["incoming"], row["linked"], row["delivering"])
            found.setdefault(size_id, []).append(figures)
    return found


def _whole(row: Row) -> Figures:
    """The figures of a whole warehouse; what is unshipped of a place is what is allocated there."""
    owed = (row["incoming"], row["linked"], row["delivering"])
    return _figures(row["physical"], row["allocated"], 0, row["allocated"], *owed)


_SIZES = {"productId": "product_id", "productSizeId": "id", "productVariantId": "variant_id"}


def _totals_of_warehouses(run: Run, arguments: Mapping[str, Any], picked: Picked) -> list[Figures]:
    """The figures of warehouses over all sizes, or over those that are asked for."""
    where = arguments.get("where") or {}
    negated = where.get("negate") or ()
    sizes = [(column, where[name], name in negated) for name, column in _SIZES.items() if where.get(name) is not None]
    whole = rows.in_warehouses(run.tx, [row[0] for row in picked], sizes)
    return [
        _whole(whole[warehouse_id]) if _asked({"warehouse": warehouse_id}, where) else _figures(0, 0, 0, 0, 0, 0, 0)
        for (warehouse_id,) in picked
    ]


TOTALS_OF_SIZES = Batch(_totals_of_sizes, "id")
TOTALS_OF_WAREHOUSES = Batch(_totals_of_warehouses, "id")
