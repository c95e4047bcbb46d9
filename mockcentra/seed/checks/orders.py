"""Checks of seed.md 12 and of the special orders of 15: DTC orders with their shipments and payments."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from mockcentra.seed.checks.shop import DEFAULT_ORDERS, DTC, Check, Shop, at_least, expect
from mockcentra.store.database import Row

_DAY = 86400
# status -> how many; what waits for its payment and what is on hold is counted apart
_STATUS = {
    "pending": 8,
    "pending, waiting for payment": 2,
    "confirmed": 40,
    "confirmed, on hold": 2,
    "processing": 26,
    "completed": 82,
    "archived": 8,
    "cancelled": 8,
}


def _kind(order: Row) -> str:
    if order["is_waiting_for_payment"]:
        return f"{order['status']}, waiting for payment"
    if order["is_on_hold"]:
        return f"{order['status']}, on hold"
    return order["status"]


def _is_default(shop: Shop) -> bool:
    return len(shop.orders) <= DEFAULT_ORDERS


def _lines(shop: Shop, order: Row) -> list[Row]:
    return shop.of("order_lines", "order_id", order["id"])


def _sum(shop: Shop, order: Row, kind: str, status: str = "success") -> int:
    return sum(
        row["amount"]
        for row in shop.of("payment_entries", "order_id", order["id"])
        if row["type"] == kind and row["status"] == status
    )


def _status(shop: Shop) -> Iterator[str]:
    found = Counter(_kind(row) for row in shop.orders)
    yield from at_least(len(shop.orders), DEFAULT_ORDERS, "DTC orders")
    for kind, number in _STATUS.items():
        yield from expect(found[kind], number, kind) if _is_default(shop) else at_least(found[kind], number, kind)
    yield from (f"{number} orders are {kind}" for kind, number in found.items() if kind not in _STATUS)


def _places(shop: Shop) -> Iterator[str]:
    home = 0
    currencies: Counter[str] = Counter()
    for row in shop.orders:
        currency = shop.code("currencies", row["currency_id"])
        country = shop.code("countries", row["country_id"])
        market = shop.code("markets", row["market_id"])
        home += (currency, country, market) == ("SEK", "SE", "Nordics")
        if currency != "USD" or row["state_id"]:
            currencies[currency] += 1
        else:
            yield f"order {row['number']} in USD has no state"
    yield from at_least(home, 90, "orders in SEK to SE")
    for code in ("EUR", "GBP", "USD", "JPY"):
        yield from at_least(currencies[code], 8, f"orders in {code}")


def _pending(shop: Shop) -> Iterator[str]:
    for row in shop.orders:
        kind = _kind(row)
        if kind == "pending":
            if shop.code("countries", row["country_id"]) != "SE":
                yield f"the pending order {row['number']} does not go to SE"
            if _sum(shop, row, "auth") != row["grand_total"] or _sum(shop, row, "capture"):
                yield f"the pending order {row['number']} is not authorised, or captured"
        if kind == "pending, waiting for payment":
            qliro = shop.one("payment_methods", "uri", "qliroone-payment")
            if not row["is_on_hold"] or qliro is None or row["payment_method_id"] != qliro["id"]:
                yield f"order {row['number']}, which waits for its payment, is not on hold, or not by Qliro"
            if not _sum(shop, row, "auth", "pending"):
                yield f"order {row['number']} has no pending authorisation"


def _allocations(shop: Shop) -> dict[int, dict[int, int]]:
    """Order line -> warehouse -> units reserved there."""
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in shop.table("allocations"):
        found[row["order_line_id"]][row["warehouse_id"]] += row["quantity"]
    return found


def _is_ordinary_line(shop: Shop, line: Row) -> bool:
    record = shop.records.get(line["display_item_id"])
    return (
        record is not None
        and record.bundle is None
        and (record.minimum_quantity, record.multiple_of) == (1, 1)
        and not any(size.is_preorder for size in record.sizes)
    )


def _open_are_plain(shop: Shop) -> Iterator[str]:
    held = _allocations(shop)
    for row in shop.orders:
        if row["status"] in ("pending", "confirmed"):
            for line in _lines(shop, row):
                if sum(held[line["id"]].values()) != line["quantity"] or not _is_ordinary_line(shop, line):
                    yield f"a line of the {row['status']} order {row['number']} is not plain, or not allocated in full"
            if shop.of("shipments", "order_id", row["id"]):
                yield f"the {row['status']} order {row['number']} has a shipment"


def _plain_confirmed(shop: Shop) -> Iterator[str]:
    held = _allocations(shop)
    plain = []
    for row in shop.orders:
        lines = _lines(shop, row)
        entries = shop.of("payment_entries", "order_id", row["id"])
        if (
            _kind(row) == "confirmed"
            and shop.code("countries", row["country_id"]) == "SE"
            and 1 <= len(lines) <= 4
            and all(_is_ordinary_line(shop, line) and dict(held[line["id"]]) == {1: line["quantity"]} for line in lines)
            and [(each["type"], each["status"], each["amount"]) for each in entries]
            == [("auth", "success", row["grand_total"])]
        ):
            plain.append(lines)
    yield from at_least(len(plain), 24, "plain confirmed orders to SE")
    yield from at_least(2 * sum(len(lines) > 1 for lines in plain), len(plain), "twice those with two or more lines")
    yield from at_least(
        sum(any(line["quantity"] > 1 for line in lines) for lines in plain), 5, "of these with a quantity of 2 or more"
    )


def _on_hold(shop: Shop) -> Iterator[str]:
    found = [row for row in shop.orders if _kind(row) == "confirmed, on hold"]
    yield from at_least(sum(row["is_suspect"] for row in found), 1, "suspect orders on hold")
    yield from at_least(sum(row["has_payment_mismatch"] for row in found), 1, "orders on hold with a payment mismatch")


def _processing(shop: Shop) -> Iterator[str]:
    kinds: Counter[str] = Counter()
    open_shipments = 0
    for row in shop.orders:
        shipments = shop.of("shipments", "order_id", row["id"])
        open_shipments += sum(each["is_good_to_go"] and not each["is_shipped"] for each in shipments)
        if row["status"] != "processing":
            continue
        if any(each["is_shipped"] for each in shipments):
            kinds["partly shipped"] += 1
        elif any(not each["is_good_to_go"] for each in shipments):
            kinds["in progress"] += 1
        elif any(each["is_captured"] for each in shipments):
            kinds["captured, not sent"] += 1
        elif shipments:
            kinds["good to go, not captured"] += 1
        else:
            yield f"order {row['number']} is processing without a shipment"
    for kind, floor in (
        ("good to go, not captured", 6), ("captured, not sent", 5), ("in progress", 5), ("partly shipped", 7),
    ):  # fmt: skip
        yield from at_least(kinds[kind], floor, f"processing orders {kind}")
    yield from at_least(open_shipments, 10, "good-to-go shipments that are open")


def _completed(shop: Shop) -> Iterator[str]:
    several = 0
    for row in shop.orders:
        if row["status"] != "completed":
            continue
        shipments = shop.of("shipments", "order_id", row["id"])
        several += len(shipments) > 1
        is_gift = any(line["gift_certificate_id"] for line in _lines(shop, row))
        for each in shipments:
            if not is_gift and not (each["carrier"] and each["tracking_number"]):
                yield f"shipment {row['number']}-{each['position']} has no carrier or tracking number"
    yield from at_least(several, 10, "completed orders with two shipments")


def _archived(shop: Shop) -> Iterator[str]:
    for row in shop.orders:
        if row["status"] == "archived" and row["created_at"] > shop.as_of - 365 * _DAY:
            yield f"the archived order {row['number']} is younger than a year"


def _cancelled(shop: Shop) -> Iterator[str]:
    held = _allocations(shop)
    for row in shop.orders:
        if row["status"] == "cancelled":
            if any(held[line["id"]] for line in _lines(shop, row)):
                yield f"the cancelled order {row['number']} holds stock"
            if _sum(shop, row, "auth") - _sum(shop, row, "cancel") - _sum(shop, row, "capture"):
                yield f"the cancelled order {row['number']} holds its authorisation"


def _sold_sizes(shop: Shop) -> Iterator[str]:
    sold = {
        line["product_size_id"]
        for row in shop.orders
        if shop.code("countries", row["country_id"]) == "SE"
        for line in _lines(shop, row)
        if line["product_size_id"]
    }
    yield from at_least(len(sold), 60, "sizes sold in SE")
    for row in shop.orders:
        for line in _lines(shop, row):
            if not line["display_item_id"] and not line["gift_certificate_id"]:
                yield f"a line of order {row['number']} does not know its display item"


def _mixture(shop: Shop) -> Iterator[str]:
    methods = {row["payment_method_id"] for row in shop.orders}
    yield from at_least(len(methods), 4, "payment methods of orders")
    vouchers = {row["order_id"] for row in shop.table("order_vouchers") if row["trigger"] != "auto"}
    yield from at_least(len(vouchers & {row["id"] for row in shop.orders}), 15, "orders with a voucher")
    campaigns = {row["order_id"] for row in shop.table("order_lines") if row["campaign_id"]}
    yield from at_least(len(campaigns), 20, "orders with a campaign price")
    yield from at_least(sum(bool(row["additional_notes"]) for row in shop.orders), 10, "orders with an additional note")
    elsewhere = 0
    for row in shop.orders:
        address, delivery = shop.addresses(row)
        elsewhere += any(
            delivery.get(key) and delivery[key] != address.get(key) for key in ("address1", "zipCode", "city")
        )
    yield from at_least(elsewhere, 5, "orders with a delivery address that differs")


def _first_order(shop: Shop) -> Iterator[str]:
    first = min(shop.orders, key=lambda row: row["number"], default=None)
    if first is None:
        yield "there are no orders"
        return
    yield from expect((first["number"], first["status"]), (1001, "completed"), "number and status of the first order")
    yield from expect(len(shop.of("shipments", "order_id", first["id"])), 1, "shipments of the first order")
    oldest = min(row["created_at"] for row in shop.table("orders"))
    yield from expect(first["created_at"], oldest, "moment of the first order")


def _in_order_of_time(shop: Shop) -> Iterator[str]:
    ordered = sorted(shop.table("orders"), key=lambda row: row["number"])
    for first, second in pairwise(ordered):
        if first["created_at"] > second["created_at"]:
            yield f"order {second['number']} is older than {first['number']}"


# ---------------------------------------------------------------- special cases


def _bundle_orders(shop: Shop) -> Iterator[str]:
    bundles = {record.id: record.bundle.type for record in shop.records.values() if record.bundle is not None}
    sold: Counter[str] = Counter()
    for row in shop.orders:
        for line in _lines(shop, row):
            kind = bundles.get(line["display_item_id"])
            if kind is not None:
                sold[kind] += 1
                if row["status"] != "completed":
                    yield f"order {row['number']} with a bundle is {row['status']}"
                if not shop.of("order_lines", "parent_line_id", line["id"]):
                    yield f"the bundle of order {row['number']} has no parts"
    yield from (f"no {kind} bundle was sold" for kind in ("fixed", "flexible") if not sold[kind])


def _back_ordered(shop: Shop) -> Iterator[str]:
    held = _allocations(shop)
    shipped = shop.by("shipment_lines", "order_line_id")
    for row in shop.orders:
        lines = _lines(shop, row)
        if row["status"] == "processing" and len(lines) > 1:
            free = [line for line in lines[1:] if not held[line["id"]] and not shipped.get(line["id"])]
            if free and shipped.get(lines[0]["id"]):
                return
    yield "no processing order has its first line shipped and another one without stock"


def _captured_in_whole(shop: Shop) -> Iterator[str]:
    for row in shop.orders:
        before = [each for each in shop.of("payment_entries", "order_id", row["id"]) if each["type"] == "capture"]
        if (
            row["status"] == "processing"
            and sum(each["amount"] for each in before if each["status"] == "success") == row["grand_total"]
            and any(each["shipment_id"] is None for each in before)
        ):
            return
    yield "no processing order is captured in whole"


def _failed_capture(shop: Shop) -> Iterator[str]:
    for row in shop.orders:
        if row["status"] == "processing" and _sum(shop, row, "capture", "failed"):
            return
    yield "no processing order has a failed capture"


def _external_payment(shop: Shop) -> Iterator[str]:
    method = shop.one("payment_methods", "uri", "external-payment")
    found = shop.of("orders", "payment_method_id", method["id"] if method else 0)
    if not any(row["status"] == "completed" and _sum(shop, row, "capture") == row["grand_total"] for row in found):
        yield "no completed order was paid outside"


def _free_order(shop: Shop) -> Iterator[str]:
    found = [row for row in shop.orders if row["grand_total"] == 0]
    yield from expect([row["status"] for row in found], ["completed"], "orders of total 0")
    for row in found:
        if not row["is_internal"] or row["shipping_cost"] or row["items_total"] <= 0:
            yield f"order {row['number']} is not internal, or its shipping was not given away"


def _gift_certificates(shop: Shop) -> Iterator[str]:
    bought = [
        row for row in shop.orders if any(line["gift_certificate_id"] for line in _lines(shop, row))
    ]  # fmt: skip
    if not bought:
        yield "no gift certificate was bought"
    for row in bought:
        shipments = shop.of("shipments", "order_id", row["id"])
        if row["status"] != "completed" or [each["is_shipped"] for each in shipments] != [1]:
            yield f"the gift certificate order {row['number']} was not completed at once"
    credits = {row["id"] for row in shop.table("vouchers") if row["reuse_value"]}
    if not any(row["voucher_id"] in credits and row["price_off"] for row in shop.table("order_vouchers")):
        yield "no order was paid partly with a credit"


def _odd_lines(shop: Shop) -> Iterator[str]:
    lines = shop.table("order_lines")
    completed = {row["id"] for row in shop.orders if row["status"] == "completed"}
    if not any(0 < line["cancelled_quantity"] < line["quantity"] and line["order_id"] in completed for line in lines):
        yield "no completed order has a line that is cancelled in part"
    if not any(line["comment"] for line in lines):
        yield "no line has a comment"
    if not any(row["gift_message"] for row in shop.orders):
        yield "no order has a gift message"
    if not shop.of("attribute_values", "object_type", "order"):
        yield "no order has an attribute"


def _taxes(shop: Shop) -> Iterator[str]:
    if not any(row["tax_deducted"] < 0 for row in shop.orders):
        yield "no order has tax deducted"
    american = [row for row in shop.orders if shop.code("countries", row["country_id"]) == "US"]
    if not any(row["tax_added"] > 0 for row in american):
        yield "no order to the US has tax added"
    if not any(row["tax_added"] == 0 and row["state_id"] for row in american):
        yield "no order to a state without tax"


def _flags(shop: Shop) -> Iterator[str]:
    locked = [row["status"] for row in shop.orders if row["is_locked"]]
    yield from expect(locked, ["completed"], "locked orders")
    if not any(row["is_suspect"] and row["is_on_hold"] for row in shop.orders):
        yield "no suspect order is on hold"


def _twins(shop: Shop) -> Iterator[str]:
    by_email: dict[str, set[bool]] = defaultdict(set)
    customers = {row["id"]: row for row in shop.of("customers", "store_id", DTC)}
    for row in shop.orders:
        customer = customers.get(row["customer_id"])
        if customer is not None:
            by_email[customer["email_key"]].add(bool(customer["is_registered"]))
    if not any(len(kinds) == 2 for kinds in by_email.values()):
        yield "no guest and account of the same address have orders"
    moments = Counter(row["created_at"] for row in shop.orders)
    yield from expect([number for number in moments.values() if number > 1], [2], "orders of the same second")


CHECKS = (
    Check("12", "statuses", "176 orders: how many are in which status.", _status),
    Check("12", "places of orders", "90 in SEK to SE, eight in each other currency.", _places),
    Check("12", "pending orders", "To SE and authorised; two wait for Qliro.", _pending),
    Check("12", "open orders", "Pending and confirmed ones are plain and allocated in full.", _open_are_plain),
    Check(
        "12", "plain confirmed orders", "24 to SE, from Borås, authorised for exactly their total.", _plain_confirmed
    ),
    Check("12", "on hold", "A suspect order and one with a payment mismatch.", _on_hold),
    Check("12", "processing orders", "Good to go, captured, in progress, partly shipped; ten open.", _processing),
    Check("12", "completed orders", "Carriers and tracking; ten with two shipments.", _completed),
    Check("12", "archived orders", "Older than a year.", _archived),
    Check("12", "cancelled orders", "Stock and authorisation are released.", _cancelled),
    Check("12", "sold sizes", "60 sizes in SE; lines know their display item.", _sold_sizes),
    Check("12", "mixture", "Methods, vouchers, campaigns, notes, delivery addresses.", _mixture),
    Check("12", "numbers follow time", "A higher order number is not older.", _in_order_of_time),
    Check("15", "case 12: bundles", "A fixed and a flexible bundle, completed.", _bundle_orders),
    Check("15", "case 13: back-ordered", "First line shipped, another without stock.", _back_ordered),
    Check("15", "case 15: external payment", "Completed; its capture came from outside.", _external_payment),
    Check("15", "case 15: captured in whole", "Before shipping.", _captured_in_whole),
    Check("15", "case 15: failed capture", "A processing order.", _failed_capture),
    Check("15", "case 15: free order", "Internal, goods and shipping given away, completed.", _free_order),
    Check("15", "case 16: gift certificates", "Bought and completed at once; used as a credit.", _gift_certificates),
    Check("15", "case 17: odd lines", "Cancelled in part, a comment, a gift message, an attribute.", _odd_lines),
    Check("15", "case 18: taxes", "Deducted, added, none in a state without.", _taxes),
    Check("15", "case 19: flags", "A locked order, a suspect one on hold.", _flags),
    Check("15", "case 20: twins", "Guest and account of one e-mail; two orders in one second.", _twins),
    Check("18", "order 1001", "The oldest: completed, one shipment.", _first_order),
)
