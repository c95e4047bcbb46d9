"""Answers requests: token, document, limits, one transaction, and the envelope around what came of it.

Loaded with the first request to the API, for everything below it needs the GraphQL library. Queries hold the shop's
lock while they read (a few milliseconds; `execution` bounds it) and let it go before the answer is encoded;
the mutations of a request share one transaction, in which each has a savepoint of its own.
"""

import itertools
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, NamedTuple

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from mockcentra import __version__
from mockcentra.apis.graphql import changes, rate_limits, registry, sdl, tokens
from mockcentra.apis.graphql.complexity import complexity
from mockcentra.apis.graphql.execution import Asked, Failure, Run, TooLarge
from mockcentra.apis.graphql.planning import Documents, Field, Operation, Plan, Refused
from mockcentra.apis.graphql.types import load_areas
from mockcentra.commerce.errors import CommerceError
from mockcentra.commerce.settings import settings_of
from mockcentra.store.spaces import Space

log = logging.getLogger("mockcentra.graphql")

MAX_BODY = 1024 * 1024
LONGEST_MESSAGE = 1000
MOST_PLACES = 20
MAX_INTROSPECTED = 150_000
"""Values that one answer may show of the schema; all of it, asked in the usual way, is 92,000."""
RATE_LIMITS = "graphql.rate_limits"
LOCALIZABLE = "Localizable"
KEPT_INTROSPECTIONS = 4
_documents = Documents()
_introspections: dict[Plan, Mapping[str, Any]] = {}
"""What the schema is to the last documents that asked for it whole, encoded: some megabytes each."""
_decoder = msgspec.json.Decoder()


class Answer(NamedTuple):
    """What goes back: a body that is encoded later, a status, and headers."""

    body: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = {}


@dataclass(frozen=True)
class Request:
    """One request as the engine sees it."""

    space: Space
    environ: Mapping[str, Any]
    raw: bytes
    base_url: str
    rate_limits: str
    """The quotas of shops whose own setting only counts."""


def problem(message: str, status: int, category: str, **headers: str) -> Answer:
    """A refusal of the whole request."""
    body = {"errors": [{"message": message, "extensions": {"category": category}}]}
    return Answer(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


def answer(request: Request) -> Answer:
    """What a POST is answered."""
    load_areas()
    store = request.space.store
    with store.reading() as tx:
        token = tokens.accepted(tx, tokens.sent_token(request.environ))
    if token is None:
        return problem("A valid access token is needed.", 401, "authentication")
    if len(request.raw) > MAX_BODY:
        return problem("The request is larger than 1 MiB.", 413, "graphql")
    mode = settings_of(store)[RATE_LIMITS]
    if mode == rate_limits.REPORT:
        mode = request.rate_limits
    buckets = request.space.state("graphql.rate_limits", rate_limits.Buckets)
    now = store.clock.time
    try:
        text, sent, name = _parts(request.raw)
        document = _documents.get(text)
        operation = document.operation(name)
        variables = operation.variables(sent)
        plan = operation.plan(variables)
    except Refused as refused:
        wait = buckets.take(mode, now(), 0, 0)
        if wait is not None:
            return _too_many(wait)
        return Answer({"errors": [_formatted(error) for error in refused.errors]}, 400)
    cost = complexity(plan, variables)
    mutations = sum(not field.is_meta for field in plan.root.fields) if operation.is_mutation else 0
    charged_at = now()
    wait = buckets.take(mode, charged_at, cost, mutations)
    if wait is not None:
        return _too_many(wait)
    asked = Asked(token, plan, variables, request.base_url, request.space, charged_at, mode)
    return _executed(asked, operation, sent, cost)


def _parts(raw: bytes) -> tuple[str, Mapping[str, Any], str | None]:
    """(query, variables, operation name) of a body. Raises Refused."""
    try:
        body = _decoder.decode(raw.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Refused(GraphQLError("The body is not JSON.")) from None
    if isinstance(body, list):
        raise Refused(GraphQLError("Several requests in one body are not supported."))
    if not isinstance(body, dict):
        raise Refused(GraphQLError("The body must be a JSON object."))
    query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Refused(GraphQLError("The body must have a query."))
    if variables is not None and not isinstance(variables, dict):
        raise Refused(GraphQLError("variables must be an object."))
    if name is not None and not isinstance(name, str):
        raise Refused(GraphQLError("operationName must be a string."))
    return query, variables or {}, name


def _too_many(moment: int) -> Answer:
    when = formatdate(moment, usegmt=True)
    return problem(f"Too many requests, retry after {when}.", 429, "rateLimit", Retry_After=when)


def _formatted(error: GraphQLError, category: str = "graphql") -> dict[str, Any]:
    message = error.message
    if len(message) > LONGEST_MESSAGE:  # it quotes what was sent
        message = f"{message[:LONGEST_MESSAGE]}…"
    found: dict[str, Any] = {"message": message}
    found["extensions"] = {"category": category, **(error.extensions or {})}
    if error.locations:
        found["locations"] = [{"line": place.line, "column": place.column} for place in error.locations[:MOST_PLACES]]
    if error.path is not None:
        found["path"] = error.path
    return found


# ------------------------------------------------------------------ running


def _executed(asked: Asked, operation: Operation, sent: Mapping[str, Any], cost: int) -> Answer:
    store, plan = asked.space.store, asked.plan
    try:
        about = _introspected(plan, sent)
        if operation.is_mutation:
            with store.transaction(source="Integration API") as tx:
                run = Run(tx, asked)
                made = {}
                for field in plan.root.fields:
                    made[field.key] = _changed(run, field)
                    run.turn += 1
        else:
            with store.reading() as tx:
                run = Run(tx, asked)
                made = {
                    field.key: about[field.key] if field.key in about else _read(run, field)
                    for field in plan.root.fields
                }
        errors: list[GraphQLError] = []
        data: Mapping[str, Any] | None = made
        if run.has_failures:
            data, errors = run.settled(made, plan.root)
    except TooLarge as error:
        return Answer(
            {"errors": [_formatted(GraphQLError(str(error)))], "extensions": {"complexity": cost, **_version()}}
        )
    body: dict[str, Any] = {} if data is None else {"data": data}
    if errors:
        body["errors"] = [_formatted(error) for error in errors]
    extensions: dict[str, Any] = {"complexity": cost, "permissionsUsed": run.permissions_used(), **_version()}
    deprecated = _deprecated_fields(plan)
    if deprecated:
        extensions["deprecatedFieldsUsed"] = deprecated
    body["extensions"] = extensions
    return Answer(body)


def _version() -> dict[str, str]:
    return {"appVersion": f"v{__version__}"}


def _read(run: Run, field: Field) -> Any:
    """The value of a field of Query."""
    try:
        return run.values(field, [()], None)[0]
    except (TooLarge, Refused):
        raise
    except Exception:
        return _fault(run, field)


def _fault(run: Run, field: Field) -> Failure:
    """What a field is that broke: nothing of why gets out but a number that the log repeats."""
    number = os.urandom(4).hex()
    log.exception("unexpected error %s in %s.%s", number, field.parent.name, field.name)
    return run.fail(f"Internal server error {number}", "internal")


def _changed(run: Run, field: Field) -> Any:
    """The payload of a mutation; with user errors, a denial or a fault, nothing of it is written."""
    if field.name == "__typename":
        return field.parent.name
    run.look_at_the_clock()
    refusal = run.refusal(field)
    if refusal is not None:
        return refusal
    work = registry.MUTATIONS.get(field.name)
    if work is None:
        return run.fail(f"{field.name} is not emulated.", "internal", code="NOT_EMULATED")
    try:
        missing = changes.denied_parts(run, field)
        if missing is not None:
            return run.denied(missing, field.name)
        change = changes.Change(run, field)
    except GraphQLError as error:
        return run.fail(error.message)
    try:
        with run.tx.savepoint():
            return _payload_of(run, field, change, work)
    except changes.Refusal:
        pass
    except CommerceError as error:
        changes.refused_by_rules(change, error)
    except GraphQLError as error:
        return run.fail(error.message, **dict(error.extensions or {}))
    except (TooLarge, Refused):
        raise
    except Exception:
        return _fault(run, field)
    return _finished(run, field, {**_nothing(field), **change.unchanged}, change)


def _payload_of(run: Run, field: Field, change: changes.Change, work: registry.Mutation) -> Any:
    try:
        parts = work(change)
        change.check()
    except CommerceError as error:
        if not error.keeps_changes:
            raise
        changes.refused_by_rules(change, error)
        parts = _nothing(field)
    made = _finished(run, field, parts, change)
    for action in change.later:
        action()
    return made


def _finished(run: Run, field: Field, parts: Mapping[str, Any], change: changes.Change) -> Any:
    if field.name not in registry.PLAIN_MUTATIONS:
        problems = change.problems
        parts = {**parts, "userErrors": problems.errors, "userWarnings": problems.warnings}
    return run.finish(field, [parts], None)[0]


def _nothing(field: Field) -> dict[str, Any]:
    """The parts of a payload after user errors: lists are empty, all else is null."""
    payload: Any = get_named_type(field.type)
    return {
        name: []
        for name, part in payload.fields.items()
        if is_non_null_type(part.type) and is_list_type(part.type.of_type)
    }


# ------------------------------------------------------------------ introspection, deprecated fields


class _Enough(BaseException):
    """Ends an introspection; the library would note an Exception and go on with the next field."""


def _introspected(plan: Plan, sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """`__schema` and `__type`, answered by the library's own executor; they touch no shop. Raises TooLarge."""
    fields = [field for field in plan.root.fields if field.name in ("__schema", "__type")]
    if not fields:
        return {}
    kept = _introspections.get(plan)
    if kept is not None:
        return kept
    node = plan.operation
    operation = OperationDefinitionNode(
        operation=node.operation,
        name=node.name,
        variable_definitions=node.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=tuple(part for field in fields for part in field.nodes)),
    )
    document = DocumentNode(definitions=(operation, *plan.fragments.values()))
    left = itertools.count(MAX_INTROSPECTED, -1)

    def counted(resolve: Callable[..., Any], *place: Any, **arguments: Any) -> Any:
        if next(left) < 0:
            raise _Enough
        return resolve(*place, **arguments)

    try:
        result = execute_sync(sdl.schema(), document, variable_values=dict(sent), middleware=[counted])
    except _Enough:
        raise TooLarge(f"The query asks for more than {MAX_INTROSPECTED} values of the schema.") from None
    found = {field.key: (result.data or {}).get(field.key) for field in fields}
    if node.variable_definitions:
        return found
    encoded = {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in found.items()}
    for oldest in list(_introspections)[: 1 - KEPT_INTROSPECTIONS]:
        _introspections.pop(oldest, None)
    _introspections[plan] = encoded
    return encoded


class _Deprecated:
    """Finds the deprecated fields of a document, by the types whose objects they are asked of (section 4)."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.found: dict[str, None] = {}
        self._seen: set[tuple[str, str]] = set()

    def operation(self) -> list[str]:
        """What there is to say of the operation; first which of its fields lead to the deprecated interface."""
        plan = self.plan
        reason = f"Use ObjectWithTranslations instead of {LOCALIZABLE}"
        for field in plan.root.fields:
            if any(node.selection_set and _uses_localizable(plan, node.selection_set, set()) for node in field.nodes):
                self.found[f"Field: {plan.root.type.name}.{field.name}, reason: {reason}"] = None
        self.below(plan.root.type, plan.operation.selection_set)
        return list(self.found)

    def below(self, kind: Any, selection_set: SelectionSetNode) -> None:
        schema = sdl.schema()
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                field = schema.get_field(kind, node.name.value)
                if field is None:
                    continue
                if field.deprecation_reason is not None:
                    text = f"Field: {kind.name}.{node.name.value}, reason: {field.deprecation_reason}"
                    self.found[text] = None
                if node.selection_set is not None:
                    self.below(get_named_type(field.type), node.selection_set)
                continue
            part: Any = node
            if isinstance(node, FragmentSpreadNode):
                part = self.plan.fragments[node.name.value]
                if (key := (node.name.value, kind.name)) in self._seen:
                    continue
                self._seen.add(key)
            condition = part.type_condition
            other = kind if condition is None else schema.type_map[condition.name.value]
            self.below(kind if is_object_type(kind) else other, part.selection_set)


def _uses_localizable(plan: Plan, selection_set: Any, seen: set[str]) -> bool:
    """Whether a fragment on the deprecated interface stands somewhere below."""
    for node in selection_set.selections:
        condition = getattr(node, "type_condition", None)
        below = getattr(node, "selection_set", None)
        if node.kind == "fragment_spread":
            if node.name.value in seen:
                continue
            seen.add(node.name.value)
            fragment = plan.fragments[node.name.value]
            condition, below = fragment.type_condition, fragment.selection_set
        if condition is not None and condition.name.value == LOCALIZABLE:
            return True
        if below is not None and _uses_localizable(plan, below, seen):
            return True
    return False


def _deprecated_fields(plan: Plan) -> list[str]:
    """The deprecated fields that the operation selects."""
    if plan.deprecated is None:
        plan.deprecated = _Deprecated(plan).operation()
    return plan.deprecated
