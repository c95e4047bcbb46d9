"""A schema as sorted lines that say all that a client can rely on: names, types, arguments, defaults, enums, members."""

from typing import Any

from graphql import GraphQLSchema


def lines_of(schema: GraphQLSchema) -> list[str]:
    """One line for each type, field, argument, input field, enum value, member and interface."""
    found = []
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        found.append(f"{type(kind).__name__} {name}")
        found += [f"{name} implements {each.name}" for each in getattr(kind, "interfaces", ())]
        found += [f"{name} has {each.name}" for each in getattr(kind, "types", ())]
        found += [f"{name} {value}" for value in getattr(kind, "values", ())]
        for field_name, field in getattr(kind, "fields", {}).items():
            deprecated = "" if field.deprecation_reason is None else " deprecated"
            found.append(f"{name}.{field_name}: {field.type}{_default(field)}{deprecated}")
            for argument_name, argument in getattr(field, "args", {}).items():
                found.append(f"{name}.{field_name}({argument_name}: {argument.type}{_default(argument)})")
    return sorted(found)


def _default(part: Any) -> str:
    default = getattr(part, "default", None)
    if default is None:
        return ""
    if default.literal is not None:
        from graphql.utilities import value_from_ast_untyped

        return f" = {value_from_ast_untyped(default.literal)!r}"
    return f" = {default.value!r}"
