"""Changing placed orders from outside: locks, notes, addresses, and taking pieces off for less money."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from mockcentra.commerce import delivery_groups, orders, shipment_contents, shipments
from mockcentra.commerce.allocation import note_stock
from mockcentra.commerce.errors import Invalid
from mockcentra.commerce.money import contained_tax, percent_of, ratio
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import order_changes as rows
from mockcentra.store import orders as order_rows
from mockcentra.store.database import Row, from_json, to_json

_LAST_CANCELLATION = "lastCancellation"


def set_locked(tx: Transaction, order_id: int, is_locked: bool) -> None:
    """An integration owns a locked order; nobody else may edit it. Raises NotFound."""
    order = orders.row_of(tx, order_id)
    if bool(order["is_locked"]) == is_locked:
        return
    order_rows.update(tx, order_id, is_locked=int(is_locked))
    order_rows.add_history(tx, order_id, "locked" if is_locked else "unlocked")
    tx.event("order", order_id, "updated", number=order["number"])


def put_notes(tx: Transaction, order_id: int, **columns: Any) -> bool:
    """Sets what people and integrations note on an order, and its addresses; returns whether anything differed.

    `columns`: address_json, shipping_address_json, internal_comment, additional_notes, po_number,
    preferred_delivery_at, extra_json.
    """
    order = orders.row_of(tx, order_id)
    differing = {name: value for name, value in columns.items() if order[name] != value}
    if not differing:
        return False
    order_rows.update(tx, order_id, **differing)
    order_rows.add_history(tx, order_id, "changed", fields=sorted(differing))
    tx.event("order", order_id, "updated", number=order["number"])
    return True


def put_on_invoice(tx: Transaction, order_id: int) -> None:
    """Nobody has paid or authorised anything for the order: the buyer gets an invoice. Raises NotFound."""
    orders.row_of(tx, order_id)
    order_rows.update(tx, order_id, payment_type="inv")


def keep_pending(tx: Transaction, order_id: int) -> None:
    """An order that was confirmed by itself waits all the same for somebody to confirm it. Raises NotFound."""
    if orders.row_of(tx, order_id)["status"] == "confirmed":
        order_rows.update(tx, order_id, status="pending", confirmed_at=None)


# ------------------------------------------------------------------ taking pieces off


def cancel_units(tx: Transaction, order_id: int, units: Mapping[int, int], group_id: int | None = None) -> None:
    """Takes units (order line id -> quantity) off an order for good: it costs less, and their stock is free again.

    Units of a bundle take its parts with them. Units that wait for stock go first. `group_id`: the delivery group that
    loses them. Raises Invalid: `order` (is over), `order item` (none of the order, a part of a bundle), `quantity`
    (more than is left outside shipments), `delivery_group` (has fewer).
    """
    order = orders.row_of(tx, order_id)
    if order["status"] not in ("pending", "confirmed", "processing"):
        raise Invalid({"order": f"is {order['status']}"})
    lines = {row["id"]: row for row in order_rows.lines(tx, [order_id])}
    parts: dict[int, list[Row]] = defaultdict(list)
    for line in lines.values():
        if line["parent_line_id"] is not None:
            parts[line["parent_line_id"]].append(line)
    left = shipment_contents.units_left(tx, order_id)
    taken: dict[int, int] = defaultdict(int)
    for line_id, quantity in units.items():
        if line_id not in lines:
            raise Invalid({f"order item {line_id}": "is none of the order"})
        whole = lines[line_id]
        if whole["parent_line_id"] is not None:
            raise Invalid({f"order item {line_id}": "is part of a bundle"})
        for each in parts.get(line_id, [whole]):
            pieces = each["quantity"] * quantity // whole["quantity"]
            if not 0 < pieces <= left.get(each["id"], 0) - taken[each["id"]]:
                raise Invalid({"quantity": f"exceeds what is left of order item {line_id}"})
            taken[each["id"]] += pieces
    delivery_groups.cancel(tx, order_id, taken, group_id)
    _release(tx, order_id, taken, left)
    cancelled = {**taken, **units}
    for line_id, quantity in cancelled.items():
        before = lines[line_id]["cancelled_quantity"]
        order_rows.update_line(tx, line_id, cancelled_quantity=before + quantity)
    _reckon(tx, order, lines, units)
    order_rows.add_history(tx, order_id, "units cancelled", lines={str(line): count for line, count in units.items()})
    shipments.follow(tx, order_id)
    tx.event("order", order_id, "updated", number=order["number"])


def cancel_units_once(tx: Transaction, order_id: int, units: Mapping[int, int], message: str) -> None:
    """As `cancel_units`, unless the last message that took units off the order was the same one (soap-api.md 4.2)."""
    extra = from_json(orders.row_of(tx, order_id)["extra_json"])
    if extra.get(_LAST_CANCELLATION) == message:
        return
    cancel_units(tx, order_id, units)
    order_rows.update(tx, order_id, extra_json=to_json({**extra, _LAST_CANCELLATION: message}))


def _release(tx: Transaction, order_id: int, taken: Mapping[int, int], left: Mapping[int, int]) -> None:
    """Gives back the stock of units; those that nothing is reserved for yet are the first to go."""
    held: dict[int, list[Row]] = defaultdict(list)
    for row in stock_rows.of_orders(tx, [order_id]):
        if row["shipment_id"] is None:
            held[row["order_line_id"]].append(row)
    freed = set()
    for line_id, quantity in taken.items():
        waiting = left[line_id] - sum(row["quantity"] for row in held[line_id])
        rest = max(0, quantity - max(0, waiting))
        for row in reversed(held[line_id]):
            pieces = min(rest, row["quantity"])
            if pieces:
                stock_rows.give_back(tx, row, pieces)
                freed.add(row["product_size_id"])
                rest -= pieces
    note_stock(tx, freed)


def _share(line: Row, amount: int, cancelled: int) -> int:
    """What is left of an amount of a line when so many of its units are cancelled."""
    return ratio(amount, line["quantity"] - cancelled, line["quantity"])


def _reckon(tx: Transaction, order: Row, lines: Mapping[int, Row], units: Mapping[int, int]) -> None:
    """The order's totals without the units: its goods, discounts and taxes shrink, its costs stay."""
    items = discount = 0
    old_nets: dict[tuple[int, int], int] = defaultdict(int)
    new_nets: dict[tuple[int, int], int] = defaultdict(int)
    for line in lines.values():
        if line["parent_line_id"] is not None:
            continue
        before = line["cancelled_quantity"]
        after = before + units.get(line["id"], 0)
        totals = [_share(line, line["line_total"], count) for count in (before, after)]
        shares = [_share(line, line["discount_share"], count) for count in (before, after)]
        items += totals[1] - totals[0]
        discount += shares[1] - shares[0]
        key = (line["tax_percent"], line["is_tax_included"])
        old_nets[key] += totals[0] + shares[0]
        new_nets[key] += totals[1] + shares[1]
    costs = order["shipping_cost"] + order["handling_cost"]
    added = included = 0
    for row in order_rows.taxes(tx, [order["id"]]):
        key = (row["percent"], row["included"])
        amount = _tax(row["percent"], row["included"], old_nets[key], new_nets[key], costs, row["amount"])
        rows.set_tax(tx, order["id"], row["name"], row["percent"], amount)
        if row["included"]:
            included += amount
        else:
            added += amount
    gross = order["items_total"] + order["discount_total"] + costs
    deducted = ratio(order["tax_deducted"], gross + items + discount, gross) if gross > 0 else 0
    columns = {
        "items_total": order["items_total"] + items,
        "discount_total": min(0, order["discount_total"] + discount),
        "tax_added": added,
        "tax_deducted": deducted,
    }
    _shrink_vouchers(tx, order, lines, units, columns["discount_total"])
    total = sum(columns.values()) + costs
    order_rows.update(tx, order["id"], **columns, grand_total=max(0, total), grand_total_tax=included + added)


def _shrink_vouchers(
    tx: Transaction, order: Row, lines: Mapping[int, Row], units: Mapping[int, int], discount_total: int
) -> None:
    """What vouchers took off goes with the units; what nobody took off by hand, they did: to the last hundredth."""
    uses = order_rows.vouchers(tx, [order["id"]])
    left = {
        line["hash"]: (line["quantity"] - line["cancelled_quantity"], units.get(line["id"], 0))
        for line in lines.values()
        if line["parent_line_id"] is None
    }
    shrunk = [_shrunk(use, left, discount_total, order["discount_total"]) for use in uses]
    is_all_theirs = sum(use["price_off"] for use in uses) == order["discount_total"]
    rest = discount_total - sum(price_off for price_off, _ in shrunk)
    for use, (price_off, details) in reversed(list(zip(uses, shrunk, strict=True))):
        if is_all_theirs and price_off:
            price_off, rest = price_off + _round(details, rest), 0
        if (price_off, details) != (use["price_off"], from_json(use["details_json"])):
            rows.set_voucher(tx, order["id"], use["voucher_id"], price_off, to_json(details))


def _shrunk(
    use: Row, left: Mapping[str, tuple[int, int]], discount_total: int, before: int
) -> tuple[int, dict[str, Any]]:
    """What a voucher takes off, and its details; `left`: line hash -> (units that were left, those that go now)."""
    details = from_json(use["details_json"])
    effects = details.get("effects", ())
    was = sum(sum(effect["lines"].values()) for effect in effects)
    for effect in effects:
        for line_hash, amount in effect["lines"].items():
            there, gone = left.get(line_hash, (1, 0))
            effect["lines"][line_hash] = ratio(amount, there - gone, there) if there else 0
    if use["price_off"] != was:
        return (ratio(use["price_off"], -discount_total, -before) if before else use["price_off"]), details
    return sum(sum(effect["lines"].values()) for effect in effects), details


def _round(details: Mapping[str, Any], rest: int) -> int:
    """Puts the rest of a rounding on a line that a voucher takes something off."""
    for effect in reversed(details.get("effects", ())):
        for line_hash, amount in effect["lines"].items():
            if amount:
                effect["lines"][line_hash] = amount + rest
                return rest
    return rest


def _tax(percent: int, is_included: int, old_net: int, new_net: int, costs: int, amount: int) -> int:
    """A tax of what is left. Whether it taxes shipping and handling, too, shows in what it was before."""
    tax = contained_tax if is_included else percent_of
    for taxed_costs in (costs, 0):
        if tax(old_net + taxed_costs, percent) == amount:
            return tax(new_net + taxed_costs, percent)
    return ratio(amount, new_net, old_net) if old_net > 0 else amount
