"""Orders, shipments and returns as integrations read them: by filters, with amounts by line and what lies where."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mockcentra.commerce.attribute_values import put_attributes
from mockcentra.commerce.attributes import attributes_of, object_attributes
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import Address, Attribute
from mockcentra.commerce.money import contained_tax, percent_of, ratio, shares
from mockcentra.commerce.reference import Currency, Reference, reference_of
from mockcentra.commerce.settings import settings_of
from mockcentra.store import Transaction
from mockcentra.store import order_book as rows
from mockcentra.store import orders as order_rows
from mockcentra.store.database import Row, batches, from_json
from mockcentra.store.order_book import EVERY, SHIPMENT_STATES, Scope

__all__ = ["EVERY", "SHIPMENT_STATES"]

# Of payment or shipping: id, name, description.
Terms = tuple[int, str, str]


class BookLine(Struct):
    """A line of an order, or what a shipment holds of it. Amounts are hundredths of the order's currency.

    `parts` are those of a bundle; `row` is the line's row, `sku` its three parts, `facts` what its size's product adds
    (None: it has none). `warehouses` are names with the units that they give.
    """

    row: Row
    sku: tuple[str, str, str]
    facts: Row | None
    quantity: int
    price_each: int
    original_each: int
    total: int
    warehouses: list[tuple[str, int]]
    serials: list[str] = []
    parts: list["BookLine"] = []
    bundle_product_id: int | None = None  # of a part: the product of its bundle

    @property
    def id(self) -> int:
        return self.row["id"]

    def tax_of(self, amount: int) -> int:
        """The tax that is in an amount of this line, or that comes on top of it."""
        percent = self.row["tax_percent"]
        return contained_tax(amount, percent) if self.row["is_tax_included"] else percent_of(amount, percent)


class OrderRecord(Struct):
    """An order with everything that integrations are shown of it."""

    row: Row
    reference: Reference
    lines: list[BookLine]
    vouchers: list[Row]
    credit_ids: set[int]
    taxes: list[Row]
    shipments: list[Row]
    payment_reference: str | None
    has_payments: bool
    attributes: tuple[Attribute, ...]

    @property
    def currency(self) -> Currency:
        return self.reference.currencies[self.row["currency_id"]]

    @property
    def address(self) -> Address:
        return from_json(self.row["address_json"])

    @property
    def shipping_address(self) -> Address:
        return from_json(self.row["shipping_address_json"])

    @property
    def display_item_ids(self) -> tuple[int, ...]:
        """The display items whose texts and facts are in here."""
        lines = [*self.lines, *(part for line in self.lines for part in line.parts)]
        return tuple({line.row["display_item_id"] for line in lines} - {None})


# ------------------------------------------------------------------ which orders are visible


def scope_of(tx: Transaction, every_status: bool = False) -> Scope:
    """What the plugin lets through (order-api.md 2): statuses, markets, hold, waiting. Prepared orders never pass."""
    settings = settings_of(tx.store)
    return Scope(
        statuses=None if every_status else settings["order.statuses"],
        market_ids=settings["order.markets"] or None,
        with_hold=settings["order.include_hold"],
        with_waiting=settings["order.include_waiting_for_payment"],
    )


def is_in_market(tx: Transaction, order: Row) -> bool:
    """Whether the plugin sees the market of an order."""
    markets = settings_of(tx.store)["order.markets"]
    return not markets or order["market_id"] in markets


def listed_orders(tx: Transaction, **wanted: Any) -> list[tuple[int, int]]:
    """(id, revision) of the visible orders, by ascending number; the filters are those of `store.order_book.orders`."""
    return [(row["id"], row["revision"]) for row in rows.orders(tx, scope_of(tx), **wanted)]


# ------------------------------------------------------------------ orders


def records(tx: Transaction, order_ids: Sequence[int]) -> dict[int, OrderRecord]:
    """Orders by id, read with a fixed number of queries a thousand."""
    found: dict[int, OrderRecord] = {}
    for part in batches(order_ids):
        found |= _records(tx, part)
    return found


def _records(tx: Transaction, order_ids: Sequence[int]) -> dict[int, OrderRecord]:
    found = order_rows.by_ids(tx, order_ids)
    lines = _lines(tx, order_ids)
    vouchers = _by_order(order_rows.vouchers(tx, order_ids))
    credit_ids = rows.credit_vouchers(tx, {row["voucher_id"] for each in vouchers.values() for row in each})
    taxes = _by_order(order_rows.taxes(tx, order_ids))
    shipments = order_rows.shipments(tx, order_ids)
    references = rows.payment_references(tx, order_ids)
    paid = rows.with_payments(tx, order_ids)
    attributes = object_attributes(tx, "order", order_ids)
    reference = reference_of(tx.store)
    return {
        row["id"]: OrderRecord(
            row=row,
            reference=reference,
            lines=lines.get(row["id"], []),
            vouchers=vouchers.get(row["id"], []),
            credit_ids=credit_ids,
            taxes=taxes.get(row["id"], []),
            shipments=shipments.get(row["id"], []),
            payment_reference=references.get(row["id"]),
            has_payments=row["id"] in paid,
            attributes=attributes.get(row["id"], ()),
        )
        for row in found
    }


def _by_order(found: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row["order_id"]].append(row)
    return grouped


def _lines(tx: Transaction, order_ids: Sequence[int]) -> dict[int, list[BookLine]]:
    """Order id -> its lines; the parts of bundles are within theirs."""
    line_rows = order_rows.lines(tx, order_ids)
    facts = rows.size_facts(tx, {row["product_size_id"] for row in line_rows} - {None})
    warehouses = reference_of(tx.store).warehouses
    places: dict[int, dict[str, int]] = defaultdict(dict)
    for line_id, warehouse_id, quantity in rows.allocated_units(tx, order_ids):
        name = warehouses[warehouse_id].name
        places[line_id][name] = places[line_id].get(name, 0) + quantity
    by_id: dict[int, BookLine] = {}
    found: dict[int, list[BookLine]] = defaultdict(list)
    for row in line_rows:
        line = _book_line(row, facts.get(row["product_size_id"]), list(places[row["id"]].items()))
        by_id[line.id] = line
        parent = by_id.get(row["parent_line_id"])
        if parent is not None:
            parent.parts.append(line)
            line.bundle_product_id = parent.row["product_id"]
        elif line.quantity:
            found[row["order_id"]].append(line)
    for line in by_id.values():
        if line.parts:
            _complete_bundle(line)
    return found


def _book_line(row: Row, facts: Row | None, places: list[tuple[str, int]]) -> BookLine:
    """A line without its cancelled units, which the order's totals do not have either."""
    kept = row["quantity"] - row["cancelled_quantity"]
    return BookLine(
        row=row,
        sku=_sku(row["sku"], facts),
        facts=facts,
        quantity=kept,
        price_each=row["price_each"],
        original_each=row["price_each_before"] if row["own_price"] is None else row["own_price"],
        total=ratio(row["line_total"], kept, row["quantity"]),
        warehouses=places,
    )


def _sku(sold_as: str, facts: Row | None) -> tuple[str, str, str]:
    """The three parts of an article number; of one that was overridden there is only one."""
    if facts is not None:
        parts = (facts["product_number"], facts["variant_number"], facts["size_number"])
        if not sold_as or "".join(parts) == sold_as:
            return parts
    return sold_as, "", ""


def _complete_bundle(line: BookLine) -> None:
    """What a bundle costs piece by piece, and where its complete sets lie."""
    sets = line.row["quantity"]
    line.original_each = sum(ratio(part.original_each, part.row["quantity"], sets) for part in line.parts)
    names = dict.fromkeys(name for part in line.parts for name, _ in part.warehouses)
    complete = {
        name: min(dict(part.warehouses).get(name, 0) * sets // part.row["quantity"] for part in line.parts)
        for name in names
    }
    line.warehouses = [(name, quantity) for name, quantity in complete.items() if quantity]


# ------------------------------------------------------------------ shipments


class ShipmentRecord(Struct):
    """A shipment with its order and what it holds. Amounts are hundredths; `tax_deducted` and `discount` are >= 0."""

    row: Row
    order: OrderRecord
    lines: list[BookLine]
    invoices: list[Row]
    payment_terms: Terms | None
    shipping_terms: Terms | None
    discount: int
    tax_added: int
    tax_deducted: int
    taxes: list[tuple[str, int, int]]  # name, percent, amount

    @property
    def number(self) -> str:
        return f"{self.order.row['number']}-{self.row['position']}"

    @property
    def should_capture(self) -> bool:
        """Whether money has to be taken before it leaves: somebody reserved it, and nobody took it yet."""
        return self.order.has_payments and not self.row["is_captured"] and not self.row["is_paid"]


def listed_shipments(tx: Transaction, **wanted: Any) -> list[ShipmentRecord]:
    """Shipments of visible orders, oldest first; the filters are those of `store.order_book.shipments`.

    Every status of an order is visible here.
    """
    return shipment_records(tx, rows.shipments(tx, scope_of(tx, every_status=True), **wanted))


def shipment_records(tx: Transaction, shipment_rows: Sequence[Row]) -> list[ShipmentRecord]:
    """The records of these rows of shipments, in their order."""
    if not shipment_rows:
        return []
    orders = records(tx, list({row["order_id"] for row in shipment_rows}))
    contents: dict[int, list[Row]] = {}
    invoices: dict[int, list[Row]] = {}
    for ids in batches([row["id"] for row in shipment_rows]):
        contents |= rows.shipment_lines(tx, ids)
        invoices |= rows.invoices(tx, ids)
    payment_terms, shipping_terms = rows.terms(tx, "payment_terms"), rows.terms(tx, "shipping_terms")
    return [
        _shipment(
            row,
            orders[row["order_id"]],
            contents.get(row["id"], []),
            invoices.get(row["id"], []),
            payment_terms,
            shipping_terms,
        )
        for row in shipment_rows
    ]


def _shipment(
    row: Row,
    order: OrderRecord,
    contents: Sequence[Row],
    invoices: list[Row],
    payment_terms: Mapping[int, Terms],
    shipping_terms: Mapping[int, Terms],
) -> ShipmentRecord:
    lines = _shipped_lines(order, contents)
    items = sum(line.total for line in lines)
    net = sum(entry["line_value"] for entry in contents)
    # what is charged beyond goods and costs is tax: added to prices without it, or taken off for exempt buyers
    tax = row["grand_total"] - net - row["shipping_cost"] - row["handling_cost"] if row["grand_total"] else 0
    return ShipmentRecord(
        row=row,
        order=order,
        lines=lines,
        invoices=invoices,
        payment_terms=payment_terms.get(order.row["payment_terms_id"]),
        shipping_terms=shipping_terms.get(order.row["shipping_terms_id"]),
        discount=max(0, items - net),
        tax_added=tax if order.row["tax_added"] else 0,
        tax_deducted=-tax if order.row["tax_deducted"] else 0,
        taxes=taxes_of_part(order, row["grand_total"]),
    )


def taxes_of_part(order: OrderRecord, charged: int) -> list[tuple[str, int, int]]:
    """The order's taxes in proportion to what a part of it is charged with: (name, percent, amount in hundredths)."""
    whole = order.row["grand_total"]
    if not whole:
        return []
    total = ratio(order.row["grand_total_tax"], charged, whole)
    amounts = shares(total, [tax["amount"] for tax in order.taxes])
    return [(tax["name"], tax["percent"], amount) for tax, amount in zip(order.taxes, amounts, strict=True) if amount]


def _shipped_lines(order: OrderRecord, contents: Sequence[Row]) -> list[BookLine]:
    """What a shipment holds, line by line; a bundle of which no set is complete shows as its parts."""
    names = order.reference.warehouses
    units: dict[int, list[Row]] = defaultdict(list)
    for entry in contents:
        units[entry["order_line_id"]].append(entry)

    def packed(line: BookLine) -> BookLine | None:
        entries = units.get(line.id)
        if entries is None:
            return None
        places: dict[str, int] = defaultdict(int)
        for entry in entries:
            if entry["warehouse_id"] is not None:
                places[names[entry["warehouse_id"]].name] += entry["quantity"]
        serials = [serial for entry in entries for serial in from_json(entry["serials_json"])]
        return _partly(line, sum(entry["quantity"] for entry in entries), list(places.items()), serials)

    found: list[BookLine] = []
    for line in order.lines:
        parts = [part for each in line.parts if (part := packed(each)) is not None]
        whole = packed(line)
        if parts:
            sets = _complete_sets(line, parts)
            if not sets:
                found += parts
                continue
            whole = _partly(line, sets, [(name, min(n, sets)) for name, n in line.warehouses], [])
            whole.parts = parts
            whole.total = sum(part.total for part in parts)
        if whole is not None:
            found.append(whole)
    return found


def _partly(line: BookLine, quantity: int, places: list[tuple[str, int]], serials: list[str]) -> BookLine:
    """Some units of a line."""
    total = ratio(line.total, quantity, line.quantity)
    return replace(line, quantity=quantity, total=total, warehouses=places, serials=serials, parts=[])


def _complete_sets(line: BookLine, parts: Sequence[BookLine]) -> int:
    packed = {part.id: part.quantity for part in parts}
    return min(packed.get(part.id, 0) * line.row["quantity"] // part.row["quantity"] for part in line.parts)


# ------------------------------------------------------------------ returns


class ReturnRecord(Struct):
    """A return with its order and its lines; `sku` by product size. Amounts are hundredths."""

    row: Row
    order: OrderRecord
    lines: list[Row]
    skus: Mapping[int, tuple[str, str, str]]
    tax: int
    tax_deducted: int

    @property
    def shipment_number(self) -> str:
        return f"{self.order.row['number']}-{self.row['shipment_position']}"


def listed_returns(tx: Transaction, **wanted: Any) -> list[ReturnRecord]:
    """Returns of orders in the plugin's markets, newest first; the filters are those of `store.order_book.returns`."""
    found = rows.returns(tx, settings_of(tx.store)["order.markets"] or None, **wanted)
    if not found:
        return []
    orders = records(tx, list({row["order_id"] for row in found}))
    lines: dict[int, list[Row]] = {}
    for ids in batches([row["id"] for row in found]):
        lines |= rows.return_lines(tx, ids)
    sizes = {line["product_size_id"]: line for each in lines.values() for line in each if line["product_size_id"]}
    facts = rows.size_facts(tx, sizes)
    skus = {size_id: _sku(line["sku"], facts.get(size_id)) for size_id, line in sizes.items()}
    return [_return(row, orders[row["order_id"]], lines.get(row["id"], []), skus) for row in found]


def _return(row: Row, order: OrderRecord, lines: list[Row], skus: Mapping[int, tuple[str, str, str]]) -> ReturnRecord:
    goods = sum(line["price_each"] * line["quantity"] for line in lines)
    costs = row["shipping_cost"] + row["handling_cost"] - row["voucher_value"]
    on_top = row["total"] + row["return_cost"] - goods - costs
    if order.row["tax_added"]:
        return ReturnRecord(row, order, lines, skus, on_top, 0)
    if order.row["tax_deducted"]:
        return ReturnRecord(row, order, lines, skus, 0, -on_top)
    return ReturnRecord(row, order, lines, skus, _tax_in_return(row, order, lines, costs), 0)


def _tax_in_return(row: Row, order: OrderRecord, lines: Sequence[Row], costs: int) -> int:
    """The tax that is in what a return is worth: goods at their own rates, all the rest at that of the order."""
    amounts: dict[int, int] = defaultdict(int)
    for line in lines:
        amounts[line["tax_percent"]] += line["price_each"] * line["quantity"]
    if order.row["grand_total_tax"]:
        amounts[order.row["tax_percent"]] += costs - row["return_cost"]
    return sum(contained_tax(amount, percent) for percent, amount in amounts.items())


# ------------------------------------------------------------------ changing orders


def number_and_position(shipment_number: str) -> tuple[int, int] | None:
    """The order's number and the position that a shipment's number `<order>-<n>` consists of; None for other texts."""
    order, dash, position = shipment_number.strip().partition("-")
    if not dash or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in (order, position)):
        return None
    return int(order), int(position)


def update_order(
    tx: Transaction,
    number: int,
    *,
    internal_comment: str | None = None,
    replace_internal_comment: bool = False,
    comment: str | None = None,
    replace_comment: bool = False,
    attributes: Mapping[str, Any] | None = None,
) -> None:
    """Adds to an order's comments, or replaces them, and sets attributes (order-api.md 5.1).

    Raises NotFound: `order` for an unknown one, `market` for one in a market that the plugin does not see.
    """
    row = order_rows.by_number(tx, number)
    if row is None or row["status"] == "incomplete":
        raise NotFound("order")
    if not is_in_market(tx, row):
        raise NotFound("market")
    columns = {}
    if internal_comment is not None:
        columns["internal_comment"] = _joined(row["internal_comment"], internal_comment, replace_internal_comment)
    if comment is not None:
        columns["additional_notes"] = _joined(row["additional_notes"], comment, replace_comment)
    order_rows.update(tx, row["id"], **columns)
    put_order_attributes(tx, row["id"], attributes or {})
    tx.event("order", row["id"], "updated", number=number)


def _joined(before: str, text: str, replaces: bool) -> str:
    return text if replaces or not before else f"{before}\n{text}"


def put_order_attributes(tx: Transaction, order_id: int, sent: Mapping[str, Any]) -> None:
    """Sets attributes of an order, named `<attribute>_<element>`; an empty text takes one away.

    What no attribute type describes is kept beside the described ones. Values that are no scalars are ignored.
    """
    if not sent:
        return
    put_attributes(tx, "order", order_id, sent)
    known = _attribute_names(tx)
    row = order_rows.get(tx, order_id)
    assert row is not None
    extra = from_json(row["extra_attributes_json"])
    for name, value in sent.items():
        if name in known or not (value is None or isinstance(value, (str, int, float))):
            continue
        extra.pop(name, None)
        if value is not None and value is not False and value != "":
            extra[name] = "1" if value is True else str(value)
    rows.keep_extra_attributes(tx, order_id, extra)


def _attribute_names(tx: Transaction) -> set[str]:
    """What the described attributes of orders are called when they are written."""
    names = set()
    for kind in attributes_of(tx.store).types.values():
        if kind.group == "order":
            names.add(kind.name)
            if kind.kind == "dynamic":
                names |= {f"{kind.name}_{element}" for element in kind.elements}
    return names
