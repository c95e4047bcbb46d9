"""Checks of domain.md 18: what must hold in every store, whoever changed it."""

from collections import defaultdict
from collections.abc import Iterator

from mockcentra.commerce.facets import positions_of
from mockcentra.commerce.listing import listing_of
from mockcentra.commerce.money import ratio
from mockcentra.seed.checks.shop import DTC, Check, Shop, expect
from mockcentra.store import checks as rows
from mockcentra.store.database import Row

_OPEN = ("pending", "confirmed", "processing")


def _stock(shop: Shop) -> Iterator[str]:
    held = rows.allocated_by_lines(shop.tx)
    for row in shop.table("stock"):
        key = (row["product_size_id"], row["warehouse_id"])
        if not 0 <= row["allocated"] <= row["physical"]:
            yield f"size {key[0]} in warehouse {key[1]}: {row['physical']} physical, {row['allocated']} allocated"
        yield from expect(
            held.pop(key, 0), row["allocated"], f"units of order lines of size {key[0]} in warehouse {key[1]}"
        )
    yield from (
        f"{units} units of size {size} are held in warehouse {place}, which has none"
        for (size, place), units in held.items()
    )
    orders = {row["id"]: row["status"] for row in shop.table("orders")}
    order_of = {row["id"]: row["order_id"] for row in shop.table("order_lines")}
    for row in shop.table("allocations"):
        status = orders[order_of[row["order_line_id"]]]
        if status not in _OPEN:
            yield f"a line of a {status} order holds stock"


def _units(shop: Shop) -> Iterator[str]:
    packed: dict[int, int] = defaultdict(int)
    shipped: dict[int, int] = defaultdict(int)
    sent = {row["id"]: row["is_shipped"] for row in shop.table("shipments")}
    for row in shop.table("shipment_lines"):
        packed[row["order_line_id"]] += row["quantity"]
        shipped[row["order_line_id"]] += row["quantity"] * sent[row["shipment_id"]]
    held: dict[int, int] = defaultdict(int)
    for row in shop.table("allocations"):
        held[row["order_line_id"]] += row["quantity"]
    for line in shop.table("order_lines"):
        wanted = line["quantity"] - line["cancelled_quantity"]
        if packed[line["id"]] > wanted:
            yield f"{packed[line['id']]} units of order line {line['id']} are on shipments, {wanted} were ordered"
        if shipped[line["id"]] + held[line["id"]] > wanted:
            yield f"order line {line['id']} holds more than it may"
    returned: dict[int, int] = defaultdict(int)
    for row in shop.table("return_lines"):
        returned[row["shipment_line_id"]] += row["quantity"]
    for row in shop.table("shipment_lines"):
        if returned[row["id"]] > row["quantity"]:
            yield f"more units of shipment line {row['id']} came back than went out"


def _to_ship(shop: Shop, order: Row) -> list[Row]:
    """The lines that parcels are made of: bundles go as their parts."""
    lines = shop.of("order_lines", "order_id", order["id"])
    parents = {line["parent_line_id"] for line in lines}
    return [line for line in lines if line["id"] not in parents]


def _statuses(shop: Shop) -> Iterator[str]:
    for order in shop.table("orders"):
        shipments = shop.of("shipments", "order_id", order["id"])
        name = f"order {order['number']} ({order['status']})"
        if order["status"] in ("pending", "confirmed", "cancelled") and shipments:
            yield f"{name} has a shipment"
        if order["status"] == "processing" and not shipments:
            yield f"{name} has no shipment"
        if order["status"] in ("completed", "archived"):
            sent: dict[int, int] = defaultdict(int)
            for shipment in shipments:
                if not (shipment["is_shipped"] and shipment["is_paid"] and shipment["is_good_to_go"]):
                    yield f"{name} has an open shipment"
                for line in shop.of("shipment_lines", "shipment_id", shipment["id"]):
                    sent[line["order_line_id"]] += line["quantity"]
            for line in _to_ship(shop, order):
                if sent[line["id"]] != line["quantity"] - line["cancelled_quantity"]:
                    yield f"{name} is not shipped in full"
        if order["status"] == "processing" and shipments:
            sent_all = all(each["is_shipped"] and each["is_paid"] for each in shipments)
            units = sum(
                line["quantity"] for each in shipments for line in shop.of("shipment_lines", "shipment_id", each["id"])
            )
            if sent_all and units == sum(
                line["quantity"] - line["cancelled_quantity"] for line in _to_ship(shop, order)
            ):
                yield f"{name} is shipped and paid in full"


def _money(shop: Shop) -> Iterator[str]:
    for order in shop.table("orders"):
        sums: dict[str, int] = defaultdict(int)
        of_shipments: dict[int, int] = defaultdict(int)
        for entry in shop.of("payment_entries", "order_id", order["id"]):
            if entry["status"] == "success":
                sums[entry["type"]] += entry["amount"]
                if entry["type"] == "capture" and entry["shipment_id"] is not None:
                    of_shipments[entry["shipment_id"]] += 1
        name = f"order {order['number']}"
        if sums["capture"] > sums["auth"]:
            yield f"{name}: {sums['capture']} captured, {sums['auth']} authorised"
        if sums["refund"] > sums["capture"]:
            yield f"{name}: {sums['refund']} refunded, {sums['capture']} captured"
        if sums["capture"] + sums["cancel"] > sums["auth"]:
            yield f"{name}: more captured and released than authorised"
        yield from (f"a shipment of {name} was charged {times} times" for times in of_shipments.values() if times > 1)
        charged = sum(
            each["grand_total"] for each in shop.of("shipments", "order_id", order["id"]) if each["is_captured"]
        )
        if charged > sums["capture"] and sums["auth"]:
            yield f"{name}: shipments of {charged} are marked captured, {sums['capture']} was"


def _kept(line: Row, column: str) -> int:
    """What is left of an amount of a line without its cancelled units."""
    return ratio(line[column], line["quantity"] - line["cancelled_quantity"], line["quantity"])


def _totals(shop: Shop) -> Iterator[str]:
    for order in shop.table("orders"):
        name = f"order {order['number']}"
        lines = [line for line in shop.of("order_lines", "order_id", order["id"]) if line["parent_line_id"] is None]
        items = sum(_kept(line, "line_total") for line in lines)
        yield from expect(items, order["items_total"], f"items of {name}")
        total = (
            order["items_total"] + order["discount_total"] + order["shipping_cost"] + order["handling_cost"]
            + order["tax_added"] + order["tax_deducted"]
        )  # fmt: skip
        yield from expect(order["grand_total"], total, f"total of {name}")
        yield from expect(
            sum(_kept(line, "discount_share") for line in lines), order["discount_total"], f"discounts of {name}"
        )
        taxes = shop.of("order_taxes", "order_id", order["id"])
        yield from expect(sum(row["amount"] for row in taxes), order["grand_total_tax"], f"taxes of {name}")
        added = sum(row["amount"] for row in taxes if not row["included"])
        yield from expect(added, order["tax_added"], f"added taxes of {name}")
        vouchers = shop.of("order_vouchers", "order_id", order["id"])
        off = sum(row["price_off"] for row in vouchers)
        if vouchers:
            yield from expect(off, order["discount_total"], f"vouchers of {name}")
        for line in lines:
            parts = shop.of("order_lines", "parent_line_id", line["id"])
            if parts:
                yield from expect(
                    sum(part["line_total"] for part in parts), line["line_total"], f"parts of line {line['id']}"
                )


def _numbers(shop: Shop) -> Iterator[str]:
    numbers = [row["number"] for row in shop.table("orders")]
    if len(set(numbers)) < len(numbers):
        yield "order numbers are not unique"
    for order_id, shipments in shop.by("shipments", "order_id").items():
        positions = sorted(row["position"] for row in shipments)
        if positions != list(range(1, len(positions) + 1)):
            yield f"shipments of order {order_id} have the numbers {positions}"
    emails: dict[tuple[int, str, int], int] = defaultdict(int)
    for row in shop.table("customers"):
        emails[row["store_id"], row["email_key"], row["is_registered"]] += 1
    yield from (f"{times} customers have the e-mail {key[1]}" for key, times in emails.items() if times > 1)


def _visibility(shop: Shop) -> Iterator[str]:
    """What the lists show, in their order, against the markets of the displays."""
    listing = listing_of(shop.tx.store, DTC)
    for market in shop.markets:
        shown = [listing.main_item(place) for place in positions_of(listing.market_bits([market.id]))]
        wanted = [record.id for record in shop.listed(market)]
        if shown != wanted:
            odd = sorted(set(shown) ^ set(wanted)) or "another order"
            yield f"the list of {market.name} differs from the displays of the market: {odd}"


def _bundle_stock(shop: Shop) -> Iterator[str]:
    """The sets that the parts of fixed bundles allow, counted from the rows of stock."""
    for record in shop.records.values():
        bundle = record.bundle
        if bundle is None or bundle.type != "fixed":
            continue
        for market in shop.markets:
            rule = shop.reference.allocation_rules[market.allocation_rule_id]
            for size in record.sizes:
                parts = bundle.size_parts.get(size.id, {})
                sets = min(
                    (
                        sum(shop.free(parts[section.id][1]).get(warehouse, 0) for warehouse in rule) // section.quantity
                        for section in bundle.sections
                        if section.id in parts
                    ),
                    default=0,
                )
                yield from expect(shop.pieces(size, market), sets, f"sets of {record.uri} in {market.name}")


CHECKS = (
    Check(
        "domain 18",
        "1: stock",
        "physical = allocated + free, none below 0; order lines hold what is allocated.",
        _stock,
    ),
    Check("domain 18", "2: units", "No more shipped than ordered, no more returned than shipped.", _units),
    Check("domain 18", "3: statuses", "The status of an order follows from its shipments.", _statuses),
    Check("domain 18", "4: money", "No more captured than authorised, no more refunded than captured.", _money),
    Check("domain 18", "5: totals", "Totals are the sum of their parts, taxes of theirs.", _totals),
    Check("domain 18", "6: numbers", "Order numbers, shipment numbers and e-mails are unique.", _numbers),
    Check("domain 18", "7: visibility", "A list shows the displays of its market, and no others.", _visibility),
    Check("domain 18", "8: bundle stock", "A bundle has as many pieces as complete sets of its parts.", _bundle_stock),
)
