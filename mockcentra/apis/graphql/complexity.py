"""What a document costs, worked out from its text and its variables before anything is read (section 8.1)."""

from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from mockcentra.apis.graphql import sdl
from mockcentra.apis.graphql.planning import Plan

UNLIMITED = 10
FEW = 2
DOUBLE = ("DeliveryWindow", "AtOnceDeliveryWindow", "PreorderDeliveryWindow")
MUTATION = 100
CEILING = 10**15


def complexity(plan: Plan, variables: Any) -> int:
    """The cost of an operation with these (coerced) variables."""
    counted = _Count(plan, variables.coerced)
    schema = sdl.schema()
    root = schema.mutation_type if plan.operation.operation.value == "mutation" else schema.query_type
    cost = counted.of(plan.operation.selection_set, root)
    return min(cost, CEILING)


class _Count:
    """Adds up; a fragment is added up once for each type that it stands in."""

    def __init__(self, plan: Plan, variables: dict[str, Any]) -> None:
        self.plan = plan
        self.variables = variables
        self.fragments: dict[str, int] = {}

    def of(self, selection_set: SelectionSetNode, parent: Any) -> int:
        total = 0
        for node in selection_set.selections:
            if not self.plan.includes(node):
                continue
            if isinstance(node, FieldNode):
                total += self._field(node, parent)
            elif isinstance(node, InlineFragmentNode):
                inner = parent
                if node.type_condition is not None:
                    inner = sdl.schema().type_map[node.type_condition.name.value]
                total += self.of(node.selection_set, inner)
            elif isinstance(node, FragmentSpreadNode):
                total += self._fragment(node.name.value)
        return min(total, CEILING)

    def _fragment(self, name: str) -> int:
        found = self.fragments.get(name)
        if found is None:
            fragment = self.plan.fragments[name]
            inner = sdl.schema().type_map[fragment.type_condition.name.value]
            found = self.fragments[name] = self.of(fragment.selection_set, inner)
        return found

    def _field(self, node: FieldNode, parent: Any) -> int:
        name = node.name.value
        if name.startswith("__") or name == "pageInfo" or node.selection_set is None:
            return 0
        schema = sdl.schema()
        field: GraphQLField | None = schema.get_field(parent, name)
        if field is None:
            return 0
        named: Any = get_named_type(field.type)
        if is_leaf_type(named):
            return 0
        one = (2 if named.name in DOUBLE else 1) + self.of(node.selection_set, named)
        cost = one * self._times(node, field, parent, named)
        return cost + MUTATION if parent is schema.mutation_type else cost

    def _times(self, node: FieldNode, field: GraphQLField, parent: Any, named: Any) -> int:
        if named.name.endswith("Connection"):
            return self._argument(node, "first") or self._argument(node, "last") or UNLIMITED
        kind: Any = field.type.of_type if is_non_null_type(field.type) else field.type
        if not is_list_type(kind) or (node.name.value == "edges" and parent.name.endswith("Connection")):
            return 1
        if node.name.value == "attributes" or (node.name.value == "elements" and "Attribute" in parent.name):
            return FEW
        asked = self._argument(node, "limit")
        if asked is not None:
            return max(asked, 0)
        argument = field.args.get("limit")
        default = argument.default.value if argument is not None and argument.default is not None else None
        return default or UNLIMITED

    def _argument(self, node: FieldNode, name: str) -> int | None:
        for argument in node.arguments or ():
            if argument.name.value == name:
                value: Any = argument.value
                if value.kind == "variable":
                    found = self.variables.get(value.name.value)
                    return found if isinstance(found, int) else None
                return int(value.value) if value.kind == "int_value" else None
        return None
