"""The scalars of the schema beside GraphQL's own: moments, dates and 64-bit integers (section 6.6)."""

from typing import Any

from graphql import GraphQLError, GraphQLScalarType, IntValueNode, StringValueNode

from mockcentra.apis.graphql import moments

_LARGEST = 2**63
_DIGITS = 20


def _moment_text(value: Any) -> str:
    """A moment stays the text that was sent: words such as `now` mean something only when the request runs."""
    if not isinstance(value, str):
        raise GraphQLError(f"A date is written as a string, not as {value!r}.")
    try:
        moments.read(value, 1_700_000_000)
    except ValueError:
        raise GraphQLError(f"{value!r} is no date.") from None
    return value


def _clearable(value: Any) -> str:
    return value if value == "" else _moment_text(value)


def _whole(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -_LARGEST <= value < _LARGEST:
        raise GraphQLError(f"Int64 cannot represent {value!r}.")
    return value


def _of_literal(read: Any, kinds: Any) -> Any:
    def parse(node: Any, _variables: Any = None) -> Any:
        if not isinstance(node, kinds):
            raise GraphQLError(f"A {'date' if read is not _whole else 'whole number'} is expected here.", node)
        written: Any = node.value
        if kinds == (IntValueNode,) and len(written) > _DIGITS:
            raise GraphQLError(f"Int64 cannot represent {written[:_DIGITS]}….", node)
        try:
            return read(int(written) if kinds == (IntValueNode,) else written)
        except GraphQLError as error:
            raise GraphQLError(error.message, node) from None

    return parse


def _scalar(name: str, about: str, read: Any, kinds: Any) -> GraphQLScalarType:
    return GraphQLScalarType(name, parse_value=read, parse_literal=_of_literal(read, kinds), description=about)


SCALARS: dict[str, GraphQLScalarType] = {
    scalar.name: scalar
    for scalar in (
        _scalar("DateTimeTz", "A moment, as ISO 8601 or as PHP would understand it.", _moment_text, (StringValueNode,)),
        _scalar("Date", "A day: YYYY-MM-DD.", _moment_text, (StringValueNode,)),
        _scalar("ClearableDate", "A day, or an empty string that clears it.", _clearable, (StringValueNode,)),
        _scalar("Int64", "A whole number of up to 64 bits.", _whole, (IntValueNode,)),
    )
}
