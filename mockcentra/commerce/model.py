"""The records that rules hand to each other and to the faces: products, prices, carts.

`ProductRecord` comes from commerce/catalogue.py, `Price` from commerce/pricing.py, `Cart` from commerce/selections.py
and `Order` from commerce/orders.py. They are msgspec structs, whose classes cost a fortieth of a dataclass at import.
Money is in hundredths, percentages in hundredths of a percent, moments in unix seconds.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from mockcentra.commerce.reference import (
    Country,
    Currency,
    GiftCertificate,
    Language,
    Market,
    PaymentMethod,
    Plan,
    Pricelist,
    Reference,
    ShippingOption,
    State,
    Texts,
)

# ------------------------------------------------------------------ who is looking, and from where


class Context(Struct, frozen=True):
    """What decides which products, prices, taxes and texts somebody sees (checkout-api.md 4)."""

    store_id: int
    market: Market
    pricelist: Pricelist
    currency: Currency
    country: Country | None
    state: State | None
    language: Language
    tax_class_id: int | None
    now: int
    reference: Reference

    @property
    def ships(self) -> bool:
        return self.country is not None and self.reference.ships_to(self.store_id, self.country.id)


# ------------------------------------------------------------------ the catalogue


class SizeRecord(Struct, frozen=True):
    """A product size: the stock item."""

    id: int  # product_sizes.id
    name: str
    x: int
    y: int
    ean: str
    upc: str
    sku: str  # the whole SKU: product + variant + size
    is_preorder: bool
    is_infinite: bool


class MediaRecord(Struct, frozen=True):
    """A picture of a display."""

    id: int
    file_name: str
    attributes: tuple["Attribute", ...]
    format: str = "jpg"


class Attribute(Struct, frozen=True):
    """A custom attribute's value on an object, ready to be printed (domain.md 13, checkout-api.md 7.8).

    `elements` maps element names to values: text, or a dict for images and files. Mapped values keep the id of their
    entry and the translations of their elements; a dynamic attribute has no entry.
    """

    type_name: str
    kind: str  # mapped, dynamic
    is_multi: bool
    entry_id: int | None
    elements: Mapping[str, Any]
    texts: Texts  # language id -> element name -> text
    element_names: tuple[str, ...] = ()  # of the type, those without a value here too


class CampaignPrice(Struct, frozen=True):
    """What a campaign does to a display item."""

    campaign_id: int
    name: str
    market_ids: frozenset[int]
    pricelist_ids: frozenset[int]
    percent: int
    prices: Mapping[int, int]  # pricelist id -> hundredths
    start_at: int | None
    stop_at: int | None
    show_as_on_sale: bool
    show_as_new: bool


class PriceRecord(Struct, frozen=True):
    """A price in the past: what it could be bought for between two moments."""

    pricelist_id: int
    market_id: int | None
    price: int
    price_before: int
    from_at: int
    until_at: int | None


class BundleSection(Struct, frozen=True):
    """A section of a bundle: what may be chosen from, and how many of it (None: no bound)."""

    id: int
    position: int
    quantity: int
    min_quantity: int | None
    max_quantity: int | None
    items: tuple[int, ...]  # display item ids


class BundleRecord(Struct, frozen=True):
    """What a bundle is made of; `percent` (hundredths of a percent) is taken off what its parts cost."""

    id: int
    type: str  # fixed, flexible
    price_type: str  # static, dynamic
    percent: int
    sections: tuple[BundleSection, ...]
    size_parts: Mapping[int, Mapping[int, tuple[int, int]]]
    """Fixed bundles: product size of the bundle -> section id -> (display item id, product size id)."""


class ProductRecord(Struct, frozen=True):
    """A display item: everything about it that depends on no market, pricelist, language or stock.

    Immutable and shared; `stamp` is the store's stamp of the rows it was read from.
    """

    id: int  # display_items.id, the webshop APIs' `product`
    display_id: int
    product_id: int
    variant_id: int
    store_id: int
    is_active: bool  # product, variant and display all are
    market_ids: frozenset[int]
    siblings: tuple[int, ...]  # the active display items of the display in order, itself included
    name: str
    uri: str
    excerpt: str
    description: str
    meta_title: str
    meta_description: str
    meta_keywords: str
    texts: Texts
    variant_name: str
    variant_texts: Texts
    sku: str  # product + variant part
    product_sku: str
    brand_id: int | None
    collection_id: int | None
    category_id: int | None
    categories: tuple[tuple[int, int], ...]  # category id, sort order in it; as shown
    country_of_origin: str
    stock_unit: str
    minimum_quantity: int
    multiple_of: int
    tax_group_id: int | None
    stock_offset: int
    size_chart_id: int
    measurement_chart_id: int | None
    sizes: tuple[SizeRecord, ...]
    media: tuple[MediaRecord, ...]
    prices: Mapping[int, int]  # pricelist id -> hundredths
    campaigns: tuple[CampaignPrice, ...]
    price_records: tuple[PriceRecord, ...]
    relations: tuple[tuple[str, int], ...]  # relation name, display item id; typed relations without the siblings
    plan_ids: tuple[int, ...]
    bundle: BundleRecord | None
    attributes: tuple[Attribute, ...]
    created_at: int
    updated_at: int
    stamp: int
    measurements: str = ""  # own contents of the measurement chart, as JSON: [[x, y, content]]

    def text(self, field_name: str, language_id: int) -> str:
        """A text (name, uri, excerpt, description, meta_title …) in that language, else in the main one."""
        translated = self.texts.get(language_id)
        if translated is not None:
            found = translated.get(field_name)
            if found is not None:
                return found
        return getattr(self, field_name)

    def size(self, product_size_id: int) -> SizeRecord | None:
        return next((size for size in self.sizes if size.id == product_size_id), None)


class Price(Struct, frozen=True):
    """What a display item costs in a market and pricelist at a moment. `amount` None: it has no price there."""

    amount: int | None
    before: int | None
    discount_percent: int  # whole percent off by the campaign
    campaign: CampaignPrice | None
    show_as_on_sale: bool
    show_as_new: bool
    until: int | None
    """The moment at which a campaign next changes it; None when nothing is due."""


class Sellable(Struct, frozen=True):
    """How many pieces of a product size can be sold in a market (thresholds and offsets taken off)."""

    total: int
    by_warehouse: Mapping[int, int]


# ------------------------------------------------------------------ the cart

ADDRESS_FIELDS = (
    "firstName", "lastName", "email", "phoneNumber", "company", "address1", "address2", "zipCode", "city", "state",
    "country", "vatNumber", "houseNumber", "houseExtension", "identityNumber",
)  # fmt: skip
"""Keys of an address as selections and orders keep it; a missing key is an empty text.

These are the one vocabulary of addresses, in rules and in rows; a face that calls them otherwise translates them.
"""

Address = dict[str, str]


class LineDiscount(Struct):
    """A voucher's share on a line. `amount` <= 0, for the whole line."""

    voucher_id: int
    is_automatic: bool
    code: str
    amount: int
    affected_price: bool = False


class LinePart(Struct):
    """A part of a bundle line: what was picked for a section, priced in proportion."""

    record: ProductRecord
    size: SizeRecord
    section_id: int
    quantity: int  # of the whole line
    price_each: int
    price_each_before: int
    total: int
    total_before: int
    own_price: int = 0  # what one costs alone, before campaigns


class CartLine(Struct):
    """A line of a selection with everything computed. Gift certificates have no record and no size."""

    id: int
    hash: str
    record: ProductRecord | None
    size: SizeRecord | None
    gift_certificate: GiftCertificate | None
    quantity: int
    comment: str
    product_url: str | None
    category_id: int | None
    localization_name: str
    localized_size: str | None
    plan: Plan | None
    free_voucher_id: int | None
    price_each: int
    price_each_before: int
    total: int
    total_before: int
    campaign: CampaignPrice | None
    campaign_discount: int  # <= 0, each
    tax_percent: int = 0
    is_tax_included: bool = True
    tax_name: str = ""
    discounts: list[LineDiscount] = field(default_factory=list)
    parts: list[LinePart] = field(default_factory=list)
    delivery_window_id: int | None = None  # of wholesale

    @property
    def net_total(self) -> int:
        """The line's total after its shares of order-level discounts."""
        return self.total + sum(share.amount for share in self.discounts if not share.affected_price)


class VoucherEffect(Struct):
    """What one result of a voucher did: to lines (hash -> hundredths, <= 0), to the cost of shipping, which gifts.

    `type` is that of the rules. `percent` (hundredths) as it was configured; `applied_on` SELECTED_PRODUCTS,
    PRODUCT_TOTAL or ORDER_TOTAL. `spent` is what it took off the voucher's rest.
    """

    result_id: int
    type: str
    lines: dict[str, int] = field(default_factory=dict)
    shipping_off: int = 0
    percent: int | None = None
    applied_on: str = ""
    spent: int = 0
    gifts: list[str] = field(default_factory=list)  # hashes of lines

    @property
    def price_off(self) -> int:
        return sum(self.lines.values())


class AppliedVoucher(Struct):
    """A voucher on a selection and what it does there."""

    voucher_id: int
    name: str
    trigger: str  # code, url, auto
    code: str
    price_off: int  # <= 0
    shipping_off: int  # <= 0
    line_hashes: list[str]
    expires_at: int | None
    free_shipping_for: list[str] | None  # uris of shipping options
    free_line: tuple[str, bool, bool] | None  # hash of the added line, allow remove, allow add more
    affects_items: bool
    attributes: tuple[Attribute, ...] = ()
    subvoucher_id: int | None = None  # the code by which it is used, if it is not the voucher's own
    effects: list[VoucherEffect] = field(default_factory=list)


class Totals(Struct):
    """checkout-api.md 6.3. `tax_added`, `tax_deducted` and `discount` are None where the API prints `false`."""

    items: int = 0
    discount: int | None = None  # <= 0
    shipping: int = 0
    handling: int = 0
    quantity: int = 0
    tax_deducted: int | None = None  # <= 0
    tax_added: int | None = None
    tax_percent: int = 0
    grand_total: int = 0
    grand_total_tax: int = 0
    taxes: dict[tuple[str, int, bool], int] = field(default_factory=dict)
    """(rule name, percent, included) -> amount of tax."""


class Cart(Struct):
    """A selection, priced, taxed and added up in its context. What every face shows of it is in here."""

    id: int
    hash: str
    context: Context
    language_chosen: bool
    lines: list[CartLine]
    vouchers: list[AppliedVoucher]  # by code or URL
    automatic: list[AppliedVoucher]
    totals: Totals
    is_vat_exempt: bool
    payment_method: PaymentMethod | None
    shipping_option: ShippingOption | None
    payment_methods: list[PaymentMethod]  # usable by this selection
    shipping_options: list[ShippingOption]
    address: Address
    shipping_address: Address
    has_shipping_address: bool
    additional_notes: str
    gift_message: str
    newsletter: bool
    consents: list[dict[str, Any]]
    additional_fields: dict[str, Any]
    customer_id: int | None
    shipping_costs: dict[int, int] = field(default_factory=dict)  # option that is offered -> hundredths

    @property
    def has_products(self) -> bool:
        return any(line.record is not None for line in self.lines)

    @property
    def has_subscription(self) -> bool:
        return any(line.plan is not None for line in self.lines)


class Shortage(Struct, frozen=True):
    """What a stock check took off a line (checkout-api.md 14)."""

    item: str  # "<display item>-<product size>"
    display_item_id: int
    wanted: int
    available: int
