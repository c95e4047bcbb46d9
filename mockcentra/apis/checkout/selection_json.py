"""Selections as the Checkout API prints them: lines, discounts, totals, methods, the form, the envelope."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from mockcentra.apis.attribute_json import attribute_fields
from mockcentra.apis.checkout.lists import countries_raw, currency_json, kept, language_json, languages_raw
from mockcentra.apis.checkout.product_json import line_product, plan_json
from mockcentra.apis.checkout.transport import ERROR_BODIES, Call
from mockcentra.commerce.checkout import required_fields
from mockcentra.commerce.errors import OutOfStock
from mockcentra.commerce.model import (
    Address,
    AppliedVoucher,
    Cart,
    CartLine,
    Context,
    LinePart,
    Price,
    Shortage,
    Totals,
)
from mockcentra.commerce.money import number, plain_percent, without_tax
from mockcentra.commerce.reference import Currency, PaymentMethod, ShippingOption
from mockcentra.store import Store
from mockcentra.store.clock import local_text

SELECTION_ADDRESS_KEYS = (
    "firstName", "lastName", "email", "phoneNumber", "company", "address1", "address2", "zipCode", "city", "state",
    "country",
)  # fmt: skip


def money(name: str, amount: int, currency: Currency) -> dict[str, Any]:
    """An amount and its twin: `name` formatted, `nameAsNumber` exact (checkout-api.md 6.1)."""
    return {name: currency.text(amount), f"{name}AsNumber": number(amount)}


def money_or_false(name: str, amount: int | None, currency: Currency) -> dict[str, Any]:
    if amount is None:
        return {name: False, f"{name}AsNumber": False}
    return money(name, amount, currency)


# ------------------------------------------------------------------ the envelope


def selection_response(call: Call, cart: Cart, unavailable: Sequence[Shortage] = ()) -> dict[str, Any]:
    """A SelectionResponse without its token (checkout-api.md 5.1)."""
    context = cart.context
    body: dict[str, Any] = {
        "selection": selection_json(call.store, cart, call.base_url),
        "paymentMethods": _payment_methods(cart),
        "paymentFields": _payment_fields(context),
        "shippingMethods": [
            shipping_method_json(option, cart.shipping_costs[option.id], context) for option in cart.shipping_options
        ],
        **common_json(call, context),
    }
    if unavailable:
        body["unavailable"] = [shortage_json(shortage) for shortage in unavailable]
    return body


def common_json(call: Call, context: Context) -> dict[str, Any]:
    """What selection and order answers share: countries, languages, location, and who is signed in."""
    reference = context.reference
    body = {
        "countries": countries_raw(reference, context.store_id, context.language.id, call.server),
        "languages": languages_raw(reference),
        "location": location_json(context),
    }
    customer_id = call.session.customer_id
    if customer_id is not None:
        from mockcentra.apis.checkout.customer_json import logged_in

        shown = logged_in(call, customer_id)
        if shown is not None:
            body["loggedIn"] = shown
    return body


def location_json(context: Context) -> dict[str, Any]:
    """`location` (checkout-models.md 3.2)."""
    country, state = context.country, context.state
    return {
        "country": country.code if country else None,
        "name": country.named(context.language.id) if country else "",
        "state": state.code if state else None,
        "stateName": state.name if state else "",
        "eu": country.eu if country else False,
        "shipTo": context.ships,
        "market": context.market.id,
        "pricelist": context.pricelist.id,
        "language": language_json(context.language),
    }


# ------------------------------------------------------------------ the selection


def selection_json(store: Store, cart: Cart, base_url: str) -> dict[str, Any]:
    """A SelectionModel (checkout-models.md 4.1)."""
    context, currency = cart.context, cart.context.currency
    shown: dict[str, Any] = {
        "language": context.language.code if cart.language_chosen else None,
        **methods_json(cart.payment_method, cart.shipping_option, context),
        "items": [line_json(store, line, context, base_url) for line in cart.lines],
        "discounts": discounts_json(cart.vouchers, cart.automatic, context),
        "totals": totals_json(cart.totals, currency),
        "vatExempt": cart.is_vat_exempt,
        "address": address_json(cart.address, with_vat_number=True),
        "shippingAddress": address_json(cart.shipping_address),
        "additionalNotes": cart.additional_notes,
        "currencyFormat": kept(context.reference, ("currency", currency.id), lambda: currency_json(currency)),
    }
    if cart.gift_message:
        shown["giftMessage"] = cart.gift_message
    return shown


def methods_json(
    payment_method: PaymentMethod | None, shipping_option: ShippingOption | None, context: Context
) -> dict[str, str]:
    """Currency and chosen methods, as selections and orders begin."""
    return {
        "currency": context.currency.code,
        "paymentMethod": payment_method.uri if payment_method else "",
        "paymentMethodName": payment_method.name if payment_method else "",
        "shippingMethod": shipping_option.uri if shipping_option else "",
        "shippingMethodName": shipping_option.named(context.language.id) if shipping_option else "",
    }


def address_json(address: Address, with_vat_number: bool = False) -> dict[str, str]:
    """An address of a selection: every key, empty where nothing is known."""
    shown = {key: address.get(key, "") for key in SELECTION_ADDRESS_KEYS}
    if with_vat_number:
        shown["vatNumber"] = address.get("vatNumber", "")
    return shown


def line_json(store: Store, line: CartLine, context: Context, base_url: str) -> dict[str, Any]:
    """A SelectionItemModel (checkout-models.md 4.2)."""
    currency = context.currency
    size, gift = line.size, line.gift_certificate
    product: Any = {"name": gift.name} if gift else {}
    if line.record is not None:
        product = line_product(store, line.record, context, base_url)
    shown: dict[str, Any] = {
        "line": line.hash,
        "item": gift.uri if gift else f"{line.record.id}-{size.id}" if line.record and size else "",
        "product": product,
        "quantity": line.quantity,
        "size": size.name if size else "",
        "sku": size.sku if size else "",
        "ean": size.ean if size else "",
        "upc": size.upc if size else "",
        "comment": line.comment or None,
        "localizedSize": line.localized_size,
        "productUrl": line.product_url,
        "category": str(line.category_id) if line.category_id is not None else None,
        **_line_prices(line, currency),
        "anyDiscount": line.price_each < line.price_each_before,
        "discounts": _line_discounts(line, currency),
        "taxPercent": plain_percent(line.tax_percent),
    }
    if gift:
        shown["giftCertificate"] = gift.uri
    if line.campaign is not None and line.campaign_discount:
        shown["campaign"] = {"name": line.campaign.name, **money("discount", line.campaign_discount, currency)}
    if line.plan is not None:
        amount = line.price_each_before + line.campaign_discount
        price = Price(amount, line.price_each_before, 0, line.campaign, False, False, None)
        shown["subscriptionPlan"] = plan_json(line.plan, price, currency)
    if line.parts:
        shown["bundle"] = [_part_json(part, line, context) for part in line.parts]
    return shown


def _line_prices(line: CartLine, currency: Currency) -> dict[str, Any]:
    each, before = line.price_each, line.price_each_before
    return {
        **money("priceEach", each, currency),
        **money("totalPrice", line.total, currency),
        **money("priceEachBeforeDiscount", before, currency),
        **money("totalPriceBeforeDiscount", line.total_before, currency),
        **money("priceEachReduction", before - each, currency),
        **money("priceEachWithoutTax", _untaxed(each, line), currency),
    }


def _untaxed(amount: int, line: CartLine) -> int:
    return without_tax(amount, line.tax_percent) if line.is_tax_included else amount


def _line_discounts(line: CartLine, currency: Currency) -> dict[str, Any]:
    coded = [
        {
            "voucher": share.code,
            **money("priceOff", share.amount, currency),
            "hasAffectedItemPrice": share.affected_price,
        }
        for share in line.discounts
        if not share.is_automatic
    ]
    automatic = [
        {
            "automaticDiscount": share.voucher_id,
            **money("priceOff", share.amount, currency),
            "hasAffectedItemPrice": share.affected_price,
        }
        for share in line.discounts
        if share.is_automatic
    ]
    return {"vouchers": coded or None, "automaticDiscounts": automatic or None}


def _part_json(part: LinePart, line: CartLine, context: Context) -> dict[str, Any]:
    """A BundlePart: informative, not part of the totals (checkout-api.md 9.3)."""
    record, currency = part.record, context.currency
    brand = context.reference.brands.get(record.brand_id or 0)
    each, before = part.price_each, part.price_each_before
    return {
        "item": f"{record.id}-{part.size.id}",
        "product": str(record.id),
        "brandName": brand.name if brand else "",
        "productName": record.text("name", context.language.id),
        "productUrl": line.product_url,
        "category": str(record.category_id) if record.category_id is not None else None,
        "size": part.size.name,
        "sku": part.size.sku,
        "ean": part.size.ean,
        "silkProduct": str(record.product_id),
        "silkVariant": str(record.variant_id),
        "quantity": part.quantity,
        "comment": None,
        "localizedSize": None,
        **money("priceEach", each, currency),
        **money("totalPrice", part.total, currency),
        **money("priceEachBeforeDiscount", before, currency),
        **money("totalPriceBeforeDiscount", part.total_before, currency),
        **money("priceEachReduction", before - each, currency),
        **money("priceEachWithoutTax", _untaxed(each, line), currency),
        "anyDiscount": each < before,
        "taxPercent": plain_percent(line.tax_percent),
    }


# ------------------------------------------------------------------ discounts and totals


def discounts_json(
    vouchers: Sequence[AppliedVoucher], automatic: Sequence[AppliedVoucher], context: Context
) -> dict[str, Any]:
    """`discounts` (checkout-models.md 4.3)."""
    currency = context.currency
    return {
        "anyDiscount": any(note.price_off or note.shipping_off for note in (*vouchers, *automatic)),
        **money("discount", sum(note.price_off for note in automatic), currency),
        "vouchers": [_voucher_json(note, context) for note in vouchers],
        "automaticDiscounts": [
            {
                "automaticDiscount": str(note.voucher_id),
                "name": note.name,
                **money("priceOff", note.price_off, currency),
                **_voucher_details(note, context),
            }
            for note in automatic
        ],
    }


def _voucher_json(note: AppliedVoucher, context: Context) -> dict[str, Any]:
    return {
        "voucher": note.code,
        "type": "uri" if note.trigger == "url" else "code",
        "description": note.name,
        **money("priceOff", note.price_off, context.currency),
        **_voucher_details(note, context),
    }


def _voucher_details(note: AppliedVoucher, context: Context) -> dict[str, Any]:
    details: dict[str, Any] = {
        "lines": note.line_hashes,
        **money("shippingDiscount", note.shipping_off, context.currency),
        "attributes": attribute_fields(note.attributes, context.language.id, "") or [],
    }
    if note.expires_at is not None:
        details["expiryDate"] = local_text(note.expires_at)
    if note.free_shipping_for is not None:
        details["freeShippingFor"] = note.free_shipping_for
    if note.free_line is not None:
        line, allow_remove, allow_add_more = note.free_line
        details["freeProductAdded"] = {"line": line, "allowRemove": allow_remove, "allowAddMore": allow_add_more}
    return details


def totals_json(totals: Totals, currency: Currency) -> dict[str, Any]:
    """`totals` (checkout-models.md 4.4)."""
    return {
        **money("itemsTotalPrice", totals.items, currency),
        **money_or_false("totalDiscountPrice", totals.discount, currency),
        **money("shippingPrice", totals.shipping, currency),
        **money("handlingCostPrice", totals.handling, currency),
        "totalQuantity": totals.quantity,
        **money_or_false("taxDeducted", totals.tax_deducted, currency),
        **money_or_false("taxAdded", totals.tax_added, currency),
        "taxPercent": plain_percent(totals.tax_percent),
        **money("grandTotalPrice", totals.grand_total, currency),
        **money("grandTotalPriceTax", totals.grand_total_tax, currency),
    }


# ------------------------------------------------------------------ methods and the form


def payment_method_json(method: PaymentMethod, currency: Currency) -> dict[str, Any]:
    """A PaymentMethodModel (checkout-models.md 4.5)."""
    return {
        "paymentMethod": method.uri,
        "name": method.name,
        "paymentMethodType": method.type,
        "supportsInitiateOnly": method.initiate_only,
        "providesCustomerAddressAfterPayment": method.address_after,
        **money("handlingCost", method.handling_costs.get(currency.id, 0), currency),
    }


def _payment_methods(cart: Cart) -> msgspec.Raw:
    """`paymentMethods`, encoded: there are few sets of methods that carts may be paid with."""
    methods, currency = cart.payment_methods, cart.context.currency
    key = ("payment methods", currency.id, tuple([method.id for method in methods]))
    return kept(cart.context.reference, key, lambda: [payment_method_json(method, currency) for method in methods])


def shipping_method_json(option: ShippingOption, cost: int, context: Context) -> dict[str, Any]:
    """A ShippingMethodModel; `cost` in hundredths."""
    return {
        "shippingMethod": option.uri,
        "name": option.named(context.language.id),
        **money("price", cost, context.currency),
    }


_HIDDEN = ("identityNumber", "houseNumber", "houseExtension")
_SHIPPING_FIELDS = (
    "email", "company", "firstName", "lastName", "address1", "address2", "zipCode", "city", "state", "country",
    "phoneNumber", "houseNumber", "houseExtension",
)  # fmt: skip
_BILLING_FIELDS = (
    "email", "company", "firstName", "lastName", "address1", "address2", "zipCode", "city", "state", "country",
    "phoneNumber", "identityNumber", "vatNumber", "houseNumber", "houseExtension", "newsletter",
)  # fmt: skip


def _payment_fields(context: Context) -> msgspec.Raw:
    """`paymentFields` (checkout-api.md 12.1), encoded."""
    required = required_fields(context)

    def field(name: str) -> dict[str, Any]:
        return {
            "type": "boolean" if name == "newsletter" else "string",
            "visible": name not in _HIDDEN,
            "required": name in required,
        }

    def build() -> dict[str, Any]:
        return {
            "termsAndConditions": {"type": "boolean", "visible": True, "required": True},
            "address": _each(_BILLING_FIELDS, field),
            "shippingAddress": _each(_SHIPPING_FIELDS, field),
        }

    return kept(context.reference, ("payment fields", required), build)


def _each(names: Iterable[str], build: Any) -> dict[str, Any]:
    return {name: build(name) for name in names}


# ------------------------------------------------------------------ shortages


def shortage_json(shortage: Shortage) -> dict[str, Any]:
    """An entry of `unavailable` (checkout-api.md 14)."""
    return {
        "item": shortage.item,
        "product": str(shortage.display_item_id),
        "originalQuantity": shortage.wanted,
        "unavailable": shortage.wanted - shortage.available,
        "available": shortage.available,
    }


def _out_of_stock(call: Call, error: OutOfStock) -> dict[str, Any]:
    """The trimmed selection around a 410."""
    from mockcentra.commerce import selections

    with call.store.reading() as tx:
        cart = selections.cart_of(tx, call.session)
    body = {"unavailable": [shortage_json(shortage) for shortage in error.shortages], **selection_response(call, cart)}
    if error.cancelled_amount is not None:
        currency = cart.context.currency
        body["cancellation"] = {**money("grandTotalPrice", error.cancelled_amount, currency), "currency": currency.code}
    return body


ERROR_BODIES[OutOfStock] = _out_of_stock
