"""Orders: reading them as they were agreed, and how they are confirmed, released and cancelled."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce import allocation, catalogue, ledger, shipment_packing
from mockcentra.commerce.attributes import object_attributes
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.model import (
    Address,
    AppliedVoucher,
    Attribute,
    CampaignPrice,
    CartLine,
    Context,
    LineDiscount,
    LinePart,
    ProductRecord,
    SizeRecord,
    Totals,
)
from mockcentra.commerce.money import ratio, shares
from mockcentra.commerce.reference import Language, PaymentMethod, Reference, ShippingOption, reference_of
from mockcentra.commerce.settings import setting
from mockcentra.store import Transaction, returns
from mockcentra.store import orders as rows
from mockcentra.store.database import Row, from_json


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipped shipment of an order."""

    number: str  # <order>-<n>
    shipped_at: int
    carrier: str
    service: str
    tracking_number: str
    tracking_url: str
    return_tracking_number: str
    additional_message: str


@dataclass(slots=True)
class Order:
    """An order with its lines, discounts and totals as they were agreed when it was placed.

    `context` is where it was placed (market, pricelist, country, language); `language` is None when nobody chose one.
    The vouchers' `line_hashes` name lines of the order.
    """

    id: int
    hash: str
    number: int
    status: str
    is_on_hold: bool
    is_waiting_for_payment: bool
    has_payment_mismatch: bool
    created_at: int
    context: Context
    language: Language | None
    lines: list[CartLine]
    vouchers: list[AppliedVoucher]
    automatic: list[AppliedVoucher]
    totals: Totals
    is_vat_exempt: bool
    payment_method: PaymentMethod | None
    shipping_option: ShippingOption | None
    address: Address
    shipping_address: Address
    additional_notes: str
    gift_message: str | None
    affiliate_html: str
    payment_data: dict[str, Any]
    customer_id: int | None
    parcels: list[Parcel]


# ------------------------------------------------------------------ reading


def load_order(tx: Transaction, order_id: int) -> Order:
    """One order. Raises NotFound (`order`)."""
    found = load_orders(tx, [order_id])
    if not found:
        raise NotFound("order")
    return found[0]


def id_of_number(tx: Transaction, number: int) -> int | None:
    """The id of the order with that number."""
    row = rows.by_number(tx, number)
    return None if row is None else row["id"]


def orders_of_customer(tx: Transaction, customer_id: int, start: int, size: int | None) -> tuple[list[Order], int]:
    """A page of a customer's orders, newest first, and how many there are in all. `size` None: all from `start` on."""
    ids = rows.ids_of_customer(tx, customer_id, start, -1 if size is None else size)
    return load_orders(tx, ids), rows.count_of_customer(tx, customer_id)


def load_orders(tx: Transaction, order_ids: Sequence[int]) -> list[Order]:
    """Orders in the order of these ids, read with a fixed number of queries."""
    by_id = {row["id"]: row for row in rows.by_ids(tx, order_ids)}
    if not by_id:
        return []
    lines = _lines(tx, order_ids)
    vouchers: dict[int, list[AppliedVoucher]] = defaultdict(list)
    voucher_rows = rows.vouchers(tx, order_ids)
    voucher_ids = {row["voucher_id"] for row in voucher_rows}
    attributes = object_attributes(tx, "voucher", sorted(voucher_ids)) if voucher_ids else {}
    for row in voucher_rows:
        vouchers[row["order_id"]].append(_voucher(row, attributes))
    taxes: dict[int, dict[tuple[str, int, bool], int]] = defaultdict(dict)
    for row in rows.taxes(tx, order_ids):
        taxes[row["order_id"]][row["name"], row["percent"], bool(row["included"])] = row["amount"]
    parcels = rows.shipments(tx, order_ids)
    affiliates = rows.affiliate_html(tx, [row["affiliate_id"] for row in by_id.values() if row["affiliate_id"]])
    reference = reference_of(tx.store)
    found = []
    for order_id in order_ids:
        if order_id not in by_id:
            continue
        row = by_id[order_id]
        of_order = lines.get(order_id, [])
        found.append(
            Order(
                id=order_id,
                hash=row["hash"],
                number=row["number"],
                status=row["status"],
                is_on_hold=bool(row["is_on_hold"]),
                is_waiting_for_payment=bool(row["is_waiting_for_payment"]),
                has_payment_mismatch=bool(row["has_payment_mismatch"]),
                created_at=row["created_at"],
                context=_context(tx, reference, row),
                language=reference.languages.get(row["language_id"]) if row["language_id"] else None,
                lines=of_order,
                vouchers=[note for note in vouchers[order_id] if note.trigger != "auto"],
                automatic=[note for note in vouchers[order_id] if note.trigger == "auto"],
                totals=_totals(row, of_order, taxes[order_id]),
                is_vat_exempt=bool(row["is_vat_exempt"]),
                payment_method=reference.payment_methods.get(row["payment_method_id"]),
                shipping_option=reference.shipping_options.get(row["shipping_option_id"]),
                address=from_json(row["address_json"]),
                shipping_address=from_json(row["shipping_address_json"]),
                additional_notes=row["additional_notes"],
                gift_message=row["gift_message"],
                affiliate_html=affiliates.get(row["affiliate_id"], ""),
                payment_data=from_json(row["payment_data_json"]),
                customer_id=row["customer_id"],
                parcels=[_parcel(row, parcel) for parcel in parcels.get(order_id, ()) if parcel["is_shipped"]],
            )
        )
    return found


def _context(tx: Transaction, reference: Reference, row: Row) -> Context:
    store_id = row["store_id"]
    country = reference.countries.get(row["country_id"])
    # without a choice the shopper has read the country's own language
    language_id = row["language_id"] or (country.language_id if country else None)
    pricelist = reference.pricelists.get(row["pricelist_id"]) or reference.default_pricelist(store_id)
    return Context(
        store_id=store_id,
        market=reference.markets.get(row["market_id"]) or reference.default_market(store_id),
        pricelist=pricelist,
        currency=reference.currencies[row["currency_id"]],
        country=country,
        state=reference.states.get(row["state_id"]),
        language=reference.languages.get(language_id or 0) or reference.default_language,
        tax_class_id=row["tax_class_id"],
        now=tx.now,
        reference=reference,
    )


def _totals(row: Row, lines: Sequence[CartLine], taxes: dict[tuple[str, int, bool], int]) -> Totals:
    return Totals(
        items=row["items_total"],
        discount=row["discount_total"] or None,
        shipping=row["shipping_cost"],
        handling=row["handling_cost"],
        quantity=sum(line.quantity for line in lines),
        tax_deducted=row["tax_deducted"] or None,
        tax_added=row["tax_added"] or None,
        tax_percent=row["tax_percent"],
        grand_total=row["grand_total"],
        grand_total_tax=row["grand_total_tax"],
        taxes=taxes,
    )


def _voucher(row: Row, attributes: Mapping[int, tuple[Attribute, ...]]) -> AppliedVoucher:
    details = from_json(row["details_json"])
    free_line = details.get("free_line")
    return AppliedVoucher(
        voucher_id=row["voucher_id"],
        name=row["name"],
        trigger=row["trigger"],
        code=row["code"],
        price_off=row["price_off"],
        shipping_off=row["shipping_off"],
        line_hashes=details.get("lines", []),
        expires_at=row["expires_at"],
        free_shipping_for=details.get("free_shipping_for"),
        free_line=tuple(free_line) if free_line else None,
        affects_items=bool(details.get("affects_items")),
        attributes=attributes.get(row["voucher_id"], ()),
        subvoucher_id=row["subvoucher_id"],
    )


def _parcel(order: Row, row: Row) -> Parcel:
    return Parcel(
        f"{order['number']}-{row['position']}",
        row["shipped_at"] or row["created_at"],
        row["carrier"],
        row["service"],
        row["tracking_number"],
        row["tracking_url"],
        row["return_tracking_number"],
        row["additional_message"],
    )


# ------------------------------------------------------------------ lines


def _lines(tx: Transaction, order_ids: Sequence[int]) -> dict[int, list[CartLine]]:
    """Order id -> its lines; the parts of bundles are within their line."""
    line_rows = rows.lines(tx, order_ids)
    records = catalogue.records(tx, [row["display_item_id"] for row in line_rows if row["display_item_id"]])
    campaigns = rows.campaign_names(tx, {row["campaign_id"] for row in line_rows if row["campaign_id"]})
    discounts: dict[int, list[LineDiscount]] = defaultdict(list)
    for row in rows.line_discounts(tx, order_ids):
        discounts[row["order_line_id"]].append(
            LineDiscount(
                row["voucher_id"], row["trigger"] == "auto", row["code"], row["amount"], bool(row["affected_price"])
            )
        )
    reference = reference_of(tx.store)
    found: dict[int, list[CartLine]] = defaultdict(list)
    by_id: dict[int, CartLine] = {}
    for row in line_rows:
        if row["cancelled_quantity"] == row["quantity"]:
            continue  # nothing of it is left, and the totals do not have it either
        record = records.get(row["display_item_id"])
        parent = by_id.get(row["parent_line_id"])
        if parent is not None:
            if record is not None:
                parent.parts.append(_part(row, record))
            continue
        line = _line(row, record, reference, campaigns, discounts.get(row["id"], []))
        _take_off(line, row["cancelled_quantity"])
        by_id[line.id] = line
        found[row["order_id"]].append(line)
    for line in by_id.values():
        totals_before = shares(line.total_before, [part.total for part in line.parts])
        for part, total_before in zip(line.parts, totals_before, strict=True):
            part.total_before = total_before
    return found


def _line(
    row: Row,
    record: ProductRecord | None,
    reference: Reference,
    campaigns: Mapping[int, str],
    discounts: list[LineDiscount],
) -> CartLine:
    moved = sum(share.amount for share in discounts if share.affected_price)
    plan = reference.plans.get(row["subscription_plan_id"])
    campaign = None
    campaign_discount = 0
    if row["campaign_id"] in campaigns:
        campaign = CampaignPrice(
            row["campaign_id"], campaigns[row["campaign_id"]], frozenset(), frozenset(), 0, {}, None, None, False, False
        )
        paid_for_one = ratio(row["line_total"] - moved, 1, row["quantity"])
        if plan is not None:
            paid_for_one = ratio(paid_for_one, 10000, 10000 - plan.percent)
        campaign_discount = min(0, paid_for_one - row["price_each_before"])
    return CartLine(
        id=row["id"],
        hash=row["hash"],
        record=record,
        size=_size(row, record) if record is not None else None,
        gift_certificate=reference.gift_certificates.get(row["gift_certificate_id"]),
        quantity=row["quantity"],
        comment=row["comment"],
        product_url=row["product_url"],
        category_id=row["category_id"],
        localization_name=row["localization_name"],
        localized_size=row["localized_size"],
        plan=plan,
        free_voucher_id=None,
        price_each=row["price_each"],
        price_each_before=row["price_each_before"],
        total=row["line_total"],
        total_before=row["price_each_before"] * row["quantity"],
        campaign=campaign,
        campaign_discount=campaign_discount,
        tax_percent=row["tax_percent"],
        is_tax_included=bool(row["is_tax_included"]),
        discounts=discounts,
    )


def _take_off(line: CartLine, cancelled: int) -> None:
    """Leaves out the cancelled pieces of a line, as the order's totals do."""
    if not cancelled:
        return
    kept = line.quantity - cancelled
    line.total = ratio(line.total, kept, line.quantity)
    for share in line.discounts:
        share.amount = ratio(share.amount, kept, line.quantity)
    line.total_before = line.price_each_before * kept
    line.quantity = kept


def _part(row: Row, record: ProductRecord) -> LinePart:
    """A part of a bundle, without its total before discounts: that is shared out among all parts."""
    return LinePart(
        record,
        _size(row, record),
        row["bundle_section_id"],
        row["quantity"],
        row["price_each"],
        row["price_each_before"],
        row["line_total"],
        0,
    )


def _size(row: Row, record: ProductRecord) -> SizeRecord:
    """The size as it was sold, whatever has become of it since."""
    now = record.size(row["product_size_id"])
    return SizeRecord(
        row["product_size_id"],
        row["size_name"],
        now.x if now else 0,
        now.y if now else 0,
        row["ean"],
        row["upc"],
        row["sku"],
        now.is_preorder if now else False,
        now.is_infinite if now else False,
    )


# ------------------------------------------------------------------ the life of an order


def row_of(tx: Transaction, order_id: int) -> Row:
    """The order's row. Raises NotFound (`order`)."""
    row = rows.get(tx, order_id)
    if row is None:
        raise NotFound("order")
    return row


def proceed(tx: Transaction, order_id: int) -> None:
    """Takes a paid order as far as the store lets it go by itself: confirmed, and a shipment (domain.md 9.2).

    An order on hold or one that waits for its payment stays where it is.
    """
    order = row_of(tx, order_id)
    if order["is_waiting_for_payment"] or (order["is_on_hold"] and not order["has_payment_mismatch"]):
        return
    if order["status"] == "pending" and setting(tx, "store.autoconfirm"):
        confirm(tx, order_id)
        if setting(tx, "store.direct_to_shipment") and not order["is_on_hold"]:
            shipment_packing.create(tx, order_id)


def confirm(tx: Transaction, order_id: int) -> None:
    """Pending becomes Confirmed. Raises Invalid (`order`) for any other status."""
    order = row_of(tx, order_id)
    if order["status"] != "pending":
        raise Invalid({"order": "not pending"})
    rows.update(tx, order_id, status="confirmed", confirmed_at=tx.now)
    rows.add_history(tx, order_id, "confirmed")
    tx.event("order", order_id, "updated", number=order["number"], status="confirmed")


def cancel_order(tx: Transaction, order_id: int, releases_authorisation: bool = True) -> None:
    """Cancels an order: its stock and, unless somebody else sees to it, its authorisation are released (domain.md 9.2).

    Raises Invalid (`order`) once money was captured or something was shipped or returned, and for an order that is
    over.
    """
    order = row_of(tx, order_id)
    if order["status"] not in ("pending", "confirmed", "processing"):
        raise Invalid({"order": f"is {order['status']}"})
    if ledger.is_captured(tx, order):
        raise Invalid({"order": "is captured"})
    if any(row["is_shipped"] for row in rows.shipments(tx, [order_id]).get(order_id, ())):
        raise Invalid({"order": "is shipped"})
    if returns.has_of_order(tx, order_id):
        raise Invalid({"order": "has returns"})
    allocation.release(tx, order_id)
    rows.remove_shipments(tx, order_id)
    if releases_authorisation:
        ledger.release(tx, order)
    rows.update(tx, order_id, status="cancelled", cancelled_at=tx.now)
    rows.add_history(tx, order_id, "cancelled")
    tx.event("order", order_id, "updated", number=order["number"], status="cancelled")
