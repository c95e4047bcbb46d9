"""Seeds the catalogue: what products are sorted by, the products with their variants and sizes, displays and prices."""

from mockcentra.seed import attributes, bundles, displays, products, shelves
from mockcentra.seed.world import World

FILES = {
    "catalogue": (*shelves.SECTIONS, *products.SECTIONS, *displays.SECTIONS),
    "product_types": ("types",),
    "products": ("products",),
    "models": ("models", "places"),
    "bundles": ("bundles", "plans"),
    "attributes": attributes.SECTIONS,
}


def seed(world: World) -> None:
    """Makes all of it and leaves `world.notes["catalogue"]`, a `Catalogue`, for the steps that sell and stock it."""
    shelves.seed(world)
    catalogue = products.seed(world)
    displays.seed(world, catalogue)
    bundles.seed(world, catalogue)
    attributes.seed(world, catalogue)
    world.notes["catalogue"] = catalogue
