"""What warehouses answer that are asked before or after they get an order: accept, confirm, reject, let pass.

Two policies ask (domain.md 6.1, order-api.md 5.3, 5.9). A warehouse that checks first gets nothing until it accepts;
all of them are asked at once, and the first that accepts gets it. One that must confirm has its units already; when it
rejects or lets its time pass, they move on to the next warehouse of the rule.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce import allocation
from mockcentra.commerce.allocation import CHECK_FIRST, CONFIRM, Need, note_stock, tell_request
from mockcentra.commerce.errors import Conflict, Invalid, NotFound
from mockcentra.commerce.reference import Warehouse, reference_of
from mockcentra.store import Transaction
from mockcentra.store import allocations as stock_rows
from mockcentra.store import orders as order_rows
from mockcentra.store import requests as rows
from mockcentra.store.database import Row, from_json

ACTIONABLE = rows.OPEN
STATUSES = (*rows.OPEN, "confirmed", "rejected", "outdated")


@dataclass(frozen=True, slots=True)
class Request:
    """A request to confirm. `lines` are (order line, quantity, product size); moments are unix seconds."""

    id: int
    status: str
    warehouse: Warehouse
    order_hash: str
    order_number: int
    lines: tuple[tuple[int, int, int], ...]
    created_at: int
    expires_at: int | None


def listed(
    tx: Transaction,
    statuses: Collection[str] | None,
    order_numbers: Sequence[int],
    warehouse_ids: Sequence[int],
    limit: int,
    offset: int,
) -> list[Request]:
    """Requests to confirm, by id. None and empty lists filter nothing."""
    reference = reference_of(tx.store)
    return [
        Request(
            row["id"],
            row["status"],
            reference.warehouses[row["warehouse_id"]],
            row["order_hash"],
            row["order_number"],
            tuple((line["line"], line["quantity"], line["size"]) for line in from_json(row["lines_json"])),
            row["created_at"],
            row["expires_at"],
        )
        for row in rows.listed(tx, statuses, order_numbers, warehouse_ids, limit, offset)
    ]


# ------------------------------------------------------------------ check first


def answer_check(tx: Transaction, order_id: int, warehouse_id: int, accepts: bool) -> None:
    """A warehouse that checks first says whether it has the goods; its answer is final (order-api.md 5.3).

    Raises NotFound (`warehouse`) for one that was never asked about the order, and Invalid (`stock`) when the answer
    comes too late or when it does not have the goods after all; nothing has changed then.
    """
    asked = [row for row in rows.of_order(tx, order_id, CHECK_FIRST) if row["warehouse_id"] == warehouse_id]
    if not asked:
        raise NotFound("warehouse")
    row = next((each for each in asked if each["status"] in rows.PENDING), None)
    if row is None:
        raise Invalid({"stock": "not allocated"})
    if not accepts:
        _end(tx, row, "rejected")
        _go_on_without(tx, order_id)
        return
    needs = _open_needs(tx, row)
    if not needs or not _give(tx, needs, warehouse_id):
        raise Invalid({"stock": "not allocated"})
    _end(tx, row, "confirmed", "accepted")
    for other in rows.of_order(tx, order_id, CHECK_FIRST):
        if other["status"] in rows.PENDING:
            _end(tx, other, "rejected")
    _go_on(tx, order_id)


def _go_on_without(tx: Transaction, order_id: int) -> None:
    """When every warehouse that was asked has said no, the order is allocated from all others."""
    asked = rows.of_order(tx, order_id, CHECK_FIRST)
    if not any(row["status"] in (*rows.PENDING, "confirmed") for row in asked):
        _go_on(tx, order_id)


def _go_on(tx: Transaction, order_id: int) -> None:
    """What of the lines that warehouses checked still waits is allocated from warehouses that need not check."""
    lines = {line["line"] for row in rows.of_order(tx, order_id, CHECK_FIRST) for line in from_json(row["lines_json"])}
    needs = [need for need in allocation.demand(tx, order_id) if need.line_id in lines]
    allocation.allocate(
        tx,
        needs,
        _order(tx, order_id)["allocation_rule_id"],
        True,
        keeps_reserves=False,
        but_warehouses=_declined(tx, order_id),
        checks_first=False,
    )
    order_rows.update(tx, order_id)


def _declined(tx: Transaction, order_id: int) -> set[int]:
    """Warehouses that did not want the order, or did not say: nobody asks them a second time."""
    return {
        row["warehouse_id"]
        for kind in (CHECK_FIRST, CONFIRM)
        for row in rows.of_order(tx, order_id, kind)
        if row["status"] in ("rejected", "timed-out")
    }


# ------------------------------------------------------------------ confirm


def confirm(tx: Transaction, request_id: int) -> None:
    """A warehouse keeps what it was given; what it let pass it gets back while nobody else has it for good.

    Raises NotFound (`request`), Conflict (`request`: its status) for one that is final, Invalid: `stock` (insufficient,
    not allocated).
    """
    row = _answerable(tx, request_id)
    if row["status"] == "timed-out":
        _take_again(tx, row)
    _end(tx, row, "confirmed")
    lines = {line["line"] for line in from_json(row["lines_json"])}
    for other in rows.of_order(tx, row["order_id"], CONFIRM):
        of_other = {line["line"] for line in from_json(other["lines_json"])}
        if other["id"] != request_id and other["status"] == "timed-out" and of_other & lines:
            _end(tx, other, "outdated")
    order_rows.update(tx, row["order_id"])


def _take_again(tx: Transaction, row: Row) -> None:
    wanted = {line["line"]: line for line in from_json(row["lines_json"])}
    sizes = [line["size"] for line in wanted.values()]
    free = {
        each["product_size_id"]: each["physical"] - each["allocated"]
        for each in stock_rows.stock(tx, sizes, [row["warehouse_id"]])
    }
    if any(free.get(line["size"], 0) < line["quantity"] for line in wanted.values()):
        raise Invalid({"stock": "insufficient"})
    with tx.savepoint():
        for other in rows.of_order(tx, row["order_id"], CONFIRM):
            lines = [line for line in from_json(other["lines_json"]) if line["line"] in wanted]
            if lines and other["status"] in rows.PENDING:
                _release(tx, other)
                _end(tx, other, "outdated")
        needs = _open_needs(tx, row)
        if sum(need.quantity for need in needs) < sum(line["quantity"] for line in wanted.values()):
            raise Invalid({"stock": "not allocated"})
        if not _give(tx, needs, row["warehouse_id"]):
            raise Invalid({"stock": "not allocated"})


def reject(tx: Transaction, request_id: int) -> None:
    """A warehouse does not have what it was given: its units move on. Raises as `confirm` does."""
    row = _answerable(tx, request_id)
    _pass_on(tx, row, "rejected")


def _answerable(tx: Transaction, request_id: int) -> Row:
    row = rows.get(tx, request_id)
    if row is None or row["kind"] != CONFIRM:
        raise NotFound("request")
    if row["status"] not in rows.OPEN:
        raise Conflict({"request": row["status"]})
    return row


def _pass_on(tx: Transaction, row: Row, status: str) -> None:
    """The units of a request go to the next warehouse of the rule, or wait when there is none."""
    was_holding = row["status"] in rows.PENDING
    if was_holding:
        _release(tx, row)
    _end(tx, row, status)
    if was_holding:
        allocation.allocate(
            tx,
            _open_needs(tx, row),
            _order(tx, row["order_id"])["allocation_rule_id"],
            True,
            keeps_reserves=False,
            but_warehouses=_declined(tx, row["order_id"]),
        )
    order_rows.update(tx, row["order_id"])


def _release(tx: Transaction, row: Row) -> None:
    """Frees the units of a request in its warehouse."""
    left = {line["line"]: line["quantity"] for line in from_json(row["lines_json"])}
    changed = set()
    for held in stock_rows.of_orders(tx, [row["order_id"]]):
        quantity = min(held["quantity"], left.get(held["order_line_id"], 0))
        if held["warehouse_id"] == row["warehouse_id"] and held["shipment_id"] is None and quantity:
            stock_rows.give_back(tx, held, quantity)
            left[held["order_line_id"]] -= quantity
            changed.add(held["product_size_id"])
    note_stock(tx, changed)


def _open_needs(tx: Transaction, row: Row) -> list[Need]:
    """What of a request its order still waits for."""
    waiting = {need.line_id: need for need in allocation.demand(tx, row["order_id"])}
    return [
        Need(line["line"], line["size"], min(line["quantity"], waiting[line["line"]].quantity))
        for line in from_json(row["lines_json"])
        if line["line"] in waiting
    ]


def _give(tx: Transaction, needs: Sequence[Need], warehouse_id: int) -> bool:
    """Reserves units in one warehouse; False, and nothing is reserved, when it does not have all of them."""
    free = {
        row["product_size_id"]: row["physical"] - row["allocated"]
        for row in stock_rows.stock(tx, [need.product_size_id for need in needs], [warehouse_id])
    }
    for need in needs:
        free[need.product_size_id] = free.get(need.product_size_id, 0) - need.quantity
    if any(left < 0 for left in free.values()):
        return False
    for need in needs:
        stock_rows.change_allocated(tx, need.product_size_id, warehouse_id, need.quantity)
        stock_rows.add(tx, need.line_id, warehouse_id, need.quantity)
    note_stock(tx, {need.product_size_id for need in needs})
    return True


def _end(tx: Transaction, row: Row, status: str, change: str | None = None) -> None:
    rows.update(tx, row["id"], status=status)
    order = _order(tx, row["order_id"])
    tell_request(tx, row["id"], row["kind"], change or status, order["number"])


def _order(tx: Transaction, order_id: int) -> Row:
    order: Any = order_rows.get(tx, order_id)
    assert order is not None
    return order


# ------------------------------------------------------------------ time passes


def expire(tx: Transaction, until: int) -> list[tuple[int, int]]:
    """Requests that nobody answered in time; returns (moment, id) of each.

    What waited for a warehouse to check is allocated from others, what one had to confirm moves on.
    """
    found = []
    for row in rows.expiring(tx, until):
        current = rows.get(tx, row["id"])
        if current is None or current["status"] not in rows.PENDING:
            continue
        if row["kind"] == CHECK_FIRST:
            _end(tx, row, "timed-out")
            _go_on_without(tx, row["order_id"])
        else:
            _pass_on(tx, row, "timed-out")
        found.append((row["expires_at"], row["id"]))
    return found
