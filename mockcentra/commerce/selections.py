"""Selections: what is in a cart and what it adds up to, how one is opened and closed, how it follows its context."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec.structs import replace

from mockcentra.commerce import sessions, shipping, tax, voucher_gifts, voucher_rules, vouchers
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import Address, Cart, Context
from mockcentra.commerce.reference import PaymentMethod, ShippingOption
from mockcentra.commerce.selection_pricing import priced_lines
from mockcentra.commerce.sessions import Session
from mockcentra.commerce.totals import totals_of
from mockcentra.store import Transaction
from mockcentra.store import selections as rows
from mockcentra.store import sessions as session_rows
from mockcentra.store.database import from_json
from mockcentra.store.selections import Selection

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
    lines = priced_lines(tx, context, selection)
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
    return vouchers.with_automatic(tx, context, added_vouchers(tx, selection) if selection.voucher_ids else ())


def added_vouchers(tx: Transaction, selection: Selection) -> list[vouchers.Voucher]:
    """The vouchers that were added to a selection, in that order."""
    places = {voucher_id: place for place, voucher_id in enumerate(selection.voucher_ids)}
    return sorted(vouchers.by_ids(tx, selection.voucher_ids), key=lambda voucher: places[voucher.id])


def _shopper(session: Session, address: Address) -> vouchers.Shopper:
    return vouchers.Shopper(session.customer_id, address.get("email", ""), session.customer_id is not None)


# ------------------------------------------------------------------ opening and closing


def open_selection(tx: Transaction, session: Session) -> Selection:
    """The session's open selection, else the one that its customer began elsewhere, else a new one."""
    selection = rows.get(tx, session.selection_id) if session.selection_id else None
    if selection is not None and selection.status == "open":
        if session.show_order:
            session.show_order = 0
            session_rows.save(tx, session)
        return selection
    saved_id = rows.saved_selection(tx, session.customer_id) if session.customer_id else None
    selection = (rows.get(tx, saved_id) if saved_id is not None else None) or rows.create(tx, session)
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


# ------------------------------------------------------------------ what follows a change


def settle(tx: Transaction, session: Session, selection: Selection) -> None:
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
    lines = priced_lines(tx, context, selection)
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
    kept = {line.id for line in priced_lines(tx, context, selection)}
    rows.remove_lines(tx, selection, {line.id for line in selection.lines} - kept)
    settle(tx, session, selection)


def context_changed(tx: Transaction, session: Session) -> None:
    """Saves a session whose country, market, pricelist or language changed; its cart follows (checkout-api.md 4.2)."""
    session_rows.save(tx, session)
    selection = rows.get(tx, session.selection_id) if session.selection_id and not session.show_order else None
    _follow(tx, session, selection or open_selection(tx, session))


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
