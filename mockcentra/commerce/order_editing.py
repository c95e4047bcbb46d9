"""Editing placed orders: holds, customers, shipping costs, discounts, lines that are added or taken off, allocations.

The totals follow from the lines: goods and discounts are summed anew, taxes change with what they tax.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce import allocation, delivery_groups, ledger, order_changes, orders, returns, shipments, tax
from mockcentra.commerce.allocation import Need, note_stock
from mockcentra.commerce.errors import Conflict, Invalid, NotFound
from mockcentra.commerce.money import contained_tax, percent_of, ratio, shares
from mockcentra.commerce.reference import reference_of
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import delivery_groups as group_rows
from mockcentra.store import order_editing as rows
from mockcentra.store import orders as order_rows
from mockcentra.store import payments as payment_rows
from mockcentra.store.database import Row, from_json, to_json

OPEN = ("pending", "confirmed", "processing")
RELEASE, REMOVE = "release", "remove"
LARGEST = 10**13
"""No line costs more (hundredths)."""


class NotCaptured(Conflict):
    """The provider refused; the attempt stays in the payment history."""

    keeps_changes = True


def check_open(tx: Transaction, order_id: int) -> Row:
    """The order's row. Raises Invalid (`order`) for one that is over."""
    order = orders.row_of(tx, order_id)
    if order["status"] not in OPEN:
        raise Invalid({"order": f"is {order['status']}"})
    return order


def _tell(tx: Transaction, order: Row) -> None:
    tx.event("order", order["id"], "updated", number=order["number"])


# ------------------------------------------------------------------ flags and people


def set_on_hold(tx: Transaction, order_id: int, is_on_hold: bool, reason: str = "") -> None:
    """Stops an order, or lets it go on. Raises NotFound, and Invalid (`order`) for one that is over."""
    order = check_open(tx, order_id)
    if bool(order["is_on_hold"]) == is_on_hold:
        return
    columns = {"is_on_hold": 1} if is_on_hold else {"is_on_hold": 0, "is_suspect": 0, "has_payment_mismatch": 0}
    order_rows.update(tx, order_id, **columns)
    order_rows.add_history(tx, order_id, "put on hold" if is_on_hold else "taken off hold", reason=reason)
    _tell(tx, order)


def set_internal(tx: Transaction, order_id: int, is_internal: bool) -> None:
    """Says that an order is the company's own. Raises NotFound."""
    order = orders.row_of(tx, order_id)
    if bool(order["is_internal"]) == is_internal:
        return
    order_rows.update(tx, order_id, is_internal=int(is_internal))
    order_rows.add_history(tx, order_id, "changed", fields=["is_internal"])
    _tell(tx, order)


def move_to_customer(tx: Transaction, order_id: int, customer_id: int) -> None:
    """Gives an order to another customer of its store. Raises Invalid (`customer`) for one of another store."""
    order = check_open(tx, order_id)
    if rows.customer_of_store(tx, customer_id) != order["store_id"]:
        raise Invalid({"customer": "is of another store"})
    if order["customer_id"] == customer_id:
        return
    order_rows.update(tx, order_id, customer_id=customer_id)
    order_rows.add_history(tx, order_id, "changed", fields=["customer_id"])
    _tell(tx, order)


def keep_extra(tx: Transaction, order_id: int, name: str, value: Any) -> None:
    """Keeps what is told with an order and no rule reads, under a name."""
    order = check_open(tx, order_id)
    order_changes.put_notes(tx, order_id, extra_json=to_json({**from_json(order["extra_json"]), name: value}))


# ------------------------------------------------------------------ totals


def _nets(lines: Sequence[Row]) -> dict[tuple[int, int], int]:
    """(tax percent, whether included) -> what the lines cost after discounts."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    for line in lines:
        if line["parent_line_id"] is None:
            left = line["quantity"] - line["cancelled_quantity"]
            found[line["tax_percent"], line["is_tax_included"]] += ratio(
                line["line_total"] + line["discount_share"], left, line["quantity"]
            )
    return found


@contextmanager
def _reckoned(tx: Transaction, order: Row, names: Mapping[tuple[int, int], str] | None = None) -> Iterator[None]:
    """Sums an order anew after what the block changes of its lines and costs. `names`: those of new taxes."""
    before = _nets(order_rows.lines(tx, [order["id"]]))
    costs = order["shipping_cost"] + order["handling_cost"]
    yield
    changed = orders.row_of(tx, order["id"])
    lines = order_rows.lines(tx, [order["id"]])
    after = _nets(lines)
    new_costs = changed["shipping_cost"] + changed["handling_cost"]
    items = discount = 0
    for line in lines:
        if line["parent_line_id"] is None:
            left = line["quantity"] - line["cancelled_quantity"]
            items += ratio(line["line_total"], left, line["quantity"])
            discount += ratio(line["discount_share"], left, line["quantity"])
    added = included = 0
    known = set()
    for row in order_rows.taxes(tx, [order["id"]]):
        key = (row["percent"], row["included"])
        known.add(key)
        reckon = contained_tax if row["included"] else percent_of
        on_costs = reckon(before[key] + costs, row["percent"]) == row["amount"]
        amount = reckon(after[key] + (new_costs if on_costs else 0), row["percent"])
        rows.put_tax(tx, order["id"], row["name"], row["percent"], row["included"], amount)
        included, added = (included + amount, added) if row["included"] else (included, added + amount)
    for key, net in after.items():
        percent, is_included = key
        if key in known or not percent or not net:
            continue
        amount = (contained_tax if is_included else percent_of)(net, percent)
        rows.put_tax(tx, order["id"], (names or {}).get(key, "VAT"), percent, is_included, amount)
        included, added = (included + amount, added) if is_included else (included, added + amount)
    gross = order["items_total"] + order["discount_total"] + costs
    deducted = ratio(order["tax_deducted"], items + discount + new_costs, gross) if gross > 0 else 0
    total = items + min(0, discount) + new_costs + added + deducted
    if total < 0:
        raise Invalid({"discounts": "are more than the order costs"})
    order_rows.update(
        tx,
        order["id"],
        items_total=items,
        discount_total=min(0, discount),
        tax_added=added,
        tax_deducted=deducted,
        grand_total=total,
        grand_total_tax=included + added,
    )


def set_shipping_cost(tx: Transaction, order_id: int, cost: int, currency: str) -> None:
    """Lowers the shipping cost (hundredths) of a confirmed order. Raises Invalid: `order`, `shipping_cost`."""
    order = orders.row_of(tx, order_id)
    if order["status"] != "confirmed":
        raise Invalid({"shipping_cost": "can be changed on confirmed orders only"})
    if not 0 <= cost <= order["shipping_cost"]:
        raise Invalid({"shipping_cost": "must be between 0 and the present value"})
    if delivery_groups.has_any(tx, order_id):
        raise Invalid({"shipping_cost": "is that of its delivery groups"})
    if cost != order["shipping_cost"]:
        _lower_shipping(tx, order, cost, currency)


def set_group_cost(tx: Transaction, group_id: int, cost: int, currency: str) -> None:
    """Lowers the shipping price (hundredths) of a delivery group, and with it that of its confirmed order.

    Raises NotFound (`delivery_group`), and Invalid: `shipping_cost`.
    """
    group = group_rows.get(tx, group_id)
    if group is None:
        raise NotFound("delivery_group")
    order = orders.row_of(tx, group["order_id"])
    if order["status"] != "confirmed":
        raise Invalid({"shipping_cost": "can be changed on confirmed orders only"})
    if not 0 <= cost <= group["shipping_cost"]:
        raise Invalid({"shipping_cost": "must be between 0 and the present value"})
    if cost == group["shipping_cost"]:
        return
    group_rows.put_cost(tx, group_id, cost)
    _lower_shipping(tx, order, order["shipping_cost"] - group["shipping_cost"] + cost, currency)


def _lower_shipping(tx: Transaction, order: Row, cost: int, currency: str) -> None:
    with _reckoned(tx, order):
        total = order["grand_total"] - order["shipping_cost"] + cost
        order_rows.update(tx, order["id"], shipping_cost=cost, grand_total=total)
    text = f"Shipping cost changed from {order['shipping_cost'] / 100:.2f} {currency} to {cost / 100:.2f} {currency}"
    order_rows.add_history(tx, order["id"], "note", text=text)
    _tell(tx, order)


# ------------------------------------------------------------------ discounts


@dataclass(frozen=True, slots=True)
class Off:
    """What is taken off: hundredths of a percent, or an amount in hundredths."""

    percent: int | None = None
    amount: int | None = None

    def of(self, price: int) -> int:
        return percent_of(price, self.percent) if self.percent is not None else self.amount or 0


def discount_lines(tx: Transaction, order_id: int, offs: Mapping[int, tuple[Off, bool]]) -> None:
    """Sets the price of lines: line id -> (what is taken off a piece, whether off its list price).

    Raises NotFound (`line`), and Invalid (`discounts`) for more than a piece costs.
    """
    order = check_open(tx, order_id)
    lines = {row["id"]: row for row in order_rows.lines(tx, [order_id])}
    with _reckoned(tx, order):
        for line_id, (off, from_list) in offs.items():
            line = lines.get(line_id)
            if line is None or line["parent_line_id"] is not None:
                raise NotFound("line")
            base = line["price_each_before"] if from_list else line["price_each"]
            price = base - off.of(base)
            if price < 0 or price > max(base, line["price_each_before"]):
                raise Invalid({"discounts": "must be between 0 and the price"})
            total = price * line["quantity"]
            order_rows.update_line(
                tx,
                line_id,
                price_each=price,
                line_total=total,
                discount_share=ratio(line["discount_share"], total, line["line_total"]) if line["line_total"] else 0,
            )
    order_rows.add_history(tx, order_id, "discounts changed", lines=sorted(offs))
    _tell(tx, order)


def discount_order(tx: Transaction, order_id: int, off: Off) -> None:
    """Sets what is taken off an order by hand, beside its vouchers. Raises Invalid (`discounts`) for too much."""
    order = check_open(tx, order_id)
    by_vouchers = rows.vouchers_off(tx, order_id)
    by_hand = -off.of(order["items_total"] + by_vouchers)
    if not -(order["items_total"] + by_vouchers) <= by_hand <= 0:
        raise Invalid({"discounts": "must be between 0 and what the goods cost"})
    lines = [row for row in order_rows.lines(tx, [order_id]) if row["parent_line_id"] is None]
    lefts = [row["quantity"] - row["cancelled_quantity"] for row in lines]
    weights = [
        ratio(row["line_total"], left, row["quantity"]) if left else 0 for row, left in zip(lines, lefts, strict=True)
    ]
    with _reckoned(tx, order):
        for line, left, part in zip(lines, lefts, shares(by_vouchers + by_hand, weights), strict=True):
            if left:
                order_rows.update_line(tx, line["id"], discount_share=ratio(part, line["quantity"], left))
    order_rows.add_history(tx, order_id, "discounts changed")
    _tell(tx, order)


# ------------------------------------------------------------------ where stock goes


@contextmanager
def stock_goes(tx: Transaction, order_id: int, where: str | int) -> Iterator[None]:
    """What the block frees of an order's stock: it stays on the shelf (`release`), leaves the books (`remove`), or

    moves into another warehouse (its id).
    """
    before = _held(tx, order_id)
    yield
    if where == RELEASE:
        return
    after = _held(tx, order_id)
    reference = str(orders.row_of(tx, order_id)["number"])
    changed = set()
    for (size_id, warehouse_id), quantity in before.items():
        freed = quantity - after.get((size_id, warehouse_id), 0)
        if freed <= 0 or warehouse_id == where:
            continue
        changed.add(size_id)
        kind = "movement" if isinstance(where, int) else "correction"
        stock_rows.change_physical(tx, size_id, warehouse_id, -freed, kind, reference)
        if isinstance(where, int):
            stock_rows.change_physical(tx, size_id, where, freed, kind, reference)
    note_stock(tx, changed)


def _held(tx: Transaction, order_id: int) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = defaultdict(int)
    for row in stock_rows.of_orders(tx, [order_id]):
        found[row["product_size_id"], row["warehouse_id"]] += row["quantity"]
    return found


def cancel_lines(
    tx: Transaction, order_id: int, units: Sequence[tuple[int, int, str | int, int | None]], comment: str
) -> None:
    """Takes units off an order: (line id, quantity, where their stock goes, which delivery group loses them).

    Raises as `order_changes.cancel_units`.
    """
    check_open(tx, order_id)
    for line_id, quantity, where, group_id in units:
        with stock_goes(tx, order_id, where):
            order_changes.cancel_units(tx, order_id, {line_id: quantity}, group_id)
        rows.cut_supplier_links(tx, line_id)
    if comment:
        order_rows.add_history(tx, order_id, "note", text=comment)


def cancel(
    tx: Transaction,
    order_id: int,
    where: str | int,
    comment: str = "",
    reason: str = "",
    cancels_authorisation: bool = False,
) -> None:
    """Cancels an order as a whole, with its authorisation where that is wanted; its lines keep their quantities.

    Raises Invalid (`order`): see `orders.cancel_order`.
    """
    with stock_goes(tx, order_id, where):
        orders.cancel_order(tx, order_id, cancels_authorisation)
    if comment or reason:
        order_rows.add_history(tx, order_id, "note", text=comment, reason=reason)


# ------------------------------------------------------------------ lines that are added


@dataclass(frozen=True, slots=True)
class NewLine:
    """Goods that are put on a placed order. Prices in hundredths, percent in hundredths of a percent."""

    display_id: int
    product_size_id: int
    quantity: int
    price: int
    original_price: int | None = None
    comment: str = ""
    product_url: str | None = None
    tax_percent: int | None = None
    tax_group_id: int | None = None
    category_id: int | None = None
    delivery_window_id: int | None = None


def add_line(tx: Transaction, order_id: int, new: NewLine) -> int:
    """Puts goods on an order, onto the line that differs in nothing where there is one; returns the line's id.

    Raises Invalid: `order` (is over), `display` (of another store), `product_size` (not on the display),
    `quantity`, `unit_price`.
    """
    order = check_open(tx, order_id)
    sold = rows.sold_size(tx, new.display_id, new.product_size_id)
    if sold is None:
        raise Invalid({"product_size": "is not on the display"})
    if sold["store_id"] != order["store_id"]:
        raise Invalid({"display": "is of another store"})
    if not 1 <= new.quantity <= 1_000_000:
        raise Invalid({"quantity": "must be above 0"})
    before = new.price if new.original_price is None else new.original_price
    if new.price < 0 or before < new.price or before * new.quantity > LARGEST:
        raise Invalid({"unit_price": "must be between 0 and the original price"})
    loaded = orders.load_order(tx, order_id)
    address = from_json(order["shipping_address_json"]) or from_json(order["address_json"])
    group = new.tax_group_id or sold["tax_group"]
    rule = tax.rule_for(loaded.context, group, address.get("zipCode", ""))
    percent = rule.percent if rule else 0
    included = int(rule.included) if rule else order["is_tax_included"]
    if new.tax_percent is not None:
        percent = new.tax_percent
    names = {(percent, included): rule.name if rule else "VAT"}
    same = {
        "display_item_id": sold["display_item_id"],
        "product_size_id": new.product_size_id,
        "product_name": sold["product_name"],
        "price_each": new.price,
        "price_each_before": before,
        "comment": new.comment,
        "delivery_window_id": new.delivery_window_id,
        "tax_percent": percent,
        "cancelled_quantity": 0,
    }
    found = rows.same_line(tx, order_id, same)
    with _reckoned(tx, order, names):
        if found is not None:
            line_id: int = found["id"]
            quantity = found["quantity"] + new.quantity
            order_rows.update_line(
                tx, line_id, quantity=quantity, line_total=found["line_total"] + new.price * new.quantity
            )
        else:
            kept = ("product_id", "variant_id", "variant_name", "size_name", "brand_name", "sku", "ean", "upc")
            line_id = order_rows.add_line(
                tx,
                order_id,
                hash=tx.hex(32),
                quantity=new.quantity,
                line_total=new.price * new.quantity,
                is_tax_included=included,
                product_url=new.product_url,
                category_id=new.category_id,
                tax_group_id=new.tax_group_id,
                **same,
                **{name: sold[name] for name in kept},
            )
    if order["takes_stock"]:
        need = Need(line_id, new.product_size_id, new.quantity)
        allocation.allocate(tx, [need], order["allocation_rule_id"], may_wait=True, keeps_reserves=False)
    order_rows.add_history(tx, order_id, "lines added", lines={str(line_id): new.quantity})
    _tell(tx, order)
    return line_id


# ------------------------------------------------------------------ allocating by hand


def allocate(
    tx: Transaction,
    order_id: int,
    units: Mapping[int, int] | None = None,
    warehouses: Collection[int] = (),
    comment: str = "",
) -> dict[int, int]:
    """Reserves what an order waits for, by its rule, from these warehouses only where there are any.

    `units`: order line id -> how many at most; all when not given. Returns what could not be had, by line. Raises
    Invalid (`order`, `quantity`), NotFound (`line`).
    """
    order = check_open(tx, order_id)
    waiting = {need.line_id: need for need in allocation.demand(tx, order_id)}
    needs = list(waiting.values())
    if units is not None:
        own = {line["id"] for line in order_rows.lines(tx, [order_id])}
        needs, short = [], {}
        for line_id, quantity in units.items():
            if line_id not in own:
                raise NotFound("line")
            if quantity < 1:
                raise Invalid({"quantity": "must be above 0"})
            need = waiting.get(line_id)
            there = min(quantity, need.quantity) if need else 0
            if there and need:
                needs.append(Need(line_id, need.product_size_id, there))
            if quantity > there:
                short[line_id] = quantity - there
    else:
        short = {}
    every = set(reference_of(tx.store).warehouses)
    outcome = allocation.allocate(
        tx,
        needs,
        order["allocation_rule_id"],
        may_wait=True,
        keeps_reserves=False,
        but_warehouses=every - set(warehouses) if warehouses else (),
    )
    for line_id, quantity in outcome.demand.items():
        short[line_id] = short.get(line_id, 0) + quantity
    order_rows.update(tx, order_id)
    order_rows.add_history(tx, order_id, "allocated", comment=comment)
    _tell(tx, order)
    return short


def unallocate(
    tx: Transaction,
    order_id: int,
    units: Mapping[int, int] | None,
    warehouses: Collection[int],
    where: str | int,
    comment: str = "",
) -> dict[int, int]:
    """Gives reserved units back that are in no shipment; returns by line how many fewer there were than asked for.

    Raises Invalid (`order`, `quantity`), NotFound (`line`).
    """
    order = check_open(tx, order_id)
    if units is not None:
        own = {line["id"] for line in order_rows.lines(tx, [order_id])}
        if any(line_id not in own for line_id in units):
            raise NotFound("line")
        if any(quantity < 1 for quantity in units.values()):
            raise Invalid({"quantity": "must be above 0"})
    left = dict(units) if units is not None else None
    sizes = set()
    with stock_goes(tx, order_id, where):
        for row in reversed(stock_rows.of_orders(tx, [order_id])):
            if row["shipment_id"] is not None or (warehouses and row["warehouse_id"] not in warehouses):
                continue
            wanted = row["quantity"] if left is None else min(row["quantity"], left.get(row["order_line_id"], 0))
            if wanted:
                stock_rows.give_back(tx, row, wanted)
                sizes.add(row["product_size_id"])
                if left is not None:
                    left[row["order_line_id"]] -= wanted
    note_stock(tx, sizes)
    order_rows.update(tx, order_id)
    order_rows.add_history(tx, order_id, "unallocated", comment=comment)
    _tell(tx, order)
    return {line_id: quantity for line_id, quantity in (left or {}).items() if quantity}


# ------------------------------------------------------------------ money


def capture(tx: Transaction, order_id: int) -> None:
    """Takes all of an order's money that was not taken yet; shipments that wait for it are charged.

    Raises Conflict (`order`) when there is nothing to take or the order is held, and NotCaptured when the provider
    refuses.
    """
    order = orders.row_of(tx, order_id)
    _check_not_held(order, "order")
    if order["status"] == "cancelled":
        raise Conflict({"order": "is cancelled"})
    left = order["grand_total"] - ledger.captured(tx, order)
    if left <= 0:
        raise Conflict({"order": "is captured already"})
    if not ledger.has_payments(tx, order):
        ledger.refuse_capture(tx, order, left)
        raise NotCaptured({"order": "has no authorization"})
    if ledger.capture(tx, order, left) == ledger.FAILED:
        raise NotCaptured({"order": "the payment provider refused the capture"})
    order_rows.add_history(tx, order_id, "captured", amount=left)
    for parcel in order_rows.shipments(tx, [order_id]).get(order_id, ()):
        shipments.capture(tx, parcel["id"])
    _tell(tx, order)


def _check_not_held(order: Row, thing: str) -> None:
    """No money is taken of what is on hold, or waits for its payment (domain.md 9.2). Raises Conflict."""
    if order["is_on_hold"] or order["is_waiting_for_payment"]:
        raise Conflict({thing: "is on hold"})


def capture_shipment(tx: Transaction, shipment_id: int) -> None:
    """Takes the money of a shipment. Raises Conflict (`shipment`) when that was done or its order is held, NotCaptured

    when the provider refuses.
    """
    row = shipments.row_of(tx, shipment_id)
    order = orders.row_of(tx, row["order_id"])
    _check_not_held(order, "shipment")
    if row["is_captured"]:
        raise Conflict({"shipment": "is captured already"})
    if row["is_paid"]:
        raise Conflict({"shipment": "is paid already"})
    if not ledger.has_payments(tx, order):
        ledger.refuse_capture(tx, order, row["grand_total"], shipment_id)
        raise NotCaptured({"shipment": "its order has no authorization"})
    if shipments.capture(tx, shipment_id) == ledger.FAILED:
        raise NotCaptured({"shipment": "the payment provider refused the capture"})


def release_rest(tx: Transaction, order_id: int) -> None:
    """Gives up what was authorised and not taken, of an order that is partly paid. Raises Conflict (`order`)."""
    order = check_open(tx, order_id)
    taken = ledger.captured(tx, order)
    if not 0 < taken < ledger.authorised(tx, order) - ledger.released(tx, order):
        raise Conflict({"order": "is not partly captured"})
    ledger.release(tx, order)
    order_rows.add_history(tx, order_id, "authorization released")
    _tell(tx, order)


def credit(tx: Transaction, order_id: int, amount: int, comment: str, created_from: str) -> int | None:
    """Pays an amount (hundredths) of an order back without goods; returns the return that says so.

    It is one of the newest shipment whose money covers the amount, completed, without lines, and with a credit note.
    Where no shipment was charged, only the payment history tells it, and there is none. Raises Denied (`payment`) for
    an order that was paid outside.
    """
    order = orders.row_of(tx, order_id)
    ledger.deny_external(tx, order)
    order_rows.add_history(tx, order_id, "credit issued", amount=amount, comment=comment)
    charged = [row["id"] for row in _charged_shipments(tx, order) if _left_of(tx, order, row) >= amount]
    if charged:
        terms = returns.Terms(returns.NONE, return_cost=-amount, comment=comment, created_from=created_from)
        return_id = returns.create(tx, charged[-1], {}, terms)
        returns.refund(tx, return_id)
        return return_id
    reference = next(
        (entry["reference"] for entry in payment_rows.entries(tx, order_id) if entry["type"] == "auth"), ""
    )
    ledger.note(tx, order, "refund", ledger.SUCCESS, amount, reference)
    _tell(tx, order)
    return None


def _charged_shipments(tx: Transaction, order: Row) -> list[Row]:
    found = order_rows.shipments(tx, [order["id"]]).get(order["id"], [])
    return [row for row in found if row["is_captured"] and row["is_paid"]]


def _left_of(tx: Transaction, order: Row, shipment: Row) -> int:
    """What was taken for a shipment and not paid back, in hundredths."""
    left: int = shipment["grand_total"] - ledger.refunded(tx, order, shipment["id"])
    return left
