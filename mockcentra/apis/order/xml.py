"""The `xml` option: an answer as XML instead of JSON (order-api.md 1.2)."""

import re
from typing import Any

CONTENT_TYPE = "text/xml; charset=utf-8"

_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RESERVED = "xml"
_ESCAPED = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


def to_xml(body: dict[str, Any]) -> bytes:
    """The document of an answer: an element for each key below `<response>`, members of lists as `<item>`."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _element(parts, "response", body)
    return "".join(parts).encode()


def _element(parts: list[str], key: str, value: Any) -> None:
    name, attribute = key, ""
    if _NAME.fullmatch(key) is None or key.lower().startswith(_RESERVED):
        name, attribute = "item", f' key="{_escaped(key)}"'
    parts.append(f"<{name}{attribute}>")
    if isinstance(value, dict):
        for inner, below in value.items():
            _element(parts, inner, below)
    elif isinstance(value, list):
        for below in value:
            _element(parts, "item", below)
    else:
        parts.append(_text(value))
    parts.append(f"</{name}>")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return _escaped(str(value))


def _escaped(text: str) -> str:
    """A text for an element or an attribute, without what XML cannot hold."""
    return _NOT_IN_XML.sub("", text).translate(_ESCAPED)
