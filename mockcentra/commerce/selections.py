"""Selections: what is in a cart, what it adds up to in its context, and every change a shopper can make to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from msgspec.structs import replace

from mockcentra.commerce import (
    catalogue,
    mails,
    sessions,
    shipping,
    stock,
    tax,
    voucher_gifts,
    voucher_rules,
    vouchers,
)
from mockcentra.commerce.bundles import price_of_choice
from mockcentra.commerce.errors import CommerceError, Invalid, NotFound, OutOfStock
from mockcentra.commerce.model import (
    ADDRESS_FIELDS,
    Address,
    Cart,
    CartLine,
    Context,
    LinePart,
    Price,
    ProductRecord,
    Shortage,
    SizeRecord,
)
from mockcentra.commerce.money import ratio, shares
from mockcentra.commerce.pricing import plan_price, price_of
from mockcentra.commerce.reference import PaymentMethod, Reference, ShippingOption
from mockcentra.commerce.sessions import Session
from mockcentra.commerce.settings import FLEXIBLE_BUNDLES, setting
from mockcentra.commerce.totals import totals_of
from mockcentra.store import Transaction
from mockcentra.store import selections as rows
from mockcentra.store import sessions as session_rows
from mockcentra.store.database import from_json, to_json
from mockcentra.store.selections import Line, Part, Selection

MAX_QUANTITY = 1_000_000

# What a session without a selection sees.
_NO_SELECTION = Selection(0, "", 0, "open", 0, 0, None, None, None, None, created_at=0, updated_at=0)

_Method = TypeVar("_Method", PaymentMethod, ShippingOption)


# ------------------------------------------------------------------ reading


def context_in(tx: Transaction, session: Session) -> Context:
    """The session's context with the tax class of the signed-in customer."""
    tax_class_id = rows.tax_class_of_customer(tx, session.customer_id) if session.customer_id else None
    return sessions.context_of(tx.store, session, tx.now, tax_class_id)


def cart_of(tx: Transaction, session: Session) -> Cart:
    """The session's cart with everything computed; one without a selection shows an empty cart and stores nothing."""
    selection = rows.get(tx, session.selection_id) if session.selection_id else None
    context = context_in(tx, session)
    if selection is None:
        selection = _NO_SELECTION
    lines = _priced_lines(tx, context, selection)
    address: Address = from_json(selection.address_json)
    has_gift = any(line.gift_certificate for line in lines)
    has_plan = any(line.plan for line in lines)
    payment_methods = _payment_methods(context, has_gift, has_plan)
    country_id = context.country.id if context.country else None
    shipping_options, shipping_costs = shipping.offers(tx, context, country_id, lines)
    payment_method = _chosen(payment_methods, selection.payment_method_id)
    shipping_option = _chosen(shipping_options, selection.shipping_option_id, context.pricelist.shipping_option_id)
    handling = payment_method.handling_costs.get(context.currency.id, 0) if payment_method and lines else 0
    goods = any(line.record is not None for line in lines)
    cost = shipping_costs[shipping_option.id] if shipping_option and goods else 0

    exempt = tax.is_exempt(context, address.get("vatNumber", ""))
    tax_context = replace(context, tax_class_id=None) if exempt else context
    zip_code = address.get("zipCode", "")
    for line in lines:
        if line.record is not None:
            rule = tax.rule_for(tax_context, line.record.tax_group_id, zip_code)
            if rule is not None:
                line.tax_percent, line.is_tax_included, line.tax_name = rule.percent, rule.included, rule.name
    found = _vouchers(tx, context, selection)
    facts = vouchers.facts_for(tx, found, context.store_id, _shopper(session, address), lines)
    option = shipping_option if goods else None
    applied, shipping_paid = voucher_rules.apply(found, context, lines, option, cost, facts)
    vouchers.put_attributes(tx, applied)
    totals = totals_of(lines, shipping_paid, handling, tax.rule_for(tax_context, None, zip_code), exempt)
    return Cart(
        id=selection.id,
        hash=selection.hash,
        context=context,
        language_chosen=bool(session.language_chosen),
        lines=lines,
        vouchers=[note for note in applied if note.trigger != "auto"],
        automatic=[note for note in applied if note.trigger == "auto"],
        totals=totals,
        is_vat_exempt=exempt,
        payment_method=payment_method,
        shipping_option=shipping_option,
        payment_methods=payment_methods,
        shipping_options=shipping_options,
        address=address,
        shipping_address=from_json(selection.shipping_address_json),
        has_shipping_address=bool(selection.has_shipping_address),
        additional_notes=selection.additional_notes,
        gift_message=selection.gift_message,
        newsletter=bool(selection.newsletter),
        consents=from_json(selection.consents_json),
        additional_fields=from_json(selection.additional_fields_json),
        customer_id=session.customer_id,
        shipping_costs=shipping_costs,
    )


def _payment_methods(context: Context, has_gift: bool, has_plan: bool) -> list[PaymentMethod]:
    """The methods that this cart may be paid with, in the shop's order."""
    return [
        method
        for method in context.reference.payment_methods.values()
        if method.is_active
        and method.store_id == context.store_id
        and (not method.country_ids or (context.country is not None and context.country.id in method.country_ids))
        and (method.for_gift_certificates or not has_gift)
        and (method.is_recurring or not has_plan)
    ]


def _chosen(options: Sequence[_Method], *wanted: int | None) -> _Method | None:
    """The first of the wanted ones that is offered, else the first that is offered."""
    by_id = {option.id: option for option in options}
    for option_id in wanted:
        if option_id in by_id:
            return by_id[option_id]
    return options[0] if options else None


def _vouchers(tx: Transaction, context: Context, selection: Selection) -> list[vouchers.Voucher]:
    """The usable vouchers of a selection and the automatic ones, in the order in which they apply."""
    return vouchers.with_automatic(tx, context, _added_vouchers(tx, selection) if selection.voucher_ids else ())


def _added_vouchers(tx: Transaction, selection: Selection) -> list[vouchers.Voucher]:
    """The vouchers that were added to a selection, in that order."""
    places = {voucher_id: place for place, voucher_id in enumerate(selection.voucher_ids)}
    return sorted(vouchers.by_ids(tx, selection.voucher_ids), key=lambda voucher: places[voucher.id])


def _shopper(session: Session, address: Address) -> vouchers.Shopper:
    return vouchers.Shopper(session.customer_id, address.get("email", ""), session.customer_id is not None)


# ------------------------------------------------------------------ pricing lines


def _priced_lines(tx: Transaction, context: Context, selection: Selection) -> list[CartLine]:
    """The lines that can be bought in the context, priced. What has gone from the market is left out."""
    records = _records_for(tx, selection.lines)
    priced = (
        _gift_line(context, line) if line.gift_certificate_id else _goods_line(context, line, records)
        for line in selection.lines
    )
    return [line for line in priced if line is not None]


def _records_for(tx: Transaction, lines: Sequence[Line]) -> dict[int, ProductRecord]:
    """The records of everything on the lines, with the parts of their bundles."""
    ids = {line.display_item_id for line in lines if line.display_item_id}
    ids.update(part.display_item_id for line in lines for part in line.parts)
    if not ids:
        return {}
    records = catalogue.records(tx, sorted(ids))
    if any(record.bundle is not None for record in records.values()):
        records = {**catalogue.with_parts(tx, records.values()), **records}
    return records


def _gift_line(context: Context, line: Line) -> CartLine | None:
    gift = context.reference.gift_certificates.get(line.gift_certificate_id or 0)
    if gift is None or not gift.is_active:
        return None
    amount = gift.amounts.get(context.currency.id) if gift.type == "predetermined" else line.gift_amount
    if amount is None:
        return None
    return CartLine(
        id=line.id, hash=line.hash, record=None, size=None, gift_certificate=gift, quantity=1, comment="",
        product_url=None, category_id=None, localization_name="", localized_size=None, plan=None,
        free_voucher_id=None, price_each=amount, price_each_before=amount, total=amount, total_before=amount,
        campaign=None, campaign_discount=0,
    )  # fmt: skip


def _goods_line(context: Context, line: Line, records: Mapping[int, ProductRecord]) -> CartLine | None:
    record = records.get(line.display_item_id or 0)
    size = record.size(line.product_size_id or 0) if record is not None else None
    if record is None or size is None or not is_offered(record, context):
        return None
    quantity = line.quantity
    parts = parts_of(context, quantity, record, size, records, line.parts)
    if parts is None:
        return None
    price = line_price(context, record, parts, quantity)
    each, before = price.amount, price.before
    if each is None or before is None:
        return None
    plan = context.reference.plans.get(line.subscription_plan_id) if line.subscription_plan_id else None
    if plan is not None:
        each = plan_price(each, plan)
    free_voucher_id = None if line.is_kept_gift else line.free_voucher_id
    if free_voucher_id:
        each = line.free_price or 0
    priced = CartLine(
        id=line.id, hash=line.hash, record=record, size=size, gift_certificate=None, quantity=quantity,
        comment=line.comment, product_url=line.product_url, category_id=line.category_id,
        localization_name=line.localization_name, localized_size=line.localized_size, plan=plan,
        free_voucher_id=free_voucher_id, price_each=each, price_each_before=before, total=each * quantity,
        total_before=before * quantity, campaign=price.campaign,
        campaign_discount=(price.amount or 0) - before if price.campaign else 0, parts=parts,
    )  # fmt: skip
    share_out(priced)
    return priced


def is_offered(record: ProductRecord, context: Context) -> bool:
    """Whether the display item exists for somebody in that context, priced or not."""
    return record.store_id == context.store_id and catalogue.is_listed(record, context.market.id)


def parts_of(
    context: Context,
    pieces: int,
    record: ProductRecord,
    size: SizeRecord,
    records: Mapping[int, ProductRecord],
    picked: Sequence[Part],
) -> list[LinePart] | None:
    """What so many pieces of a bundle consist of; [] for no bundle, None when a part has gone."""
    bundle = record.bundle
    if bundle is None:
        return []
    if bundle.type == "fixed":
        fixed = bundle.size_parts.get(size.id, {})
        wanted = [
            (section.id, *fixed[section.id], section.quantity) for section in bundle.sections if section.id in fixed
        ]
        if len(wanted) != len(bundle.sections):
            return None
    else:
        wanted = [(part.section_id, part.display_item_id, part.product_size_id, part.quantity) for part in picked]
    parts = []
    for section_id, item_id, size_id, quantity in wanted:
        part_record = records.get(item_id)
        part_size = part_record.size(size_id) if part_record is not None else None
        if part_record is None or part_size is None or not part_record.is_active:
            return None
        price = price_of(part_record, context.market.id, context.pricelist.id, context.now)
        each = price.amount or 0
        before = price.before or 0
        parts.append(LinePart(part_record, part_size, section_id, quantity * pieces, each, before, 0, 0, before))
    return parts


def line_price(context: Context, record: ProductRecord, parts: Sequence[LinePart], quantity: int) -> Price:
    """What one piece of a line costs: a bundle by what was picked for it."""
    place = (context.market.id, context.pricelist.id, context.now)
    if record.bundle is None:
        return price_of(record, *place)
    return price_of_choice(record, [(part.record, part.quantity // quantity) for part in parts], *place)


def share_out(line: CartLine) -> None:
    """Prices a bundle's parts: the line's total in proportion to what the parts cost alone."""
    if not line.parts:
        return
    weights = [part.price_each * part.quantity for part in line.parts]
    if not any(weights):
        weights = [part.quantity for part in line.parts]
    totals = shares(line.total, weights)
    totals_before = shares(line.total_before, weights)
    for part, total, before in zip(line.parts, totals, totals_before, strict=True):
        part.total, part.total_before = total, before
        part.price_each, part.price_each_before = ratio(total, 1, part.quantity), ratio(before, 1, part.quantity)


# ------------------------------------------------------------------ opening and closing


def open_selection(tx: Transaction, session: Session) -> Selection:
    """The session's open selection, a new one where there is none or where the last one became an order."""
    selection = rows.get(tx, session.selection_id) if session.selection_id else None
    if selection is not None and selection.status == "open":
        if session.show_order:
            session.show_order = 0
            session_rows.save(tx, session)
        return selection
    selection = rows.create(tx, session)
    session.selection_id, session.show_order = selection.id, 0
    session_rows.save(tx, session)
    if session.customer_id:
        rows.save_for_customer(tx, session.customer_id, selection.id)
    return selection


def close(tx: Transaction, session: Session, cart: Cart) -> None:
    """The selection has become an order: it is frozen and leaves the session and the account."""
    selection = rows.get(tx, cart.id)
    assert selection is not None
    rows.update(tx, selection, status="ordered")
    rows.forget(tx, cart.id)
    session.selection_id = None
    session_rows.save(tx, session)
    session_rows.detach_selection(tx, cart.id, session.token)
    if session.customer_id:
        rows.save_for_customer(tx, session.customer_id, None)


def take_over(tx: Transaction, session: Session, selection_hash: str) -> None:
    """Attaches the open selection with that id to the session (checkout-api.md 10.7). Raises NotFound."""
    selection = rows.by_hash(tx, selection_hash.strip().lower())
    if (
        selection is None
        or selection.status != "open"
        or selection.store_id != session.store_id
        or selection.account_id
    ):
        raise NotFound("selection")
    session.selection_id, session.show_order = selection.id, 0
    session_rows.save(tx, session)
    _follow(tx, session, selection)


# ------------------------------------------------------------------ lines


@dataclass(slots=True)
class Wanted:
    """An item to be added, with everything that makes its line differ from another of the same item."""

    item: str
    quantity: int = 1
    comment: str = ""
    product_url: str | None = None
    category_id: int | None = None
    localization_name: str = ""
    localized_size: str | None = None
    plan_id: int | None = None
    sections: Sequence[tuple[int, str]] = field(default_factory=tuple)  # flexible bundle: section id, item


def add_item(tx: Transaction, session: Session, wanted: Wanted) -> list[Shortage]:
    """Adds an item, or raises the quantity of an identical line (checkout-api.md 10.2, 10.4).

    Raises NotFound for `item` and `subscriptionPlan`, Invalid for `sections`, OutOfStock in the aggressive mode.
    """
    record, size = _buyable(tx, session, wanted.item)
    picked = _picked(tx, session, record, wanted.sections)
    if wanted.plan_id is not None:
        _check_plan(context_in(tx, session), record, wanted.plan_id)
    selection = open_selection(tx, session)
    rows.remove_lines(tx, selection, {line.id for line in selection.lines if line.gift_certificate_id})
    same = _identical(selection, record, size, wanted, picked)
    quantity = wanted.quantity + (same.quantity if same is not None else 0)
    quantity = min(_allowed_quantity(record, quantity), MAX_QUANTITY)
    if same is not None:
        rows.update_line(tx, same, quantity=quantity)
    else:
        rows.add_line(
            tx,
            selection,
            picked,
            display_item_id=record.id,
            product_size_id=size.id,
            quantity=quantity,
            comment=wanted.comment,
            product_url=wanted.product_url,
            category_id=wanted.category_id,
            localization_name=wanted.localization_name,
            localized_size=wanted.localized_size,
            subscription_plan_id=wanted.plan_id,
        )
    _settle(tx, session, selection)
    return _check_if_aggressive(tx, session, (record.id, size.id))


def _buyable(tx: Transaction, session: Session, item: str) -> tuple[ProductRecord, SizeRecord]:
    """The record and size of an item that can be put into the cart. Raises NotFound."""
    context = context_in(tx, session)
    found = catalogue.find_item(tx, item)
    if found is None or not is_offered(found[0], context):
        raise NotFound("item")
    parts = catalogue.with_parts(tx, found[:1])
    if price_of(found[0], context.market.id, context.pricelist.id, context.now, parts).amount is None:
        raise NotFound("item")
    return found


def _allowed_quantity(record: ProductRecord, quantity: int) -> int:
    """The next quantity that the display's minimum and multiple allow."""
    quantity = max(quantity, record.minimum_quantity)
    return -(-quantity // record.multiple_of) * record.multiple_of


def _identical(
    selection: Selection, record: ProductRecord, size: SizeRecord, wanted: Wanted, picked: Sequence[Part]
) -> Line | None:
    """The line that differs in nothing from what is wanted."""
    for line in selection.lines:
        if (
            line.display_item_id == record.id
            and line.product_size_id == size.id
            and line.comment == wanted.comment
            and line.product_url == wanted.product_url
            and line.category_id == wanted.category_id
            and line.localization_name == wanted.localization_name
            and line.localized_size == wanted.localized_size
            and line.subscription_plan_id == wanted.plan_id
            and line.free_voucher_id is None
            and (not picked or line.parts == tuple(picked))
        ):
            return line
    return None


def _picked(
    tx: Transaction, session: Session, record: ProductRecord, sections: Sequence[tuple[int, str]]
) -> list[Part]:
    """The parts chosen for a flexible bundle.

    A section takes as many entries as its quantity, or one for all of its pieces. Raises Invalid.
    """
    bundle = record.bundle
    if bundle is None or bundle.type == "fixed":
        if sections:
            raise Invalid({"sections": "not valid"})
        return []
    if not setting(tx, FLEXIBLE_BUNDLES):
        raise Invalid({"sections": "not valid"})
    by_id = {section.id: section for section in bundle.sections}
    chosen: dict[int, list[tuple[int, int]]] = {section.id: [] for section in bundle.sections}
    for section_id, item in sections:
        found = catalogue.find_item(tx, item)
        if section_id not in by_id or found is None or found[0].id not in by_id[section_id].items:
            raise Invalid({"sections": "not valid"})
        if not found[0].is_active or session.market_id not in found[0].market_ids:
            raise Invalid({"sections": "not valid"})
        chosen[section_id].append((found[0].id, found[1].id))
    picked = []
    for section in bundle.sections:
        items = chosen[section.id]
        if len(items) == 1:
            picked.append(Part(section.id, 0, *items[0], section.quantity))
        elif len(items) == section.quantity:
            picked.extend(Part(section.id, position, *part, 1) for position, part in enumerate(items))
        else:
            raise Invalid({"sections": "not valid"})
    return sorted(picked)


def _check_plan(context: Context, record: ProductRecord, plan_id: int) -> None:
    plan = context.reference.plans.get(plan_id)
    if plan is None or not plan.is_active or plan_id not in record.plan_ids:
        raise NotFound("subscriptionPlan")


def change_line(
    tx: Transaction, session: Session, line_hash: str, *, to: int | None = None, by: int = 0
) -> list[Shortage]:
    """Sets a line's quantity (`to`) or changes it (`by`); at 0 or below the line goes. Raises NotFound (`line`)."""
    selection, line = _line(tx, session, line_hash)
    quantity = to if to is not None else line.quantity + by
    if quantity <= 0:
        if line.free_voucher_id:
            voucher_gifts.give_back(tx, selection, line)
        rows.remove_lines(tx, selection, {line.id})
    elif line.gift_certificate_id is None:
        record = _record_on(tx, line)
        if line.free_voucher_id is None:
            rows.update_line(tx, line, quantity=min(_allowed_quantity(record, quantity), MAX_QUANTITY))
        elif quantity > line.quantity:
            voucher_gifts.buy_more(tx, selection, line, min(quantity - line.quantity, MAX_QUANTITY))
    _settle(tx, session, selection)
    if line.display_item_id is None or line.product_size_id is None:
        return []
    return _check_if_aggressive(tx, session, (line.display_item_id, line.product_size_id))


def _line(tx: Transaction, session: Session, line_hash: str) -> tuple[Selection, Line]:
    """A line of the session's open selection. Raises NotFound (`line`)."""
    wanted = line_hash.strip().lower()
    selection = rows.get(tx, session.selection_id) if session.selection_id and not session.show_order else None
    if selection is not None:
        for line in selection.lines:
            if line.hash == wanted:
                if line.is_kept_gift:
                    voucher_gifts.buy(tx, line)
                return open_selection(tx, session), line
    raise NotFound("line")


def _record_on(tx: Transaction, line: Line) -> ProductRecord:
    """The record of the goods on a line."""
    assert line.display_item_id is not None
    return catalogue.records(tx, [line.display_item_id])[line.display_item_id]


def set_plan(tx: Transaction, session: Session, line_hash: str, plan_id: int | None) -> None:
    """Turns a line into a subscription, or back. Raises NotFound for `line` and `subscriptionPlan`."""
    selection, line = _line(tx, session, line_hash)
    if line.display_item_id is None or line.free_voucher_id is not None:
        raise NotFound("subscriptionPlan")
    record = _record_on(tx, line)
    if plan_id is not None:
        _check_plan(context_in(tx, session), record, plan_id)
    size = record.size(line.product_size_id or 0)
    assert size is not None
    wanted = Wanted(
        "", 1, line.comment, line.product_url, line.category_id, line.localization_name, line.localized_size, plan_id
    )
    same = _identical(selection, record, size, wanted, line.parts)
    if same is not None and same is not line:
        rows.update_line(tx, same, quantity=min(same.quantity + line.quantity, MAX_QUANTITY))
        rows.remove_lines(tx, selection, {line.id})
    else:
        rows.update_line(tx, line, subscription_plan_id=plan_id)
    _settle(tx, session, selection)


def add_gift(tx: Transaction, session: Session, uri: str, amount: int | None) -> None:
    """Puts a gift certificate into the cart, in place of all that was there (checkout-api.md 11.4).

    `amount` in hundredths of the selection's currency counts for any-amount ones. Raises NotFound
    (`giftCertificate`), Invalid (`amount`).
    """
    context = context_in(tx, session)
    gift = next(
        (
            gift
            for gift in context.reference.gift_certificates.values()
            if gift.store_id == session.store_id and gift.uri == uri and gift.is_active
        ),
        None,
    )
    if gift is None:
        raise NotFound("giftCertificate")
    if gift.type == "predetermined":
        amount = None
        if context.currency.id not in gift.amounts:
            raise NotFound("giftCertificate")
    elif amount is None or not (gift.min_amount or 1) <= amount <= (gift.max_amount or 10**11):
        raise Invalid({"amount": "not valid"})
    selection = open_selection(tx, session)
    rows.remove_lines(tx, selection, {line.id for line in selection.lines})
    rows.add_line(tx, selection, quantity=1, gift_certificate_id=gift.id, gift_amount=amount)
    _settle(tx, session, selection)


def bulk_update(
    tx: Transaction, session: Session, lines: Sequence[tuple[str, int]], items: Sequence[tuple[str, int]]
) -> tuple[dict[str, list[Any]], list[Shortage]]:
    """`PUT /items`: sets lines (0 removes) and adds items, all or nothing as far as the request is wrong.

    Returns the operations that failed one by one (only possible in the aggressive mode) and what was missing. Raises
    NotFound for `line` and `item`, Invalid for an item that the cart holds already.
    """
    held = open_selection(tx, session).lines
    hashes = {line.hash for line in held}
    for line_hash, _ in lines:
        if line_hash.strip().lower() not in hashes:
            raise NotFound("line")
    for item, _ in items:
        record, size = _buyable(tx, session, item)
        if record.bundle is not None and record.bundle.type == "flexible":
            raise NotFound("item")
        if any(line.display_item_id == record.id and line.product_size_id == size.id for line in held):
            raise Invalid({"items": "already in the selection"})
    failed: dict[str, list[Any]] = {}
    shortages: list[Shortage] = []
    for line_hash, quantity in lines:
        try:
            shortages += change_line(tx, session, line_hash, to=quantity)
        except CommerceError:
            failed.setdefault("lines", []).append({"line": line_hash, "quantity": quantity})
    for item, quantity in items:
        try:
            shortages += add_item(tx, session, Wanted(item, quantity))
        except OutOfStock as error:
            shortages += error.shortages
            failed.setdefault("items", []).append({"item": item, "quantity": quantity})
        except CommerceError:
            failed.setdefault("items", []).append({"item": item, "quantity": quantity})
    return failed, shortages


def set_item_quantity(tx: Transaction, session: Session, item: str, quantity: int) -> list[Shortage]:
    """Sets the quantity of the item's first line, adding the item where the cart has none."""
    record, size = _buyable(tx, session, item)
    for line in open_selection(tx, session).lines:
        if (line.display_item_id, line.product_size_id) == (record.id, size.id) and not line.free_voucher_id:
            return change_line(tx, session, line.hash, to=quantity)
    return add_item(tx, session, Wanted(item, quantity)) if quantity > 0 else []


# ------------------------------------------------------------------ what follows a change


def _settle(tx: Transaction, session: Session, selection: Selection) -> None:
    """After a change of lines or vouchers: free products come and go."""
    rows.update(tx, selection)
    context = context_in(tx, session)
    found = _vouchers(tx, context, selection)
    if voucher_gifts.has_gifts(found):
        _settle_gifts(tx, session, context, selection, found)
    else:
        voucher_gifts.withdraw(tx, selection)


def _settle_gifts(
    tx: Transaction, session: Session, context: Context, selection: Selection, found: Sequence[vouchers.Voucher]
) -> None:
    """Puts the free products into the cart that it has earned, and takes the others out."""
    lines = _priced_lines(tx, context, selection)
    shopper = _shopper(session, from_json(selection.address_json))
    facts = vouchers.facts_for(tx, found, context.store_id, shopper, lines)
    country_id = context.country.id if context.country else None
    options, costs = shipping.offers(tx, context, country_id, lines)
    option = _chosen(options, selection.shipping_option_id, context.pricelist.shipping_option_id)
    cost = costs[option.id] if option is not None else 0
    voucher_gifts.settle(tx, selection, voucher_gifts.earned(tx, found, context, lines, option, cost, facts), lines)


def _follow(tx: Transaction, session: Session, selection: Selection) -> None:
    """After a change of the context: the selection's row follows the session, and lines that it lacks leave."""
    context = context_in(tx, session)
    rows.update(
        tx,
        selection,
        market_id=context.market.id,
        pricelist_id=context.pricelist.id,
        country_id=context.country.id if context.country else None,
        state_id=context.state.id if context.state else None,
        language_id=session.language_id if session.language_chosen else None,
        customer_id=session.customer_id,
    )
    kept = {line.id for line in _priced_lines(tx, context, selection)}
    rows.remove_lines(tx, selection, {line.id for line in selection.lines} - kept)
    _settle(tx, session, selection)


def context_changed(tx: Transaction, session: Session) -> None:
    """Saves a session whose country, market, pricelist or language changed; its cart follows (checkout-api.md 4.2)."""
    session_rows.save(tx, session)
    selection = rows.get(tx, session.selection_id) if session.selection_id and not session.show_order else None
    _follow(tx, session, selection or open_selection(tx, session))


# ------------------------------------------------------------------ stock


def check_stock(tx: Transaction, session: Session, cart: Cart, only: tuple[int, int] | None = None) -> list[Shortage]:
    """Takes off the cart what cannot be had, and says what that was (checkout-api.md 14).

    Preorder and infinite items never run short, bundles are checked through their parts, and nothing runs short while
    the store allows back-orders. `only`: look at the lines of one display item and product size.
    """
    if setting(tx, "store.backorders"):
        return []
    context = cart.context
    parts = [(part.record, part.size) for line in cart.lines for part in line.parts]
    goods = [(line.record, line.size) for line in cart.lines if line.record is not None and line.record.bundle is None]
    records = {record.id: record for record, _ in (*parts, *goods) if record is not None}
    pool = {size_id: found.total for size_id, found in stock.sellable(tx, context.market, records.values()).items()}
    selection = rows.get(tx, cart.id)
    held = {line.id: line for line in selection.lines} if selection is not None else {}
    shortages: dict[tuple[int, int], Shortage] = {}
    for line in cart.lines:
        if line.record is None or line.size is None:
            continue
        needs = (
            [(part.size, part.quantity // line.quantity) for part in line.parts]
            if line.record.bundle is not None
            else [(line.size, 1)]
        )
        available = _available(needs, pool, line.quantity)
        key = (line.record.id, line.size.id)
        if only is None or key == only:
            wanted, had = line.quantity, available
            earlier = shortages.get(key)
            if earlier is not None:
                wanted, had = wanted + earlier.wanted, had + earlier.available
            if available < line.quantity or earlier is not None:
                shortages[key] = Shortage(f"{line.record.id}-{line.size.id}", line.record.id, wanted, had)
            if selection is not None and available == 0:
                rows.remove_lines(tx, selection, {line.id})
            elif available < line.quantity:
                rows.update_line(tx, held[line.id], quantity=available)
        for size, each in needs:
            if not stock.never_runs_short(size):
                pool[size.id] = pool.get(size.id, 0) - each * available
    if shortages and selection is not None:
        _settle(tx, session, selection)
    return list(shortages.values())


def _available(needs: Sequence[tuple[SizeRecord, int]], pool: Mapping[int, int], wanted: int) -> int:
    """How many of the wanted pieces can be had, each of which needs so many of these sizes."""
    together: dict[int, int] = {}
    for size, each in needs:
        if not stock.never_runs_short(size):
            together[size.id] = together.get(size.id, 0) + each
    return min([wanted, *(max(0, pool.get(size_id, 0)) // each for size_id, each in together.items() if each)])


def _check_if_aggressive(tx: Transaction, session: Session, only: tuple[int, int]) -> list[Shortage]:
    """In the aggressive mode a changed line is checked at once. Raises OutOfStock when nothing of it is left."""
    if setting(tx, "store.overselling_prevention") != "aggressive":
        return []
    shortages = check_stock(tx, session, cart_of(tx, session), only)
    if shortages and not any(shortage.available for shortage in shortages):
        raise OutOfStock(shortages)
    return shortages


# ------------------------------------------------------------------ vouchers and methods


def add_voucher(tx: Transaction, session: Session, code: str) -> None:
    """Adds a code, or the URI of a URL voucher. Raises NotFound when nobody here may use it now."""
    voucher = vouchers.find_code(tx, session.store_id, code)
    if not vouchers.is_usable(voucher, context_in(tx, session)):
        raise NotFound("voucher")
    selection = open_selection(tx, session)
    present = _added_vouchers(tx, selection)
    left = {other.id for other in vouchers.together([*present, voucher])}
    for other in present:
        if other.id not in left:
            rows.remove_voucher(tx, selection, other.id)
    rows.add_voucher(tx, selection, voucher.id, voucher.own.id if voucher.own is not None else None)
    _settle(tx, session, selection)


def remove_voucher(tx: Transaction, session: Session, code: str) -> None:
    """Takes a code off again. Raises NotFound when no such code exists at all."""
    voucher = vouchers.find_code(tx, session.store_id, code)
    selection = open_selection(tx, session)
    own_id = voucher.own.id if voucher.own is not None else None
    if selection.voucher_ids.get(voucher.id, 0) == own_id:
        rows.remove_voucher(tx, selection, voucher.id)
    _settle(tx, session, selection)


def choose_payment(tx: Transaction, session: Session, uri: str) -> None:
    """Selects a payment method. Raises NotFound when it is not offered to this cart."""
    cart = cart_of(tx, session)
    method = next((method for method in cart.payment_methods if method.uri == uri), None)
    if method is None:
        raise NotFound("paymentMethod")
    rows.update(tx, open_selection(tx, session), payment_method_id=method.id)


def choose_shipping(tx: Transaction, session: Session, uri: str) -> None:
    """Selects a shipping option. Raises NotFound when it is not offered to this cart."""
    cart = cart_of(tx, session)
    option = next((option for option in cart.shipping_options if option.uri == uri), None)
    if option is None:
        raise NotFound("shippingMethod")
    selection = open_selection(tx, session)
    rows.update(tx, selection, shipping_option_id=option.id)
    _settle(tx, session, selection)


# ------------------------------------------------------------------ the checkout form


@dataclass(slots=True)
class Form:
    """What a checkout form says, in whole or in part; None means it does not say."""

    address: Mapping[str, str] | None = None
    shipping_address: Mapping[str, str] | None = None
    language: str | None = None
    payment_method: str | None = None
    shipping_method: str | None = None
    newsletter: bool | None = None
    additional_notes: str | None = None
    gift_message: str | None = None
    abandonment_email: bool | None = None
    consents: Sequence[Mapping[str, Any]] | None = None
    additional_fields: Mapping[str, Any] | None = None


def store_form(tx: Transaction, session: Session, form: Form) -> None:
    """Keeps what a form says on the selection, field by field (checkout-api.md 12.1).

    A known country in the (shipping) address moves the session there; an unknown one is kept as text. Raises NotFound
    for `language`, `paymentMethod`, `shippingMethod`.
    """
    selection = open_selection(tx, session)
    changes: dict[str, Any] = {}
    reference = sessions.reference_of(tx.store)
    address = _with_codes(reference, {**from_json(selection.address_json), **_known_fields(form.address)})
    shipping_address = _with_codes(
        reference, {**from_json(selection.shipping_address_json), **_known_fields(form.shipping_address)}
    )
    if form.address is not None:
        changes["address_json"] = to_json(address)
    if form.shipping_address is not None:
        changes["shipping_address_json"] = to_json(shipping_address)
        changes["has_shipping_address"] = int(any(shipping_address.values()))
    said = {
        "newsletter": form.newsletter,
        "additional_notes": form.additional_notes,
        "gift_message": form.gift_message,
        "abandonment_email": form.abandonment_email,
    }
    changes |= {column: value for column, value in said.items() if value is not None}
    if form.consents is not None:
        changes["consents_json"] = to_json(form.consents)
    if form.additional_fields is not None:
        changes["additional_fields_json"] = to_json(
            {**from_json(selection.additional_fields_json), **form.additional_fields}
        )
    rows.update(tx, selection, **changes)
    if shipping_address.get("country"):
        _follow_address(session, reference, shipping_address, form.shipping_address or {})
    else:
        _follow_address(session, reference, address, form.address or {})
    if form.language is not None:
        sessions.choose_language(session, sessions.find_language(reference, form.language))
    context_changed(tx, session)
    if form.shipping_method is not None:
        choose_shipping(tx, session, form.shipping_method)
    if form.payment_method is not None:
        choose_payment(tx, session, form.payment_method)
    if form.abandonment_email is not None or selection.abandonment_email:
        _remind_later(tx, session, selection)


def _remind_later(tx: Transaction, session: Session, selection: Selection) -> None:
    """Keeps the reminder of a cart that its shopper allowed, until the order is placed (payments.md F)."""
    mails.withdraw(tx, mails.CART_ABANDONMENT, "selection", selection.hash)
    email = from_json(selection.address_json).get("email")
    if selection.abandonment_email and email:
        language = context_in(tx, session).language.code
        mails.mail(tx, mails.CART_ABANDONMENT, email, language, {"selection": selection.hash})


def _known_fields(address: Mapping[str, str] | None) -> dict[str, str]:
    return {key: value for key, value in (address or {}).items() if key in ADDRESS_FIELDS}


def _with_codes(reference: Reference, address: Address) -> Address:
    """An address whose country and state are codes as the shop writes them, as far as it knows them."""
    country = reference.find_country(address.get("country"))
    state = reference.find_state(country, address.get("state")) if country is not None else None
    if country is not None:
        address = {**address, "country": country.code}
    return {**address, "state": state.code} if state is not None else address


def _follow_address(session: Session, reference: Reference, address: Address, said: Mapping[str, str]) -> None:
    """Moves the session to the country and state that a form just `said` of the address where goods would go."""
    country = reference.find_country(address.get("country")) or reference.countries.get(session.country_id or 0)
    if country is None or not (said.get("country") or said.get("state")):
        return
    state = reference.find_state(country, said.get("state"))
    if country.id == session.country_id:
        session.state_id = state.id if state is not None else session.state_id
    elif said.get("country"):
        language = reference.languages[session.language_id] if session.language_chosen else None
        sessions.place(session, reference, country, state, language)


# ------------------------------------------------------------------ signing in and out


def merge_into_customer(tx: Transaction, session: Session, customer_id: int, address: Mapping[str, str]) -> None:
    """The session's cart and the account's saved one become one; identical items add up (checkout-api.md 16).

    `address` is the customer's stored one, which the selection takes where it has none of its own.
    """
    guest_id = session.selection_id if not session.show_order else None
    saved_id = rows.saved_selection(tx, customer_id)
    saved = rows.get(tx, saved_id) if saved_id is not None else None
    session.customer_id = customer_id
    if saved is None:
        selection = open_selection(tx, session)
    else:
        selection = saved
        guest = rows.get(tx, guest_id) if guest_id is not None and guest_id != saved.id else None
        if guest is not None:
            _move_lines(tx, guest, saved)
        session.selection_id, session.show_order = saved.id, 0
    rows.save_for_customer(tx, customer_id, selection.id)
    kept = {key: value for key, value in from_json(selection.address_json).items() if value}
    rows.update(tx, selection, address_json=to_json({**_known_fields(address), **kept}))
    context_changed(tx, session)


def _move_lines(tx: Transaction, guest: Selection, saved: Selection) -> None:
    """Every line of the guest's cart moves to the saved one, or raises the quantity of its twin there."""
    if any(line.gift_certificate_id for line in guest.lines):
        rows.remove_lines(tx, saved, {line.id for line in saved.lines})
    elif guest.lines:
        rows.remove_lines(tx, saved, {line.id for line in saved.lines if line.gift_certificate_id})
    twins = {_identity(line): line for line in saved.lines}
    for line in guest.lines:
        twin = twins.get(_identity(line))
        if twin is None:
            rows.move_line(tx, line, guest, saved)
        elif line.free_voucher_id is None:
            rows.update_line(tx, twin, quantity=min(twin.quantity + line.quantity, MAX_QUANTITY))
    for voucher_id, own_id in guest.voucher_ids.items():
        rows.add_voucher(tx, saved, voucher_id, own_id)
    rows.update(tx, guest, status="dropped")


def _identity(line: Line) -> tuple[object, ...]:
    """What makes a line differ from another, whatever cart it is in and however many pieces it is of."""
    return (
        line.display_item_id, line.product_size_id, line.comment, line.product_url, line.category_id,
        line.localization_name, line.localized_size, line.subscription_plan_id, line.gift_certificate_id,
        line.gift_amount, line.free_voucher_id, line.free_price, line.gift_stays, line.is_kept_gift, line.parts,
    )  # fmt: skip


def leave(tx: Transaction, session: Session) -> None:
    """Signing out: the session starts with an empty cart, the account keeps its own."""
    session.customer_id = None
    session.selection_id = None
    session.show_order = 0
    session_rows.save(tx, session)


def enter_campaign_site(tx: Transaction, session: Session, uri: str) -> None:
    """Gives the session the market (and pricelist) of a campaign site. Raises NotFound (`campaignSite`)."""
    site = rows.campaign_site(tx, session.store_id, uri)
    if site is None:
        raise NotFound("campaignSite")
    session.campaign_site_id = site["id"]
    session.market_id = site["market_id"]
    if site["pricelist_id"] is not None:
        session.pricelist_id = site["pricelist_id"]
        sessions.keep_shippable(session, sessions.reference_of(tx.store))
    context_changed(tx, session)
