"""Seeds what a checkout needs beside goods: shipping options and payment methods."""

from mockcentra.seed.company import STATUS, TEXTS
from mockcentra.seed.fixtures import choice, flag, listed, mapping, matching, money, optional, record, ref, text, whole
from mockcentra.seed.world import World

FILES = {"shipping": ("options",), "payment": ("methods",)}

URI = matching(r"[a-z0-9]+(-[a-z0-9]+)*", "a URI of lower-case letters, digits and dashes")
AMOUNTS = mapping(money, keys=ref("currency"))

_OPTION = record(
    uri=URI,
    name=text,
    names=optional(TEXTS, {}),
    days=optional(listed(whole(), least=2), (None, None)),
    status=optional(STATUS, "active"),
    default_of=optional(listed(ref("pricelist")), ()),
    countries=listed(ref("country"), least=1),
    costs=AMOUNTS,
)
_METHOD = record(
    uri=URI,
    name=text,
    names=optional(TEXTS, {}),
    type=matching(r"[a-z0-9_]+", "a type such as dummy or external_payment"),
    kind=optional(choice("cc", "inv", "3rd", "free", "prepaid"), "cc"),
    initiate_only=optional(flag, False),
    address_after=optional(flag, False),
    gift_certificates=optional(flag, True),
    recurring=optional(flag, False),
    status=optional(STATUS, "active"),
    countries=optional(listed(ref("country")), ()),
    costs=optional(AMOUNTS, {}),
)


def seed(world: World) -> None:
    """Makes the shipping options and payment methods of the DTC store (seed.md 10)."""
    _shipping_options(world)
    _payment_methods(world)


def _shipping_options(world: World) -> None:
    for position, entry in enumerate(world.section("shipping", "options", listed(_OPTION, by="uri")), 1):
        option = world.add(
            "shipping_options",
            store_id=world.notes["dtc_store"],
            uri=entry["uri"],
            name=entry["name"],
            min_days=entry["days"][0],
            max_days=entry["days"][1],
            position=position,
            status=entry["status"],
        )
        world.register("shipping_option", entry["uri"], option, entry)
        world.translate("shipping_option", option, "name", entry["names"])
        for pricelist in entry["default_of"]:
            world.tx.update("pricelists", pricelist, shipping_option_id=option)
        store = world.notes["dtc_store"]
        world.add_many("shipping_option_stores", ("shipping_option_id", "store_id"), [(option, store)])
        group = world.add("shipping_groups", shipping_option_id=option)
        world.add_many(
            "shipping_group_countries",
            ("shipping_group_id", "country_id"),
            [(group, country) for country in entry["countries"]],
        )
        world.add_many(
            "shipping_ranges",
            ("shipping_group_id", "currency_id", "cost"),
            [(group, currency, cost) for currency, cost in entry["costs"].items()],
        )


def _payment_methods(world: World) -> None:
    for position, entry in enumerate(world.section("payment", "methods", listed(_METHOD, by="uri")), 1):
        method = world.add(
            "payment_methods",
            store_id=world.notes["dtc_store"],
            uri=entry["uri"],
            name=entry["name"],
            type=entry["type"],
            kind=entry["kind"],
            initiate_only=entry["initiate_only"],
            address_after=entry["address_after"],
            for_gift_certificates=entry["gift_certificates"],
            is_recurring=entry["recurring"],
            position=position,
            status=entry["status"],
        )
        world.register("payment_method", entry["uri"], method, entry)
        world.translate("payment_method", method, "name", entry["names"])
        world.add_many(
            "payment_method_countries",
            ("payment_method_id", "country_id"),
            [(method, country) for country in entry["countries"]],
        )
        world.add_many(
            "payment_handling_costs",
            ("payment_method_id", "currency_id", "cost"),
            [(method, currency, cost) for currency, cost in entry["costs"].items()],
        )
