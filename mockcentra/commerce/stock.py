"""What can be sold: free stock behind a market, thresholds and offsets taken off, and how webshops show it."""

from collections.abc import Iterable, Mapping

from mockcentra.commerce import bundles
from mockcentra.commerce.catalogue import with_parts
from mockcentra.commerce.model import Price, ProductRecord, Sellable, SizeRecord
from mockcentra.commerce.reference import Market, Reference, Warehouse, reference_of
from mockcentra.commerce.settings import FLEXIBLE_BUNDLES, setting
from mockcentra.store import Transaction
from mockcentra.store import stock as rows
from mockcentra.store.selections import Part

NOTHING = Sellable(0, {})


def warehouses_of(reference: Reference, market: Market) -> list[Warehouse]:
    """The active warehouses of the market's allocation rule, by priority."""
    rule = reference.allocation_rules.get(market.allocation_rule_id, ())
    return [reference.warehouses[each] for each in rule if reference.warehouses[each].is_active]


def sellable_pieces(free: int, threshold: int, offset: int) -> int:
    """What of a warehouse's free stock is for sale: less its threshold, or less the variant's offset if there is one.

    domain.md 6.2.
    """
    return max(0, free - (offset if offset > 0 else threshold))


def sellable(
    tx: Transaction,
    market: Market,
    found: Iterable[ProductRecord],
    parts: Mapping[int, ProductRecord] | None = None,
) -> dict[int, Sellable]:
    """Product size id -> what can be sold of it in the market, for all sizes of these display items.

    A bundle's sizes have as many pieces as complete sets can be built; they are booked on the first warehouse.
    Flexible ones have none where the setting `checkout.flexible_bundles` is off.
    `parts` are the records of the parts of the bundles among them, read here when not given.
    """
    found = list(found)
    if parts is None:
        parts = with_parts(tx, found)
    warehouses = warehouses_of(reference_of(tx.store), market)
    plain = {record.id: record for record in (*found, *parts.values()) if record.bundle is None}
    offsets = {size.id: record.stock_offset for record in plain.values() for size in record.sizes}
    free = rows.free_to_allocate(tx, offsets, [warehouse.id for warehouse in warehouses])
    stock: dict[int, Sellable] = {}
    for size_id, offset in offsets.items():
        by_warehouse = {
            warehouse.id: sellable_pieces(free.get(size_id, {}).get(warehouse.id, 0), warehouse.threshold, offset)
            for warehouse in warehouses
        }
        stock[size_id] = Sellable(sum(by_warehouse.values()), by_warehouse)
    for record in found:
        if record.bundle is not None:
            is_sold = record.bundle.type == "fixed" or setting(tx, FLEXIBLE_BUNDLES)
            for size in record.sizes:
                sets = bundles.sets_of(record, size, parts, stock) if is_sold else 0
                places = dict.fromkeys((warehouse.id for warehouse in warehouses), 0)
                if warehouses:
                    places[warehouses[0].id] = sets
                stock[size.id] = Sellable(sets, places)
    return stock


def best_parts(tx: Transaction, market: Market, record: ProductRecord, size: SizeRecord) -> list[Part]:
    """What to take of the sections of a fixed bundle that leave a choice; [] where nothing is to be chosen."""
    bundle = record.bundle
    if bundle is None or bundle.type != "fixed" or all(len(section.items) <= 1 for section in bundle.sections):
        return []
    parts = with_parts(tx, [record])
    chosen = bundles.fixed_parts(record, size, parts, sellable(tx, market, [record], parts))
    return [
        Part(section.id, 0, *chosen[section.id], section.quantity)
        for section in bundle.sections
        if section.id in chosen
    ]


def never_runs_short(size: SizeRecord) -> bool:
    """Preorder and infinite sizes are sold without stock (checkout-api.md 14)."""
    return size.is_preorder or size.is_infinite


def is_available(record: ProductRecord, stock: Mapping[int, Sellable], price: Price) -> bool:
    """`available`: it has a price, and something of it can be sold (checkout-api.md 7.1)."""
    return price.amount is not None and any(
        never_runs_short(size) or stock.get(size.id, NOTHING).total > 0 for size in record.sizes
    )


def shown_stock(size: SizeRecord, pieces: int, display: str, few: int) -> str | int:
    """`stock` of an item: `display` is the setting `checkout.stock_display`, `few` that of `checkout.few_in_stock`."""
    if size.is_infinite:
        return "infinite"
    if pieces <= 0 and size.is_preorder:
        return "preorder"
    if display == "number":
        return max(0, pieces)
    if pieces <= 0:
        return "no"
    return "few" if display == "yes_few_no" and pieces < few else "yes"
