"""The shop's settings that change behaviour: their keys, types and defaults, and how to read and change them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce.errors import Invalid
from mockcentra.store import Store, Transaction
from mockcentra.store import catalogue as catalogue_rows
from mockcentra.store import reference as rows
from mockcentra.store.database import from_json, to_json

FLEXIBLE_BUNDLES = "checkout.flexible_bundles"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: what it means, what it is at first, and what it may be."""

    key: str
    default: Any
    allowed: Callable[[Any], bool]
    expects: str
    about: str


def _flag(key: str, default: bool, about: str) -> Setting:
    return Setting(key, default, lambda value: isinstance(value, bool), "true or false", about)


def _choice(key: str, default: str, choices: tuple[str, ...], about: str) -> Setting:
    return Setting(key, default, lambda value: value in choices, "one of " + ", ".join(choices), about)


def _whole(key: str, default: int, about: str) -> Setting:
    def allowed(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0

    return Setting(key, default, allowed, "a whole number, 0 or more", about)


def _texts(key: str, default: list[str], about: str) -> Setting:
    def allowed(value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(entry, str) for entry in value)

    return Setting(key, default, allowed, "a list of texts", about)


def _some(key: str, default: list[str], choices: tuple[str, ...], about: str) -> Setting:
    def allowed(value: Any) -> bool:
        return isinstance(value, list) and all(entry in choices for entry in value)

    return Setting(key, default, allowed, "a list of " + ", ".join(choices), about)


def _ids(key: str, default: list[int], about: str) -> Setting:
    def allowed(value: Any) -> bool:
        return isinstance(value, list) and all(type(entry) is int and entry > 0 for entry in value)

    return Setting(key, default, allowed, "a list of ids", about)


def _text(key: str, default: str, about: str) -> Setting:
    return Setting(key, default, lambda value: isinstance(value, str), "a text", about)


# What the rows of orders and shipments hold of a bundle (order-api.md 2.2).
BUNDLE_MODES = ("only_containing_items", "containing_items_in_bundles", "only_bundles", "bundles_and_containing_items")
# `report` counts only; the others are the documented quotas of plans (graphql-integration-api.md 8.2).
RATE_LIMITS = ("report", "documented", "standard", "growth", "enhanced", "high_volume", "enterprise")
ORDER_STATUSES = ("pending", "confirmed", "processing", "completed", "archived", "cancelled")

SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        _flag("store.autoconfirm", True, "a paid DTC order is confirmed at once"),
        _flag("store.direct_to_shipment", False, "a paid DTC order gets a good-to-go shipment at once"),
        _flag(
            "store.delivery_groups", False, "DTC orders that several warehouses serve have a delivery group for each"
        ),
        _flag("store.backorders", False, "orders may be placed without stock"),
        _choice("store.overselling_prevention", "standard", ("off", "standard", "aggressive"), "when stock is checked"),
        _flag("store.direct_capture", False, "the money is taken with the authorisation"),
        _choice("store.return_stock_action", "insert", ("insert", "none"), "what a return does to the stock"),
        _texts("checkout.allowed_origins", [], "origins that may call from a browser; empty: every origin"),
        _choice("checkout.stock_display", "yes_few_no", ("yes_few_no", "yes_no", "number"), "how `stock` is shown"),
        _whole("checkout.few_in_stock", 5, "fewer pieces than this are `few`"),
        _flag(FLEXIBLE_BUNDLES, True, "flexible bundles can be bought"),
        _texts(
            "checkout.product_filters",
            ["swatch.desc", "disp_badge", "items.name"],
            "product filter fields beside brands, categories and collections",
        ),
        _whole("checkout.token_lifetime", 30, "days for which a session that nobody uses lives"),
        _text("checkout.start_country", "", "ISO code of the country in which new sessions start; empty: none"),
        _text("checkout.frontend_url", "https://shop.example.com", "where links in mails point to"),
        _whole("checkout.lowest_price_days", 30, "the period of `lowestPrice`"),
        _whole("checkout.plugin_id", 1, "the plugin id of the permalink"),
        _ids("order.markets", [], "markets whose orders the Order API shows; empty: every market"),
        _some(
            "order.statuses",
            ["pending", "confirmed", "processing", "completed"],
            ORDER_STATUSES,
            "statuses of the orders that `GET /orders` lists",
        ),
        _choice("order.bundles_in_orders", BUNDLE_MODES[1], BUNDLE_MODES, "how orders show bundles"),
        _choice("order.bundles_in_shipments", BUNDLE_MODES[1], BUNDLE_MODES, "how shipments show bundles"),
        _flag("order.include_hold", False, "orders on hold are shown, too"),
        _flag("order.include_waiting_for_payment", False, "orders that wait for their payment are shown, too"),
        _whole("order.primary_warehouse", 0, "warehouse whose stock is set; 0: the first of the default market's rule"),
        _whole("order.virtual_warehouse", 0, "warehouse whose stock counts with it and only shrinks; 0: none"),
        _whole("order.supplier_delivery_warehouse", 0, "where deliveries are accepted; 0: the primary warehouse"),
        _choice("order.stock_update", "physical", ("physical", "fta"), "what `POST /stock` sets"),
        _flag("order.allow_create", True, "orders may be created"),
        _choice("graphql.rate_limits", "report", RATE_LIMITS, "what the GraphQL API's token buckets refuse"),
        _texts("order.allowed_endpoints", [], "endpoints such as `GET /orders` that may be called; empty: all"),
    )
}


def settings_of(store: Store) -> Mapping[str, Any]:
    """Every setting with its present value."""
    return store.derived("settings", _load)


def setting(tx: Transaction, key: str) -> Any:
    """One setting's present value."""
    return settings_of(tx.store)[key]


def _load(tx: Transaction) -> Mapping[str, Any]:
    values = {key: entry.default for key, entry in SETTINGS.items()}
    values.update((row["key"], from_json(row["value_json"])) for row in rows.settings(tx) if row["key"] in SETTINGS)
    return values


def change_settings(tx: Transaction, changes: Mapping[str, Any]) -> None:
    """Sets some settings. An unknown key or a value of the wrong type is Invalid, and nothing changes."""
    problems = {}
    for key, value in changes.items():
        entry = SETTINGS.get(key)
        if entry is None:
            problems[key] = "unknown setting"
        elif not entry.allowed(value):
            problems[key] = f"expects {entry.expects}"
    if problems:
        raise Invalid(problems)
    for key, value in changes.items():
        rows.put_setting(tx, key, to_json(value))
    tx.touch("settings")
    if FLEXIBLE_BUNDLES in changes:
        tx.touch_items(catalogue_rows.flexible_bundle_items(tx))
