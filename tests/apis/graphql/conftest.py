"""An integration that speaks to the GraphQL API of a fresh shop."""

from typing import Any

import httpx
import pytest

from tests.apis.graphql.fit import check_fit

TOKEN = "mock-graphql-token"


class Integration:
    """A caller with a token: `ask` wants a good answer that fits the schema, `body` takes any."""

    def __init__(self, client: httpx.Client, token: str = TOKEN, path: str = "/graphql") -> None:
        self.client, self.token, self.path = client, token, path

    def post(self, document: str, **parts: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.post(self.path, json={"query": document, **parts}, headers=headers)

    def body(self, document: str, **variables: Any) -> dict[str, Any]:
        return self.post(document, variables=variables).json()

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        response = self.post(document, variables=variables)
        assert response.status_code == 200, response.text
        body = response.json()
        assert "errors" not in body, body["errors"]
        check_fit(document, body["data"])
        return body["data"]

    def change(self, mutation: str, selection: str = "", **variables: Any) -> dict[str, Any]:
        """One mutation with its arguments (as variables `$id`, `$input`), which must succeed; its payload."""
        payload = self._change(mutation, selection, variables)
        assert payload["userErrors"] == [], payload
        return payload

    def refused(self, mutation: str, selection: str = "", **variables: Any) -> list[dict[str, Any]]:
        """The user errors of a mutation that must have some."""
        payload = self._change(mutation, selection, variables)
        assert payload["userErrors"], payload
        return payload["userErrors"]

    def _change(self, mutation: str, selection: str, variables: dict[str, Any]) -> dict[str, Any]:
        from mockcentra.apis.graphql import sdl

        fields = sdl.schema().mutation_type.fields[mutation].args  # type: ignore[union-attr]
        declared = ", ".join(f"${name}: {fields[name].type}" for name in variables)
        passed = ", ".join(f"{name}: ${name}" for name in variables)
        document = f"mutation ({declared}) {{ {mutation}({passed}) {{ {selection} {PROBLEMS} }} }}"
        return self.ask(document, **variables)[mutation]

    def with_token(self, *permissions: str, name: str = "a test") -> "Integration":
        """Another caller, whose token has just these permissions."""
        user = {"name": name, "permissions": list(permissions)}
        made = self.ask(
            "mutation ($user: GraphQLUserInput!) { generateToken(user: $user, ttl: 600) { token } }", user=user
        )
        return Integration(self.client, made["generateToken"]["token"])

    def called(self, token: str) -> "Integration":
        """Another caller with a known token."""
        return Integration(self.client, token)


PROBLEMS = "userErrors { message path } userWarnings { message path }"


@pytest.fixture
def checks_answers() -> bool:
    return False


@pytest.fixture
def erp(client: httpx.Client) -> Integration:
    """The integration with every permission."""
    return Integration(client)
