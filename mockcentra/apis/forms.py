"""Form bodies with keys as PHP reads them: `products[0][ean]=…` is a list of objects, `products[1441]=2` an object."""

from typing import Any
from urllib.parse import parse_qsl

MAX_DEPTH = 16


def read_form(encoded: str) -> dict[str, Any]:
    """The nested value of a query or a form body. Of equal keys the last one counts; `key[]` appends."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True, errors="replace"):
        _put(found, _keys(name), value)
    return {key: _with_lists(value) for key, value in found.items()}


def _keys(name: str) -> list[str]:
    """`a[b][]` as `["a", "b", ""]`; a name with brackets that do not match is one key."""
    head, bracket, rest = name.partition("[")
    if not bracket or not head or not rest.endswith("]"):
        return [name]
    keys = rest[:-1].split("][")
    return [head, *keys] if len(keys) < MAX_DEPTH and not any("[" in key or "]" in key for key in keys) else [name]


def _put(into: dict[str, Any], keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        below = into.setdefault(key if key else str(len(into)), {})
        if not isinstance(below, dict):
            return
        into = below
    last = keys[-1]
    into[last if last else str(len(into))] = value


def _with_lists(value: Any) -> Any:
    """Objects whose keys count from 0 are lists."""
    if not isinstance(value, dict):
        return value
    values = [_with_lists(each) for each in value.values()]
    if list(value) == [str(index) for index in range(len(values))]:
        return values
    return dict(zip(value, values, strict=True))
