"""URIs of names: plain lower-case letters and digits with dashes between them."""

import re
import unicodedata
from collections.abc import Callable

_SPECIAL = str.maketrans({"æ": "ae", "ø": "o", "œ": "oe", "ß": "ss", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})


def slug(words: str) -> str:
    """The URI of a name; empty for a name without any letter or digit of the Latin script."""
    plain = unicodedata.normalize("NFKD", words.casefold().translate(_SPECIAL))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def free_uri(words: str, fallback: str, is_taken: Callable[[str], bool]) -> str:
    """The slug of `words` (or `fallback`), with a number behind it where somebody else has it."""
    start = slug(words)[:200].strip("-") or fallback
    uri, number = start, 2
    while is_taken(uri):
        uri, number = f"{start}-{number}", number + 1
    return uri
