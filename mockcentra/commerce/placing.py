"""Placing an order: a selection is frozen with its prices, its stock is reserved, its vouchers are redeemed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from mockcentra.commerce import (
    allocation,
    customers,
    delivery_groups,
    gift_certificates,
    ledger,
    mails,
    orders,
    shipments,
    subscriptions,
    vouchers,
)
from mockcentra.commerce.allocation import Need
from mockcentra.commerce.errors import OutOfStock
from mockcentra.commerce.model import (
    Address,
    AppliedVoucher,
    Cart,
    CartLine,
    Context,
    ProductRecord,
    Shortage,
    SizeRecord,
    Totals,
)
from mockcentra.commerce.money import number, ratio, shares
from mockcentra.commerce.reference import PaymentMethod, Reference, reference_of
from mockcentra.commerce.settings import setting
from mockcentra.store import Transaction
from mockcentra.store import orders as rows
from mockcentra.store.database import Row, to_json

MAIL_GIFT_CERTIFICATE = "giftCertificate"

_INHERITED = ("email", "phoneNumber")


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What a payment provider reserved: hundredths of a currency, and the provider's reference."""

    amount: int
    currency_id: int
    reference: str
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """What an order has beside its selection.

    `number` is the one that its payment reserved, None for the next one. `authorisation` None: nothing had to be paid.
    `password_hash` makes an account of the buyer. `payment_data` is what the payment method adds to the order.
    """

    number: int | None = None
    payment_method: PaymentMethod | None = None
    authorisation: Authorisation | None = None
    payment_data: dict[str, Any] = field(default_factory=dict)
    password_hash: str | None = None
    affiliate_id: int | None = None
    campaign_site_id: int | None = None
    ip_address: str = ""


def place_order(tx: Transaction, cart: Cart, placement: Placement) -> int:
    """Makes the selection an order; returns the order's id (checkout-api.md 12.4, 15; domain.md 9.2).

    The caller closes the selection. Pieces that are not there and that nobody may wait for raise OutOfStock, vouchers
    that were used up meanwhile raise Invalid; nothing of the order stays then.

    An authorisation of another amount or currency than the order's puts it on hold with a payment mismatch; one that
    is pending leaves it Pending, on hold and waiting for its payment. All others go on by themselves: confirmed, sent
    to shipment, completed, as settings and goods have it.
    """
    with tx.savepoint():
        return _place(tx, cart, placement)


def _place(tx: Transaction, cart: Cart, placement: Placement) -> int:
    order_number = placement.number or tx.next_number("order")
    vouchers.redeem(tx, cart)
    frozen = with_item_vouchers(cart)
    order_id = _add_order(tx, cart, frozen.totals, order_number, placement)
    needs = add_lines(tx, order_id, frozen.lines)
    add_vouchers(tx, order_id, frozen.notes)
    rows.add_taxes(
        tx,
        order_id,
        [(name, percent, int(included), amount) for (name, percent, included), amount in frozen.totals.taxes.items()],
    )
    _allocate(tx, cart, needs)
    order = orders.row_of(tx, order_id)
    delivery_groups.split_by_warehouse(tx, order)
    rows.add_history(tx, order_id, "placed")
    tx.event("order", order_id, "created", number=order_number)
    _authorise(tx, order, placement.authorisation)
    subscriptions.start_contract(tx, order_id, cart)
    _send_mails(tx, cart, order)
    if placement.authorisation is None or not placement.authorisation.is_pending:
        finish(tx, order_id)
    return order_id


def finish(tx: Transaction, order_id: int) -> None:
    """What follows once the money is certain: gift certificates are issued, other orders go on as the settings say."""
    order = orders.row_of(tx, order_id)
    if not order["is_on_hold"] and any(line["gift_certificate_id"] for line in rows.lines(tx, [order_id])):
        _issue_gifts(tx, order)
        shipments.deliver_by_mail(tx, order_id)
        return
    if setting(tx, "store.direct_capture"):
        ledger.capture(tx, order, order["grand_total"])
    orders.proceed(tx, order_id)


# ------------------------------------------------------------------ freezing the cart


@dataclass(slots=True)
class Frozen:
    """A cart as its order keeps it."""

    lines: list[CartLine]
    notes: list[AppliedVoucher]
    totals: Totals


def with_item_vouchers(cart: Cart) -> Frozen:
    """The cart with the shares of vouchers that work on order items inside the item prices (checkout-api.md 9.2).

    What is paid is the same before and after.
    """
    notes = [*cart.vouchers, *cart.automatic]
    moving = {note.voucher_id for note in notes if note.affects_items}
    if not moving:
        return Frozen(cart.lines, notes, cart.totals)
    lines = [_moved(line, moving) for line in cart.lines]
    moved = sum(line.total for line in lines) - sum(line.total for line in cart.lines)
    totals = replace(
        cart.totals, items=cart.totals.items + moved, discount=((cart.totals.discount or 0) - moved) or None
    )
    return Frozen(lines, [replace(n, price_off=0) if n.voucher_id in moving else n for n in notes], totals)


def _moved(line: CartLine, moving: set[int]) -> CartLine:
    discounts = [replace(share, affected_price=share.voucher_id in moving) for share in line.discounts]
    total = line.total + sum(share.amount for share in discounts if share.affected_price)
    parts = line.parts
    if parts and total != line.total:
        totals = shares(total, [part.total for part in parts])
        parts = [
            replace(part, total=amount, price_each=ratio(amount, 1, part.quantity))
            for part, amount in zip(parts, totals, strict=True)
        ]
    return replace(line, total=total, price_each=ratio(total, 1, line.quantity), discounts=discounts, parts=parts)


def delivery_address(cart: Cart) -> Address:
    """Where the goods go: the shipping address, with the contact details of the other one where it has none."""
    if not cart.has_shipping_address:
        return {key: text for key, text in cart.address.items() if key != "vatNumber"}
    address = {key: text for key, text in cart.shipping_address.items() if text}
    address.update((key, cart.address.get(key, "")) for key in _INHERITED if key not in address)
    if "country" not in address:
        address["country"] = cart.address.get("country", "")
        address.setdefault("state", cart.address.get("state", ""))
    return address


def _add_order(tx: Transaction, cart: Cart, totals: Totals, order_number: int, placement: Placement) -> int:
    context, authorisation = cart.context, placement.authorisation
    is_pending = authorisation is not None and authorisation.is_pending
    mismatch = authorisation is not None and (authorisation.amount, authorisation.currency_id) != (
        totals.grand_total,
        context.currency.id,
    )
    method = placement.payment_method or cart.payment_method
    customer_id = customers.customer_for_order(
        tx,
        store_id=context.store_id,
        customer_id=cart.customer_id,
        email=cart.address.get("email", ""),
        address=cart.address,
        newsletter=cart.newsletter,
        consents=cart.consents,
        language_id=context.language.id,
        market_id=context.market.id,
        pricelist_id=context.pricelist.id,
        password_hash=placement.password_hash,
    )
    return rows.add(
        tx,
        hash=cart.hash,
        number=order_number,
        status="pending",
        is_on_hold=int(is_pending or mismatch),
        is_waiting_for_payment=int(is_pending),
        has_payment_mismatch=int(mismatch),
        language_id=context.language.id if cart.language_chosen else None,
        allocation_rule_id=context.market.allocation_rule_id,
        customer_id=customer_id,
        shipping_option_id=cart.shipping_option.id if cart.shipping_option and cart.has_products else None,
        payment_method_id=method.id if method else None,
        affiliate_id=placement.affiliate_id,
        campaign_site_id=placement.campaign_site_id,
        address_json=to_json(cart.address),
        shipping_address_json=to_json(delivery_address(cart)),
        additional_notes=cart.additional_notes,
        gift_message=cart.gift_message,
        additional_fields_json=to_json(cart.additional_fields),
        payment_data_json=to_json(placement.payment_data),
        ip_address=placement.ip_address,
        **context_columns(context),
        **total_columns(cart, totals),
    )


def context_columns(context: Context) -> dict[str, Any]:
    """Where an order is placed: store, market, pricelist, currency, place and tax class."""
    return {
        "store_id": context.store_id,
        "market_id": context.market.id,
        "pricelist_id": context.pricelist.id,
        "currency_id": context.currency.id,
        "currency_rate_micro": context.currency.rate_micro,
        "country_id": context.country.id if context.country is not None else None,
        "state_id": context.state.id if context.state is not None else None,
        "tax_class_id": context.tax_class_id,
    }


def total_columns(cart: Cart, totals: Totals) -> dict[str, int]:
    """What an order costs, and how its taxes are meant."""
    return {
        "is_vat_exempt": int(cart.is_vat_exempt),
        "items_total": totals.items,
        "discount_total": totals.discount or 0,
        "shipping_cost": totals.shipping,
        "handling_cost": totals.handling,
        "tax_added": totals.tax_added or 0,
        "tax_deducted": totals.tax_deducted or 0,
        "tax_percent": totals.tax_percent,
        "is_tax_included": int(all(line.is_tax_included for line in cart.lines)),
        "grand_total": totals.grand_total,
        "grand_total_tax": totals.grand_total_tax,
    }


# ------------------------------------------------------------------ lines and vouchers


@dataclass(frozen=True, slots=True)
class LineNeed:
    """What a line needs of a product size, and the cart's line behind it."""

    need: Need
    line: CartLine


def add_lines(tx: Transaction, order_id: int, lines: Sequence[CartLine]) -> list[LineNeed]:
    """Writes the lines, bundles with their parts beneath them; returns what is to be allocated.

    A line keeps the hash that it had in the selection.
    """
    reference = reference_of(tx.store)
    needs: list[LineNeed] = []
    for line in lines:
        line_id = rows.add_line(tx, order_id, hash=line.hash, **_columns(line, reference))
        rows.add_line_discounts(
            tx,
            [
                (line_id, share.voucher_id, share.amount, int(share.affected_price))
                for share in line.discounts
                if share.voucher_id
            ],
        )
        for part in line.parts:
            part_id = rows.add_line(
                tx,
                order_id,
                hash=tx.hex(32),
                parent_line_id=line_id,
                bundle_section_id=part.section_id,
                quantity=part.quantity,
                price_each=part.price_each,
                price_each_before=part.price_each_before,
                own_price=part.own_price,
                line_total=part.total,
                tax_percent=line.tax_percent,
                is_tax_included=int(line.is_tax_included),
                **_product_columns(part.record, part.size, reference),
            )
            needs.append(LineNeed(Need(part_id, part.size.id, part.quantity), line))
        if line.size is not None and not line.parts:
            needs.append(LineNeed(Need(line_id, line.size.id, line.quantity), line))
    return needs


def _columns(line: CartLine, reference: Reference) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "quantity": line.quantity,
        "price_each": line.price_each,
        "price_each_before": line.price_each_before,
        "line_total": line.total,
        "discount_share": line.net_total - line.total,
        "tax_percent": line.tax_percent,
        "is_tax_included": int(line.is_tax_included),
        "comment": line.comment,
        "product_url": line.product_url,
        "category_id": line.category_id,
        "localized_size": line.localized_size,
        "localization_name": line.localization_name,
        "campaign_id": line.campaign.campaign_id if line.campaign else None,
        "subscription_plan_id": line.plan.id if line.plan else None,
    }
    if line.gift_certificate is not None:
        return {
            **columns,
            "gift_certificate_id": line.gift_certificate.id,
            "product_name": line.gift_certificate.name,
        }
    assert line.record is not None
    assert line.size is not None
    return {**columns, **_product_columns(line.record, line.size, reference)}


def _product_columns(record: ProductRecord, size: SizeRecord, reference: Reference) -> dict[str, Any]:
    """What a line keeps of what was bought, in the main language."""
    brand = reference.brands.get(record.brand_id or 0)
    return {
        "display_item_id": record.id,
        "product_id": record.product_id,
        "variant_id": record.variant_id,
        "product_size_id": size.id,
        "product_name": record.name,
        "variant_name": record.variant_name,
        "size_name": size.name,
        "brand_name": brand.name if brand else "",
        "sku": size.sku,
        "ean": size.ean,
        "upc": size.upc,
    }


def add_vouchers(tx: Transaction, order_id: int, notes: Sequence[AppliedVoucher]) -> None:
    """Writes what vouchers did to the order, in the order in which they did it."""
    for position, note in enumerate(notes):
        details = {
            "lines": note.line_hashes,
            "free_shipping_for": note.free_shipping_for,
            "free_line": note.free_line,
            "affects_items": note.affects_items,
            "effects": [to_builtins(effect) for effect in note.effects],
        }
        rows.add_voucher(
            tx,
            order_id,
            position,
            voucher_id=note.voucher_id,
            subvoucher_id=note.subvoucher_id,
            trigger=note.trigger,
            code=note.code,
            name=note.name,
            price_off=note.price_off,
            shipping_off=note.shipping_off,
            expires_at=note.expires_at,
            details_json=to_json(details),
        )


# ------------------------------------------------------------------ stock, money, mails


def _allocate(tx: Transaction, cart: Cart, needs: Sequence[LineNeed]) -> None:
    """Reserves the pieces. Raises OutOfStock when some are gone and the store lets nobody wait for them.

    Whoever places an order checks the stock first, and tells the shopper in detail; this is what holds when not.
    """
    may_wait = setting(tx, "store.backorders") or setting(tx, "store.overselling_prevention") == "off"
    rule_id = cart.context.market.allocation_rule_id
    outcome = allocation.allocate(tx, [each.need for each in needs], rule_id, may_wait)
    short: dict[int, CartLine] = {}
    for each in needs:
        if each.need.line_id in outcome.missing:
            short[each.line.id] = each.line
    if short:
        raise OutOfStock(
            [
                Shortage(f"{line.record.id}-{line.size.id}", line.record.id, line.quantity, 0)
                for line in short.values()
                if line.record is not None and line.size is not None
            ]
        )


def _authorise(tx: Transaction, order: Row, authorisation: Authorisation | None) -> None:
    if authorisation is not None:
        status = ledger.PENDING if authorisation.is_pending else ledger.SUCCESS
        ledger.authorise(tx, order, authorisation.amount, authorisation.reference, status)


def _send_mails(tx: Transaction, cart: Cart, order: Row) -> None:
    currency = cart.context.currency
    data = {
        "order": str(order["number"]),
        "grandTotal": currency.text(order["grand_total"]),
        "grandTotalAsNumber": number(order["grand_total"]),
        "currency": currency.code,
    }
    mails.mail(tx, mails.ORDER_CONFIRMATION, cart.address.get("email", ""), cart.context.language.code, data)
    mails.withdraw(tx, mails.CART_ABANDONMENT, "selection", cart.hash)


def _issue_gifts(tx: Transaction, order: Row) -> None:
    """Makes the credit vouchers that were bought and mails their codes."""
    reference = reference_of(tx.store)
    currency = reference.currencies[order["currency_id"]]
    for line in rows.lines(tx, [order["id"]]):
        gift = reference.gift_certificates.get(line["gift_certificate_id"])
        if gift is None:
            continue
        code = gift_certificates.issue(tx, order["store_id"], gift, line["line_total"], currency, order["number"])
        rows.add_history(tx, order["id"], "gift certificate issued", voucher=code)
        data = {
            "voucher": code,
            "amount": currency.text(line["line_total"]),
            "amountAsNumber": number(line["line_total"]),
            "currency": currency.code,
            "giftMessage": order["gift_message"] or "",
        }
        mails.of_order(tx, MAIL_GIFT_CERTIFICATE, order, data)
