"""Checks that an answer is what the schema says of its document: types, nulls, enum values, keys."""

from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
    parse,
)

from mockcentra.apis.graphql import sdl

_INT = 2**31
# Values that documented answers have, though the enum does not: `Return.status`, the old name of `returnStatus`.
_BESIDE_THE_SCHEMA = {("Status", "PENDING"), ("Status", "COMPLETED")}
_LEAVES: dict[str, Any] = {
    "Int": lambda value: type(value) is int and -_INT <= value < _INT,
    "Int64": lambda value: type(value) is int,
    "Float": lambda value: type(value) in (int, float),
    "Boolean": lambda value: type(value) is bool,
    "String": lambda value: isinstance(value, str),
    "DateTimeTz": lambda value: isinstance(value, str),
    "Date": lambda value: isinstance(value, str),
    "ClearableDate": lambda value: isinstance(value, str),
}


def check_fit(document: str, data: dict[str, Any] | None) -> None:
    """Raises AssertionError with the path of the first value that does not fit. Objects of interfaces whose
    `__typename` was not asked are checked for the fields of their interface alone.
    """
    if data is None:
        return
    node = parse(document)
    operations = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1:
        return
    fragments = {each.name.value: each for each in node.definitions if isinstance(each, FragmentDefinitionNode)}
    schema = sdl.schema()
    root = schema.mutation_type if operations[0].operation.value == "mutation" else schema.query_type
    _object(data, root, [operations[0].selection_set], fragments, "")


def _object(
    value: dict[str, Any],
    kind: Any,
    sets: list[SelectionSetNode],
    fragments: dict[str, FragmentDefinitionNode],
    path: str,
) -> None:
    schema = sdl.schema()
    if is_abstract_type(kind) and value.get("__typename") in schema.type_map:
        kind = schema.type_map[value["__typename"]]
    fields: dict[str, list[FieldNode]] = {}
    for selection_set in sets:
        _collect(kind, selection_set, fragments, fields)
    for key, nodes in fields.items():
        if key not in value:
            continue
        field = schema.get_field(kind, nodes[0].name.value)
        if field is None or nodes[0].name.value.startswith("__"):
            continue
        below = [node.selection_set for node in nodes if node.selection_set is not None]
        _value(value[key], field.type, below, fragments, f"{path}.{key}")


def _collect(
    kind: Any,
    selection_set: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
    fields: dict[str, list[FieldNode]],
) -> None:
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            fields.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        elif isinstance(node, InlineFragmentNode):
            if node.type_condition is None or _applies(node.type_condition.name.value, kind):
                _collect(kind, node.selection_set, fragments, fields)
        elif isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            if _applies(fragment.type_condition.name.value, kind):
                _collect(kind, fragment.selection_set, fragments, fields)


def _applies(condition: str, kind: Any) -> bool:
    schema = sdl.schema()
    other = schema.type_map[condition]
    return other is kind or (is_abstract_type(other) and schema.is_sub_type(other, kind))


def _value(
    value: Any, kind: Any, sets: list[SelectionSetNode], fragments: dict[str, FragmentDefinitionNode], path: str
) -> None:
    if is_non_null_type(kind):
        assert value is not None, f"{path} is null, though it is {kind}"
        kind = kind.of_type
    if value is None:
        return
    if is_list_type(kind):
        assert isinstance(value, list), f"{path} is {value!r}, no list"
        for position, each in enumerate(value):
            _value(each, kind.of_type, sets, fragments, f"{path}.{position}")
    elif isinstance(kind, GraphQLEnumType):
        assert value in kind.values or (kind.name, value) in _BESIDE_THE_SCHEMA, f"{path} is {value!r}, no {kind}"
    elif kind.name in _LEAVES:
        assert _LEAVES[kind.name](value), f"{path} is {value!r}, no {kind}"
    else:
        assert isinstance(value, dict), f"{path} is {value!r}, no object"
        _object(value, kind, sets, fragments, path)
