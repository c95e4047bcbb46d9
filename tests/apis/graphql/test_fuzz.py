"""Whatever valid document is sent: no fault, and an answer that fits the schema."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, strategies

from mockcentra.apis.graphql import sdl
from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.fit import check_fit

_MOMENTS = st.sampled_from(["now", "-1 hour", "2024-02-30", "2026-09-01", "21/10/2023", "", "x", "0001-01-01"])
_NUMBERS = st.integers(-(2**63), 2**63 - 1)
_SCALARS = {
    "DateTimeTz": _MOMENTS.map(nodes.String),
    "Date": _MOMENTS.map(nodes.String),
    "ClearableDate": _MOMENTS.map(nodes.String),
    "Int64": _NUMBERS.map(nodes.Int),
}
# Documents whose cost alone is why they are not answered are no finding.
_STATUSES = (200, 400, 429)


def _tried(erp: Integration, document: str) -> None:
    response = erp.post(document)
    assert response.status_code in _STATUSES, response.text[:500]
    body = response.json()
    for error in body.get("errors", ()):
        assert not error["message"].startswith("Internal server error"), (error, document)
        assert not error["message"].startswith("Cannot return null"), (error, document)
    check_fit(document, body.get("data"))


@pytest.mark.parametrize("name", sorted(sdl.schema().query_type.fields))  # type: ignore[union-attr]
def test_queries(erp: Integration, name: str) -> None:
    from mockcentra.apis.graphql.registry import emulated

    if f"query {name}" not in emulated():
        pytest.skip("not emulated")

    @settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(strategies.queries(sdl.schema(), fields=[name], custom_scalars=_SCALARS, allow_null=True))
    def run(document: str) -> None:
        _tried(erp, document)

    run()


@pytest.mark.parametrize("name", sorted(sdl.schema().mutation_type.fields))  # type: ignore[union-attr]
def test_mutations(erp: Integration, name: str) -> None:
    from mockcentra.apis.graphql.registry import emulated

    if f"mutation {name}" not in emulated():
        pytest.skip("not emulated")

    @settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(strategies.mutations(sdl.schema(), fields=[name], custom_scalars=_SCALARS, allow_null=True))
    def run(document: str) -> None:
        _tried(erp, document)

    run()
