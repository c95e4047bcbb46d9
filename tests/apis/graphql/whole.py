"""Everything that an object shows: a selection made of the schema, and what it gives of one object."""

from functools import cache
from typing import Any

from graphql import GraphQLObjectType, get_named_type, is_abstract_type, is_leaf_type, is_required_argument

from mockcentra.apis.graphql import sdl
from tests.apis.graphql.conftest import Integration

# What changes with every write, and what follows from other objects.
_LEFT_OUT = frozenset({"updatedAt", "createdAt", "localized", "GTIN", "orders", "stockChanges", "stockChangeLines"})
# Many objects belong to one of these: what else does is nothing that an object shows of itself.
_SHARED = frozenset({"Store", "Market", "Pricelist", "Category", "Warehouse"})


@cache
def selection(kind: str, depth: int) -> str:
    """Every field of a type that needs no argument, objects within objects `depth` times."""
    parts = []
    for name, field in sdl.schema().type_map[kind].fields.items():  # type: ignore[union-attr]
        if name in _LEFT_OUT or field.deprecation_reason or any(map(is_required_argument, field.args.values())):
            continue
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            parts.append(name)
        elif depth and inner.name in _SHARED:
            parts.append(f"{name} {{ {selection(inner.name, 0)} }}")
        elif depth and not inner.name.endswith("Connection"):
            parts.append(f"{name} {{ {_of(inner.name, depth - 1)} }}")
        elif isinstance(inner, GraphQLObjectType) and "id" in inner.fields and kind not in _SHARED:
            parts.append(f"{name} {{ id }}")
    return " ".join(parts)


def _of(kind: str, depth: int) -> str:
    found = sdl.schema().type_map[kind]
    if not is_abstract_type(found):
        return selection(kind, depth) or "__typename"
    kinds = sdl.schema().get_possible_types(found)  # type: ignore[arg-type]
    return "__typename " + " ".join(
        f"... on {each.name} {{ {_renamed(each.name, depth)} }}" for each in kinds if selection(each.name, depth)
    )


def _renamed(kind: str, depth: int) -> str:
    """Leaves of a concrete type; names that mean different types elsewhere cannot be asked together."""
    fields = sdl.schema().type_map[kind].fields  # type: ignore[union-attr]
    leaves = [
        name for name, field in fields.items() if is_leaf_type(get_named_type(field.type)) and name not in _LEFT_OUT
    ]
    return " ".join(f"{kind}_{name}: {name}" for name in leaves) or "__typename"


def whole(erp: Integration, kind: str, object_id: int, depth: int = 2) -> dict[str, Any]:
    """What an object shows now."""
    name = kind[0].lower() + kind[1:]
    fields = sdl.schema().query_type.fields  # type: ignore[union-attr]
    body = selection(kind, depth)
    if name in fields:
        return erp.ask(f"query ($id: Int!) {{ {name}(id: $id) {{ {body} }} }}", id=object_id)[name]
    plural = {"y": name[:-1] + "ies"}.get(name[-1], name + "s")
    (found,) = erp.ask(f"query ($id: [Int!]) {{ {plural}(where: {{id: $id}}) {{ {body} }} }}", id=[object_id])[plural]
    return found
