"""What is told of orders that integrations bring, and why one is refused (order-api.md 5.1, 6.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockcentra.commerce.errors import CommerceError
from mockcentra.commerce.model import Address, CartLine, Context
from mockcentra.store.database import Row


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

    Addresses have the keys of `model.ADDRESS_FIELDS`, a `tele`, and for accounts `attention`. Moments are unix seconds.
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
class Place:
    """Where an order belongs: its store, its context, whose it is, which warehouses serve it."""

    context: Context
    account: Row | None
    buyer_id: int | None
    window: Row | None
    rule_id: int
    address: Address
    shipping_address: Address


@dataclass(slots=True)
class EntryLine:
    """A row with what it is: without a size for an article that the shop does not know."""

    item: Item
    size_id: int | None
    line: CartLine


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
