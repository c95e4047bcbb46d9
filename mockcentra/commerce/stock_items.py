"""Stock items as integrations see them: the sizes of all products, their prices, their stock in the plugin's place."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from mockcentra.commerce import bundles, catalogue
from mockcentra.commerce.attributes import object_attributes
from mockcentra.commerce.bundle_writing import part_of
from mockcentra.commerce.model import Attribute, ProductRecord, Sellable
from mockcentra.commerce.money import percent_of
from mockcentra.commerce.pricing import is_running
from mockcentra.commerce.reference import Reference, Warehouse, reference_of
from mockcentra.commerce.sessions import webshop_store_id
from mockcentra.commerce.settings import settings_of
from mockcentra.store import Transaction
from mockcentra.store import bundle_writing as bundle_rows
from mockcentra.store import stock_items as rows
from mockcentra.store.database import Row
from mockcentra.store.stock_items import EVERY, FILTERS

__all__ = ["EVERY", "FILTERS"]


class CampaignOffer(Struct, frozen=True):
    """What a running campaign makes of a price, in hundredths."""

    campaign_id: int
    name: str
    price: int


class PriceOffer(Struct, frozen=True):
    """A price of a variant in a pricelist, in hundredths, with the campaigns that run in it."""

    pricelist_id: int
    price: int
    campaigns: tuple[CampaignOffer, ...]


class Level(Struct, frozen=True):
    """Pieces on the shelf, and those of them that orders have reserved."""

    physical: int
    allocated: int

    @property
    def available(self) -> int:
        return self.physical - self.allocated


class StockItems(Struct):
    """A page of stock items with what their products add; mappings are by id.

    `displays` is by variant: the display item that stands for it.
    """

    items: list[Row]
    has_more: bool
    displays: Mapping[int, ProductRecord]
    folders: Mapping[int, str]
    product_attributes: Mapping[int, tuple[Attribute, ...]]
    variant_attributes: Mapping[int, tuple[Attribute, ...]]


def listed(
    tx: Transaction, wanted: dict[str, Any], limit: int, offset: int, *, with_displays: bool, with_attributes: bool
) -> StockItems:
    """Stock items by product, variant and size; inactive ones and bundles are among them (order-api.md 5.5).

    `wanted` holds values of FILTERS. `with_displays` adds names, prices and pictures of displays.
    """
    found = rows.listed(tx, wanted, limit if limit == EVERY else limit + 1, offset)
    has_more = limit != EVERY and len(found) > limit
    if has_more:
        found = found[:limit]
    variant_ids = list(dict.fromkeys(row["variant_id"] for row in found))
    product_ids = list(dict.fromkeys(row["product_id"] for row in found))
    displays: dict[int, ProductRecord] = {}
    if with_displays:
        displays = displays_of(tx, variant_ids)
    return StockItems(
        found,
        has_more,
        displays,
        _folders(tx) if with_displays else {},
        object_attributes(tx, "product", product_ids) if with_attributes else {},
        object_attributes(tx, "variation", variant_ids) if with_attributes else {},
    )


def displays_of(tx: Transaction, variant_ids: Collection[int]) -> dict[int, ProductRecord]:
    """Variant id -> the display item that stands for it, in the webshop's store where there is one."""
    shown = rows.shown_items(tx, webshop_store_id(reference_of(tx.store)), variant_ids)
    records = catalogue.records(tx, shown.values())
    return {variant_id: records[item_id] for variant_id, item_id in shown.items() if item_id in records}


def _folders(tx: Transaction) -> dict[int, str]:
    """Folder id -> the names along its path."""
    folders = {row["id"]: row for row in rows.folders(tx)}

    def path(folder_id: int) -> str:
        row = folders[folder_id]
        return f"{path(row['parent_id'])} / {row['name']}" if row["parent_id"] else row["name"]

    return {folder_id: path(folder_id) for folder_id in folders}


def prices_of(record: ProductRecord, reference: Reference, now: int) -> list[PriceOffer]:
    """What a display item costs in every pricelist that has a price for it, without and with campaigns."""
    found = []
    for pricelist_id, price in record.prices.items():
        if pricelist_id not in reference.pricelists:
            continue
        campaigns = []
        for campaign in record.campaigns:
            if pricelist_id in campaign.pricelist_ids and is_running(campaign, now):
                reduced = campaign.prices.get(pricelist_id)
                if reduced is None:
                    reduced = price - percent_of(price, campaign.percent)
                campaigns.append(CampaignOffer(campaign.campaign_id, campaign.name, reduced))
        found.append(PriceOffer(pricelist_id, price, tuple(campaigns)))
    return found


# ------------------------------------------------------------------ stock


def primary_warehouse(tx: Transaction) -> Warehouse:
    """The warehouse whose stock the plugin reads and sets (order-api.md 2)."""
    reference = reference_of(tx.store)
    chosen = reference.warehouses.get(settings_of(tx.store)["order.primary_warehouse"])
    if chosen is not None:
        return chosen
    market = reference.default_market(webshop_store_id(reference))
    return reference.warehouses[reference.allocation_rules[market.allocation_rule_id][0]]


def virtual_warehouse(tx: Transaction) -> Warehouse | None:
    """The warehouse that counts with the primary one; none where either has an external stock master."""
    reference = reference_of(tx.store)
    primary = primary_warehouse(tx)
    chosen = reference.warehouses.get(settings_of(tx.store)["order.virtual_warehouse"])
    if chosen is None or chosen.id == primary.id or "external" in (chosen.stock_master, primary.stock_master):
        return None
    return chosen


def plugin_warehouse_ids(tx: Transaction) -> list[int]:
    """The primary warehouse, and the virtual one if there is one."""
    virtual = virtual_warehouse(tx)
    return [primary_warehouse(tx).id, *([virtual.id] if virtual else [])]


def levels(tx: Transaction, items: Sequence[Row]) -> dict[int, Level]:
    """Product size id -> its stock in the plugin's warehouses; a bundle has what its parts allow."""
    warehouse_ids = plugin_warehouse_ids(tx)
    of_bundles = [row for row in items if row["kind"] == "bundle"]
    everything = len(items) > 500
    wanted = None if everything else [row["id"] for row in items]
    found = _levels(tx, warehouse_ids, wanted)
    if of_bundles:
        found |= bundle_levels(tx, warehouse_ids, of_bundles)
    return found


def _levels(tx: Transaction, warehouse_ids: Sequence[int], size_ids: Collection[int] | None) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for size_id, _, physical, allocated in rows.stock_in(tx, warehouse_ids, size_ids):
        before = found.get(size_id)
        if before is not None:
            physical, allocated = physical + before.physical, allocated + before.allocated
        found[size_id] = Level(physical, allocated)
    return found


def bundle_levels(tx: Transaction, warehouse_ids: Sequence[int], items: Sequence[Row]) -> dict[int, Level]:
    """Size of a bundle -> how many sets its parts in these warehouses allow. `items`: rows with id and variant_id."""
    displays = displays_of(tx, {row["variant_id"] for row in items})
    parts = catalogue.with_parts(tx, displays.values())
    part_levels = _levels(tx, warehouse_ids, [size.id for part in parts.values() for size in part.sizes])
    free = {size_id: Sellable(level.available, {}) for size_id, level in part_levels.items()}
    found: dict[int, Level] = {}
    unseen = [row["variant_id"] for row in items if row["variant_id"] not in displays]
    if unseen:
        found |= _levels_without_display(tx, warehouse_ids, unseen)
    for row in items:
        record = displays.get(row["variant_id"])
        size = record.size(row["id"]) if record is not None else None
        if record is None or size is None or record.bundle is None:
            continue
        sets = bundles.sets_of(record, size, parts, free)
        found[row["id"]] = Level(sets, 0)
    return found


def _levels_without_display(
    tx: Transaction, warehouse_ids: Sequence[int], variant_ids: Collection[int]
) -> dict[int, Level]:
    """The same for bundles that no display shows yet (section 12.6).

    Of a section the best variant counts in a fixed bundle, and all of them in a flexible one.
    """
    kinds = bundle_rows.of_variants(tx, variant_ids)
    sections: dict[int, list[Row]] = {}
    for section in bundle_rows.sections(tx, [bundle["id"] for bundle in kinds.values()]):
        sections.setdefault(section["bundle_id"], []).append(section)
    options = bundle_rows.parts(tx, [section["id"] for each in sections.values() for section in each])
    sizes = bundle_rows.active_sizes(tx, {*kinds, *(option for each in options.values() for option in each)})
    stock = _levels(tx, warehouse_ids, [size["id"] for each in sizes.values() for size in each])

    def sets(bundle: Row, size: Row, section: Row) -> int:
        """How many sets a section allows."""
        of_variants = [sizes.get(variant_id, []) for variant_id in options.get(section["id"], ())]
        if bundle["type"] == "flexible":
            chosen = [part for each in of_variants for part in each]
        else:
            chosen = [part for each in of_variants if (part := part_of(size, each)) is not None]
        allowed = [stock[part["id"]].available // int(section["quantity"]) for part in chosen if part["id"] in stock]
        return sum(allowed) if bundle["type"] == "flexible" else max(allowed, default=0)

    return {
        size["id"]: Level(
            min((sets(bundle, size, section) for section in sections.get(bundle["id"], ())), default=0), 0
        )
        for variant_id, bundle in kinds.items()
        for size in sizes.get(variant_id, ())
    }
