"""Nonsense in every field of every operation: it fails in words, object by object, and never inside."""

from random import Random
from typing import Any

import pytest

from mockcentra.apis.soap.messages import OPERATIONS, Operation, fields, fields_of
from mockcentra.store import Store
from tests.erp import Erp

TEXTS = (
    "", " ", "0", "1", "2", "7", "1001", "1190", "-1", "12.50", "1e3", "9" * 30, "NaN", "Infinity", "yes", "no", "true",
    "active", "inactive", "confirmed", "completed", "cancelled", "retail", "wholesale", "SEK", "SE", "2027-01-31",
    "2027-13-45", "0000-00-00", "Ⅷ", "٣", "x" * 300, "'; DROP TABLE orders; --", "1190-1", "<&>", "🧶", "1|S", "//",
)  # fmt: skip
SIMPLE = ("string", "int", "boolean")


def nonsense(dice: Random, kind: str, depth: int = 0) -> Any:
    """Something of a type with some of its fields, each with a value that may or may not fit."""
    if kind in SIMPLE:
        return dice.choice(TEXTS)
    content: dict[str, Any] = {}
    for field in fields_of(kind):
        likely = 0.9 if field.name == "id" or kind.endswith("s") else 0.4
        if depth < 9 and dice.random() < likely:
            values = [
                nonsense(dice, field.kind, depth + 1) for _ in range(dice.choice((1, 1, 2)) if field.repeats else 1)
            ]
            content[field.name] = values if field.repeats else values[0]
    return content


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_nonsense(erp: Erp, store: Store, operation: Operation) -> None:
    dice = Random(operation.name)
    for _ in range(60):
        content = {field.name: nonsense(dice, field.kind) for field in fields(operation.content)}
        response = erp.post(erp.envelope(operation.name, content))
        assert "SOAP-ENV:Server" not in response.text, content
        assert response.status_code == 200 or "SOAP-ENV:Client" in response.text
        if operation.answer == "result" and response.status_code == 200:
            assert response.text.count("<ns1:message>") > 0 or "<ns1:success>true" in response.text
    with store.reading() as tx:
        assert tx.value("SELECT COUNT(*) FROM stock WHERE physical < allocated OR allocated < 0") == 0
    assert erp.events() is not None
