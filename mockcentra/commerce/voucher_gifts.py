"""Free products of vouchers: which a cart has earned, how they come into it, stay and leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from mockcentra.commerce import catalogue, stock, voucher_rules, vouchers
from mockcentra.commerce.model import CartLine, Context, ProductRecord, SizeRecord
from mockcentra.commerce.pricing import price_of
from mockcentra.commerce.reference import ShippingOption
from mockcentra.commerce.vouchers import Facts, Step, Voucher
from mockcentra.store import Transaction
from mockcentra.store import selections as rows
from mockcentra.store import vouchers as voucher_rows
from mockcentra.store.selections import Line, Selection


@dataclass(frozen=True, slots=True)
class Gift:
    """A piece that a voucher gives away. `price`: hundredths that it costs all the same."""

    voucher_id: int
    record: ProductRecord
    size: SizeRecord
    price: int
    stays: bool
    allow_remove: bool


def has_gifts(found: Iterable[Voucher]) -> bool:
    """Whether one of these vouchers may give something away."""
    return any(step.type == "free_product" for voucher in found for step in voucher.results)


def earned(
    tx: Transaction,
    found: Sequence[Voucher],
    context: Context,
    lines: Sequence[CartLine],
    shipping: ShippingOption | None,
    cost: int,
    facts: Facts,
) -> list[Gift]:
    """What vouchers give away to a cart with these lines: of every variant they name a size that can be had.

    What is not sold in the market, or of which nothing is left, is not given.
    """
    if not any(line.record is not None and line.free_voucher_id is None for line in lines):
        return []
    copies = [replace(line, discounts=[]) for line in lines]
    notes, _ = voucher_rules.consider(found, context, copies, shipping, cost, facts)
    steps = {step.id: step for voucher in found for step in voucher.results}
    wanted = [
        (note.voucher_id, steps[effect.result_id])
        for note in notes
        for effect in note.effects
        if effect.type == "free_product"
    ]
    return _available(tx, context, wanted, lines) if wanted else []


def _available(
    tx: Transaction, context: Context, wanted: Sequence[tuple[int, Step]], lines: Sequence[CartLine]
) -> list[Gift]:
    variants = [variant_id for _, step in wanted for variant_id in step.config["variants"]]
    items: dict[int, list[int]] = {}
    for row in voucher_rows.items_of_variants(tx, context.store_id, variants):
        items.setdefault(row["variant_id"], []).append(row["display_item_id"])
    records = catalogue.records(tx, [each for found in items.values() for each in found])
    pool = {size_id: each.total for size_id, each in stock.sellable(tx, context.market, records.values()).items()}
    for line in lines:
        if line.size is not None and line.size.id in pool and line.free_voucher_id is None:
            pool[line.size.id] -= line.quantity
    found = []
    for voucher_id, step in wanted:
        config = step.config
        for variant_id in config["variants"]:
            offered = [records[each] for each in items.get(variant_id, ()) if each in records]
            given = _first(context, offered, pool)
            if given is None:
                continue
            record, size = given
            pool[size.id] = pool.get(size.id, 0) - 1
            price = config.get("prices", {}).get(str(context.pricelist.id), 0)
            found.append(
                Gift(voucher_id, record, size, price, bool(config.get("stays")), bool(config.get("allow_remove")))
            )
    return found


def _first(
    context: Context, found: Sequence[ProductRecord], pool: dict[int, int]
) -> tuple[ProductRecord, SizeRecord] | None:
    """The first display item and size of which there is a piece."""
    for record in found:
        if record.bundle is not None or record.store_id != context.store_id:
            continue
        if not catalogue.is_listed(record, context.market.id):
            continue
        if price_of(record, context.market.id, context.pricelist.id, context.now).amount is None:
            continue
        for size in record.sizes:
            if stock.never_runs_short(size) or pool.get(size.id, 0) > 0:
                return record, size
    return None


# ------------------------------------------------------------------ in a cart


def settle(tx: Transaction, selection: Selection, gifts: Sequence[Gift], lines: Sequence[CartLine]) -> None:
    """Makes a cart have just these free products: others leave it, or stay at their ordinary price.

    What the shopper took out, where the voucher allows that, does not come back.
    """
    declined = rows.declined_gifts(tx, selection)
    missing = {(gift.voucher_id, gift.record.variant_id): gift for gift in gifts}
    variants = {line.id: line.record.variant_id for line in lines if line.record is not None}
    for line in selection.lines:
        if line.free_voucher_id is None:
            continue
        gift = missing.pop((line.free_voucher_id, variants.get(line.id, 0)), None)
        if gift is not None:
            if (line.free_price or 0, line.is_kept_gift) != (gift.price, 0):
                rows.update_line(tx, line, free_price=gift.price, is_kept_gift=0)
        elif not line.gift_stays or line.id not in variants:
            rows.remove_lines(tx, selection, {line.id})
        else:
            rows.update_line(tx, line, is_kept_gift=1)
    for key, gift in missing.items():
        if not (gift.allow_remove and key in declined):
            rows.add_line(
                tx,
                selection,
                display_item_id=gift.record.id,
                product_size_id=gift.size.id,
                quantity=1,
                free_voucher_id=gift.voucher_id,
                free_price=gift.price,
                gift_stays=int(gift.stays),
            )


def withdraw(tx: Transaction, selection: Selection) -> None:
    """No voucher gives anything away any more: free products leave, or stay and are sold like any other."""
    free = [line for line in selection.lines if line.free_voucher_id is not None]
    rows.remove_lines(tx, selection, {line.id for line in free if not line.gift_stays})
    for line in free:
        if line.gift_stays:
            rows.update_line(tx, line, is_kept_gift=1)


def give_back(tx: Transaction, selection: Selection, line: Line) -> None:
    """A shopper takes a free product out: it stays away where the voucher allows that (else it comes back)."""
    voucher_id = line.free_voucher_id
    step, record = _origin(tx, line)
    if voucher_id is not None and step is not None and record is not None and step.config.get("allow_remove"):
        rows.decline_gift(tx, selection, voucher_id, record.variant_id)


def buy_more(tx: Transaction, selection: Selection, line: Line, more: int) -> None:
    """Further pieces of a free product are an ordinary line at full price, where the voucher allows them."""
    step, _ = _origin(tx, line)
    if step is not None and step.config.get("allow_add_more"):
        rows.add_line(
            tx,
            selection,
            display_item_id=line.display_item_id,
            product_size_id=line.product_size_id,
            quantity=more,
        )


def buy(tx: Transaction, line: Line) -> None:
    """A free product that stayed at its ordinary price becomes a line like any other: its quantity is chosen."""
    rows.update_line(tx, line, free_voucher_id=None, free_price=None, gift_stays=0, is_kept_gift=0)


def _origin(tx: Transaction, line: Line) -> tuple[Step | None, ProductRecord | None]:
    """The result that put a line into the cart, and what the line holds."""
    record = catalogue.record_of(tx, line.display_item_id or 0)
    for voucher in vouchers.by_ids(tx, [line.free_voucher_id or 0]):
        for step in voucher.results:
            if record is not None and voucher_rules.gives(step, record):
                return step, record
    return None, record
