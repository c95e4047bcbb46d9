"""Campaigns: prices of a market for a time, and the variants that are in them."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.attributes import assign_given_attributes
from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.moments import DEFAULT_FORMAT, shown
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.paging import find
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Batch,
    Column,
    Computed,
    DatesSince,
    Linked,
    Many,
    One,
    Since,
    Text,
    Through,
    Type,
    Weights,
    Where,
    define,
    hundredths,
    word,
)
from mockcentra.commerce import campaign_writing
from mockcentra.store import campaign_writing as rows
from mockcentra.store import company_writing as company
from mockcentra.store import graphql_reading as reading
from mockcentra.store import records
from mockcentra.store.clock import from_local
from mockcentra.store.graphql_reading import Condition, Link

MARKETS = Link("campaign_markets", "campaign_id", "market_id")
PRICELISTS = Link("campaign_pricelists", "campaign_id", "pricelist_id")
VARIANT = "variant_id"
STATUSES = words.stored(words.STATUS)
NEVER = "2099-12-31 23:59:59"
"""What an open end is shown as where the schema wants a moment."""


def own_or(column: str) -> tuple[str, str]:
    """The paths of what a variant says, and of what its campaign says for all."""
    return column, f"campaign_id>campaigns.{column}"


def _open_end(run: Run, is_end: bool) -> int:
    return from_local(NEVER if is_end else reading.as_of(run.tx))


class OwnMoment:
    """A moment of a variant, else of its campaign; an open end is the shop's first day, or a day far away."""

    def __init__(self, column: str, is_end: bool) -> None:
        self.columns = own_or(column)
        self.is_end = is_end

    def values(self, run: Run, field: Field, rows: Any, weights: Weights) -> list[Any]:
        own, whole = field.positions
        pattern = field.arguments(run).get("format") or DEFAULT_FORMAT
        open_end = _open_end(run, self.is_end)
        moments = (row[own] if row[own] is not None else row[whole] for row in rows)
        return [shown(open_end if moment is None else moment, pattern) for moment in moments]


def _own_flag(column: str) -> Where:
    """A filter on what a variant says, else on what its campaign says."""
    own, whole = own_or(column)

    def condition(run: Run, value: Any) -> Condition:
        said = reading.all_of([reading.is_null(own, False), reading.equals(own, int(value))])
        unsaid = reading.all_of([reading.is_null(own), reading.equals(whole, int(value))])
        return reading.any_of([said, unsaid])

    return Where(condition)


def _own_moment(column: str, is_end: bool) -> Where:
    """A filter on what OwnMoment shows."""
    own, whole = own_or(column)

    def condition(run: Run, value: Any) -> Condition:
        low, high = (None if value.get(end) is None else run.moment(value[end]) for end in ("from", "to"))
        open_end = _open_end(run, is_end)
        none = reading.all_of([reading.is_null(own), reading.is_null(whole)])
        fits = (low is None or open_end >= low) and (high is None or open_end <= high)
        return reading.any_of(
            [
                reading.all_of([reading.is_null(own, False), reading.between(own, low, high)]),
                reading.all_of(
                    [reading.is_null(own), reading.is_null(whole, False), reading.between(whole, low, high)]
                ),
                none if fits else reading.NOTHING,
            ]
        )

    return Where(condition)


def _fixed_prices(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
    return [money(run, price, currency_id) for price, currency_id in picked]


def _percent(price: int | None, percent: int) -> float | int | None:
    return None if price is not None else hundredths(percent)


def _kind(price: int | None, _: int) -> str:
    return "DISCOUNT_PERCENT" if price is None else "FIXED_PRICE"


def _of_types(run: Run, value: Any) -> Condition:
    conditions = {"FIXED_PRICE": rows.HAS_PRICE, "DISCOUNT_PERCENT": reading.negated(rows.HAS_PRICE)}
    return reading.any_of([conditions[name] for name in value])


def _flag(own: int | None, whole: int) -> bool:
    return bool(whole if own is None else own)


define(
    Type(
        "Campaign",
        "campaigns",
        fields={
            "name": Column("name"),
            "createdAt": Since("created_at"),
            "updatedAt": Since("updated_at"),
            "status": Column("status", word({**words.STATUS, "deleted": "CANCELLED"})),
            "campaignVariants": Many("campaign_id"),
            "markets": Through(MARKETS),
            "pricelists": Through(PRICELISTS),
            "deliveryWindows": Through(Link("campaign_delivery_windows", "campaign_id", "delivery_window_id")),
            "store": One("store_id"),
        },
        filters={
            "name": Text("name"),
            "marketId": Linked(MARKETS),
            "pricelistId": Linked(PRICELISTS),
            "storeId": Among("store_id"),
            "status": Among("status", STATUSES),
            "updatedAt": DatesSince("updated_at"),
        },
        sorts={"name": "name", "updatedAt": "updated_at"},
        search=("name",),
        store="store_id",
        attributes="campaign",
        only=rows.NOT_DELETED,
    ),
    Type(
        "CampaignVariant",
        "campaign_variants",
        fields={
            "discountPercent": Computed(_percent, "price", "percent"),
            "fixedPrice": Batch(_fixed_prices, "price", "currency_id"),
            "type": Computed(_kind, "price", "percent"),
            "createdAt": Since("created_at"),
            "startAt": OwnMoment("start_at", False),
            "stopAt": OwnMoment("stop_at", True),
            "status": Column("campaign_id>campaigns.status", word(words.STATUS)),
            "showSale": Computed(_flag, *own_or("show_as_on_sale")),
            "showNews": Computed(_flag, *own_or("show_as_new")),
            "campaign": One("campaign_id"),
            "productVariant": One(VARIANT),
        },
        filters={
            "campaignId": Among("campaign_id"),
            "productVariantId": Among(VARIANT),
            "showSale": _own_flag("show_as_on_sale"),
            "showNews": _own_flag("show_as_new"),
            "status": Among("campaign_id>campaigns.status", STATUSES),
            "startAt": _own_moment("start_at", False),
            "stopAt": _own_moment("stop_at", True),
            "storeId": Among("campaign_id>campaigns.store_id"),
            "type": Where(_of_types),
            "value": Where(lambda run, value: rows.worth_between(value.get("from"), value.get("to"))),
        },
        store="campaign_id>campaigns.store_id",
    ),
)


# ------------------------------------------------------------------ writing

_PLACES = {"Markets": ("market", "Market"), "Pricelists": ("pricelist", "Pricelist")}
_WINDOWS = {"DeliveryWindows": ("delivery_window", "DeliveryWindow")}


def _places(change: Change, store_id: int | None, verb: str) -> dict[str, list[int]]:
    """Where `addMarkets`, `removePricelists` … say that a campaign counts; user errors for what is of another store."""
    given = change.input
    found: dict[str, list[int]] = {}
    known = {**_PLACES, **(_WINDOWS if given.get(f"{verb}DeliveryWindows") else {})}
    for words_, (place, kind) in known.items():
        name = f"{verb}{words_}"
        ids = given.refs(name, kind)
        if place == "delivery_window" and store_id and company.store_type(change.tx, store_id) != "wholesale":
            given.error("Only campaigns of wholesale stores have delivery windows", name)
        elif store_id is not None:
            stores = rows.stores_of(change.tx, place, ids)
            whole = len(ids) == len(given.get(name) or ())
            for position, each in enumerate(ids):
                if stores.get(each) != store_id:
                    path = (name, str(position)) if whole else (name,)
                    given.error(f"{kind} ID {each} belongs to another store", *path)
        found[place] = ids
    return found


@mutation("createCampaign")
def create_campaign(change: Change) -> dict[str, Any]:
    """A new campaign; variants come with setCampaignVariants."""
    given = change.input
    given.required_text("name")
    store_id = given.ref("store", "Store")
    places = _places(change, store_id, "add")
    status = given.status("campaign")
    change.check()
    assert store_id is not None
    campaign_id = campaign_writing.create(change.tx, store_id, name=given["name"], status=status)
    for place, ids in places.items():
        campaign_writing.put_places(change.tx, campaign_id, place, ids)
    assign_given_attributes(change, "campaign", campaign_id)
    return {"campaign": campaign_id}


@mutation("updateCampaign")
def update_campaign(change: Change) -> dict[str, Any]:
    """Another name or status, other places."""
    campaign_id = change.target("Campaign")
    given = change.input
    if given.get("name") is not None:
        given.required_text("name")
    store_id = _store_of(change, campaign_id)
    removed, added = _places(change, None, "remove"), _places(change, store_id, "add")
    columns = {name: value for name, value in given.given(name="name").items() if value is not None}
    if given.get("status") is not None:
        columns["status"] = given.status("campaign")
    change.check()
    campaign_writing.change(change.tx, campaign_id, **columns)
    for place in dict.fromkeys([*removed, *added]):
        campaign_writing.put_places(change.tx, campaign_id, place, added.get(place, ()), removed.get(place, ()))
    assign_given_attributes(change, "campaign", campaign_id)
    return {"campaign": campaign_id}


@mutation("deleteCampaign")
def delete_campaign(change: Change) -> dict[str, Any]:
    """Deletes a campaign."""
    campaign_writing.delete(change.tx, change.target("Campaign"))
    return {}


@mutation("removeCampaign")
def remove_campaign(change: Change) -> dict[str, Any]:
    """The same under its old name, with the campaign as it was."""
    campaign_id = change.target("Campaign")
    change.after(lambda: campaign_writing.delete(change.tx, campaign_id))
    return {"campaign": campaign_id}


def _store_of(change: Change, campaign_id: int) -> int:
    row = records.get(change.tx, "campaigns", campaign_id)
    assert row is not None
    return row["store_id"]


def _terms(change: Change, given: Input, variant_id: int) -> campaign_writing.Terms | None:
    """What the input says of one variant; user errors for what cannot be."""
    is_fixed = given["type"] == "FIXED_PRICE"
    wanted = "fixedPrice" if is_fixed else "discountPercent"
    if given.get(wanted) is None:
        given.error(f"{wanted} is needed for the type {given['type']}", wanted)
    start_at, stop_at = given.moment("startAt"), given.moment("stopAt")
    percent, price = given.percent("discountPercent"), given.money("fixedPrice")
    if price is not None and price < 0:
        given.error("fixedPrice must not be negative", "fixedPrice", "value")
    if start_at is None or stop_at is None:
        given.error("A campaign starts and stops", "startAt" if start_at is None else "stopAt")
        return None
    if stop_at <= start_at:
        given.error("stopAt must be after startAt", "stopAt")
    code = given["fixedPrice"]["currencyIsoCode"].upper() if is_fixed and given.get("fixedPrice") else None
    currency_id = find(change.run, TYPES["Currency"], "code", [code]).get(code) if code else None
    return campaign_writing.Terms(
        variant_id=variant_id,
        start_at=start_at,
        stop_at=stop_at,
        is_on_sale=given["showSale"],
        is_new=given["showNews"],
        percent=0 if is_fixed else percent or 0,
        price=price if is_fixed else None,
        currency_id=currency_id,
    )


@mutation("setCampaignVariants")
def set_campaign_variants(change: Change) -> dict[str, Any]:
    """What a campaign does to variants; one that no display of its store shows yet has a warning, and follows later."""
    given = change.input
    campaign_id = given.ref("campaign", "Campaign")
    parts = given.parts("variants")
    variant_ids = given.refs_of(parts, "productVariant", "ProductVariant")
    terms = [_terms(change, part, variant_id or 0) for part, variant_id in zip(parts, variant_ids, strict=True)]
    change.check()
    assert campaign_id is not None
    store_id = _store_of(change, campaign_id)
    known: list[campaign_writing.Terms] = []
    for place, each in enumerate(terms):
        assert each is not None
        if each.variant_id in {other.variant_id for other in known}:
            given.warning(f"Duplicate variant ID {each.variant_id} skipped", "variants", str(place))
        else:
            known.append(each)
    for variant_id in campaign_writing.set_variants(change.tx, campaign_id, store_id, known):
        given.warning(
            f"Product variant with id {variant_id} is on no display of the store yet",
            "variants",
            str(variant_ids.index(variant_id)),
        )
    return {"campaign": campaign_id}


@mutation("unsetCampaignVariants")
def unset_campaign_variants(change: Change) -> dict[str, Any]:
    """Takes variants out of a campaign."""
    given = change.input
    campaign_id = given.ref("campaign", "Campaign")
    variant_ids = given.refs("productVariants", "ProductVariant")
    change.check()
    assert campaign_id is not None
    store_id = _store_of(change, campaign_id)
    campaign_writing.unset_variants(change.tx, campaign_id, store_id, variant_ids)
    return {"campaign": campaign_id}
