"""Seeds tax groups, tax classes and tax rules."""

from mockcentra.seed.fixtures import Node, Source, flag, listed, names, optional, percent, record, ref, text
from mockcentra.seed.world import World

FILES = {"tax": ("groups", "default_group", "classes", "rules")}


def _place(node: Node, source: Source, what: str) -> tuple[int, int | None]:
    """`SE` or `US-NY`: the ids of a country and, where one is named, of its state."""
    if node.id == "scalar" and "-" in node.value:
        state = ref("state")(node, source, what)
        return source.ids["country"][node.value.partition("-")[0]], state
    return ref("country")(node, source, what), None


_CLASS = record(name=text, exempt=optional(flag, False))
_RULE = record(
    name=text,
    groups=listed(ref("tax_group"), least=1),
    store=optional(ref("store")),
    percent=percent,
    included=flag,
    on_shipping=optional(flag, True),
    places=listed(_place, least=1),
    classes=optional(listed(ref("tax_class")), ()),
)


def seed(world: World) -> None:
    """Makes the rules that decide the tax of every order line (seed.md 3)."""
    for name in world.required("tax", "groups", names):
        world.register("tax_group", name, world.add("tax_groups", name=name))
    default = world.required("tax", "default_group", ref("tax_group"))
    for store in world.ids["store"].values():
        world.tx.update("stores", store, default_tax_group_id=default)
    for entry in world.section("tax", "classes", listed(_CLASS, by="name")):
        row_id = world.add("tax_classes", name=entry["name"], is_exempt=entry["exempt"])
        world.register("tax_class", entry["name"], row_id, entry)
    for entry in world.section("tax", "rules", listed(_RULE)):
        for group in entry["groups"]:
            rule = world.add(
                "tax_rules",
                tax_group_id=group,
                store_id=entry["store"],
                name=entry["name"],
                percent=entry["percent"],
                included=entry["included"],
                on_shipping=entry["on_shipping"],
            )
            world.add_many(
                "tax_rule_places",
                ("tax_rule_id", "country_id", "state_id"),
                [(rule, country, state) for country, state in entry["places"]],
            )
            world.add_many(
                "tax_rule_classes", ("tax_rule_id", "tax_class_id"), [(rule, number) for number in entry["classes"]]
            )
