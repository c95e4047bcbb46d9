"""Orders brought by integrations: one or several, and finishing those that were prepared (order-api.md 5.1, 6.1)."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order import bodies
from mockcentra.apis.order.orders import ORDER_MISSING, WRONG_MARKET
from mockcentra.apis.order.transport import INVALID, Bare, Call, Refused, endpoint
from mockcentra.commerce import order_book, order_entry, orders
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import Address
from mockcentra.commerce.money import parse_amount
from mockcentra.commerce.order_entry_records import (
    CUSTOMER,
    EMPTY,
    MISSING,
    NUMBER,
    OTHER,
    PRODUCT,
    STOCK,
    Completion,
    EntryRefused,
    Item,
    NewOrder,
    Payment,
    Payments,
)

_CODES = {PRODUCT: -1, STOCK: -2, EMPTY: -3, MISSING: -4, NUMBER: -5, CUSTOMER: -6, OTHER: -7}

_ADDRESS_KEYS = {
    "email": "email",
    "firstName": "firstName",
    "lastName": "lastName",
    "tele": "tele",
    "cell": "phoneNumber",
    "attn": "attention",
    "address": "address1",
    "coaddress": "address2",
    "city": "city",
    "zipcode": "zipCode",
    "state": "state",
    "country": "country",
    "company": "company",
    "vatNumber": "vatNumber",
}
_TEXTS = ("sku", "brand", "product", "variant", "size")
# By what a row says which size it is, in the order in which it counts.
_NAMES = ("id", "ean", "sku", "item", "upc")
_ORIGINS = ("return", "order", "plugin")


# ------------------------------------------------------------------ endpoints


@endpoint("POST /order")
def create_order(call: Call) -> dict[str, Any]:
    """`POST /order`: an order without a cart and without a payment here."""
    return _create(call, call.body)


@endpoint("POST /orders")
def create_orders(call: Call) -> dict[str, Any]:
    """`POST /orders`: several orders, each by a name of the caller's; some may fail while others succeed."""
    wanted = {name: body for name, body in call.body.items() if isinstance(body, dict) or name != "xml"}
    if not wanted:
        raise Refused("no orders")
    return Bare({name: _create(call, values.mapping(body)) for name, body in wanted.items()})


def _create(call: Call, body: Mapping[str, Any]) -> dict[str, Any]:
    try:
        if not call.settings["order.allow_create"]:
            raise EntryRefused(OTHER, "orders may not be created")
        new = _new_order(body)
        with call.transaction() as tx:
            number = orders.row_of(tx, order_entry.create(tx, new))["number"]
    except EntryRefused as refused:
        return {"status": "no", "code": _CODES[refused.why], "msg": refused.message}
    return {"status": "ok", "order": number} if new.is_prepared else {"status": "ok", "orders": [number]}


@endpoint("POST /order/<order>")
def complete_order(call: Call, order: str) -> dict[str, Any]:
    """`POST /order/{orderId}`: finishes a prepared order, or adds to a finished one."""
    number, body = values.positive(order), call.body
    try:
        told = Completion(
            payments=_payments(body),
            buyer_name=values.text(body.get("buyerName")),
            po_number=values.text(body.get("poNumber")),
            comment=values.text(body.get("comment")),
            internal_comment=values.text(body.get("internalComment")),
            ordered_at=bodies.moment(body, "orderDate"),
            delivery_at=bodies.moment(body, "deliveryDate"),
            cancel_at=bodies.moment(body, "cancelDate"),
            allocation_rule=values.text(body.get("warehouseGroup")) or "",
        )
        with call.transaction() as tx:
            order_id = orders.id_of_number(tx, number) if number is not None else None
            if number is None or order_id is None:
                raise NotFound("order")
            if not order_book.is_in_market(tx, orders.row_of(tx, order_id)):
                raise Refused(WRONG_MARKET, order=order)
            order_entry.complete(tx, number, told)
    except NotFound as error:
        raise Refused(ORDER_MISSING, order=order) from error
    except EntryRefused as refused:
        raise Refused(refused.message) from refused
    return {"orders": [str(number)], "status": "ok"}


# ------------------------------------------------------------------ reading an order


def _new_order(body: Mapping[str, Any]) -> NewOrder:
    """The order that a body tells. Raises EntryRefused for what is missing or makes no sense."""
    account_id = _whole(body, "accountId")
    address, shipping_address = _addresses(body)
    items = _items(body)
    return NewOrder(
        items=items,
        address=address,
        shipping_address=shipping_address,
        market=_id_or_name(body, "market"),
        pricelist=_id_or_name(body, "pricelist"),
        registers=_flag(body, "customerRegister", False),
        sets_new_password=_flag(body, "customerSetNewPassword", False),
        customer_id=_whole(body, "customerId"),
        account_id=account_id,
        buyer_id=_whole(body, "buyerId"),
        buyer_name=_text(body, "buyerName"),
        delivery_window=_text(body, "deliveryWindow"),
        created_from=_origin(body),
        attributes=values.mapping(body.get("extraAttributes")),
        shipping=_text(body, "shippingList"),
        shipping_cost=_amount(body, "shippingValue"),
        voucher_value=_amount(body, "voucherValue") or 0,
        number=_whole(body, "orderNumber"),
        sends_email=_flag(body, "sendEmail", False),
        takes_stock=_flag(body, "adjustStock", True),
        may_wait=_flag(body, "forceCreate", False),
        comment=_text(body, "comment") or _text(body, "otherComment"),
        internal_comment=_text(body, "internalComment"),
        po_number=_text(body, "poNumber"),
        ordered_at=_moment(body, "orderDate"),
        delivery_at=_moment(body, "deliveryDate"),
        cancel_at=_moment(body, "cancelDate"),
        allocation_rule=_text(body, "warehouseGroup"),
        is_prepared=_flag(body, "createOnly", False),
        is_internal=_flag(body, "internalOrder", False),
        payments=_payments(body),
        applies_automatic=_flag(body, "applyVouchers", True),
        codes=tuple(values.texts(body.get("voucherCodes"))),
    )


def _addresses(body: Mapping[str, Any]) -> tuple[Address | None, Address | None]:
    either = _address(body.get("address"))
    return _address(body.get("invoiceAddress")) or either, _address(body.get("deliveryAddress")) or either


def _address(sent: Any) -> Address | None:
    if not isinstance(sent, dict) or not sent:
        return None
    found = {ours: values.text(sent.get(theirs)) for theirs, ours in _ADDRESS_KEYS.items()}
    return {key: text.strip() for key, text in found.items() if text is not None}


def _items(body: Mapping[str, Any]) -> list[Item]:
    sent = body.get("products")
    if sent is None:
        raise EntryRefused(MISSING, "products are missing")
    if isinstance(sent, dict):
        sent = list(sent.values())
    if not isinstance(sent, list):
        raise EntryRefused(OTHER, "products are no list")
    return [_item(values.mapping(row)) for row in sent]


def _item(row: Mapping[str, Any]) -> Item:
    if row.get("qty") is None:
        raise EntryRefused(MISSING, "the qty of a product is missing")
    quantity = values.positive(row["qty"])
    if quantity is None:
        raise EntryRefused(OTHER, "the qty of a product is not valid")
    names = tuple((kind, name.strip()) for kind in _NAMES if (name := values.text(row.get(kind))) and name.strip())
    texts = values.mapping(row.get("itemText"))
    if not names and not texts:
        raise EntryRefused(MISSING, "a product has neither id, ean, sku nor item")
    size = values.mapping(row.get("localizedProdSize") or texts.get("localizedProdSize"))
    return Item(
        quantity=quantity,
        names=names,
        unit_price=_amount(row, "unitPrice"),
        original_price=_amount(row, "originalPrice"),
        comment=_text(row, "comment"),
        texts={key: text for key in _TEXTS if (text := values.text(texts.get(key))) is not None},
        localized_size=values.text(size.get("localizedSize")),
        localization_name=_text(size, "localizationDefinitionName"),
    )


def _origin(body: Mapping[str, Any]) -> tuple[str, int] | None:
    sent = body.get("createdFromOrigin")
    if sent is None:
        return None
    kind, thing_id = values.text(values.mapping(sent).get("type")), values.mapping(sent).get("id")
    if not kind or thing_id is None:
        raise EntryRefused(MISSING, "createdFromOrigin has no type or no id")
    number = values.positive(thing_id)
    if kind not in _ORIGINS or number is None:
        raise EntryRefused(OTHER, "createdFromOrigin is not valid")
    return kind, number


def _payments(body: Mapping[str, Any]) -> Payments | None:
    sent = body.get("payment")
    if not isinstance(sent, dict):
        return None
    return Payments(_whole(sent, "id"), _payment(sent.get("auth")), _payment(sent.get("capture")))


def _payment(sent: Any) -> Payment | None:
    if not isinstance(sent, dict):
        return None
    if sent.get("status") is None or sent.get("amount") is None:
        raise EntryRefused(MISSING, "status and amount of a payment are mandatory")
    status, amount = values.whole(sent["status"]), parse_amount(sent["amount"])
    if status not in (0, 1, 2) or amount is None or amount < 0:
        raise EntryRefused(OTHER, "status or amount of a payment is not valid")
    details = {key: text for key in ("response", "external_url") if (text := values.text(sent.get(key)))}
    return Payment(status, amount, _text(sent, "transaction"), _text(sent, "method"), details)


# ------------------------------------------------------------------ values, and words for those that make no sense


def _text(body: Mapping[str, Any], name: str) -> str:
    return (values.text(body.get(name)) or "").strip()


def _whole(body: Mapping[str, Any], name: str) -> int | None:
    sent = body.get(name)
    if sent is None or sent == "":
        return None
    found = values.positive(sent)
    if found is None:
        raise EntryRefused(OTHER, f"{name}: {INVALID}")
    return found


def _id_or_name(body: Mapping[str, Any], name: str) -> int | str | None:
    return _whole(body, f"{name}Id") or _text(body, name) or None


def _amount(body: Mapping[str, Any], name: str) -> int | None:
    sent = body.get(name)
    if sent is None or sent == "":
        return None
    found = parse_amount(sent)
    if found is None or found < 0:
        raise EntryRefused(OTHER, f"{name}: {INVALID}")
    return found


def _flag(body: Mapping[str, Any], name: str, default: bool) -> bool:
    sent = body.get(name)
    if sent is None:
        return default
    found = values.truth(sent)
    if found is None:
        raise EntryRefused(OTHER, f"{name}: {INVALID}")
    return found


def _moment(body: Mapping[str, Any], name: str) -> int | None:
    sent = body.get(name)
    if sent is None or sent == "":
        return None
    found = values.moment(sent)
    if found is None:
        raise EntryRefused(OTHER, f"{name}: {INVALID}")
    return found
