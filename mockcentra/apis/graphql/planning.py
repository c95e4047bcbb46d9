"""Documents made ready to run: parsed, validated and planned once for each text, then kept.

A plan follows the document: a `Selection` is what is asked of objects, a `Branch` of it is that for one concrete type,
a `Field` one response key of a branch. Branches are planned when the first object of their type is met.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    Visitor,
    get_argument_values,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_scalar_type,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.execution.values import get_variable_values
from graphql.utilities.coerce_input_value import coerce_default_value
from graphql.validation import VariablesInAllowedPositionRule
from graphql.validation.validate import ValidationAbortedError

from mockcentra.apis.graphql import sdl
from mockcentra.apis.graphql.registry import spec_of
from mockcentra.apis.graphql.types import TYPES, Spec, Type

if TYPE_CHECKING:
    from mockcentra.apis.graphql.execution import Run

MAX_TOKENS = 40_000
MAX_DEPTH = 100
MAX_FIELDS = 20_000
MAX_COMPARISONS = 100_000
"""What comparing fields of the same name may cost; the largest of the documented samples takes 160."""
MAX_ERRORS = 50
KEPT_DOCUMENTS = 300
KEPT_PARTS = 80_000
"""Tokens and planned fields of all documents together: each takes about half a kilobyte."""
KEPT_PLANS = 16
_SHORT = 10  # bytes of a number or a word in an answer, with its quotes and commas
_SHORT_SCALARS = ("Int", "Int64", "Float", "Boolean")
_DATES = ("DateTimeTz", "Date", "ClearableDate")


class _LenientDates(VariablesInAllowedPositionRule):
    """A variable that is declared as a String may stand where a date is expected (section 5.1)."""

    def report_error(self, error: GraphQLError) -> None:
        expected = error.message.partition("expecting type '")[2].strip("[]!'.")
        declared = error.nodes[0].type if error.nodes and hasattr(error.nodes[0], "type") else None
        while declared is not None and hasattr(declared, "type"):
            declared = declared.type
        if expected in _DATES and declared is not None and declared.name.value == "String":
            return
        super().report_error(error)


class _MergeableFields(OverlappingFieldsCanBeMergedRule):
    """Gives up early on documents that repeat fields or spread fragments only to be slow."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = MAX_COMPARISONS


_OURS: dict[type, Any] = {
    VariablesInAllowedPositionRule: _LenientDates,
    OverlappingFieldsCanBeMergedRule: _MergeableFields,
}
_RULES = [_OURS.get(rule, rule) for rule in specified_rules]


def _errors_of(document: DocumentNode) -> list[GraphQLError]:
    """What is wrong with a document. An error may print much of it, so the larger it is, the fewer are found."""
    most = max(3, min(MAX_ERRORS, 4 * MAX_TOKENS // document.token_count))
    errors = validate(sdl.schema(), document, _RULES, max_errors=most)
    if errors and isinstance(errors[-1], ValidationAbortedError) and len(errors) <= most:
        errors[-1] = GraphQLError("The document repeats fields, spreads fragments or nests them more than is allowed.")
    return errors


class Refused(Exception):
    """A document that is not run, with the errors that say why."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(errors[0].message if errors else "")
        self.errors = errors


# ------------------------------------------------------------------ documents


class Document:
    """A valid document: its operations and fragments, and what is worked out from them on first use."""

    def __init__(self, text: str) -> None:
        try:
            self.node = parse(text, max_tokens=MAX_TOKENS, allow_empty_selection_sets=False)
            errors = _errors_of(self.node)
        except GraphQLError as error:
            raise Refused(error) from None
        except RecursionError:
            raise Refused(GraphQLError("The document is nested too deeply.")) from None
        if errors:
            raise Refused(*errors)
        self.planned = 0
        self.operations: dict[str | None, Operation] = {}
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        for definition in self.node.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self.fragments[definition.name.value] = definition
        for definition in self.node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                name = definition.name.value if definition.name else None
                self.operations[name] = Operation(self, definition)

    @property
    def parts(self) -> int:
        """How much there is of it: its tokens, and the fields of its plans."""
        return self.node.token_count + self.planned

    @cached_property
    def conditions(self) -> list[str]:
        """The variables on which `@skip` and `@include` depend anywhere in the document."""
        conditions = _Conditions()
        visit(self.node, conditions)
        return sorted(conditions.variables)

    def operation(self, name: str | None) -> "Operation":
        """The operation of that name, or the only one. Raises Refused."""
        if name is None or name == "":
            if len(self.operations) == 1:
                return next(iter(self.operations.values()))
            words = "several operations: say which one with operationName" if self.operations else "no operation"
            raise Refused(GraphQLError(f"The document has {words}."))
        found = self.operations.get(name)
        if found is None:
            raise Refused(GraphQLError(f"The document has no operation {name!r}."))
        return found


class Documents:
    """The documents that were asked lately, by their text."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str) -> Document:
        """The document, parsed and validated when it is new. Raises Refused."""
        with self._lock:
            found = self._kept.get(text)
            if found is not None:
                self._kept.move_to_end(text)
                return found
        found = Document(text)
        with self._lock:
            self._kept[text] = found
            self._forget()
        return found

    def _forget(self) -> None:
        """Drops the oldest documents when there are too many, or too much of them: their plans have grown meanwhile."""
        parts = sum(document.parts for document in self._kept.values())
        while self._kept and (parts > KEPT_PARTS or len(self._kept) > KEPT_DOCUMENTS):
            parts -= self._kept.popitem(last=False)[1].parts


class _Conditions(Visitor):
    """Finds the variables on which `@skip` and `@include` depend."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()

    def enter_directive(self, node: Any, *_: Any) -> None:
        if node.name.value in ("skip", "include"):
            for argument in node.arguments or ():
                if argument.value.kind == "variable":
                    self.variables.add(argument.value.name.value)


class Operation:
    """One operation of a document; its plans, one for each outcome of its conditions."""

    def __init__(self, document: Document, node: OperationDefinitionNode) -> None:
        self.document = document
        self.node = node
        self.is_mutation = node.operation is OperationType.MUTATION
        schema = sdl.schema()
        self.root = schema.mutation_type if self.is_mutation else schema.query_type
        self._plans: dict[tuple[Any, ...], Plan] = {}

    def variables(self, sent: Mapping[str, Any]) -> Any:
        """The variables as the operation declares them. Raises Refused."""
        values = get_variable_values(sdl.schema(), self.node.variable_definitions or (), dict(sent), max_errors=20)
        if isinstance(values, list):
            raise Refused(*values)
        return values

    def plan(self, variables: Any) -> "Plan":
        conditions = self.document.conditions
        key = tuple(variables.coerced.get(name) for name in conditions)
        plan = self._plans.get(key)
        if plan is None:
            plan = Plan(self, dict(zip(conditions, key, strict=True)))
            for oldest in list(self._plans)[: 1 - KEPT_PLANS]:
                dropped = self._plans.pop(oldest, None)
                self.document.planned -= dropped.size if dropped is not None else 0
            self._plans[key] = plan
        return plan


# ------------------------------------------------------------------ plans


class Plan:
    """What an operation asks for when its conditions come out in one way."""

    def __init__(self, operation: Operation, conditions: Mapping[str, Any]) -> None:
        self.document = operation.document
        self.fragments = operation.document.fragments
        self.operation = operation.node
        self.conditions = conditions
        self.size = 0
        self.deprecated: list[str] | None = None
        assert operation.root is not None
        self.root = Branch(self, operation.root, [operation.node.selection_set], None, 0)

    def includes(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name in ("skip", "include"):
                value = directive.arguments[0].value
                met = self.conditions.get(value.name.value) if value.kind == "variable" else value.value
                if bool(met) == (name == "skip"):
                    return False
        return True


class Selection:
    """What is asked of the objects of a field."""

    def __init__(self, plan: Plan, named_type: Any, sets: Sequence[SelectionSetNode], depth: int) -> None:
        self.plan = plan
        self.type = named_type
        self.sets = sets
        self.depth = depth
        self.table_type: Type | None = TYPES.get(named_type.name)
        self.parts: dict[str, Selection] = {}
        self._branches: dict[str, Branch] = {}
        self._columns: list[str] | None = None

    def branch(self, name: str) -> "Branch":
        """What is asked of objects of that concrete type."""
        branch = self._branches.get(name)
        if branch is None:
            concrete = sdl.schema().type_map[name]
            assert isinstance(concrete, GraphQLObjectType)
            branch = Branch(self.plan, concrete, self.sets, self.columns, self.depth)
            self._branches[name] = branch
        return branch

    @property
    def columns(self) -> list[str] | None:
        """The paths that are read for every row, growing with the branches; None for objects without a table."""
        if self._columns is None and self.table_type is not None:
            kinds = self.table_type.kinds
            self._columns = [kinds[0]] if kinds else []
        return self._columns

    def branches_of_table(self) -> Sequence["Branch"]:
        """Every branch that rows of the table may take, planned so that their columns are known."""
        assert self.table_type is not None
        kinds = self.table_type.kinds
        if kinds is None:
            return (self.branch(self.type.name),)
        return [self.branch(name) for name in dict.fromkeys(kinds[1].values())]

    def planned(self) -> Sequence["Branch"]:
        return [*self._branches.values(), *(each for part in self.parts.values() for each in part.planned())]


class Branch:
    """The fields that are asked of one concrete type, in the order of the answer."""

    def __init__(
        self,
        plan: Plan,
        concrete: GraphQLObjectType,
        sets: Sequence[SelectionSetNode],
        columns: list[str] | None,
        depth: int,
    ) -> None:
        if depth > MAX_DEPTH:
            raise Refused(GraphQLError(f"The document is nested deeper than {MAX_DEPTH} fields."))
        self.type = concrete
        collected: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in sets:
            _collect(plan, concrete, selection_set, collected, seen)
        plan.size += len(collected)
        plan.document.planned += len(collected)
        if plan.size > MAX_FIELDS:
            raise Refused(GraphQLError(f"The document selects more than {MAX_FIELDS} fields."))
        self.fields = [Field(plan, concrete, key, nodes, columns, depth) for key, nodes in collected.items()]
        self.keys = tuple(collected)
        self.bytes = 2 + sum(len(key) + _SHORT for key in self.keys)
        """What an object of it takes in an answer, without its texts and what is below it."""


def _collect(
    plan: Plan,
    concrete: GraphQLObjectType,
    selection_set: SelectionSetNode,
    collected: dict[str, list[FieldNode]],
    seen: set[str],
) -> None:
    for node in selection_set.selections:
        if not plan.includes(node):
            continue
        if isinstance(node, FieldNode):
            key = node.alias.value if node.alias else node.name.value
            collected.setdefault(key, []).append(node)
        elif isinstance(node, InlineFragmentNode):
            if node.type_condition is None or _applies(node.type_condition.name.value, concrete):
                _collect(plan, concrete, node.selection_set, collected, seen)
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in seen:
                seen.add(name)
                fragment = plan.fragments[name]
                if _applies(fragment.type_condition.name.value, concrete):
                    _collect(plan, concrete, fragment.selection_set, collected, seen)


def _applies(condition: str, concrete: GraphQLObjectType) -> bool:
    if condition == concrete.name:
        return True
    schema = sdl.schema()
    kind = schema.type_map[condition]
    return is_abstract_type(kind) and schema.is_sub_type(kind, concrete)


class Field:
    """One response key of a branch."""

    def __init__(
        self,
        plan: Plan,
        parent: GraphQLObjectType,
        key: str,
        nodes: list[FieldNode],
        columns: list[str] | None,
        depth: int,
    ) -> None:
        self.plan = plan
        self.parent = parent
        self.depth = depth
        self.key = key
        self.nodes = nodes
        self.name = nodes[0].name.value
        self.is_meta = self.name.startswith("__")
        self.definition: GraphQLField = sdl.schema().get_field(parent, self.name)  # type: ignore[assignment]
        self.type = self.definition.type
        extensions = self.definition.extensions
        self.permission: str | None = extensions.get("permission")
        self.alternative: str | None = extensions.get("alternative")
        self.is_nullable = not is_non_null_type(self.type)
        inner: Any = self.type
        if not self.is_nullable:
            inner = inner.of_type
        self.is_list = is_list_type(inner)
        named = get_named_type(self.type)
        self.is_text = is_scalar_type(named) and named.name not in _SHORT_SCALARS and not self.is_meta
        self.selection: Selection | None = None
        if not is_leaf_type(named) and not self.is_meta:
            sets = [node.selection_set for node in nodes if node.selection_set is not None]
            self.selection = Selection(plan, named, sets, depth + 1)
        self.spec: Spec | None = None if self.is_meta else spec_of(parent, self.name)
        self.positions: tuple[Any, ...] = ()
        if self.spec is not None:
            self.positions = tuple(_position(columns, path) for path in self.spec.columns)
        self._arguments: Mapping[str, Any] | None = None
        self._defaults = _defaults(self.definition) if nodes[0].arguments else ()
        self._is_constant = not _has_variables(nodes[0])

    def arguments(self, run: "Run") -> Mapping[str, Any]:
        """The arguments as the schema declares them, defaults included. Raises GraphQLError.

        A null where there is a default (`limit: null`, or a variable that is null) is no way around it.
        """
        if self._arguments is not None:
            return self._arguments
        values = get_argument_values(self.definition, self.nodes[0], run.variables)
        for name, default in self._defaults:
            if values[name] is None:
                values[name] = default
        if self._is_constant:
            self._arguments = values
        return values


def _position(columns: list[str] | None, path: str) -> Any:
    """Where a path stands in a row: the id is first; embedded objects know their parts by name."""
    if columns is None:
        return path
    if path == "id":
        return 0
    if path not in columns:
        columns.append(path)
    return columns.index(path) + 1


def _defaults(definition: GraphQLField) -> Sequence[tuple[str, Any]]:
    """The defaults of a field's arguments, as `arguments` gives them."""
    return [
        (name, coerce_default_value(argument))
        for name, argument in definition.args.items()
        if argument.default is not None
    ]


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_variable(self, *_: Any) -> None:
        self.found = True


def _has_variables(node: FieldNode) -> bool:
    if not node.arguments:
        return False
    finder = _Variables()
    for argument in node.arguments:
        visit(argument, finder)
    return finder.found


__all__ = ["Branch", "Document", "DocumentNode", "Documents", "Field", "GraphQLInterfaceType", "Plan", "Refused"]
