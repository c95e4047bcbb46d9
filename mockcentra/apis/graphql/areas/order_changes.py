"""Changing orders: what is told with them, holds, locks, lines, allocations, money, cancelling (19.2 to 19.6)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockcentra.apis.graphql.addresses import merged_json
from mockcentra.apis.graphql.changes import Change, Input, Refusal
from mockcentra.apis.graphql.registry import mutation
from mockcentra.commerce import (
    anonymisation,
    ledger,
    mails,
    order_changes,
    order_editing,
    orders,
    shipment_contents,
)
from mockcentra.commerce.errors import Invalid
from mockcentra.commerce.order_editing import RELEASE, REMOVE, NewLine, Off
from mockcentra.commerce.reference import reference_of
from mockcentra.store import delivery_groups as group_rows
from mockcentra.store import orders as rows
from mockcentra.store import payments as payment_rows
from mockcentra.store.database import Row

CREATED_FROM = "Integration API"
_POLICIES = ("removeItemsFromStock", "sendItemsToDifferentWarehouse", "releaseItemsBackToWarehouse")
_OLD_POLICIES = {"RELEASE_BACK_TO_WAREHOUSE": RELEASE, "REMOVE_FROM_STOCK": REMOVE}


def policy(given: Input | None) -> str | int | None:
    """Where stock goes by a StockPolicyActionInput: exactly one of its fields, and true; None with a user error."""
    if given is None:
        return None
    chosen = given.exactly_one(*_POLICIES)
    if chosen is None:
        return None
    if chosen == "sendItemsToDifferentWarehouse":
        return given.ref(chosen, "Warehouse")
    if given[chosen] is not True:
        given.error(f"{chosen} must be true", chosen)
        return None
    return REMOVE if chosen == "removeItemsFromStock" else RELEASE


def currency_of(change: Change, order: Row) -> str:
    """The ISO code of an order's currency."""
    return reference_of(change.tx.store).currencies[order["currency_id"]].code


def last_entry(change: Change, order_id: int, *kinds: str) -> int | None:
    """The newest entry of an order's payment history, of one of these types."""
    found = [row["id"] for row in payment_rows.entries(change.tx, order_id) if row["type"] in kinds]
    return max(found, default=None)


def with_entries(order_id: int | None, entry: int | None, name: str = "order") -> dict[str, Any]:
    """The parts of a payload about money."""
    return {
        name: order_id,
        "paymentHistoryEntry": entry,
        "paymentHistoryEntries": [] if entry is None else [entry],
    }


def owned_line(given: Input, order_id: int, name: str) -> int | None:
    """The order line that a reference names; a user error for one of another order."""
    line_id = given.ref(name, "OrderLine")
    if line_id is None:
        return None
    row = rows.line(given.run.tx, line_id)
    if row is None or row["order_id"] != order_id:
        given.error(f"Order line {line_id} is of another order", name)
        return None
    return line_id


def off(given: Input, currency: str) -> Off | None:
    """What a DiscountValueInput takes off: exactly one of its fields."""
    chosen = given.exactly_one("percent", "amount")
    if chosen == "percent":
        percent = given.percent("percent")
        return None if percent is None else Off(percent=percent)
    if chosen == "amount":
        amount = given.money("amount", currency)
        if amount is not None and amount < 0:
            given.error("A discount must not be negative", "amount")
        return None if amount is None else Off(amount=amount)
    return None


# ------------------------------------------------------------------ updating


def _new_lines(change: Change, given: Input, currency: str) -> list[tuple[Input, NewLine]]:
    found: list[tuple[Input, NewLine]] = []
    for each in given.parts("addLines"):
        display = each.ref("display", "Display")
        size = _product_size(each)
        price = each.money("unitPrice", currency)
        before = each.money("unitOriginalPrice", currency)
        window = each.ref("deliveryWindow", "DeliveryWindow")
        category = each.ref("category", "Category")
        group = each.ref("taxGroup", "TaxGroup")
        if each["quantity"] < 1:
            each.error("quantity must be above 0", "quantity")
        value = each.part("discountValue")
        if value is not None:
            if before is not None:
                each.error("discountValue does not go with unitOriginalPrice", "discountValue")
            taken = off(value, currency)
            if taken is not None and price is not None:
                before, price = price, price - taken.of(price)
        taxes = [each.percent(name) for name in ("taxInPercent", "taxOutPercent") if each.get(name) is not None]
        if display is None or size is None or price is None:
            continue
        line = NewLine(
            display_id=display,
            product_size_id=size,
            quantity=each["quantity"],
            price=price,
            original_price=before,
            comment=each.get("comment") or "",
            product_url=each.get("productExternalUrl"),
            tax_percent=taxes[0] if taxes else None,
            tax_group_id=group,
            category_id=category,
            delivery_window_id=window,
        )
        found.append((each, line))
    return found


@contextmanager
def _at(part: Input) -> Iterator[None]:
    """What rules refuse in the block stands on this part of the input. Raises Refusal."""
    try:
        yield
    except Invalid as error:
        for thing, why in error.problems.items():
            name = "".join(word.capitalize() if number else word for number, word in enumerate(thing.split("_")))
            part.error(f"{name}: {why}", *([name] if name in part else []))
        raise Refusal from error


def _product_size(given: Input) -> int | None:
    """The size that a ProductSizeInput names."""
    return given.ref("productSize", "ProductSize")


def owned_group(given: Input, order_id: int) -> int | None:
    """The delivery group that `deliveryGroup` names; a user error for one of another order."""
    group_id = given.ref("deliveryGroup", "DeliveryGroup")
    row = None if group_id is None else group_rows.get(given.run.tx, group_id)
    if row is None:
        return None
    if row["order_id"] != order_id:
        given.error(f"Delivery group {group_id} is of another order", "deliveryGroup")
        return None
    return group_id


def _cancelled_lines(given: Input, order_id: int) -> list[tuple[int, int, str | int, int | None]]:
    found: list[tuple[int, int, str | int, int | None]] = []
    left = shipment_contents.units_left(given.run.tx, order_id)
    for each in given.parts("cancelLines"):
        line_id = owned_line(each, order_id, "line")
        newer = each.part("stockActionPolicy")
        where: str | int | None
        if (newer is None) == (each.get("stockAction") is None):
            each.error("Either stockActionPolicy or stockAction is to be given", "stockActionPolicy")
            where = None
        else:
            where = policy(newer) if newer is not None else _OLD_POLICIES[each["stockAction"]]
        if each["quantity"] < 1:
            each.error("quantity must be above 0", "quantity")
        elif line_id in left:
            left[line_id] -= each["quantity"]
            if left[line_id] < 0:
                each.error(f"More than is left to ship of order line {line_id} cannot be cancelled", "quantity")
        if line_id is not None and where is not None:
            found.append((line_id, each["quantity"], where, owned_group(each, order_id)))
    return found


def _discounts(given: Input | None, order_id: int, currency: str) -> tuple[Off | None, dict[int, tuple[Off, bool]]]:
    """(what is taken off the order, what off its lines)."""
    if given is None:
        return None, {}
    whole = given.part("orderDiscount")
    lines = {}
    for each in given.parts("lineDiscounts"):
        line_id = owned_line(each, order_id, "orderLine")
        value = each.part("discountValue")
        taken = None if value is None else off(value, currency)
        if line_id is not None and taken is not None:
            lines[line_id] = (taken, each["discountFrom"] == "UNIT_ORIGINAL_PRICE")
    return (None if whole is None else off(whole, currency)), lines


_ONLY_INTERNAL = frozenset({"isInternal", "externalId"})
"""What can be said of orders that are over."""


def _update(change: Change, kind: str, person: str) -> int:
    """What both kinds of orders can be changed in; returns the order's id. Raises Refusal."""
    order_id = change.ref("order", kind)
    change.check()
    assert order_id is not None
    tx, given = change.tx, change.input
    order = orders.row_of(tx, order_id)
    currency = currency_of(change, order)
    columns: dict[str, Any] = {}
    for name, column in (("billingAddress", "address_json"), ("shippingAddress", "shipping_address_json")):
        part = given.part(name)
        if part is not None:
            before = order[column]
            if column == "shipping_address_json" and before in ("", "{}"):
                before = order["address_json"]
            columns[column] = merged_json(part, before)
    for name, column in (("internalComment", "internal_comment"), ("otherComment", "additional_notes")):
        if given.get(name) is not None:
            columns[column] = given[name]
    new_lines = _new_lines(change, given, currency)
    cancelled = _cancelled_lines(given, order_id)
    whole, lines = _discounts(given.part("discounts"), order_id, currency)
    customer = given.ref("customer", "Customer") if "customer" in given else None
    change.external_id("Order", order_id)
    change.check()
    if order["status"] not in order_editing.OPEN and not _ONLY_INTERNAL.issuperset(
        name for name, value in given.value.items() if value is not None
    ):
        change.error(f"Order {order['number']} is {order['status']}", "order")
        change.check()
    if columns:
        order_changes.put_notes(tx, order_id, **columns)
    if given.get(person) is not None:
        order_editing.keep_extra(tx, order_id, person, {name: value for name, value in given[person].items() if value})
    if customer is not None:
        order_editing.move_to_customer(tx, order_id, customer)
    if given.get("isInternal") is not None:
        order_editing.set_internal(tx, order_id, given["isInternal"])
    if given.get("isOnHold") is not None:
        order_editing.set_on_hold(tx, order_id, given["isOnHold"], given.get("holdStatusChangeReason") or "")
    if cancelled:
        order_editing.cancel_lines(tx, order_id, cancelled, given.get("cancellationComment") or "")
    for part, line in new_lines:
        with _at(part):
            order_editing.add_line(tx, order_id, line)
    if lines:
        order_editing.discount_lines(tx, order_id, lines)
    if whole is not None:
        order_editing.discount_order(tx, order_id, whole)
    return order_id


@mutation("updateDirectToConsumerOrder")
def update_dtc_order(change: Change) -> Mapping[str, Any]:
    """Changes an order of a shopper."""
    order_id = _update(change, "DirectToConsumerOrder", "customerInfo")
    order = orders.row_of(change.tx, order_id)
    currency = currency_of(change, order)
    cost = change.input.money("shippingCost", currency)
    change.check()
    if cost is not None:
        order_editing.set_shipping_cost(change.tx, order_id, cost, currency)
    return {"order": order_id}


@mutation("updateWholesaleOrder")
def update_wholesale_order(change: Change) -> Mapping[str, Any]:
    """Changes an order of an account."""
    return {"order": _update(change, "WholesaleOrder", "buyerInfo")}


@mutation("resumeDirectToConsumerOrder")
def resume_dtc_order(change: Change) -> Mapping[str, Any]:
    """An order on hold goes on."""
    order_id = change.target("DirectToConsumerOrder")
    order_editing.set_on_hold(change.tx, order_id, False)
    return {"order": order_id}


@mutation("updateDeliveryGroup")
def update_delivery_group(change: Change) -> Mapping[str, Any]:
    """Lowers what the delivery of a part of an order costs."""
    group_id = change.target("DeliveryGroup")
    group = group_rows.get(change.tx, group_id)
    assert group is not None
    currency = currency_of(change, orders.row_of(change.tx, group["order_id"]))
    cost = change.input.money("shippingCost", currency)
    change.check()
    if cost is not None:
        order_editing.set_group_cost(change.tx, group_id, cost, currency)
    return {"deliveryGroup": group_id}


# ------------------------------------------------------------------ status


@mutation("setOrdersLock")
def set_orders_lock(change: Change) -> Mapping[str, Any]:
    """Locks orders or unlocks them, all or none."""
    found = list(dict.fromkeys(change.input.refs("orders", "Order")))
    change.check()
    for order_id in found:
        order_changes.set_locked(change.tx, order_id, change.input["isLocked"])
    return {"orders": found}


@mutation("confirmOrder")
def confirm_order(change: Change) -> Mapping[str, Any]:
    """Pending becomes confirmed."""
    order_id = change.input.ref("order", "Order")
    change.check()
    assert order_id is not None
    order = orders.row_of(change.tx, order_id)
    if order["status"] != "pending":
        raise change.refuse(f"Order {order['number']} is not pending", "order")
    if order["is_on_hold"]:
        raise change.refuse(f"Order {order['number']} is on hold", "order")
    orders.confirm(change.tx, order_id)
    mails.of_order(change.tx, mails.ORDER_CONFIRMATION, order, {})
    return {"order": order_id}


def _cancel(change: Change, kind: str) -> Mapping[str, Any]:
    order_id = change.target(kind)
    given = change.input
    where = policy(given.part("stockAction"))
    order = orders.row_of(change.tx, order_id)
    if order["status"] not in order_editing.OPEN:
        change.error(f"Order {order['number']} is {order['status']}", "id")
    change.check()
    assert where is not None
    before = last_entry(change, order_id, "cancel")
    order_editing.cancel(
        change.tx,
        order_id,
        where,
        given.get("comment") or "",
        given.get("reason") or "",
        cancels_authorisation=bool(given.get("cancelAuthorization")),
    )
    if given["emailOptions"]["sendEmail"]:
        mails.of_order(change.tx, mails.ORDER_CANCELLATION, order, {"comment": given.get("comment") or ""})
    after = last_entry(change, order_id, "cancel")
    return with_entries(order_id, None if after == before else after)


@mutation("cancelDirectToConsumerOrder")
def cancel_dtc_order(change: Change) -> Mapping[str, Any]:
    """Cancels an order of a shopper."""
    return _cancel(change, "DirectToConsumerOrder")


@mutation("cancelWholesaleOrder")
def cancel_wholesale_order(change: Change) -> Mapping[str, Any]:
    """Cancels an order of an account."""
    return _cancel(change, "WholesaleOrder")


# ------------------------------------------------------------------ allocating


def _units(given: Input, name: str, order_id: int) -> dict[int, int] | None:
    """Order line -> quantity of a list; None when there is none."""
    if not given.get(name):
        return None
    found: dict[int, int] = {}
    for each in given.parts(name):
        line_id = owned_line(each, order_id, "orderLine")
        if each["quantity"] < 1:
            each.error("quantity must be above 0", "quantity")
        if line_id is not None:
            found[line_id] = found.get(line_id, 0) + each["quantity"]
    return found


@mutation("allocateOrder")
def allocate_order(change: Change) -> Mapping[str, Any]:
    """Reserves what an order waits for."""
    given = change.input
    order_id = given.ref("order", "Order")
    change.check()
    assert order_id is not None
    units = _units(given, "allocate", order_id)
    warehouses = given.refs("warehouses", "Warehouse")
    change.check()
    short = order_editing.allocate(change.tx, order_id, units, warehouses, given.get("comment") or "")
    for line_id, quantity in short.items():
        given.warning(f"{quantity} units of order line {line_id} could not be allocated", "allocate")
    return {"order": order_id}


@mutation("unallocateOrder")
def unallocate_order(change: Change) -> Mapping[str, Any]:
    """Gives back what is reserved for an order."""
    given = change.input
    order_id = given.ref("order", "Order")
    change.check()
    assert order_id is not None
    # an empty list names nothing, where no list means the whole order
    units = {} if given.get("unallocate") == [] else _units(given, "unallocate", order_id)
    warehouses = given.refs("warehouses", "Warehouse")
    where = policy(given.part("stockActionPolicy"))
    change.check()
    assert where is not None
    short = order_editing.unallocate(change.tx, order_id, units, warehouses, where, given.get("comment") or "")
    for line_id, quantity in short.items():
        given.warning(f"{quantity} units of order line {line_id} are not allocated", "unallocate")
    return {"order": order_id}


# ------------------------------------------------------------------ money


@mutation("captureOrder")
def capture_order(change: Change) -> Mapping[str, Any]:
    """Takes the rest of an order's money."""
    order_id = change.ref("order", "Order")
    change.check()
    assert order_id is not None
    order_editing.capture(change.tx, order_id)
    return with_entries(order_id, last_entry(change, order_id, "capture", "capture_request"))


@mutation("releaseRemainingOrderAuthorization")
def release_remaining_order_authorization(change: Change) -> Mapping[str, Any]:
    """Gives up what was authorised and not captured."""
    order_id = change.ref("order", "Order")
    change.check()
    assert order_id is not None
    order_editing.release_rest(change.tx, order_id)
    return with_entries(order_id, last_entry(change, order_id, "cancel"))


@mutation("issueCredit")
def issue_credit(change: Change) -> Mapping[str, Any]:
    """Pays money of an order back without goods coming back: at most what was captured and not paid back yet."""
    given = change.input
    order_id = given.ref("order", "Order")
    change.check()
    assert order_id is not None
    tx = change.tx
    order = orders.row_of(tx, order_id)
    amount = given.money("value", currency_of(change, order))
    if amount is not None and amount <= 0:
        given.error("The value must be above 0", "value")
    left = ledger.captured(tx, order) - payment_rows.sum_of(tx, order_id, "refund")
    if amount is not None and amount > left:
        given.error("More than was captured cannot be paid back", "value")
    change.check()
    assert amount is not None
    return_id = order_editing.credit(tx, order_id, amount, given.get("comment") or "", CREATED_FROM)
    if given.get("sendEmail"):
        mails.of_order(tx, mails.REFUND, order, {"comment": given.get("comment") or ""})
    return {**with_entries(order_id, last_entry(change, order_id, "refund")), "return": return_id}


@mutation("anonymizeOrders")
def anonymize_orders(change: Change) -> Mapping[str, Any]:
    """Empties the personal data of orders (order-api.md 5.6)."""
    found = change.input.refs("orders", "Order")
    change.check()
    for order_id in found:
        anonymisation.anonymise_order(change.tx, order_id)
    return {"orders": found}
