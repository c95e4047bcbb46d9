"""Seeds campaigns, and the price history that those which ran have left behind."""

from collections import defaultdict
from dataclasses import dataclass

from mockcentra.commerce.money import percent_of
from mockcentra.seed.assortment import Catalogue, Display
from mockcentra.seed.company import STATUS
from mockcentra.seed.displays import DisplayWriter
from mockcentra.seed.fixtures import Record, choice, listed, moment, money, optional, percent, record, ref, text
from mockcentra.seed.world import World
from mockcentra.store import campaign_writing as rows

FILES = {"campaigns": ("campaigns",)}

_ITEMS = record(percent=optional(percent, 0), price=optional(money), displays=listed(ref("display"), least=1))
_CAMPAIGN = record(
    name=text,
    status=optional(STATUS, "active"),
    start=moment,
    stop=optional(moment),
    markets=optional(listed(ref("market"), least=1)),
    flags=optional(listed(choice("on_sale", "new")), ()),
    items=listed(_ITEMS, least=1),
)


@dataclass(frozen=True, slots=True)
class _Reduction:
    """A lower price for some time, in one market or (None) in all."""

    start: int
    stop: int | None
    market: int | None
    price: int


_Reductions = dict[tuple[int, int], list[_Reduction]]  # by display item and pricelist


def seed(world: World) -> None:
    """Makes the campaigns of the fixtures and the price records of what they cover."""
    catalogue: Catalogue = world.notes["catalogue"]
    writer: DisplayWriter = world.notes["display_writer"]
    displays = {display.id: display for display in catalogue.displays}
    reductions: _Reductions = defaultdict(list)
    for entry in world.section("campaigns", "campaigns", listed(_CAMPAIGN)):
        campaign = _campaign(world, catalogue, writer, entry)
        for part in entry["items"]:
            for display_id in part["displays"]:
                _cover(world, catalogue, writer, campaign, entry, part, displays[display_id], reductions)
    rows.note_variants(world.tx)
    _records(world, catalogue, reductions)


def _campaign(world: World, catalogue: Catalogue, writer: DisplayWriter, entry: Record) -> int:
    campaign = world.add(
        "campaigns",
        store_id=catalogue.dtc_store,
        name=entry["name"],
        status=entry["status"],
        start_at=entry["start"],
        stop_at=entry["stop"],
        show_as_on_sale="on_sale" in entry["flags"],
        show_as_new="new" in entry["flags"],
    )
    world.register("campaign", entry["name"], campaign, entry)
    markets = entry["markets"] or writer.markets
    world.add_many("campaign_markets", ("campaign_id", "market_id"), [(campaign, market) for market in markets])
    pricelists = [(campaign, pricelist) for pricelist in writer.pricelists]
    world.add_many("campaign_pricelists", ("campaign_id", "pricelist_id"), pricelists)
    return campaign


def _cover(
    world: World,
    catalogue: Catalogue,
    writer: DisplayWriter,
    campaign: int,
    entry: Record,
    part: Record,
    display: Display,
    reductions: _Reductions,
) -> None:
    """Puts all colours of a display into a campaign, and notes the prices that they had in it."""
    base = catalogue.prices[display.product.price]
    new = base
    if part["price"] is not None:
        if part["price"] not in catalogue.prices or part["price"] >= display.product.price:
            raise part.error("price", f"the price must be a price point below that of {display.uri!r}")
        new = catalogue.prices[part["price"]]
    happened = entry["status"] == "active" and entry["start"] < world.as_of
    unpriced = display.product.spec["unpriced"]
    pricelists = [each for each in writer.pricelists if each in base and each in new and each not in unpriced]
    for item in display.items:
        world.add("campaign_items", campaign_id=campaign, display_item_id=item.id, percent=part["percent"])
        if part["price"] is not None:
            columns = ("campaign_id", "display_item_id", "pricelist_id", "price")
            world.add_many("campaign_prices", columns, [(campaign, item.id, each, new[each]) for each in pricelists])
        for pricelist in pricelists:
            price = new[pricelist] - percent_of(new[pricelist], part["percent"])
            if happened and price < base[pricelist]:
                for market in entry["markets"] or (None,):
                    reduction = _Reduction(entry["start"], entry["stop"], market, price)
                    reductions[item.id, pricelist].append(reduction)


def _records(world: World, catalogue: Catalogue, reductions: _Reductions) -> None:
    """What the covered items could be bought for, from their first day on, without gaps."""
    products = {item.id: display.product for display in catalogue.displays for item in display.items}
    rows: list[tuple[int, int, int | None, int, int, int, int | None]] = []
    for (item, pricelist), found in reductions.items():
        product = products[item]
        before = catalogue.prices[product.price][pricelist]
        everywhere = [each for each in found if each.market is None]
        turns = sorted({product.created_at, *(at for each in everywhere for at in (each.start, each.stop) if at)})
        for start, stop in zip(turns, [*turns[1:], None], strict=True):
            prices = [
                each.price for each in everywhere if each.start <= start and (each.stop is None or start < each.stop)
            ]
            rows.append((item, pricelist, None, min(prices, default=before), before, start, stop))
        rows += [
            (item, pricelist, each.market, each.price, before, each.start, each.stop)
            for each in found
            if each.market is not None
        ]
    columns = ("display_item_id", "pricelist_id", "market_id", "price", "price_before", "from_at", "until_at")
    world.add_many("price_records", columns, rows)
