"""Documents as integrations send them: stories of several operations, each of which validates and succeeds.

Operations run in the order of their file. Their variables are ids and numbers that answers before them gave:
`$shipmentId` is the `id` of the last object that stood under the key `shipment`, `$orderNumber` the `number` of an `order`.
"""

from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse, validate

from mockcentra.apis.graphql import sdl
from tests.apis.graphql.conftest import Integration

DOCUMENTS = sorted((Path(__file__).parent / "documents").glob("*.graphql"))


def operations(document: str) -> list[OperationDefinitionNode]:
    return [each for each in parse(document).definitions if isinstance(each, OperationDefinitionNode)]


def learn(known: dict[str, Any], name: str, value: Any) -> None:
    """Notes ids and numbers of objects, those of a list's first."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        known.update({f"{name}{key.title()}": value[key] for key in ("id", "number") if key in value})
        for key, part in value.items():
            learn(known, key, part)


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_a_story_is_told_without_an_error(erp: Integration, file: Path) -> None:
    document = file.read_text("utf-8")
    assert validate(sdl.schema(), parse(document)) == []
    known: dict[str, Any] = {}
    for operation in operations(document):
        assert operation.name
        declared = [each.variable.name.value for each in operation.variable_definitions or () if not each.default_value]
        variables = {name: known[name] for name in declared}
        body = erp.post(document, operationName=operation.name.value, variables=variables).json()
        assert "errors" not in body, (operation.name.value, body["errors"])
        for key, value in body["data"].items():
            if isinstance(value, dict):
                assert value.get("userErrors", []) == [], (operation.name.value, key)
        learn(known, "", body["data"])
