"""What of an order can still be shipped, and what units of it cost (domain.md 9.3)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.money import ratio, shares
from mockcentra.store import Transaction
from mockcentra.store import orders as rows
from mockcentra.store import shipments as shipment_rows
from mockcentra.store.database import Row


@dataclass(slots=True)
class Contents:
    """The lines of an order, what is left of them costs after all discounts, and what of them is in shipments."""

    lines: dict[int, Row]
    parts: dict[int, list[Row]]  # of bundles, by their line
    nets: dict[int, int]
    packed: list[Row]

    def goods(self) -> list[Row]:
        """The lines that parcels are made of: bundles go as their parts, gift certificates by mail."""
        return [
            line for line in self.lines.values() if line["id"] not in self.parts and line["gift_certificate_id"] is None
        ]

    def units(self, shipment_id: int | None = None) -> dict[int, int]:
        """Order line id -> units in one shipment, or in all of them."""
        found: dict[int, int] = defaultdict(int)
        for row in self.packed:
            if shipment_id is None or row["shipment_id"] == shipment_id:
                found[row["order_line_id"]] += row["quantity"]
        return found

    def left(self) -> dict[int, int]:
        """Order line id -> units that were ordered and are in no shipment."""
        packed = self.units()
        return {
            line["id"]: line["quantity"] - line["cancelled_quantity"] - packed.get(line["id"], 0)
            for line in self.goods()
        }

    def value(self, line_id: int, quantity: int) -> int:
        """What further units of a line cost after discounts; the last ones cost what the others have left."""
        line, net = self.lines[line_id], self.nets[line_id]
        kept = line["quantity"] - line["cancelled_quantity"]
        earlier = [row for row in self.packed if row["order_line_id"] == line_id]
        if sum(row["quantity"] for row in earlier) + quantity == kept:
            return net - sum(row["line_value"] for row in earlier)
        return ratio(net, quantity, kept)


def contents_of(tx: Transaction, order_id: int) -> Contents:
    """What an order has, and what of it is in shipments."""
    lines = {row["id"]: row for row in rows.lines(tx, [order_id])}
    parts: dict[int, list[Row]] = defaultdict(list)
    for line in lines.values():
        if line["parent_line_id"] in lines:
            parts[line["parent_line_id"]].append(line)
    nets = {line["id"]: _kept(line, "line_total") + _kept(line, "discount_share") for line in lines.values()}
    for bundle_id, of_bundle in parts.items():
        weights = [part["line_total"] for part in of_bundle]
        nets.update(zip((part["id"] for part in of_bundle), shares(nets[bundle_id], weights), strict=True))
    return Contents(lines, dict(parts), nets, shipment_rows.of_order(tx, order_id))


def _kept(line: Row, column: str) -> int:
    """What is left of an amount of a line without its cancelled units."""
    return ratio(line[column], line["quantity"] - line["cancelled_quantity"], line["quantity"])


def units_left(tx: Transaction, order_id: int) -> dict[int, int]:
    """Order line id -> units that were ordered, not cancelled, and are in no shipment; bundles count as their parts."""
    return contents_of(tx, order_id).left()


def expanded(contents: Contents, units: Mapping[int, int]) -> dict[int, int]:
    """Units by line of goods: a bundle means all that is in it, times its quantity.

    Raises NotFound (`line`) for what is no line of the order, and Invalid (`quantity`) for less than nothing.
    """
    goods = {line["id"] for line in contents.goods()}
    found: dict[int, int] = defaultdict(int)
    for line_id, quantity in units.items():
        if quantity < 0:
            raise Invalid({"quantity": "not valid"})
        if line_id in goods:
            found[line_id] += quantity
        elif line_id in contents.parts:
            sets = contents.lines[line_id]["quantity"]
            for part in contents.parts[line_id]:
                found[part["id"]] += part["quantity"] * quantity // sets
        else:
            raise NotFound("line")
    return found
