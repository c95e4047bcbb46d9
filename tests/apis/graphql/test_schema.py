"""The schema is Centra's, to the last default value; what it says of permissions and limits is known."""

import hashlib
from pathlib import Path

import pytest
from graphql import build_client_schema, get_introspection_query, validate_schema

from mockcentra.apis.graphql import sdl
from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.normal_form import lines_of

# Of the documented schema: its lines (tests/apis/graphql/normal_form.py), and their digest.
LINES = 8738
DIGEST = "e89598ce4d0b25babe760212618ec8446a82123592ebeb970f46cbc002a64714"


def test_every_name_type_argument_and_default_is_as_documented() -> None:
    lines = lines_of(sdl.schema())
    assert len(lines) == LINES
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == DIGEST


def test_the_schema_is_valid() -> None:
    schema = sdl.schema()
    assert validate_schema(schema) == []
    assert len(schema.query_type.fields) == 123  # type: ignore[union-attr]
    assert len(schema.mutation_type.fields) == 160  # type: ignore[union-attr]


def test_introspection_shows_the_whole_of_it(erp: Integration) -> None:
    answer = erp.ask(get_introspection_query(descriptions=True, input_value_deprecation=True))
    shown = build_client_schema(answer)
    assert set(shown.type_map) == set(sdl.schema().type_map)
    assert "Permission: Product:read." in shown.query_type.fields["products"].description  # type: ignore[union-attr]
    assert [directive.name for directive in shown.directives if directive.name in ("permission", "limit")] == []


def test_the_cache_on_disk_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKCENTRA_CACHE_DIR", str(tmp_path))
    make = sdl.schema.__wrapped__
    fresh = make()
    (kept,) = tmp_path.glob("graphql-*.json")
    assert lines_of(make()) == lines_of(fresh)
    kept.write_bytes(b"{ half a file")
    assert lines_of(make()) == lines_of(fresh)


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("MOCKCENTRA_CACHE_DIR", str(blocked))
    assert lines_of(sdl.schema.__wrapped__()) == lines_of(sdl.schema())


def test_every_paged_list_knows_its_largest_page() -> None:
    for name, kind in sdl.schema().type_map.items():
        for field_name, field in getattr(kind, "fields", {}).items():
            arguments = getattr(field, "args", {})
            has_default = "limit" in arguments and arguments["limit"].default is not None
            if has_default and f"{name}.{field_name}" != "PriceAlteration.prices":
                assert field.extensions["limit"] in (100, 200), f"{name}.{field_name}"
