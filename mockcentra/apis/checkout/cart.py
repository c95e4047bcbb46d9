"""The cart: adding items, bundles and gift certificates, changing lines, vouchers, methods (checkout-api.md 10)."""

from collections.abc import Callable, Sequence
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.checkout.selection_json import selection_response
from mockcentra.apis.checkout.transport import Answer, Call, endpoint
from mockcentra.commerce import selection_form, selection_lines, selections
from mockcentra.commerce.errors import Invalid, Malformed, NotFound
from mockcentra.commerce.model import Shortage
from mockcentra.commerce.money import parse_amount
from mockcentra.commerce.selection_lines import MAX_QUANTITY, Wanted
from mockcentra.commerce.sessions import Session
from mockcentra.store import Transaction


def changed(call: Call, change: Callable[[Transaction, Session], Sequence[Shortage] | None]) -> dict[str, Any]:
    """Runs a change of the cart and answers the SelectionResponse that shows it."""
    with call.transaction() as tx:
        shortages = change(tx, call.session)
        cart = selections.cart_of(tx, call.session)
    return selection_response(call, cart, shortages or ())


@endpoint("GET /selection")
def get_selection(call: Call) -> dict[str, Any]:
    """The cart; after it became an order that order, until the cart is changed again."""
    session = call.session
    if session.show_order and session.last_order_id:
        from mockcentra.apis.checkout.order_json import order_response_of

        return order_response_of(call, session.last_order_id)
    with call.store.reading() as tx:
        cart = selections.cart_of(tx, session)
    return selection_response(call, cart)


@endpoint("PUT /selection/<selection>")
def take_over_selection(call: Call, selection: str) -> dict[str, Any]:
    """Attaches the open selection with that id to the session."""
    return changed(call, lambda tx, session: selections.take_over(tx, session, selection))


# ------------------------------------------------------------------ adding


@endpoint("POST /items/<item>", status=201)
def add_item(call: Call, item: str) -> dict[str, Any]:
    """Adds one piece, or as many as the body says."""
    return _added(call, _wanted(call, item, _quantity_of_body(call)))


@endpoint("POST /items/<item>/quantity/<quantity>", status=201)
def add_items(call: Call, item: str, quantity: str) -> dict[str, Any]:
    return _added(call, _wanted(call, item, _quantity(quantity, 1)))


@endpoint("PUT /items/<item>/quantity/<quantity>")
def set_item_quantity(call: Call, item: str, quantity: str) -> dict[str, Any]:
    number = _quantity(quantity, 1)
    return changed(call, lambda tx, session: selection_lines.set_item_quantity(tx, session, item, number))


@endpoint("POST /items/bundles/<item>", status=201)
def add_bundle(call: Call, item: str) -> dict[str, Any]:
    """Adds a flexible bundle with one item picked for each section."""
    return _add_bundle(call, item, _quantity_of_body(call))


@endpoint("POST /items/bundles/<item>/quantity/<quantity>", status=201)
def add_bundles(call: Call, item: str, quantity: str) -> dict[str, Any]:
    return _add_bundle(call, item, _quantity(quantity, 1))


def _add_bundle(call: Call, item: str, quantity: int) -> dict[str, Any]:
    wanted = _wanted(call, item, quantity)
    sections = call.body.get("sections")
    if sections is not None and not isinstance(sections, list):
        raise Invalid({"sections": "not valid"})
    wanted.sections = [_section(entry) for entry in sections or ()]
    return _added(call, wanted)


def _section(entry: Any) -> tuple[int, str]:
    section = values.whole(entry.get("section")) if isinstance(entry, dict) else None
    item = values.text(entry.get("item")) if isinstance(entry, dict) else None
    if section is None or item is None:
        raise Invalid({"sections": "not valid"})
    return section, item


def _added(call: Call, wanted: Wanted) -> dict[str, Any] | Any:
    with call.transaction() as tx:
        shortages = selection_lines.add_item(tx, call.session, wanted)
        cart = selections.cart_of(tx, call.session)
    body = selection_response(call, cart, shortages)
    return Answer(body, 200) if shortages else body


def _wanted(call: Call, item: str, quantity: int) -> Wanted:
    """An item to be added, with what the body says about its line."""
    body = call.body
    localized = values.mapping(body.get("localizedProdSize"))
    plan = body.get("subscriptionPlan")
    plan_id = values.whole(plan)
    if plan not in (None, "") and plan_id is None:
        raise NotFound("subscriptionPlan")
    return Wanted(
        item=item,
        quantity=quantity,
        comment=values.text(body.get("comment")) or "",
        product_url=values.text(body.get("productUrl")),
        category_id=values.whole(body.get("category")),
        localization_name=values.text(localized.get("localizationDefinitionName")) or "",
        localized_size=values.text(localized.get("localizedSize")),
        plan_id=plan_id,
    )


def _quantity_of_body(call: Call) -> int:
    """The body's quantity, 1 where it says none. Raises Malformed."""
    sent = call.body.get("quantity")
    return 1 if sent is None else _quantity(sent, 1)


def _quantity(value: Any, least: int) -> int:
    """A quantity of a path or body. Raises Malformed."""
    number = values.whole(value)
    if number is None or not least <= number <= MAX_QUANTITY:
        raise Malformed({"quantity": "not valid"})
    return number


@endpoint("POST /items/gift-certificates/<certificate>", status=201)
def add_gift_certificate(call: Call, certificate: str) -> dict[str, Any]:
    """Puts a gift certificate into the cart, in place of everything else."""
    return _add_gift(call, certificate, call.body.get("amount"))


@endpoint("POST /items/gift-certificates/<certificate>/amount/<amount>", status=201)
def add_gift_certificate_of(call: Call, certificate: str, amount: str) -> dict[str, Any]:
    return _add_gift(call, certificate, amount)


def _add_gift(call: Call, certificate: str, amount: Any) -> dict[str, Any]:
    cents = parse_amount(amount)
    return changed(call, lambda tx, session: selection_lines.add_gift(tx, session, certificate, cents))


# ------------------------------------------------------------------ lines


@endpoint("POST /lines/<line>")
def raise_line(call: Call, line: str) -> dict[str, Any]:
    """One piece more."""
    return changed(call, lambda tx, session: selection_lines.change_line(tx, session, line, by=1))


@endpoint("POST /lines/<line>/quantity/<quantity>")
def raise_line_by(call: Call, line: str, quantity: str) -> dict[str, Any]:
    number = _quantity(quantity, 1)
    return changed(call, lambda tx, session: selection_lines.change_line(tx, session, line, by=number))


@endpoint("PUT /lines/<line>/quantity/<quantity>")
def set_line(call: Call, line: str, quantity: str) -> dict[str, Any]:
    """Sets the quantity; 0 removes the line."""
    number = _quantity(quantity, 0)
    return changed(call, lambda tx, session: selection_lines.change_line(tx, session, line, to=number))


@endpoint("DELETE /lines/<line>")
def remove_line(call: Call, line: str) -> dict[str, Any]:
    return changed(call, lambda tx, session: selection_lines.change_line(tx, session, line, to=0))


@endpoint("DELETE /lines/<line>/quantity/<quantity>")
def lower_line(call: Call, line: str, quantity: str) -> dict[str, Any]:
    number = _quantity(quantity, 1)
    return changed(call, lambda tx, session: selection_lines.change_line(tx, session, line, by=-number))


@endpoint("PUT /lines/<line>/subscription-plan/<plan>")
def subscribe_line(call: Call, line: str, plan: str) -> dict[str, Any]:
    """Turns a line into a subscription."""
    plan_id = values.whole(plan)
    if plan_id is None:
        raise NotFound("subscriptionPlan")
    return changed(call, lambda tx, session: selection_lines.set_plan(tx, session, line, plan_id))


@endpoint("DELETE /lines/<line>/subscription-plan")
def unsubscribe_line(call: Call, line: str) -> dict[str, Any]:
    return changed(call, lambda tx, session: selection_lines.set_plan(tx, session, line, None))


# ------------------------------------------------------------------ bulk


@endpoint("PUT /items")
def bulk_update(call: Call) -> dict[str, Any]:
    """Changes, removes and adds in one call (checkout-api.md 10.3)."""
    if "lines" not in call.body and "items" not in call.body:
        raise Malformed({"lines": "required", "items": "required"})
    lines = _operations(call.body, "lines", "line", 0)
    items = _operations(call.body, "items", "item", 1)
    with call.transaction() as tx:
        failed, shortages = selection_lines.bulk_update(tx, call.session, lines, items)
        cart = selections.cart_of(tx, call.session)
    body = selection_response(call, cart, shortages)
    if failed:
        body["errors"] = failed
    return body


def _operations(body: dict[str, Any], name: str, key: str, least: int) -> list[tuple[str, int]]:
    """The entries of one list of a bulk update. Raises Malformed."""
    entries = body.get(name, [])
    if not isinstance(entries, list):
        raise Malformed({name: "not a list"})
    operations = []
    for entry in entries:
        target = entry.get(key) if isinstance(entry, dict) else None
        quantity = entry.get("quantity") if isinstance(entry, dict) else None
        # Elsewhere a text of digits will do; here the wrong type is an error (checkout-api.md 10.3).
        number = values.whole(quantity) if not isinstance(quantity, str) else None
        if not isinstance(target, str) or number is None or not least <= number <= MAX_QUANTITY:
            raise Malformed({name: "not valid"})
        operations.append((target, number))
    return operations


# ------------------------------------------------------------------ vouchers and methods


@endpoint("POST /vouchers")
def add_voucher(call: Call) -> dict[str, Any]:
    """Adds a voucher by its code, or by its URI."""
    code = _code(call.body.get("voucher"))
    return changed(call, lambda tx, session: selection_form.add_voucher(tx, session, code))


@endpoint("DELETE /vouchers/<path:voucher>")
def remove_voucher(call: Call, voucher: str) -> dict[str, Any]:
    return changed(call, lambda tx, session: selection_form.remove_voucher(tx, session, voucher))


@endpoint("DELETE /vouchers")
def remove_voucher_of_body(call: Call) -> dict[str, Any]:
    code = _code(call.body.get("voucher"))
    return changed(call, lambda tx, session: selection_form.remove_voucher(tx, session, code))


def _code(value: Any) -> str:
    code = values.text(value)
    if not code or not code.strip():
        raise NotFound("voucher")
    return code


@endpoint("PUT /payment-methods/<method>", "POST /payment-methods/<method>")
def choose_payment(call: Call, method: str) -> dict[str, Any]:
    """Selects a payment method; its handling cost enters the totals."""
    return changed(call, lambda tx, session: selection_form.choose_payment(tx, session, method))


@endpoint("PUT /shipping-methods/<method>")
def choose_shipping(call: Call, method: str) -> dict[str, Any]:
    return changed(call, lambda tx, session: selection_form.choose_shipping(tx, session, method))
