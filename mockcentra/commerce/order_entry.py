"""Orders that integrations bring: without a cart and without a payment here, whole or prepared (order-api.md 5.1)."""

from collections.abc import Sequence
from typing import Any

from mockcentra.commerce import allocation, customers, mails, order_book, orders, placing, vouchers
from mockcentra.commerce.allocation import Need
from mockcentra.commerce.emails import is_email
from mockcentra.commerce.errors import Conflict, Invalid, NotFound
from mockcentra.commerce.model import Cart
from mockcentra.commerce.order_entry_payments import note_payments
from mockcentra.commerce.order_entry_place import check_addresses, find_rule, place_of
from mockcentra.commerce.order_entry_pricing import cart_of, gift_lines, lines_of, vouchers_of
from mockcentra.commerce.order_entry_records import (
    CUSTOMER,
    EMPTY,
    NUMBER,
    OTHER,
    STOCK,
    Completion,
    EntryLine,
    EntryRefused,
    NewOrder,
    Place,
)
from mockcentra.commerce.settings import setting
from mockcentra.store import Transaction
from mockcentra.store import order_entry as rows
from mockcentra.store import orders as order_rows
from mockcentra.store.database import from_json, to_json

# What of an order's row may be called differently than its product is.
_TEXT_COLUMNS = {
    "sku": "sku", "brand": "brand_name", "product": "product_name", "variant": "variant_name", "size": "size_name",
}  # fmt: skip
_MAX_NUMBER = 2**31


# ------------------------------------------------------------------ making an order


def create(tx: Transaction, new: NewOrder) -> int:
    """Makes an order, or prepares one; returns its id. Raises EntryRefused, and then nothing of it stays."""
    with tx.savepoint():
        return _create(tx, new)


def _create(tx: Transaction, new: NewOrder) -> int:
    check_addresses(new)
    if not new.items:
        raise EntryRefused(EMPTY, "nothing was ordered")
    if new.number is not None and (new.number > _MAX_NUMBER or rows.is_number_taken(tx, new.number)):
        raise EntryRefused(NUMBER, f"the order number {new.number} is taken")
    place = place_of(tx, new)
    lines = lines_of(tx, new, place)
    found = vouchers_of(tx, new, place.context)
    lines += gift_lines(tx, new, place, found, lines)
    cart = cart_of(tx, new, place, lines, found)
    placing_cart = placing.with_item_vouchers(cart)
    number = new.number if new.number is not None else tx.next_number("order")
    if new.number is not None:
        rows.lift_number(tx, number)
    order_id = _add(tx, new, place, cart, placing_cart.totals, number)
    by_hash = {line.hash: line for line in placing_cart.lines}
    _add_lines(tx, order_id, [EntryLine(each.item, each.size_id, by_hash[each.line.hash]) for each in lines], place)
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


def _open(tx: Transaction, order_id: int) -> None:
    """From now on everybody sees the order; one of a shopper goes on by itself, one of an account waits for staff."""
    order = orders.row_of(tx, order_id)
    order_rows.update(tx, order_id, status="pending")
    order_rows.add_history(tx, order_id, "placed")
    tx.event("order", order_id, "created", number=order["number"])
    if order["account_id"] is None:
        orders.proceed(tx, order_id)


# ------------------------------------------------------------------ rows


def _add(tx: Transaction, new: NewOrder, place: Place, cart: Cart, totals: Any, number: int) -> int:
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


def _is_preorder(place: Place) -> bool:
    return place.window is not None and bool(place.window["is_preorder"])


def _add_lines(tx: Transaction, order_id: int, lines: Sequence[EntryLine], place: Place) -> None:
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


def _take_stock(tx: Transaction, new: NewOrder, place: Place, order_id: int) -> None:
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


def _customer(tx: Transaction, new: NewOrder, place: Place) -> int:
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


# ------------------------------------------------------------------ completing a prepared order


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
