"""Reading what callers send: the types that JSON bodies and paths bring, read as leniently as Centra does."""

import re
from typing import Any
from urllib.parse import urlsplit

from mockcentra.store.clock import from_local

MAX_WHOLE = 2**53
_YES = (True, 1, "1", "true", "True", "TRUE", "yes", "on")
# Addresses that a browser would run instead of opening.
_SCRIPT_SCHEMES = ("javascript", "data", "vbscript")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?")
_NO = (False, 0, "0", "false", "False", "FALSE", "no", "off", "", None)


def whole(value: Any) -> int | None:
    """An integer, or a text of digits (with a sign), within what a JSON number holds exactly; None for all else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        digits = text[1:] if text[:1] in ("-", "+") else text
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 16:
            return None
        value = int(text)
    elif isinstance(value, float):
        if value != int(value) if abs(value) < MAX_WHOLE else True:
            return None
        value = int(value)
    if not isinstance(value, int) or abs(value) > MAX_WHOLE:
        return None
    return value


def positive(value: Any) -> int | None:
    """A whole number above 0, else None."""
    found = whole(value)
    return found if found is not None and found > 0 else None


def text(value: Any) -> str | None:
    """A text; numbers become their digits. None for all else."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def truth(value: Any) -> bool | None:
    """`true`, `"true"`, `1`, `"1"` count as yes, their opposites as no; None for all else."""
    if isinstance(value, (list, dict)):
        return None
    if value in _YES:
        return True
    return False if value in _NO else None


def listed(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty list, a scalar as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def wholes(value: Any) -> list[int]:
    """The whole numbers of a list or scalar; what is no number is left out."""
    return [number for entry in listed(value) if (number := whole(entry)) is not None]


def texts(value: Any) -> list[str]:
    """The texts of a list or scalar; what is no text is left out."""
    return [found for entry in listed(value) if (found := text(entry)) is not None]


def mapping(value: Any) -> dict[str, Any]:
    """An object as it is; anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def web_address(value: Any) -> str | None:
    """An absolute address that a browser can be sent to, without blanks around it; None for all else."""
    address = (text(value) or "").strip()
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return None
    return address if scheme and scheme not in _SCRIPT_SCHEMES else None


def moment(value: Any) -> int | None:
    """Unix seconds of `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS` in the instance's zone; None for all else."""
    written = (text(value) or "").strip().replace("T", " ", 1)
    if _MOMENT.fullmatch(written) is None:
        return None
    try:
        return from_local(written)
    except (ValueError, OverflowError):
        return None
