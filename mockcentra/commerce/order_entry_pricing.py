"""What an order that an integration brings comes to: its rows, vouchers, shipping, taxes (order-api.md 5.1)."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from mockcentra.commerce import catalogue, shipping, voucher_gifts, voucher_rules, vouchers
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import Cart, CartLine, Context, LineDiscount, ProductRecord, SizeRecord
from mockcentra.commerce.money import percent_of, shares
from mockcentra.commerce.order_entry_records import OTHER, PRODUCT, EntryLine, EntryRefused, Item, NewOrder, Place
from mockcentra.commerce.price_writing import wholesale_prices
from mockcentra.commerce.reference import ShippingOption
from mockcentra.commerce.selection_pricing import is_offered, line_price, parts_of, share_out
from mockcentra.commerce.stock import best_parts
from mockcentra.commerce.tax import is_exempt, rule_for
from mockcentra.commerce.totals import totals_of
from mockcentra.store import Transaction
from mockcentra.store import order_entry as rows


def lines_of(tx: Transaction, new: NewOrder, place: Place) -> list[EntryLine]:
    """The rows, priced and taxed. Raises EntryRefused (`product`) for what cannot be on such an order."""
    context = place.context
    sizes = _sizes_of(tx, new.items)
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
        found.append(EntryLine(item, size_id, line))
    _tax(place, [each.line for each in found])
    return found


def _tax(place: Place, lines: Sequence[CartLine]) -> None:
    """Notes on lines how they are taxed."""
    exempt = is_exempt(place.context, place.address.get("vatNumber", ""))
    tax_context = replace(place.context, tax_class_id=None) if exempt else place.context
    for line in lines:
        group = line.record.tax_group_id if line.record is not None else None
        rule = rule_for(tax_context, group, place.shipping_address.get("zipCode", ""))
        if rule is not None:
            line.tax_percent, line.is_tax_included, line.tax_name = rule.percent, rule.included, rule.name


def _sizes_of(tx: Transaction, items: Sequence[Item]) -> list[int | None]:
    """The size that each row names, by the first of its names that is known."""
    named = [[_size_name(kind, name) for kind, name in item.names] for item in items]
    wanted: dict[str, set[str]] = {}
    for kind, name in {each for of_item in named for each in of_item}:
        if kind != "id" or (name.isascii() and name.isdigit() and len(name) < 16):
            wanted.setdefault(kind, set()).add(name)
    known = {kind: rows.sizes_called(tx, kind, sorted(names)) for kind, names in wanted.items()}
    return [
        next((known[kind][name] for kind, name in of_item if name in known.get(kind, ())), None) for of_item in named
    ]


def _size_name(kind: str, name: str) -> tuple[str, str]:
    """An `item` is a display item and a size: the size counts here."""
    return ("id", name.rpartition("-")[2]) if kind == "item" else (kind, name)


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
    place: Place,
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
    parts = parts_of(context, item.quantity, record, size, records, best_parts(tx, context.market, record, size))
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


def _account_discount(tx: Transaction, place: Place) -> int:
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


def cart_of(
    tx: Transaction, new: NewOrder, place: Place, lines: Sequence[EntryLine], found: Sequence[vouchers.Voucher]
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


def _shipping(tx: Transaction, new: NewOrder, place: Place, lines: Sequence[CartLine]) -> ShippingOption | None:
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


def vouchers_of(tx: Transaction, new: NewOrder, context: Context) -> list[vouchers.Voucher]:
    """The vouchers of its codes, and the automatic ones if it wants them. Raises EntryRefused (`other`)."""
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
    tx: Transaction, new: NewOrder, place: Place, found: Sequence[vouchers.Voucher], lines: Sequence[CartLine]
) -> vouchers.Facts:
    """What vouchers ask about whose order it is. Nobody signs in to an integration."""
    account_id = place.account["id"] if place.account is not None else None
    email = place.address.get("email", "") if place.account is None else ""
    shopper = vouchers.Shopper(new.customer_id, email, False, account_id)
    return vouchers.facts_for(tx, found, place.context.store_id, shopper, lines)


def gift_lines(
    tx: Transaction, new: NewOrder, place: Place, found: Sequence[vouchers.Voucher], lines: Sequence[EntryLine]
) -> list[EntryLine]:
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
        made.append(EntryLine(item, gift.size.id, line))
    _tax(place, [each.line for each in made])
    return made


def _take_off(lines: Sequence[CartLine], value: int) -> None:
    """Spreads the value of vouchers that nobody names over the lines, in proportion to what they cost."""
    nets = [line.net_total for line in lines]
    for line, amount in zip(lines, shares(min(value, sum(nets)), nets), strict=True):
        if amount:
            line.discounts.append(LineDiscount(0, False, "", -amount))
