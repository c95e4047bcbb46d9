"""Checks of seed.md 12 and 13: what came back, what suppliers deliver, what shops were asked."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from mockcentra.seed.checks.shop import FOREVER, Check, Shop, at_least, expect
from mockcentra.store.database import Row, from_json

_BORAS, _ROTTERDAM = "Borås DC", "Rotterdam DC"
_BERLIN, _FLAGSHIP = "Partner Berlin", "Flagship Stockholm"
_REQUESTS = {
    "sent": 4, "allocated": 2, "failed": 1, "timed-out": 1, "confirmed": 2, "rejected": 2, "outdated": 1,
}  # fmt: skip
_UNANSWERED = ("sent", "allocated", "failed")
_OPEN = (*_UNANSWERED, "timed-out")


def _warehouse(shop: Shop, name: str) -> int:
    row = shop.one("warehouses", "name", name)
    return row["id"] if row is not None else 0


# ------------------------------------------------------------------ returns


def _order_of(shop: Shop, row: Row) -> Row | None:
    shipment = shop.one("shipments", "id", row["shipment_id"])
    return shop.one("orders", "id", shipment["order_id"]) if shipment is not None else None


def _returns(shop: Shop) -> Iterator[str]:
    found = [row for row in shop.table("returns") if (order := _order_of(shop, row)) and order["account_id"] is None]
    states = Counter(row["status"] for row in found)
    yield from expect((len(found), states["pending"], states["completed"]), (16, 6, 10), "returns, pending, completed")
    if len({row["created_at"] for row in found}) < len(found):
        yield "two returns were made in the same second"
    costly = sum(bool(row["return_cost"] or row["shipping_cost"]) for row in found)
    yield from at_least(costly, 4, "returns with return or shipping costs")
    yield from expect(sum(row["is_refunded"] for row in found), 8, "refunds")
    yield from expect(sum(row["stock_action"] == "none" for row in found), 1, "returns that are not in stock")
    twice = [number for number in Counter(row["shipment_id"] for row in found).values() if number > 1]
    yield from expect(twice, [2], "returns on one shipment")
    paid = {row["return_id"] for row in shop.table("payment_entries") if row["type"] == "refund"}
    for row in found:
        if bool(row["is_refunded"]) != (row["id"] in paid):
            yield f"return {row['id']} and its refund do not agree"


def _annas_return(shop: Shop) -> Iterator[str]:
    anna = shop.one("customers", "email", "anna.demo@example.com")
    if anna is None:
        yield "there is no Anna"
        return
    mine = [
        row
        for row in shop.table("returns")
        if (order := _order_of(shop, row)) is not None and order["customer_id"] == anna["id"]
    ]
    yield from expect(len(mine), 1, "returns of anna.demo")


def _first_orders_return(shop: Shop) -> Iterator[str]:
    first = shop.one("orders", "number", 1001)
    if first is None:
        yield "there is no order 1001"
        return
    shipments = {row["id"] for row in shop.of("shipments", "order_id", first["id"])}
    number = sum(row["shipment_id"] in shipments for row in shop.table("returns"))
    yield from expect(number, 1, "returns of order 1001")


# ------------------------------------------------------------------ suppliers


def _supplier_orders(shop: Shop) -> Iterator[str]:
    orders = shop.table("supplier_orders")
    confirmed = sum(row["is_confirmed"] for row in orders)
    yield from expect((len(orders), confirmed), (8, 6), "supplier orders and confirmed ones")
    yield from expect(len({row["supplier_id"] for row in orders}), 3, "suppliers with orders")
    currencies = {shop.code("currencies", row["currency_id"]) for row in orders}
    yield from expect(currencies, {"EUR", "USD"}, "currencies of supplier orders")
    if not any(row["message"] for row in orders):
        yield "no supplier order has a message"
    yield from (
        f"supplier order {row['number']} has no ETD or no ETA"
        for row in orders
        if not (row["etd_at"] and row["eta_at"])
    )
    yield from (
        f"line {line['id']} of a supplier order costs nothing"
        for line in shop.table("supplier_order_lines")
        if line["cost"] <= 0
    )


def _deliveries(shop: Shop) -> Iterator[str]:
    orders = {row["id"]: row for row in shop.table("supplier_orders")}
    order_lines = {row["id"]: row for row in shop.table("supplier_order_lines")}
    sizes = {row["id"]: row for row in shop.table("product_sizes")}
    linked = {row["supplier_order_line_id"] for row in shop.table("supplier_links")}
    open_ones: dict[int, list[Row]] = defaultdict(list)
    accepted = 0
    for row in shop.table("supplier_deliveries"):
        order = orders[row["supplier_order_id"]]
        if not order["is_confirmed"]:
            yield f"delivery {row['id']} is of an order that is not confirmed"
        if row["status"] == "accepted":
            accepted += 1
        else:
            open_ones[order["warehouse_id"]].append(row)
    boras = open_ones[_warehouse(shop, _BORAS)]
    yield from expect(len(boras), 7, "open deliveries to Borås")
    yield from expect(len(open_ones[_warehouse(shop, _ROTTERDAM)]), 1, "open deliveries to Rotterdam")
    yield from expect(accepted, 3, "accepted deliveries")
    for row in boras:
        lines = shop.of("supplier_delivery_lines", "supplier_delivery_id", row["id"])
        eans = {sizes[order_lines[line["supplier_order_line_id"]]["product_size_id"]]["ean"] for line in lines}
        if not 2 <= len(lines) <= 5 or len(eans) < len(lines) or "" in eans:
            yield f"delivery {row['id']} has not two to five sizes with different EANs"
        if not all(2 <= line["quantity"] <= 40 for line in lines):
            yield f"a quantity of delivery {row['id']} is not between 2 and 40"
    waited = [bool(linked & _order_lines(shop, row)) for row in boras]
    yield from expect(waited, [False] * 6 + [True], "open deliveries that orders wait for")


def _order_lines(shop: Shop, delivery: Row) -> set[int]:
    """The lines of supplier orders that are in a delivery."""
    lines = shop.of("supplier_delivery_lines", "supplier_delivery_id", delivery["id"])
    return {line["supplier_order_line_id"] for line in lines}


def _linked(shop: Shop) -> Iterator[str]:
    held: Counter[int] = Counter()
    for row in shop.table("allocations"):
        held[row["order_line_id"]] += row["quantity"]
    for link in shop.table("supplier_links"):
        line = shop.one("order_lines", "id", link["order_line_id"])
        order = shop.one("orders", "id", line["order_id"]) if line is not None else None
        if line is None or order is None or order["account_id"] is None:
            yield f"link {link['id']} is not of an account's order"
        elif link["quantity"] + held[line["id"]] > line["quantity"] - line["cancelled_quantity"]:
            yield f"line {line['id']} waits for more than it lacks"


def _in_the_history(shop: Shop) -> Iterator[str]:
    kinds = {row["kind"] for row in shop.table("stock_changes")}
    yield from (f"no stock change is a {kind}" for kind in ("supplier_delivery", "return") if kind not in kinds)


# ------------------------------------------------------------------ requests


def _requests(shop: Shop) -> Iterator[str]:
    found = [row for row in shop.table("allocation_requests") if row["kind"] == "confirm"]
    yield from expect(dict(Counter(row["status"] for row in found)), _REQUESTS, "allocation requests by status")
    berlin = _warehouse(shop, _BERLIN)
    held: Counter[tuple[int, int]] = Counter()
    for row in shop.table("allocations"):
        held[row["order_line_id"], row["warehouse_id"]] += row["quantity"]
    for row in found:
        order = shop.one("orders", "id", row["order_id"])
        sent = [each["is_shipped"] for each in shop.of("shipments", "order_id", row["order_id"])]
        name = f"request {row['id']} ({row['status']})"
        if row["warehouse_id"] != berlin:
            yield f"{name} is not to {_BERLIN}"
        if order is None or order["status"] != ("processing" if row["status"] in _OPEN else "completed"):
            yield f"the order of {name} is {order['status'] if order else 'missing'}"
        elif row["status"] in _OPEN and not any(sent):
            yield f"nothing of the order of {name} was sent"
        if row["status"] in _UNANSWERED:
            if row["expires_at"] != FOREVER:
                yield f"{name} expires before 2099-12-31"
            if any(held[line["line"], berlin] < line["quantity"] for line in from_json(row["lines_json"])):
                yield f"{name} does not hold what it asks for"


def _check_first(shop: Shop) -> Iterator[str]:
    flagship = _warehouse(shop, _FLAGSHIP)
    held = {row["order_line_id"] for row in shop.table("allocations")}
    for row in shop.table("allocation_requests"):
        if row["kind"] != "check_first" or row["warehouse_id"] != flagship or row["status"] != "sent":
            continue
        order = shop.one("orders", "id", row["order_id"])
        lines = shop.of("order_lines", "order_id", row["order_id"])
        parcels = [each for each in shop.of("shipments", "order_id", row["order_id"]) if each["is_shipped"]]
        sent = {
            line["order_line_id"] for each in parcels for line in shop.of("shipment_lines", "shipment_id", each["id"])
        }
        waits = {line["line"] for line in from_json(row["lines_json"])}
        is_so = len(lines) > 1 and lines[0]["id"] in sent and waits == {lines[1]["id"]} and not waits & held
        if order is not None and order["status"] == "processing" and is_so and row["expires_at"] == FOREVER:
            return
    yield "no processing order has its first line sent and its second waiting for Flagship Stockholm"


CHECKS = (
    Check(
        "6",
        "supplier deliveries in the stock history",
        "Stock changes by supplier deliveries and returns.",
        _in_the_history,
    ),
    Check("12", "returns", "16 returns in two states, their costs, refunds and stock actions.", _returns),
    Check("11", "Anna's return", "anna.demo has one return.", _annas_return),
    Check("18", "return of order 1001", "Order 1001 has one return.", _first_orders_return),
    Check("13", "suppliers' orders", "Eight supplier orders of three suppliers.", _supplier_orders),
    Check("13", "supplier deliveries", "Seven open to Borås, three accepted, one to Rotterdam.", _deliveries),
    Check("13", "linked orders", "Orders of accounts wait for no more than they lack.", _linked),
    Check("13", "allocation requests", "13 requests to Partner Berlin in seven states.", _requests),
    Check("15", "case 14: check first", "An order whose second line waits for Flagship Stockholm.", _check_first),
)
