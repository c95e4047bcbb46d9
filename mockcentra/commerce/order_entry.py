"""Orders that integrations bring: without a cart and without a payment here, whole or prepared (order-api.md 5.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from mockcentra.commerce import (
    allocation,
    catalogue,
    customers,
    ledger,
    mails,
    order_book,
    orders,
    placing,
    shipping,
    voucher_gifts,
    voucher_rules,
    vouchers,
)
from mockcentra.commerce.allocation import Need
from mockcentra.commerce.emails import is_email
from mockcentra.commerce.errors import CommerceError, Conflict, Invalid, NotFound
from mockcentra.commerce.model import (
    Address,
    Cart,
    CartLine,
    Context,
    LineDiscount,
    ProductRecord,
    SizeRecord,
)
from mockcentra.commerce.money import percent_of, shares
from mockcentra.commerce.price_writing import wholesale_prices
from mockcentra.commerce.reference import Country, Market, Pricelist, Reference, ShippingOption, State, reference_of
from mockcentra.commerce.selection_pricing import is_offered, line_price, parts_of, share_out
from mockcentra.commerce.settings import setting
from mockcentra.commerce.tax import is_exempt, rule_for
from mockcentra.commerce.totals import totals_of
from mockcentra.store import Transaction
from mockcentra.store import order_entry as rows
from mockcentra.store import orders as order_rows
from mockcentra.store.database import Row, from_json, to_json

PAYMENT_TYPES = ("cc", "inv", "3rd", "free", "prepaid")
# What of an order's row may be called differently than its product is.
_TEXT_COLUMNS = {
    "sku": "sku", "brand": "brand_name", "product": "product_name", "variant": "variant_name", "size": "size_name",
}  # fmt: skip
_ENTRY_STATUS = {0: ledger.PENDING, 1: ledger.SUCCESS, 2: ledger.FAILED}
MAX_NUMBER = 2**31


class EntryRefused(CommerceError):
    """The order cannot be made. `why` is one of the reasons of order-api.md 6.1, `message` says it to a person."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__({why: message})
        self.why = why
        self.message = message


PRODUCT, STOCK, EMPTY, MISSING, NUMBER, CUSTOMER, OTHER = (
    "product", "stock", "empty", "missing", "number", "customer", "other",
)  # fmt: skip
"""Why an order is refused."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row of an order to be. `names` are (kind, name) by which its size is known: id, ean, sku, item, upc.

    Prices are hundredths each, None for those of the pricelist. `texts` overrides what the row says of its product.
    """

    quantity: int
    names: tuple[tuple[str, str], ...]
    unit_price: int | None = None
    original_price: int | None = None
    comment: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    localized_size: str | None = None
    localization_name: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """Something that happened to an order's money elsewhere. `status`: 0 pending, 1 success, 2 failed."""

    status: int
    amount: int
    transaction: str = ""
    method: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payments:
    """How an order was paid outside; `method_id` is a payment method, known or not."""

    method_id: int | None = None
    auth: Payment | None = None
    capture: Payment | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as an integration tells it; None leaves something to the shop.

    Addresses have the keys of `model.ADDRESS_FIELDS`, a `tele`, and for accounts `attn`. Moments are unix seconds.
    """

    items: Sequence[Item]
    address: Address | None = None
    shipping_address: Address | None = None
    market: int | str | None = None
    pricelist: int | str | None = None
    registers: bool = False
    sets_new_password: bool = False
    customer_id: int | None = None
    account_id: int | None = None
    buyer_id: int | None = None
    buyer_name: str = ""
    delivery_window: str = ""
    created_from: tuple[str, int] | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    shipping: str = ""
    shipping_cost: int | None = None
    voucher_value: int = 0
    number: int | None = None
    sends_email: bool = False
    takes_stock: bool = True
    may_wait: bool = False
    comment: str = ""
    internal_comment: str = ""
    po_number: str = ""
    ordered_at: int | None = None
    delivery_at: int | None = None
    cancel_at: int | None = None
    allocation_rule: str = ""
    is_prepared: bool = False
    is_internal: bool = False
    payments: Payments | None = None
    applies_automatic: bool = True
    codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an order belongs: its store, its context, whose it is, which warehouses serve it."""

    context: Context
    account: Row | None
    buyer_id: int | None
    window: Row | None
    rule_id: int
    address: Address
    shipping_address: Address


@dataclass(slots=True)
class _Line:
    """A row with what it is: without a size for an article that the shop does not know."""

    item: Item
    size_id: int | None
    line: CartLine


# ------------------------------------------------------------------ making an order


def create(tx: Transaction, new: NewOrder) -> int:
    """Makes an order, or prepares one; returns its id. Raises EntryRefused, and then nothing of it stays."""
    with tx.savepoint():
        return _create(tx, new)


def _create(tx: Transaction, new: NewOrder) -> int:
    if new.account_id is None:
        for address in _addresses(new, None):
            _check_country(address)
    if not new.items:
        raise EntryRefused(EMPTY, "nothing was ordered")
    if new.number is not None and (new.number > MAX_NUMBER or rows.is_number_taken(tx, new.number)):
        raise EntryRefused(NUMBER, f"the order number {new.number} is taken")
    place = _place(tx, new)
    lines = _lines(tx, new, place)
    found = _vouchers(tx, new, place.context)
    lines += _gifts(tx, new, place, found, lines)
    cart = _cart(tx, new, place, lines, found)
    placing_cart = placing.with_item_vouchers(cart)
    number = new.number if new.number is not None else tx.next_number("order")
    if new.number is not None:
        rows.lift_number(tx, number)
    order_id = _add(tx, new, place, cart, placing_cart.totals, number)
    by_hash = {line.hash: line for line in placing_cart.lines}
    _add_lines(tx, order_id, [_with_line(each, by_hash[each.line.hash]) for each in lines], place)
    placing.add_vouchers(tx, order_id, placing_cart.notes)
    order_rows.add_taxes(
        tx,
        order_id,
        [(name, percent, int(included), tax) for (name, percent, included), tax in placing_cart.totals.taxes.items()],
    )
    _take_stock(tx, new, place, order_id)
    customer_id = _customer(tx, new, place) if place.account is None else None
    if customer_id is not None and new.sets_new_password:
        customers.must_set_password(tx, customer_id)
    order_rows.update(tx, order_id, customer_id=customer_id)
    try:
        vouchers.redeem(tx, cart)
    except Invalid as error:
        raise EntryRefused(OTHER, "a voucher is used up") from error
    order_book.put_order_attributes(tx, order_id, new.attributes)
    if new.ordered_at is not None:
        order_rows.update(tx, order_id, created_at=new.ordered_at)
    if new.payments is not None:
        note_payments(tx, order_id, new.payments)
    if not new.is_prepared:
        _open(tx, order_id)
    if new.sends_email:
        mails.of_order(tx, mails.ORDER_CONFIRMATION, orders.row_of(tx, order_id), {})
    return order_id


def _with_line(each: _Line, line: CartLine) -> _Line:
    return _Line(each.item, each.size_id, line)


def _open(tx: Transaction, order_id: int) -> None:
    """From now on everybody sees the order; one of a shopper goes on by itself, one of an account waits for staff."""
    order = orders.row_of(tx, order_id)
    order_rows.update(tx, order_id, status="pending")
    order_rows.add_history(tx, order_id, "placed")
    tx.event("order", order_id, "created", number=order["number"])
    if order["account_id"] is None:
        orders.proceed(tx, order_id)


# ------------------------------------------------------------------ where it belongs


def _place(tx: Transaction, new: NewOrder) -> _Place:
    reference = reference_of(tx.store)
    account = None
    if new.account_id is not None:
        account = rows.account(tx, new.account_id)
        if account is None:
            raise EntryRefused(OTHER, f"there is no account {new.account_id}")
    store_id = account["store_id"] if account is not None else _dtc_store(reference)
    address, shipping_address = _addresses(new, account)
    country = _country(reference, shipping_address)
    _country(reference, address)
    state = reference.find_state(country, shipping_address.get("state"))
    for each in (address, shipping_address):
        _keep_codes(reference, each)
    market = _market(reference, store_id, new.market, account, country)
    pricelist = _pricelist(reference, store_id, new.pricelist, account, country)
    window = None
    if new.delivery_window:
        window = rows.delivery_window(tx, store_id, new.delivery_window)
        if window is None:
            raise EntryRefused(OTHER, f"there is no delivery window {new.delivery_window}")
    rule_id = market.allocation_rule_id
    if account is not None and account["allocation_rule_id"] is not None:
        rule_id = account["allocation_rule_id"]
    if window is not None and window["allocation_rule_id"] is not None:
        rule_id = window["allocation_rule_id"]
    if new.allocation_rule:
        rule_id = find_rule(tx, new.allocation_rule)
    context = Context(
        store_id=store_id,
        market=market,
        pricelist=pricelist,
        currency=reference.currency_of(pricelist),
        country=country,
        state=state,
        language=reference.languages.get(country.language_id or 0) or reference.default_language,
        tax_class_id=account["tax_class_id"] if account is not None else _tax_class(tx, new),
        now=tx.now,
        reference=reference,
    )
    return _Place(context, account, _buyer(tx, new, account), window, rule_id, address, shipping_address)


def find_rule(tx: Transaction, name: str) -> int:
    """The allocation rule of that name. Raises EntryRefused."""
    found = rows.allocation_rule(tx, name)
    if found is None:
        raise EntryRefused(OTHER, f"there is no warehouse group {name}")
    return found


def _dtc_store(reference: Reference) -> int:
    return next(channel.id for channel in reference.channels.values() if channel.type == "dtc")


def _addresses(new: NewOrder, account: Row | None) -> tuple[Address, Address]:
    """Billing and delivery address; each stands in for the other, an account has its own."""
    if account is not None:
        own = from_json(account["address_json"])
        billing = {**own, **from_json(account["billing_address_json"]), **(new.address or {})}
        shipping = {**own, **from_json(account["shipping_address_json"]), **(new.shipping_address or {})}
        if account["vat_number"]:
            billing.setdefault("vatNumber", account["vat_number"])
        return billing, shipping
    address = new.address or new.shipping_address
    shipping_address = new.shipping_address or new.address
    if address is None or shipping_address is None:
        raise EntryRefused(MISSING, "an address is missing")
    email = address.get("email") or shipping_address.get("email")
    if not email:
        raise EntryRefused(MISSING, "email is missing")
    shipping_address = {key: text for key, text in shipping_address.items() if key != "vatNumber"}
    return {**address, "email": address.get("email") or email}, {
        **shipping_address,
        "email": shipping_address.get("email") or email,
    }


def _check_country(address: Address) -> None:
    if not address.get("country", "").strip():
        raise EntryRefused(MISSING, "country is missing")


def _country(reference: Reference, address: Address) -> Country:
    _check_country(address)
    code = address.get("country", "")
    country = reference.find_country(code)
    if country is None:
        raise EntryRefused(OTHER, f"there is no country {code}")
    return country


def _keep_codes(reference: Reference, address: Address) -> None:
    """Countries and states are kept as codes, however they were written."""
    country = reference.find_country(address.get("country", ""))
    if country is None:
        return
    address["country"] = country.code
    state: State | None = reference.find_state(country, address.get("state"))
    if state is not None:
        address["state"] = state.code


def _market(
    reference: Reference, store_id: int, wanted: int | str | None, account: Row | None, country: Country
) -> Market:
    if wanted is None:
        if account is not None:
            return reference.markets[account["market_id"]]
        return reference.own_market(store_id, country.id) or reference.default_market(store_id)
    for market in reference.markets_of(store_id):
        if wanted in (market.id, market.name):
            return market
    raise EntryRefused(OTHER, f"there is no market {wanted}")


def _pricelist(
    reference: Reference, store_id: int, wanted: int | str | None, account: Row | None, country: Country
) -> Pricelist:
    if wanted is None:
        if account is not None:
            return reference.pricelists[account["pricelist_id"]]
        return reference.own_pricelist(store_id, country.id) or reference.default_pricelist(store_id)
    for pricelist in reference.pricelists_of(store_id):
        if wanted in (pricelist.id, pricelist.name):
            return pricelist
    raise EntryRefused(OTHER, f"there is no pricelist {wanted}")


def _buyer(tx: Transaction, new: NewOrder, account: Row | None) -> int | None:
    if account is None:
        return None
    found = [row["id"] for row in rows.buyers(tx, account["id"])]
    if new.buyer_id is None:
        return found[0] if found else None
    if new.buyer_id not in found:
        raise EntryRefused(OTHER, f"the account has no buyer {new.buyer_id}")
    return new.buyer_id


def _tax_class(tx: Transaction, new: NewOrder) -> int | None:
    if new.customer_id is None:
        return None
    customer = customers.customer_record(tx, new.customer_id)
    return customer.tax_class_id if customer is not None else None


# ------------------------------------------------------------------ what was ordered


def _lines(tx: Transaction, new: NewOrder, place: _Place) -> list[_Line]:
    """The rows, priced and taxed. Raises EntryRefused (`product`) for what cannot be on such an order."""
    context = place.context
    sizes = [_size_of(tx, item) for item in new.items]
    shown = rows.display_items_of(tx, context.store_id, [size_id for size_id in sizes if size_id is not None])
    records = catalogue.records(tx, [item_id for of_size in shown.values() for item_id in of_size])
    records = {**catalogue.with_parts(tx, records.values()), **records}
    found = []
    for item, size_id in zip(new.items, sizes, strict=True):
        if size_id is None:
            line = _unknown(tx, new, item)
        else:
            line = _known(tx, item, place, [records[each] for each in shown.get(size_id, ())], size_id, records)
        line.delivery_window_id = place.window["id"] if place.window is not None else None
        found.append(_Line(item, size_id, line))
    _tax(place, [each.line for each in found])
    return found


def _tax(place: _Place, lines: Sequence[CartLine]) -> None:
    """Notes on lines how they are taxed."""
    exempt = is_exempt(place.context, place.address.get("vatNumber", ""))
    tax_context = replace(place.context, tax_class_id=None) if exempt else place.context
    for line in lines:
        group = line.record.tax_group_id if line.record is not None else None
        rule = rule_for(tax_context, group, place.shipping_address.get("zipCode", ""))
        if rule is not None:
            line.tax_percent, line.is_tax_included, line.tax_name = rule.percent, rule.included, rule.name


def _size_of(tx: Transaction, item: Item) -> int | None:
    for kind, name in item.names:
        if kind == "item":
            _, _, size = name.rpartition("-")
            kind, name = "id", size
        if kind == "id" and not (name.isascii() and name.isdigit() and len(name) < 16):
            continue
        size_id = rows.sizes_called(tx, kind, [name]).get(name)
        if size_id is not None:
            return size_id
    return None


def _called(item: Item) -> str:
    return next((name for _, name in item.names), "")


def _unknown(tx: Transaction, new: NewOrder, item: Item) -> CartLine:
    """A row about an article that the shop does not know; it must say itself what it is and what it costs."""
    if not (new.may_wait and item.texts) or item.unit_price is None:
        raise EntryRefused(PRODUCT, f"there is no product {_called(item)}")
    before = item.unit_price if item.original_price is None else item.original_price
    return _cart_line(tx, item, None, None, item.unit_price, before)


def _known(
    tx: Transaction,
    item: Item,
    place: _Place,
    found: Sequence[ProductRecord],
    size_id: int,
    records: Mapping[int, ProductRecord],
) -> CartLine:
    context = place.context
    offered = [record for record in found if is_offered(record, context) and record.size(size_id) is not None]
    if not offered:
        raise EntryRefused(PRODUCT, f"the product {_called(item)} is not sold in this market")
    wanted = next((name.partition("-")[0] for kind, name in item.names if kind == "item"), "")
    record = next((each for each in offered if str(each.id) == wanted), offered[0])
    size = record.size(size_id)
    assert size is not None
    parts = parts_of(context, item.quantity, record, size, records, ())
    if parts is None or (record.bundle is not None and not parts):
        raise EntryRefused(PRODUCT, f"the bundle {_called(item)} has no fixed contents")
    price = line_price(context, record, parts, item.quantity)
    if price.amount is None and item.unit_price is None:
        raise EntryRefused(PRODUCT, f"the product {_called(item)} has no price in this pricelist")
    amount = price.amount
    if amount is not None and place.account is not None:
        altered = wholesale_prices(tx, context.store_id, context.pricelist.id, record.product_id, [record.id])
        amount = altered.get(record.id, amount)
        amount -= percent_of(amount, _account_discount(tx, place))
    each = item.unit_price if item.unit_price is not None else amount or 0
    before = item.original_price
    if before is None:
        before = max(each, price.before or 0)
    line = _cart_line(tx, item, record, size, each, before)
    if item.unit_price is None and price.campaign is not None:
        line.campaign, line.campaign_discount = price.campaign, (price.amount or 0) - (price.before or 0)
    line.parts = parts
    share_out(line)
    return line


def _account_discount(tx: Transaction, place: _Place) -> int:
    assert place.account is not None
    if place.window is not None:
        percent = rows.discount_in_window(tx, place.account["id"], place.window["id"])
        if percent is not None:
            return percent
    return place.account["discount_percent"]


def _cart_line(
    tx: Transaction, item: Item, record: ProductRecord | None, size: SizeRecord | None, each: int, before: int
) -> CartLine:
    return CartLine(
        id=0, hash=tx.hex(32), record=record, size=size, gift_certificate=None, quantity=item.quantity,
        comment=item.comment, product_url=None, category_id=record.category_id if record is not None else None,
        localization_name=item.localization_name, localized_size=item.localized_size, plan=None, free_voucher_id=None,
        price_each=each, price_each_before=before, total=each * item.quantity, total_before=before * item.quantity,
        campaign=None, campaign_discount=0,
    )  # fmt: skip


# ------------------------------------------------------------------ what it comes to


def _cart(
    tx: Transaction, new: NewOrder, place: _Place, lines: Sequence[_Line], found: Sequence[vouchers.Voucher]
) -> Cart:
    """The order as a cart: its vouchers applied, its shipping and its totals."""
    context = place.context
    cart_lines = [each.line for each in lines]
    option = _shipping(tx, new, place, cart_lines)
    cost = new.shipping_cost
    if cost is None:
        cost = _shipping_cost(tx, context, option, cart_lines)
    facts = _facts(tx, new, place, found, cart_lines)
    applied, shipping_paid = voucher_rules.apply(found, context, cart_lines, option, cost, facts)
    if new.voucher_value:
        _take_off(cart_lines, new.voucher_value)
    exempt = is_exempt(context, place.address.get("vatNumber", ""))
    tax_context = replace(context, tax_class_id=None) if exempt else context
    cost_rule = rule_for(tax_context, None, place.shipping_address.get("zipCode", ""))
    return Cart(
        id=0,
        hash=tx.hex(32),
        context=context,
        language_chosen=False,
        lines=cart_lines,
        vouchers=[note for note in applied if note.trigger != "auto"],
        automatic=[note for note in applied if note.trigger == "auto"],
        totals=totals_of(cart_lines, shipping_paid, 0, cost_rule, exempt),
        is_vat_exempt=exempt,
        payment_method=None,
        shipping_option=option,
        payment_methods=[],
        shipping_options=[],
        address=place.address,
        shipping_address=place.shipping_address,
        has_shipping_address=True,
        additional_notes=new.comment,
        gift_message="",
        newsletter=False,
        consents=[],
        additional_fields={},
        customer_id=None,
    )


def _shipping_cost(tx: Transaction, context: Context, option: ShippingOption | None, lines: Sequence[CartLine]) -> int:
    return shipping.cost_of(tx, context, option, context.country.id if context.country is not None else None, lines)


def _shipping(tx: Transaction, new: NewOrder, place: _Place, lines: Sequence[CartLine]) -> ShippingOption | None:
    context = place.context
    reference = context.reference
    if new.shipping:
        option = reference.find_shipping(context.store_id, new.shipping)
        if option is None:
            raise EntryRefused(OTHER, f"there is no shipping option {new.shipping}")
        return option
    country_id = context.country.id if context.country is not None else None
    offered, _ = shipping.offers(tx, context, country_id, lines)
    default = reference.shipping_options.get(context.pricelist.shipping_option_id or 0)
    return default if default in offered else next(iter(offered), None)


def _vouchers(tx: Transaction, new: NewOrder, context: Context) -> list[vouchers.Voucher]:
    found = []
    for code in dict.fromkeys(new.codes):
        try:
            voucher = vouchers.find_code(tx, context.store_id, code)
        except NotFound as error:
            raise EntryRefused(OTHER, f"there is no voucher {code}") from error
        if not vouchers.is_usable(voucher, context):
            raise EntryRefused(OTHER, f"the voucher {code} can not be used")
        found.append(voucher)
    if new.applies_automatic:
        return vouchers.with_automatic(tx, context, found)
    return vouchers.in_order(vouchers.together(found))


def _facts(
    tx: Transaction, new: NewOrder, place: _Place, found: Sequence[vouchers.Voucher], lines: Sequence[CartLine]
) -> vouchers.Facts:
    """What vouchers ask about whose order it is. Nobody signs in to an integration."""
    account_id = place.account["id"] if place.account is not None else None
    email = place.address.get("email", "") if place.account is None else ""
    shopper = vouchers.Shopper(new.customer_id, email, False, account_id)
    return vouchers.facts_for(tx, found, place.context.store_id, shopper, lines)


def _gifts(
    tx: Transaction, new: NewOrder, place: _Place, found: Sequence[vouchers.Voucher], lines: Sequence[_Line]
) -> list[_Line]:
    """The rows of what vouchers give away with the order."""
    if not voucher_gifts.has_gifts(found):
        return []
    cart_lines = [each.line for each in lines]
    facts = _facts(tx, new, place, found, cart_lines)
    option = _shipping(tx, new, place, cart_lines)
    cost = _shipping_cost(tx, place.context, option, cart_lines)
    gifts = voucher_gifts.earned(tx, found, place.context, cart_lines, option, cost, facts)
    made = []
    for gift in gifts:
        item = Item(1, (("id", str(gift.size.id)),))
        before = line_price(place.context, gift.record, [], 1).before or gift.price
        line = _cart_line(tx, item, gift.record, gift.size, gift.price, before)
        line.free_voucher_id = gift.voucher_id
        made.append(_Line(item, gift.size.id, line))
    _tax(place, [each.line for each in made])
    return made


def _take_off(lines: Sequence[CartLine], value: int) -> None:
    """Spreads the value of vouchers that nobody names over the lines, in proportion to what they cost."""
    nets = [line.net_total for line in lines]
    for line, amount in zip(lines, shares(min(value, sum(nets)), nets), strict=True):
        if amount:
            line.discounts.append(LineDiscount(0, False, "", -amount))


# ------------------------------------------------------------------ rows


def _add(tx: Transaction, new: NewOrder, place: _Place, cart: Cart, totals: Any, number: int) -> int:
    context, account = place.context, place.account
    extra: dict[str, Any] = {}
    if new.created_from is not None:
        kind, thing_id = new.created_from
        if not rows.exists(tx, kind, thing_id):
            raise EntryRefused(OTHER, f"there is no {kind} {thing_id}")
        extra["createdFrom"] = {"type": kind, "id": thing_id}
    if new.buyer_name:
        extra["buyerName"] = new.buyer_name
    return order_rows.add(
        tx,
        hash=cart.hash,
        number=number,
        status="incomplete",
        is_internal=int(new.is_internal),
        allocation_rule_id=place.rule_id,
        account_id=account["id"] if account is not None else None,
        buyer_id=place.buyer_id,
        shipping_option_id=cart.shipping_option.id if cart.shipping_option is not None else None,
        address_json=to_json(place.address),
        shipping_address_json=to_json(place.shipping_address),
        additional_notes=new.comment,
        internal_comment=new.internal_comment,
        po_number=new.po_number,
        payment_terms_id=account["payment_terms_id"] if account is not None else None,
        shipping_terms_id=account["shipping_terms_id"] if account is not None else None,
        extra_json=to_json(extra),
        estimated_delivery_at=new.delivery_at,
        cancel_at=new.cancel_at,
        takes_stock=int(new.takes_stock and not _is_preorder(place)),
        **placing.context_columns(context),
        **placing.total_columns(cart, totals),
    )


def _is_preorder(place: _Place) -> bool:
    return place.window is not None and bool(place.window["is_preorder"])


def _add_lines(tx: Transaction, order_id: int, lines: Sequence[_Line], place: _Place) -> None:
    for each in lines:
        line = each.line
        if line.record is not None:
            placing.add_lines(tx, order_id, [line])
        else:
            order_rows.add_line(
                tx,
                order_id,
                hash=line.hash,
                product_name="",
                quantity=line.quantity,
                price_each=line.price_each,
                price_each_before=line.price_each_before,
                line_total=line.total,
                discount_share=line.net_total - line.total,
                tax_percent=line.tax_percent,
                is_tax_included=int(line.is_tax_included),
                comment=line.comment,
                localized_size=line.localized_size,
                localization_name=line.localization_name,
                ean=next((name for kind, name in each.item.names if kind == "ean"), ""),
            )
    texts = {each.line.hash: each.item.texts for each in lines if each.item.texts}
    for row in order_rows.lines(tx, [order_id]) if texts else ():
        columns = {_TEXT_COLUMNS[key]: text for key, text in texts.get(row["hash"], {}).items() if key in _TEXT_COLUMNS}
        if columns:
            order_rows.update_line(tx, row["id"], **columns)
    if place.window is not None:
        rows.put_window(tx, order_id, place.window["id"])


# ------------------------------------------------------------------ stock and customers


class _Rehearsed(Exception):
    """What was tried is undone."""


def _take_stock(tx: Transaction, new: NewOrder, place: _Place, order_id: int) -> None:
    """Reserves what is ordered; a prepared order only looks. Raises EntryRefused (`stock`)."""
    if not orders.row_of(tx, order_id)["takes_stock"]:
        return
    may_wait = new.may_wait or setting(tx, "store.backorders")
    try:
        with tx.savepoint():
            outcome = allocation.allocate(tx, _needs(tx, order_id), place.rule_id, may_wait, keeps_reserves=False)
            if outcome.missing:
                raise EntryRefused(STOCK, "stock is missing for one or more products")
            if new.is_prepared:
                raise _Rehearsed
    except _Rehearsed:
        return


def _needs(tx: Transaction, order_id: int) -> list[Need]:
    found = order_rows.lines(tx, [order_id])
    parents = {line["parent_line_id"] for line in found}
    return [
        Need(line["id"], line["product_size_id"], line["quantity"])
        for line in found
        if line["product_size_id"] is not None and line["id"] not in parents
    ]


def _customer(tx: Transaction, new: NewOrder, place: _Place) -> int:
    """Whose order it is: the named one, the account of the e-mail, or the unregistered customer of it."""
    context = place.context
    email = place.address["email"].strip()
    if new.customer_id is not None:
        if not rows.customer_of_store(tx, context.store_id, new.customer_id):
            raise EntryRefused(CUSTOMER, f"there is no customer {new.customer_id}")
        return new.customer_id
    if not is_email(email):
        raise EntryRefused(CUSTOMER, f"{email} is no e-mail address")
    password_hash = None
    if new.registers:
        account = customers.find_customer(tx, context.store_id, email, is_registered=True)
        if account is not None:
            return account
        password_hash = customers.hash_password(tx, tx.token())
    try:
        return customers.customer_for_order(
            tx,
            store_id=context.store_id,
            customer_id=None,
            email=email,
            address=place.address,
            newsletter=False,
            consents=[],
            language_id=None,
            market_id=context.market.id,
            pricelist_id=context.pricelist.id,
            password_hash=password_hash,
        )
    except (Conflict, Invalid, NotFound) as error:
        raise EntryRefused(CUSTOMER, "the customer could not be registered") from error


# ------------------------------------------------------------------ money


def note_payments(tx: Transaction, order_id: int, payments: Payments) -> None:
    """Notes what happened to an order's money elsewhere; what is on record with the same transaction is not repeated.

    An authorisation that is pending holds the order until one that succeeds is told. Raises EntryRefused for more
    captured than authorised.
    """
    order = orders.row_of(tx, order_id)
    method = reference_of(tx.store).payment_methods.get(payments.method_id or 0)
    told = payments.auth or payments.capture
    if payments.method_id is not None or told is not None:
        named = told.method if told is not None else ""
        columns: dict[str, Any] = {}
        if method is not None:
            columns["payment_method_id"] = method.id
        if payments.method_id is not None and named in PAYMENT_TYPES:
            columns["payment_type"] = named
        if named and named not in PAYMENT_TYPES:
            columns["payment_provider"] = named
        order_rows.update(tx, order_id, **columns)
        order = orders.row_of(tx, order_id)
    if payments.auth is not None and not _is_known(tx, order_id, "auth", payments.auth):
        _note_auth(tx, order, payments.auth)
    capture = payments.capture
    if capture is not None and not _is_known(tx, order_id, "capture", capture):
        if capture.status == 1:
            if payments.auth is None and not ledger.has_payments(tx, order):
                ledger.authorise(tx, order, capture.amount, capture.transaction, details=capture.details)
            if ledger.captured(tx, order) + capture.amount > ledger.authorised(tx, order):
                raise EntryRefused(OTHER, "more was captured than authorised")
            ledger.capture_outside(tx, order, capture.amount, capture.transaction, capture.details)
        else:
            status = _ENTRY_STATUS[capture.status]
            ledger.note(tx, order, "capture", status, capture.amount, capture.transaction, details=capture.details)


def _is_known(tx: Transaction, order_id: int, kind: str, payment: Payment) -> bool:
    return bool(payment.transaction) and rows.has_entry(tx, order_id, kind, payment.transaction)


def _note_auth(tx: Transaction, order: Row, auth: Payment) -> None:
    status = _ENTRY_STATUS[auth.status]
    if order["is_waiting_for_payment"]:
        if status == ledger.PENDING:
            return
        ledger.settle_authorisation(tx, order, ledger.FAILED)
    ledger.authorise(tx, order, auth.amount, auth.transaction, status, auth.details)
    is_waiting = int(status == ledger.PENDING)
    if is_waiting or order["is_waiting_for_payment"]:
        order_rows.update(tx, order["id"], is_waiting_for_payment=is_waiting, is_on_hold=is_waiting)


# ------------------------------------------------------------------ completing a prepared order


@dataclass(frozen=True, slots=True)
class Completion:
    """What is told of an order that was prepared, or later; None changes nothing."""

    payments: Payments | None = None
    buyer_name: str | None = None
    po_number: str | None = None
    comment: str | None = None
    internal_comment: str | None = None
    ordered_at: int | None = None
    delivery_at: int | None = None
    cancel_at: int | None = None
    allocation_rule: str = ""


def complete(tx: Transaction, number: int, told: Completion) -> int:
    """Finishes a prepared order, or adds to a finished one; returns its id. What is missing in stock is waited for.

    Raises NotFound (`order`), and EntryRefused; nothing has changed then.
    """
    order_id = orders.id_of_number(tx, number)
    if order_id is None:
        raise NotFound("order")
    with tx.savepoint():
        _complete(tx, order_id, told)
    return order_id


def _complete(tx: Transaction, order_id: int, told: Completion) -> None:
    order = orders.row_of(tx, order_id)
    columns: dict[str, Any] = {
        name: value
        for name, value in (
            ("po_number", told.po_number),
            ("created_at", told.ordered_at),
            ("estimated_delivery_at", told.delivery_at),
            ("cancel_at", told.cancel_at),
        )
        if value is not None
    }
    for name, text in (("additional_notes", told.comment), ("internal_comment", told.internal_comment)):
        if text:
            columns[name] = f"{order[name]}\n{text}" if order[name] else text
    if told.buyer_name is not None:
        columns["extra_json"] = to_json({**from_json(order["extra_json"]), "buyerName": told.buyer_name})
    if told.allocation_rule:
        columns["allocation_rule_id"] = find_rule(tx, told.allocation_rule)
    order_rows.update(tx, order_id, **columns)
    if told.payments is not None:
        note_payments(tx, order_id, told.payments)
    if order["status"] != "incomplete":
        if order["is_waiting_for_payment"]:
            orders.proceed(tx, order_id)
        tx.event("order", order_id, "updated", number=order["number"])
        return
    order = orders.row_of(tx, order_id)
    if order["takes_stock"]:
        allocation.allocate(tx, _needs(tx, order_id), order["allocation_rule_id"], True, keeps_reserves=False)
    _open(tx, order_id)
