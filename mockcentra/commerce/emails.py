"""E-mail addresses: which texts are one, and how two of them are compared."""

import re

MAX_LENGTH = 254

_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_ADDRESS = re.compile(rf"[^\s@<>()\[\],:;\"\\\x00-\x1f\x7f]+@(?:{_LABEL}\.)+{_LABEL}")


def is_email(text: str) -> bool:
    """One `@`, no spaces, a domain with a dot, 254 characters at most; letters of every script."""
    if len(text) > MAX_LENGTH or not _ADDRESS.fullmatch(text):
        return False
    local = text.partition("@")[0]
    return not (local.startswith(".") or local.endswith(".") or ".." in text)


def email_key(text: str) -> str:
    """The form in which addresses are compared: without blanks around them, in lower case."""
    return text.strip().lower()
