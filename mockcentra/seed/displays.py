"""Seeds displays: what the stores show of products, with texts, categories, markets, prices and relations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from mockcentra.seed.assortment import Catalogue, Display, Item, Product, Variant
from mockcentra.seed.batch import Batch
from mockcentra.seed.company import TEXTS
from mockcentra.seed.fixtures import FixtureError, Record, record, whole
from mockcentra.seed.shelves import main_language, main_text, slug, with_ancestors
from mockcentra.seed.world import World
from mockcentra.store.database import to_json
from mockcentra.store.reference import table

SECTIONS = ("texts",)

_TEXTS = record(names=TEXTS, details=TEXTS, untranslated_every=whole(2), french_every=whole(2))

# Of the Wholesale store: everything that only it sells, and the first ordinary products up to this number.
_WHOLESALE_DISPLAYS = 60
_RELATED = 2
_LOOKS = 12

TABLES = {
    "displays": (
        "id", "store_id", "product_id", "name", "uri", "status", "excerpt", "description", "meta_title",
        "meta_description", "meta_keywords", "category_id", "minimum_quantity", "multiple_of", "tags_json",
        "created_at", "updated_at",
    ),
    "display_items": ("id", "display_id", "variant_id", "position"),
    "display_markets": ("display_id", "market_id"),
    "display_categories": ("display_id", "category_id", "sort_order"),
    "display_media": ("display_id", "media_id", "position"),
    "prices": ("display_item_id", "pricelist_id", "price", "price_rrp"),
    "display_relations": ("display_id", "related_display_id", "relation_type_id", "position"),
    "translations": ("object_type", "object_id", "language_id", "field", "text"),
}  # fmt: skip


@dataclass(slots=True)
class Page:
    """What a display is to show: texts by language id (the main language among them) and field."""

    texts: dict[int, dict[str, str]]
    uri: str
    categories: list[str]
    category: str
    variants: list[Variant]
    is_main: bool = True
    last: int = 0
    tags: list[str] = field(default_factory=list)


def seed(world: World, catalogue: Catalogue) -> None:
    """Makes the displays of both stores for all products of the catalogue."""
    writer = DisplayWriter(world, catalogue)
    composer = Composer(world)
    pages = list(_pages(composer, catalogue))
    ranks = {id(page): rank for rank, (_, page) in enumerate(sorted(pages, key=lambda each: each[1].last), 1)}
    for done, (product, page) in enumerate(pages, 1):
        writer.write(product, page, ranks[id(page)])
        if done % 500 == 0:
            world.report(len(pages) + done, len(pages) * 2)
    writer.next_rank = len(pages) + 1
    wholesale = [product for product in catalogue.products if product.spec["display"] == "wholesale"]
    for product in catalogue.products:
        if len(wholesale) >= _WHOLESALE_DISPLAYS:
            break
        if product.is_ordinary:
            wholesale.append(product)
    for rank, product in enumerate(sorted(wholesale, key=lambda each: each.id), 1):
        writer.write_wholesale(product, composer, rank)
    _relations(world, catalogue, writer)
    writer.flush()
    world.notes["display_writer"] = writer


def _pages(composer: "Composer", catalogue: Catalogue) -> Iterator[tuple[Product, Page]]:
    """What the DTC store shows, by id: named products, their second displays, the others."""
    shown = [product for product in catalogue.products if product.spec["display"] not in ("none", "wholesale")]
    named = [product for product in shown if product.is_named]
    for product in named:
        yield product, composer.page(product)
    for product in named:
        for variant in product.variants:
            if variant.colour in product.spec["apart"]:
                yield product, composer.page_apart(product, variant)
        if product.spec["twin"]:
            yield product, composer.page_of_twin(product, product.spec["twin"])
    for product in shown:
        if not product.is_named:
            yield product, composer.page(product)


# ---------------------------------------------------------------- texts


class Composer:
    """Puts the texts of displays together, in all languages that a display is translated to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._texts: Record = world.required("catalogue", "texts", _TEXTS)
        self._main = main_language(world)
        self._french = world.ids["language"].get("fr")
        self._brands = {row_id: name for name, row_id in world.ids["brand"].items()}
        self._collections = {row_id: name for name, row_id in world.ids["collection"].items()}
        self._count = 0

    def page(self, product: Product) -> Page:
        """The display of a product, with all its colours but those that have their own."""
        spec, kind = product.spec, product.type
        variants = [variant for variant in product.variants if variant.colour not in spec["apart"]]
        return self._page(product, kind, product.model, variants, spec["names"], spec["uri"], spec["category"])

    def page_apart(self, product: Product, variant: Variant) -> Page:
        """The display of one colour of a product, which is part of its name."""
        colours = self._world.notes["colour"][variant.colour]["name"]
        page = self._page(product, product.type, product.model, [variant], product.spec["names"], None, None)
        for language, texts in page.texts.items():
            texts["name"] += f" {colours.get(language, colours[self._main])}"
            texts["uri"] = slug(texts["name"])
        page.uri = page.texts[self._main]["uri"]
        page.is_main = False
        return page

    def page_of_twin(self, product: Product, twin: Record) -> Page:
        """A second display of the same variants, with its own name and category."""
        kind = self._world.notes["product_type"][twin["type"]] if twin["type"] else product.type
        noun = main_text(self._world, kind, "noun")
        if not twin["name"].endswith(f" {noun}"):
            raise twin.error("name", f"the name must end with {noun!r}, the noun of its type")
        model = twin["name"].removesuffix(f" {noun}")
        page = self._page(product, kind, model, product.variants, {}, twin["uri"], twin["category"])
        page.is_main = False
        return page

    def _page(
        self,
        product: Product,
        kind: Record,
        model: str,
        variants: list[Variant],
        names: dict[int, str],
        uri: str | None,
        category: str | None,
    ) -> Page:
        self._count += 1
        spec = product.spec
        texts = {
            language: self._composed(product, kind, model, language, names) for language in self._languages(product)
        }
        main = texts[self._main]
        main["uri"] = uri or main["uri"]
        if spec["texts"]:
            main.update(spec["texts"], meta_description=spec["texts"]["excerpt"])
        path = category or kind["category"]
        comes_last = spec["preorder"] or spec["unpriced"] or spec["minimum"] or spec["multiple_of"]
        return Page(
            texts,
            main["uri"],
            [*with_ancestors(path), *spec["also"]],
            path,
            variants,
            last=1 if comes_last or kind["listed_last"] else 0,
            tags=[product.material, self._collections[spec["collection"]].lower()],
        )

    def _languages(self, product: Product) -> list[int]:
        """The languages of the display that is counted now: some have no translation, some no French one."""
        if self._count % self._texts["untranslated_every"] == 0 or product.spec["texts"]:
            return [self._main]
        with_french = self._count % self._texts["french_every"] == 1
        return [each for each in self._world.ids["language"].values() if each != self._french or with_french]

    def _composed(
        self, product: Product, kind: Record, model: str, language: int, names: dict[int, str]
    ) -> dict[str, str]:
        spec = product.spec
        noun = kind["noun"].get(language, kind["noun"][self._main])
        if language == self._main:
            name = f"{model} {noun}"
        else:
            name = names.get(language) or _filled(self._texts["names"], language, self._main, model=model, noun=noun)
        material = self._world.notes["material"][product.material]["name"]
        details = _filled(
            self._texts["details"],
            language,
            self._main,
            name=name,
            material=material.get(language, material[self._main]),
            collection=self._collections[spec["collection"]],
        )
        excerpt = kind["excerpt"].get(language, kind["excerpt"][self._main])
        description = kind["description"].get(language, kind["description"][self._main])
        return {
            "name": name,
            "uri": slug(name),
            "excerpt": excerpt,
            "description": f"{description}\n\n{details}",
            "meta_title": f"{name} | {self._brands[spec['brand']]}",
            "meta_description": excerpt,
            "meta_keywords": f"{noun}, {material.get(language, material[self._main])}",
        }


def _filled(patterns: dict[int, str], language: int, main: int, **parts: str) -> str:
    """A pattern such as `{model} {noun}` with its parts filled in, whatever else it holds."""
    words = patterns.get(language, patterns.get(main, ""))
    for name, part in parts.items():
        words = words.replace(f"{{{name}}}", part)
    return words


# ---------------------------------------------------------------- rows


class DisplayWriter:
    """Writes displays with all that hangs on them."""

    def __init__(self, world: World, catalogue: Catalogue) -> None:
        self._world = world
        self._catalogue = catalogue
        self._batch = Batch(world, TABLES)
        self._main = main_language(world)
        self._dice = world.dice("displays")
        self._uris: dict[str, int] = {}
        self._silent = set(world.notes["children_only"])
        self.next_rank = 1
        stores = {row["id"]: row["store_id"] for row in table(world.tx, "markets")}
        self.markets = [market for market in stores if stores[market] == catalogue.dtc_store]
        self._wholesale_markets = [market for market in stores if stores[market] == catalogue.wholesale_store]
        pricelists = table(world.tx, "pricelists")
        self.pricelists = [row["id"] for row in pricelists if row["store_id"] == catalogue.dtc_store]
        currency_prices = {
            row["currency_id"]: row["id"] for row in reversed(pricelists) if row["id"] in self.pricelists
        }
        # wholesale pricelist -> the DTC pricelist whose prices are its recommended ones
        self._wholesale_pricelists = {
            row["id"]: currency_prices.get(row["currency_id"])
            for row in pricelists
            if row["store_id"] == catalogue.wholesale_store
        }

    def flush(self) -> None:
        self._batch.flush()

    def write(self, product: Product, page: Page, rank: int, with_prices: bool = True) -> Display:
        """Makes a display of the DTC store. `rank` is its place in the default order."""
        spec, world = product.spec, self._world
        display = self._display(self._catalogue.dtc_store, product, page, world.ids["category"][page.category])
        for market in spec["markets"] or self.markets:
            self._batch.add("display_markets", display.id, market)
        for path in dict.fromkeys(page.categories):
            category = world.ids["category"][path]
            if category not in self._silent or path == page.category:
                self._batch.add("display_categories", display.id, category, rank)
        if with_prices:
            prices = self._catalogue.prices[product.price]
            offered = [each for each in self.pricelists if each in prices and each not in spec["unpriced"]]
            for item in display.items:
                for pricelist in offered:
                    self._batch.add("prices", item.id, pricelist, prices[pricelist], None)
        world.register("display", page.uri, display.id)
        return display

    def write_wholesale(self, product: Product, composer: Composer, rank: int) -> Display:
        """Makes a display of the Wholesale store, with the account's and the recommended prices."""
        page = composer.page(product)
        page.texts = {self._main: page.texts[self._main]}
        category = product.type["wholesale_category"]
        display = self._display(self._catalogue.wholesale_store, product, page, category)
        for market in self._wholesale_markets:
            self._batch.add("display_markets", display.id, market)
        self._batch.add("display_categories", display.id, category, rank)
        prices = self._catalogue.prices[product.price]
        for item in display.items:
            for pricelist, recommended in self._wholesale_pricelists.items():
                if pricelist in prices:
                    rrp = prices.get(recommended) if recommended else None
                    self._batch.add("prices", item.id, pricelist, prices[pricelist], rrp)
        self._world.register("wholesale_display", page.uri, display.id)
        return display

    def relate(self, display: Display, others: Sequence[Display], relation_type: str) -> None:
        """Says that displays go with another one, in that order."""
        kind = self._world.ids.get("relation_type", {}).get(relation_type)
        if kind is not None:
            for position, other in enumerate(others):
                self._batch.add("display_relations", display.id, other.id, kind, position)

    def _display(self, store: int, product: Product, page: Page, category: int) -> Display:
        spec, world = product.spec, self._world
        display_id = world.next_id("displays")
        main = page.texts[self._main]
        self._claim(store, page, display_id, product)
        self._batch.add(
            "displays",
            display_id,
            store,
            product.id,
            main["name"],
            page.uri,
            "inactive" if spec["display"] == "inactive" else "active",
            main["excerpt"],
            main["description"],
            main["meta_title"],
            main["meta_description"],
            main["meta_keywords"],
            category,
            spec["minimum"] or 1,
            spec["multiple_of"] or 1,
            to_json(page.tags),
            product.created_at,
            self._dice.randint(product.created_at, max(product.created_at, product.updated_at)),
        )
        for language, texts in page.texts.items():
            if language != self._main:
                for name, words in texts.items():
                    self._batch.add("translations", "display", display_id, language, name, words)
        display = Display(display_id, store, page.uri, main["name"], product, page.is_main)
        for position, variant in enumerate(page.variants):
            item = Item(world.next_id("display_items"), variant)
            self._batch.add("display_items", item.id, display_id, variant.id, position)
            display.items.append(item)
        pictures = [media for variant in page.variants for media in variant.media] + product.media
        for position, media in enumerate(pictures):
            self._batch.add("display_media", display_id, media, position)
        self._catalogue.displays.append(display)
        return display

    def _claim(self, store: int, page: Page, display_id: int, product: Product) -> None:
        """Makes URIs unique in their store, whatever the language: a display's own may be the same in several."""
        if self._uris.setdefault(f"{store}:{page.uri}", display_id) != display_id:
            message = f"{page.uri!r} is the URI of another display already; give it another `uri`"
            if isinstance(product.spec, Record):
                raise product.spec.error("uri", message)
            raise FixtureError(message)
        for language, texts in page.texts.items():
            if language != self._main:
                uri = texts["uri"]
                number = 1
                while self._uris.setdefault(f"{store}:{uri}", display_id) != display_id:
                    number += 1
                    uri = f"{texts['uri']}-{number}"
                texts["uri"] = uri


# ---------------------------------------------------------------- relations


def _relations(world: World, catalogue: Catalogue, writer: DisplayWriter) -> None:
    """Lets ordinary displays point to some of other types, and the first ones to what completes the look."""
    dice = world.dice("relations")
    shown = [each for each in catalogue.shop_displays() if each.is_main and each.product.is_ordinary]
    for number, display in enumerate(shown):
        writer.relate(display, _others(display, shown, _RELATED, dice), "standard")
        if number < _LOOKS:
            writer.relate(display, _others(display, shown, 1, dice), "complete_the_look")


def _others(display: Display, shown: Sequence[Display], wanted: int, dice: Random) -> list[Display]:
    """Displays of other types than this one's, as far as there are any."""
    found: list[Display] = []
    for _ in range(20):
        other: Any = dice.choice(shown)
        if other.product.type is not display.product.type and other not in found:
            found.append(other)
        if len(found) == wanted:
            break
    return found
