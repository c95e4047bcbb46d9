"""Reading the bodies of the Order API: required keys, loose booleans, numbers and what stands by line id."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis import values
from mockcentra.apis.order.transport import INVALID, REQUIRED, Refused
from mockcentra.commerce.money import parse_amount

_NOTHING = (None, "")


def flag(body: Mapping[str, Any], name: str, default: bool | None = None) -> bool | None:
    """A boolean of the body; `default` where it is missing. Raises Refused for what is none."""
    sent = body.get(name)
    if sent is None:
        return default
    found = values.truth(sent)
    if found is None:
        raise Refused({name: INVALID})
    return found


def required_number(body: Mapping[str, Any], name: str) -> int:
    """A whole number that must be there."""
    sent = body.get(name)
    found = values.whole(sent)
    if found is None:
        raise Refused({name: REQUIRED if sent in _NOTHING else INVALID})
    return found


def required_text(body: Mapping[str, Any], name: str) -> str:
    """A text that must be there."""
    found = (values.text(body.get(name)) or "").strip()
    if not found:
        raise Refused({name: REQUIRED if body.get(name) in _NOTHING else INVALID})
    return found


def amount(body: Mapping[str, Any], name: str) -> int | None:
    """An amount of money (hundredths), 0 or more; None where it is missing. Raises Refused for what is none."""
    sent = body.get(name)
    if sent in _NOTHING:
        return None
    found = parse_amount(sent)
    if found is None or found < 0:
        raise Refused({name: INVALID})
    return found


def moment(body: Mapping[str, Any], name: str) -> int | None:
    """A date (unix seconds); None where it is missing. Raises Refused for what is none."""
    sent = body.get(name)
    if sent in _NOTHING:
        return None
    found = values.moment(sent)
    if found is None:
        raise Refused({name: INVALID})
    return found


def by_line(sent: Any) -> dict[int, Any]:
    """`{"<line id>": …}` by number; keys that are no line ids become negative ones, which no line has."""
    if isinstance(sent, list) and not sent:
        return {}
    if not isinstance(sent, dict):
        raise Refused({"products": INVALID})
    found: dict[int, Any] = {}
    for position, (key, value) in enumerate(sent.items(), start=1):
        found[values.positive(key) or -position] = value
    return found


def quantity(value: Any) -> int:
    """Units of a line, alone or as `{"qty": n}`. Raises Refused for what is no whole number."""
    found = values.whole(value.get("qty") if isinstance(value, dict) else value)
    if found is None:
        raise Refused({"products": INVALID})
    return found
