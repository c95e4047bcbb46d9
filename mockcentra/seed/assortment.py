"""The catalogue while it is seeded: products with their variants and sizes, and the displays that show them."""

from dataclasses import dataclass, field
from typing import Any

from mockcentra.seed.fixtures import Record


@dataclass(slots=True)
class Size:
    """A product size. `name` is that of its chart."""

    id: int
    name: str


@dataclass(slots=True)
class Variant:
    """A variant: one colour of a product."""

    id: int
    colour: str
    is_active: bool
    sizes: list[Size]
    media: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Product:
    """A product and what is special about it.

    spec        its entry in the fixtures; further products have one of the same keys
    type        the entry of its type; for bundles their own entry
    model       the part of the name before the noun
    price       the price in the first pricelist: names a price point
    is_named    it stands in the fixtures; the others fill up a larger shop
    """

    id: int
    name: str
    model: str
    spec: dict[str, Any]
    type: Record
    price: int
    material: str
    created_at: int
    updated_at: int
    is_named: bool
    variants: list[Variant] = field(default_factory=list)
    media: list[int] = field(default_factory=list)

    @property
    def is_ordinary(self) -> bool:
        """Sold like most: in all markets, priced everywhere, in stock, one by one, on a display of its own."""
        return not any(self.spec[key] for key in _SPECIAL) and self.spec["display"] is None


_SPECIAL = (
    "markets", "unpriced", "nothing_left", "minimum", "multiple_of", "preorder", "status", "inactive", "serializable",
)  # fmt: skip


@dataclass(slots=True)
class Item:
    """A display item: a variant on a display."""

    id: int
    variant: Variant


@dataclass(slots=True)
class Display:
    """A display. `is_main` is false for the further displays of a product; `store_id` says where it is sold."""

    id: int
    store_id: int
    uri: str
    name: str
    product: Product
    is_main: bool
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Catalogue:
    """Everything that was made, in the order of its ids.

    prices      of every price point, by its price in the first pricelist: pricelist id -> hundredths
    bundles     the products that are bundles; `products` does not hold them
    bundle_items  ids of the display items that bundles are made of
    """

    dtc_store: int
    wholesale_store: int
    prices: dict[int, dict[int, int]]
    products: list[Product] = field(default_factory=list)
    bundles: list[Product] = field(default_factory=list)
    displays: list[Display] = field(default_factory=list)
    bundle_items: set[int] = field(default_factory=set)

    def shop_displays(self) -> list[Display]:
        """The displays of the DTC store, without those of bundles."""
        bundles = {product.id for product in self.bundles}
        return [each for each in self.displays if each.store_id == self.dtc_store and each.product.id not in bundles]
