"""Changes of the lines of a selection: adding items, bundles and gift certificates, quantities, subscriptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce import catalogue, voucher_gifts
from mockcentra.commerce.errors import CommerceError, Invalid, NotFound, OutOfStock
from mockcentra.commerce.model import Context, ProductRecord, Shortage, SizeRecord
from mockcentra.commerce.pricing import price_of
from mockcentra.commerce.selection_pricing import is_offered
from mockcentra.commerce.selection_stock import check_if_aggressive
from mockcentra.commerce.selections import context_in, open_selection, settle
from mockcentra.commerce.sessions import Session
from mockcentra.commerce.settings import FLEXIBLE_BUNDLES, setting
from mockcentra.commerce.stock import best_parts
from mockcentra.store import Transaction
from mockcentra.store import selections as rows
from mockcentra.store.selections import Line, Part, Selection

MAX_QUANTITY = 1_000_000


# ------------------------------------------------------------------ adding


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
    sections: Sequence[tuple[int, str]] | None = None  # what was picked of a bundle (section id, item), if one is meant


def add_item(tx: Transaction, session: Session, wanted: Wanted) -> list[Shortage]:
    """Adds an item, or raises the quantity of an identical line (checkout-api.md 10.2, 10.4).

    Raises NotFound for `item` and `subscriptionPlan`, Invalid for `sections`, OutOfStock in the aggressive mode.
    """
    record, size = _buyable(tx, session, wanted.item)
    picked = _picked(tx, session, record, size, wanted.sections)
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
    settle(tx, session, selection)
    return check_if_aggressive(tx, session, (record.id, size.id))


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
    tx: Transaction,
    session: Session,
    record: ProductRecord,
    size: SizeRecord,
    sections: Sequence[tuple[int, str]] | None,
) -> list[Part]:
    """The parts chosen for a flexible bundle, the best ones of a fixed one; `sections` None where no bundle is meant.

    A section takes as many entries as its quantity, or one for all of its pieces. Raises Invalid.
    """
    bundle = record.bundle
    if bundle is None or bundle.type == "fixed":
        if sections or (bundle is None and sections is not None):
            raise Invalid({"sections": "not valid"})
        return sorted(best_parts(tx, context_in(tx, session).market, record, size))
    if not setting(tx, FLEXIBLE_BUNDLES):
        raise Invalid({"sections": "not valid"})
    by_id = {section.id: section for section in bundle.sections}
    chosen: dict[int, list[tuple[int, int]]] = {section.id: [] for section in bundle.sections}
    for section_id, item in sections or ():
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
    settle(tx, session, selection)


# ------------------------------------------------------------------ changing lines


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
    settle(tx, session, selection)
    if line.display_item_id is None or line.product_size_id is None:
        return []
    return check_if_aggressive(tx, session, (line.display_item_id, line.product_size_id))


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
    settle(tx, session, selection)


# ------------------------------------------------------------------ several at once


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
