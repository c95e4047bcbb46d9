"""Takes a SOAP message apart, strictly: bytes become the element that asks for an operation, or a fault.

Nothing is ever expanded or fetched: a document type declaration is refused before the parser sees it, and the parser
gets UTF-8 whatever the message was written in, so that no encoding can hide one.
"""

import codecs
import re
from typing import TYPE_CHECKING

from mockcentra.apis.soap.messages import NAMESPACE

if TYPE_CHECKING:
    from lxml.etree import _Element

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BEFORE_ROOT = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARATION = re.compile(r"\s*<\?xml\s.*?\?>", re.DOTALL)


class SoapFault(Exception):
    """The whole call is refused. `code` is Client, Server or VersionMismatch."""

    def __init__(self, text: str, code: str = "Client") -> None:
        super().__init__(text)
        self.text = text
        self.code = code


def request_element(body: bytes, charset: str | None) -> "_Element":
    """The one element in the body of the envelope. `charset` is what the Content-Type says, None when it says nothing.

    Raises SoapFault (soap-api.md 2.1, 2.3, 4.3).
    """
    root = _parsed(_text(body, charset))
    tag = str(root.tag)
    if tag != f"{{{ENVELOPE}}}Envelope":
        if tag.endswith("}Envelope"):
            raise SoapFault("Envelope of an unknown SOAP version", "VersionMismatch")
        raise SoapFault("The request is not a SOAP envelope")
    holder = root.find(f"{{{ENVELOPE}}}Body")
    if holder is None or not len(holder):
        raise SoapFault("The envelope has no body" if holder is None else "The body of the envelope is empty")
    if len(holder) > 1:
        raise SoapFault("The body of the envelope holds more than one element")
    return holder[0]


def operation_name(element: "_Element") -> str:
    """The name of the request element. Raises SoapFault for one in a foreign namespace."""
    tag = str(element.tag)
    namespace, _, name = tag.rpartition("}")
    if namespace not in ("", "{" + NAMESPACE):
        raise SoapFault(f"Unknown operation: {tag}")
    return name


def _text(body: bytes, charset: str | None) -> str:
    """The message as text. The Content-Type's charset goes first, then a byte order mark, then the declaration."""
    if not body.strip():
        raise SoapFault("The request is empty")
    encoding = charset
    if encoding is None:
        encoding = next((name for mark, name in _BYTE_ORDER_MARKS if body.startswith(mark)), None)
    if encoding is None:
        declared = _DECLARED.match(body)
        encoding = declared.group(1).decode() if declared else "utf-8"
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except LookupError as error:
        raise SoapFault(f"Unknown encoding: {encoding}") from error
    except UnicodeError as error:
        raise SoapFault(f"The request is not valid {encoding}") from error


def _parsed(text: str) -> "_Element":
    from lxml import etree

    before_root = _BEFORE_ROOT.match(text)
    start = before_root.end() if before_root else 0
    if text.startswith("<!", start):
        raise SoapFault("A document type declaration is not allowed")
    declaration = _DECLARATION.match(text)
    content = text[declaration.end() :] if declaration else text
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        return etree.fromstring(content.encode(), parser)
    except (etree.XMLSyntaxError, UnicodeError, ValueError) as error:
        raise SoapFault("The request is not well-formed XML") from error
