"""The `xml` option: an answer as XML instead of JSON (order-api.md 1.2)."""

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

CONTENT_TYPE = "text/xml; charset=utf-8"

_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RESERVED = "xml"


def to_xml(body: dict[str, Any]) -> bytes:
    """The document of an answer: an element for each key below `<response>`, members of lists as `<item>`."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _element(parts, "response", body)
    return "".join(parts).encode()


def _element(parts: list[str], key: str, value: Any) -> None:
    name, attribute = key, ""
    if _NAME.fullmatch(key) is None or key.lower().startswith(_RESERVED):
        name, attribute = "item", f" key={quoteattr(_clean(key))}"
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
    return escape(_clean(str(value)))


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
