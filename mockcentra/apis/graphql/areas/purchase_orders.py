"""Purchase orders, their deliveries, and what accepting them brings."""

from collections.abc import Iterable, Mapping
from typing import Any

from mockcentra.apis.graphql.addresses import address, merged
from mockcentra.apis.graphql.areas.stock_changes import product_sizes
from mockcentra.apis.graphql.areas.suppliers import (
    currency_code,
    customs,
    customs_of,
    detail,
    kept_among,
    terms_and_places,
)
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.moments import DEFAULT_FORMAT, shown
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    Among,
    Batch,
    Column,
    Computed,
    Dates,
    Linked,
    Many,
    Moment,
    One,
    Type,
    Weights,
    Where,
    define,
    text,
)
from mockcentra.commerce import supplier_writing, suppliers
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_supply as supply
from mockcentra.store import records
from mockcentra.store import suppliers as rows
from mockcentra.store.database import Row, from_json
from mockcentra.store.graphql_reading import Condition

ORDER = "supplier_order_id>supplier_orders"
_STATES = {"open": "ON_DELIVERY", "accepted": "ACCEPTED", "cancelled": "CANCELLED"}


class KeptMoment:
    """A moment that is kept among the details of a row."""

    columns = ("details_json",)

    def __init__(self, name: str) -> None:
        self.name = name

    def values(self, run: Run, field: Field, found: Any, weights: Weights) -> list[Any]:
        position = field.positions[0]
        pattern = field.arguments(run).get("format") or DEFAULT_FORMAT
        moments = (from_json(row[position]).get(self.name) for row in found)
        return [None if moment is None else shown(moment, pattern) for moment in moments]


def _states_of_orders(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[str]:
    found = supply.states_of_orders(run.tx, [row[0] for row in picked])
    return [found[row[0]] for row in picked]


def _with_state(run: Run, value: Iterable[str]) -> Condition:
    return reading.any_of([supply.STATUSES_OF_ORDERS[name] for name in value if name in supply.STATUSES_OF_ORDERS])


def _line(run: Run, row: Row, quantity: int, links: list[Row], currency_id: int) -> dict[str, Any]:
    """What a line of an order and one of a delivery have in common."""
    linked = min(quantity, sum(link["quantity"] for link in links))
    return {
        "quantity": quantity,
        "linkedQuantity": linked,
        "unlinkedQuantity": quantity - linked,
        "unitCost": money(run, row["cost"], currency_id),
        **customs(run, row["customs_type"], row["customs"], row["cost"], currency_id),
        "linkedToOrderLines": list(dict.fromkeys(link["order_line_id"] for link in links)),
        "product": row["product_id"],
        "productVariant": row["variant_id"],
        "productSize": row["product_size_id"],
    }


def _lines(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    found = rows.order_lines(run.tx, [row[0] for row in picked])
    links = rows.linked_lines(run.tx, [line["id"] for lines in found.values() for line in lines])
    return [
        [_line(run, line, line["quantity"], links.get(line["id"], []), currency) for line in found.get(order_id, ())]
        for order_id, currency in picked
    ]


def _quantities(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[int]:
    found = rows.order_lines(run.tx, [row[0] for row in picked])
    return [sum(line["quantity"] for line in found.get(row[0], ())) for row in picked]


def _worths(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
    found = rows.order_lines(run.tx, [row[0] for row in picked])
    totals = (sum(line["quantity"] * line["cost"] for line in found.get(row[0], ())) for row in picked)
    return [money(run, total, row[1]) for total, row in zip(totals, picked, strict=True)]


def _delivered(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[dict[str, Any]]]:
    """The lines of deliveries; what they cost with their share of the delivery's own costs."""
    found = rows.delivery_lines(run.tx, [row[0] for row in picked])
    every = [line for lines in found.values() for line in lines]
    links = rows.linked_lines(run.tx, [line["supplier_order_line_id"] for line in every])
    answers = []
    for delivery_id, status, written, currency in picked:
        lines = found.get(delivery_id, ())
        details = from_json(written)
        extra = (details.get("shipping_cost") or 0) + (details.get("other_costs") or 0)
        counted = [line["accepted_quantity"] if status == "accepted" else line["quantity"] for line in lines]
        by_value = details.get("distribution") == "BY_VALUE"
        weights = [
            quantity * line["cost"] if by_value else quantity for line, quantity in zip(lines, counted, strict=True)
        ]
        made = []
        for line, quantity, weight in zip(lines, counted, weights, strict=True):
            entry = _line(run, line, quantity, links.get(line["supplier_order_line_id"], []), currency)
            share = round(extra * weight / sum(weights) / quantity) if sum(weights) and quantity else 0
            duty = entry["customsValue"]["valueInCents"] if entry["customsValue"] else 0
            made.append({**entry, "landedCost": money(run, line["cost"] + duty + share, currency)})
        answers.append(made)
    return answers


def _kept_money(name: str) -> Batch:
    return Batch(
        lambda run, arguments, picked: [
            money(run, from_json(written).get(name) or 0, currency) for written, currency in picked
        ],
        "details_json",
        f"{ORDER}.currency_id",
    )


def _kept_address(name: str) -> Batch:
    return Batch(
        lambda run, arguments, picked: [address(run, from_json(row[0]).get(name)) for row in picked], "details_json"
    )


def _number(number: int, position: int) -> str:
    return f"{number}-{position}"


def _stock_changes(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[int | None]:
    numbers = [_number(*row) for row in picked]
    found = rows.changes_of_deliveries(run.tx, numbers)
    return [found.get(number) for number in numbers]


def _in_status(run: Run, value: str) -> Condition:
    return reading.among("status", [ours for ours, theirs in _STATES.items() if theirs == value])


def _kept_during(name: str) -> Where:
    def condition(run: Run, value: Mapping[str, Any]) -> Condition:
        ends = [None if value.get(end) is None else run.moment(value[end]) for end in ("from", "to")]
        return supply.detail_between(name, *ends)

    return Where(condition, supply.has_detail(name))


define(
    Type(
        "PurchaseOrder",
        "supplier_orders",
        fields={
            "status": Batch(_states_of_orders, "id"),
            "createdAt": Moment("created_at"),
            "updatedAt": Moment("updated_at"),
            "ETA": Moment("eta_at"),
            "requestedETD": Moment("etd_at"),
            "confirmedETD": KeptMoment("confirmed_etd_at"),
            "internalComment": detail("internal_comment"),
            "externalComment": Column("message", text),
            "ourReference": detail("reference"),
            "totalQuantity": Batch(_quantities, "id"),
            "totalValue": Batch(_worths, "id", "currency_id"),
            "currency": One("currency_id"),
            "lines": Batch(_lines, "id", "currency_id"),
            "paymentTerms": detail("payment_terms_id"),
            "preferredWarehouse": One("warehouse_id"),
            "deliveries": Many("supplier_order_id"),
            "shippingAddress": _kept_address("shipping_address"),
            "supplierAddress": _kept_address("supplier_address"),
            "shippingTerms": detail("shipping_terms_id"),
            "supplier": One("supplier_id"),
            "documentTemplate": detail("document_template_id"),
        },
        filters={
            "status": Where(_with_state),
            "createdAt": Dates("created_at"),
            "updatedAt": Dates("updated_at"),
            "ETA": Dates("eta_at"),
            "requestedETD": Dates("etd_at"),
            "confirmedETD": _kept_during("confirmed_etd_at"),
            "ourReference": kept_among("reference"),
            "supplierName": Among("supplier_id>suppliers.name"),
            "productVariantId": Linked(supply.orders_of("variant_id")),
            "productSizeId": Linked(supply.orders_of("size_id")),
            "currencyId": Among("currency_id"),
            "preferredWarehouseId": Among("warehouse_id"),
            "supplierId": Among("supplier_id"),
        },
        sorts={"createdAt": "created_at", "updatedAt": "updated_at"},
        search=("number", "message", "supplier_id>suppliers.name"),
        external="supplier_order",
    ),
    Type(
        "PurchaseOrderDelivery",
        "supplier_deliveries",
        fields={
            "number": Computed(_number, f"{ORDER}.number", "position"),
            "status": Column("status", _STATES.__getitem__),
            "createdAt": Moment("created_at"),
            "exFactoryDate": KeptMoment("ex_factory_at"),
            "ETA": KeptMoment("eta_at"),
            "comment": detail("comment"),
            "shippingCost": _kept_money("shipping_cost"),
            "otherCosts": _kept_money("other_costs"),
            "costDistribution": Computed(
                lambda written: from_json(written).get("distribution") or "BY_QUANTITY", "details_json"
            ),
            "isAccepted": Column("status", lambda status: status == "accepted"),
            "adminUser": detail("admin_user_id"),
            "currency": One(f"{ORDER}.currency_id"),
            "lines": Batch(_delivered, "id", "status", "details_json", f"{ORDER}.currency_id"),
            "supplier": One(f"{ORDER}.supplier_id"),
            "purchaseOrder": One("supplier_order_id"),
            "warehouse": Computed(lambda own, usual: own or usual, "warehouse_id", f"{ORDER}.warehouse_id"),
            "stockChange": Batch(_stock_changes, f"{ORDER}.number", "position"),
        },
        filters={
            "number": Where(lambda run, value: supply.with_numbers(value)),
            "status": Where(_in_status),
            "createdAt": Dates("created_at"),
            "ETA": _kept_during("eta_at"),
            "adminUserId": kept_among("admin_user_id"),
            "currencyId": Among(f"{ORDER}.currency_id"),
            "productSizeId": Linked(supply.deliveries_of("size_id")),
            "productVariantId": Linked(supply.deliveries_of("variant_id")),
            "supplierId": Among(f"{ORDER}.supplier_id"),
            "warehouseId": Where(
                lambda run, value: reading.any_of(
                    [
                        reading.among("warehouse_id", value),
                        reading.all_of(
                            [reading.is_null("warehouse_id"), reading.among(f"{ORDER}.warehouse_id", value)]
                        ),
                    ]
                )
            ),
        },
        sorts={"createdAt": "created_at"},
        search=(supply.DELIVERY_NUMBER, f"{ORDER}.supplier_id>suppliers.name"),
    ),
)


# ------------------------------------------------------------------ writing


def _order_lines(given: Input, name: str, code: str | None) -> list[supplier_writing.Line]:
    """The lines of an input, with user errors for sizes of other variants and quantities that cannot be."""
    parts = given.parts(name)
    variants = given.refs_of(parts, "productVariant", "ProductVariant")
    sizes = product_sizes(given, parts)
    for_lines = given.refs_of(parts, "orderLine", "OrderLine")
    ordered = {row[0]: row[1] for row in reading.by_ids(given.run.tx, "order_lines", ("product_size_id",), for_lines)}
    known = records.get_many(given.run.tx, "product_sizes", sizes)
    found = []
    for part, variant_id, size_id, line_id in zip(parts, variants, sizes, for_lines, strict=True):
        if part["quantity"] < 1 or part["quantity"] > 10_000_000:
            part.error("quantity must be at least 1", "quantity")
        if size_id is not None and variant_id is not None and known[size_id]["variant_id"] != variant_id:
            part.error(f"Product size ID {size_id} is of another variant", "productSize")
        cost = part.money("unitPrice", code)
        if cost is not None and cost < 0:
            part.error("unitPrice must not be negative", "unitPrice", "value")
        kind, worth = customs_of(part, "customsType", "customsTax")
        if line_id is not None and size_id is not None and ordered[line_id] != size_id:
            part.error(f"Order line ID {line_id} is of another size", "orderLine")
        found.append(supplier_writing.Line(size_id or 0, variant_id or 0, part["quantity"], cost, kind, worth, line_id))
    return found


def _order_values(given: Input, before: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(columns, details) that the input of a purchase order sets."""
    columns: dict[str, Any] = {}
    details = terms_and_places(given)
    for name, column in (("ETA", "eta_at"), ("requestedETD", "etd_at")):
        if name in given:
            columns[column] = given.moment(name)
    if "confirmedETD" in given:
        details["confirmed_etd_at"] = given.moment("confirmedETD")
    if "externalComment" in given:
        columns["message"] = given["externalComment"] or ""
    details |= given.given(internal_comment="internalComment", reference="ourReference")
    warehouse_id = given.ref("preferredWarehouse", "Warehouse")
    if warehouse_id is not None:
        columns["warehouse_id"] = warehouse_id
    for name, key in (("shippingAddress", "shipping_address"), ("supplierAddress", "supplier_address")):
        part = given.part(name)
        if part is not None:
            details[key] = merged(part, before.get(key) or {})
            if part.get("supplierName") is not None:
                details[key]["company"] = part["supplierName"]
    return columns, details


@mutation("createPurchaseOrder")
def create_purchase_order(change: Change) -> dict[str, Any]:
    """What is ordered from a supplier; confirmed once the supplier said when it is sent."""
    given = change.input
    supplier_id = given.ref("supplier", "Supplier")
    supplier = records.get(change.tx, "suppliers", supplier_id) if supplier_id else None
    before: dict[str, Any] = {}
    if supplier is not None:
        own = from_json(supplier["details_json"])
        before = {"supplier_address": {"company": supplier["name"], **(own.get("address") or {})}}
        if supplier["currency_id"] is None:
            given.error("The supplier has no currency", "supplier")
    columns, details = _order_values(given, before)
    details = {**before, **details}
    lines = _order_lines(given, "addPurchaseOrderLines", currency_code(change.run, supplier))
    change.check()
    assert supplier_id is not None
    order_id = supplier_writing.create_order(change.tx, supplier_id, lines, details=details, **columns)
    change.external_id("PurchaseOrder", order_id)
    return {"purchaseOrder": order_id}


@mutation("updatePurchaseOrder")
def update_purchase_order(change: Change) -> dict[str, Any]:
    """Changes a purchase order and adds lines to it."""
    order_id = change.target("PurchaseOrder")
    given = change.input
    row = records.get(change.tx, "supplier_orders", order_id)
    assert row is not None
    columns, details = _order_values(given, from_json(row["details_json"]))
    lines = _order_lines(given, "addPurchaseOrderLines", currency_code(change.run, row))
    change.external_id("PurchaseOrder", order_id)
    change.check()
    supplier_writing.change_order(change.tx, order_id, lines, details=details, **columns)
    return {"purchaseOrder": order_id}


@mutation("createPurchaseOrderDelivery")
def create_purchase_order_delivery(change: Change) -> dict[str, Any]:
    """What a supplier is about to bring of a purchase order."""
    given = change.input
    order_id = given.ref("purchaseOrder", "PurchaseOrder")
    row = records.get(change.tx, "supplier_orders", order_id) if order_id else None
    code = currency_code(change.run, row)
    lines = [*_order_lines(given, "addLinkedLines", code), *_order_lines(given, "addUnlinkedLines", code)]
    if not lines:
        given.error("A delivery needs lines", "addUnlinkedLines")
    warehouse = given.ref("preferredWarehouse", "Warehouse")
    details = {
        "eta_at": given.moment("ETA"),
        "ex_factory_at": given.moment("exFactoryDate"),
        "shipping_cost": given.money("shippingCost", code),
        "other_costs": given.money("otherCosts", code),
        "distribution": given["shippingDistributionMethod"],
        "admin_user_id": given.ref("adminUser", "AdminUser"),
    }
    for name in ("shippingCost", "otherCosts"):
        if given.get(name) is not None and given[name]["value"] < 0:
            given.error(f"{name} must not be negative", name, "value")
    change.check()
    assert order_id is not None
    delivery_id = supplier_writing.create_delivery(change.tx, order_id, lines, details=details, warehouse_id=warehouse)
    return {"purchaseOrderDelivery": delivery_id}


@mutation("acceptPurchaseOrderDelivery")
def accept_purchase_order_delivery(change: Change) -> dict[str, Any]:
    """Everything of a delivery came: it lies in the warehouse, and orders that wait for it have theirs first."""
    delivery_id = change.target("PurchaseOrderDelivery")
    given = change.input
    warehouse_id = given.ref("warehouse", "Warehouse")
    admin_user_id = given.ref("adminUser", "AdminUser")
    change.check()
    replaces = given.get("stockInsertType") == "REPLACE"
    suppliers.accept_whole(change.tx, delivery_id, warehouse_id, replaces, admin_user_id)
    return {"purchaseOrderDelivery": delivery_id}
