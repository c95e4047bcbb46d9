"""Who may call, how a request looks, and what a bad one is answered."""

import re
import threading

import httpx
import pytest

from mockcentra.store import Space, Store
from tests.apis.graphql.conftest import TOKEN, Integration

STORES = "{ stores { id } }"


def test_an_answer_has_data_and_extensions(erp: Integration) -> None:
    body = erp.post(STORES).json()
    assert list(body) == ["data", "extensions"]
    assert body["data"] == {"stores": [{"id": 1}, {"id": 2}]}
    assert body["extensions"]["complexity"] == 20
    assert body["extensions"]["permissionsUsed"] == ["Store:read"]
    assert body["extensions"]["appVersion"].startswith("v")


def test_the_token_may_come_in_a_cookie_and_the_header_wins(client: httpx.Client) -> None:
    cookie = {"Cookie": f"other=1; graphql-access={TOKEN}"}
    assert client.post("/graphql", json={"query": STORES}, headers=cookie).status_code == 200
    beside = {"Cookie": f'odd name={{"a": 1}}; graphql-access={TOKEN}; x'}
    assert client.post("/graphql", json={"query": STORES}, headers=beside).status_code == 200
    both = {**cookie, "Authorization": "Bearer nonsense"}
    assert client.post("/graphql", json={"query": STORES}, headers=both).status_code == 401


@pytest.mark.parametrize("token", ["", "unknown", "mock-graphql-expired"])
def test_nothing_is_answered_without_a_good_token(client: httpx.Client, space: Space, token: str) -> None:
    for document in (STORES, "{ __schema { queryType { name } } }", "{ broken"):
        response = Integration(client, token).post(document)
        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"] == {"category": "authentication"}
        assert "data" not in response.json()
    used = Integration(client).ask("{ rateLimits { usedQuota } }")["rateLimits"][0]["usedQuota"]
    assert used == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_runs_documents(client: httpx.Client, method: str) -> None:
    response = client.request(
        method, "/graphql", params={"query": STORES}, headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert response.json()["errors"]


def test_browsers_of_other_origins_get_no_leave(client: httpx.Client) -> None:
    response = client.options("/graphql", headers={"Origin": "https://shop.example"})
    assert response.status_code == 204
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_people_get_a_page_that_works_without_the_internet(client: httpx.Client) -> None:
    page = client.get("/graphql", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert f'"{TOKEN}"' in page.text
    assert "http://" not in page.text and "https://" not in page.text
    for name in re.findall(r'(?:src|href)="(graphql/[^"]+)"', page.text):
        asset = client.get(f"/{name}")
        assert asset.status_code == 200 and len(asset.content) > 5_000, name
        assert client.get(f"/{name}", headers={"If-None-Match": asset.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["page.html", "LICENSES.txt", "nothing.js", "..%2Ftransport.py"])
def test_the_page_has_no_other_files(client: httpx.Client, name: str) -> None:
    response = client.get(f"/graphql/graphiql/{name}")
    assert response.status_code == 404
    assert response.json()["errors"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b'[{"query": "{ stores { id } }"}]',
        b"{}",
        b'{"query": 1}',
        b'{"query": ""}',
        b'{"query": "{ stores { id } }", "variables": []}',
        b'{"query": "{ stores { id } }", "operationName": 1}',
        b"\xff\xfe",
        b"query=%7B%20stores%20%7B%20id%20%7D%20%7D",
        b"[" * 100_000,
    ],
)
def test_bodies_that_are_no_request(client: httpx.Client, body: bytes) -> None:
    response = client.post("/graphql", content=body, headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"]
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "document",
    [
        "{ stores { id ",
        "{ stores { noSuchField } }",
        "{ noSuchQuery { id } }",
        '{ brands(limit: "ten") { id } }',
        "{ stores }",
        "{ stores { } }",
        "query A { stores { id } } query B { stores { id } }",
        "query ($unused: Int) { stores { id } }",
        "{ brands(limit: $undefined) { id } }",
        "fragment a on Store { ...b } fragment b on Store { ...a } { stores { ...a } }",
        "subscription { stores { id } }",
        "{ stores { id: name id } }",
        "mutation { createFolder { userErrors { message } } }",
        "fragment lonely on Store { id }",
        "\u0000",
    ],
)
def test_documents_that_are_not_run(erp: Integration, document: str) -> None:
    response = erp.post(document)
    assert response.status_code == 400
    error = response.json()["errors"][0]
    assert error["message"] and error["extensions"]["category"] == "graphql"
    assert "data" not in response.json()


def test_variables_fragments_directives_and_operation_names(erp: Integration) -> None:
    document = """
      query First { stores { id } }
      query Second($limit: Int!, $more: Boolean = false) {
        first: brands(limit: $limit) { ...core uri @include(if: $more) }
        last: brands(limit: $limit, sort: id_DESC) { ...core ... on Brand @skip(if: $more) { __typename } }
      }
      fragment core on Brand { id name }
    """
    sent = {"operationName": "Second", "variables": {"limit": 2}}
    data = erp.post(document, **sent).json()["data"]
    assert [set(row) for row in data["first"]] == [{"id", "name"}] * 2
    assert set(data["last"][0]) == {"id", "name", "__typename"}
    sent["variables"]["more"] = True  # type: ignore[index]
    data = erp.post(document, **sent).json()["data"]
    assert set(data["first"][0]) == {"id", "name", "uri"} and set(data["last"][0]) == {"id", "name"}
    assert erp.post(document, operationName="Third").status_code == 400
    assert erp.post(document, operationName="Second", variables={"limit": "two"}).status_code == 400


def test_a_string_may_stand_for_a_date(erp: Integration) -> None:
    document = (
        "query ($from: String) { priceAlterations: __typename orders(where: {createdAt: {from: $from}}) { number } }"
    )
    assert erp.post(document, variables={"from": "2024-01-01"}).status_code == 200
    strict = "query ($limit: String) { brands(limit: $limit) { id } }"
    assert erp.post(strict, variables={"limit": "1"}).status_code == 400


def test_a_megabyte_is_read_and_more_is_refused(erp: Integration) -> None:
    padding = "# " + "x" * 1_000_000 + "\n"
    assert erp.post(padding + STORES).status_code == 200
    assert erp.post(padding + padding + STORES).status_code == 413


def test_deep_variables(client: httpx.Client) -> None:
    nested = '{"a":' * 5_000 + "1" + "}" * 5_000
    content = '{"query": "query ($w: BrandFilter) { brands(where: $w) { id } }", "variables": {"w": %s}}' % nested
    response = client.post("/graphql", content=content, headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 400


def test_spaces_have_shops_of_their_own(client: httpx.Client) -> None:
    here, there = Integration(client), Integration(client, path="/_space/other/graphql")
    here.change("createFolder", "folder { id }", input={"name": "Only here"})
    count = '{ folders(where: {name: {equals: "Only here"}}) { id } }'
    assert len(here.ask(count)["folders"]) == 1
    assert there.ask(count)["folders"] == []


def test_what_is_not_emulated_says_so(erp: Integration) -> None:
    from mockcentra.apis.graphql import registry, sdl

    missing = [name for name in sdl.schema().mutation_type.fields if name not in registry.MUTATIONS]  # type: ignore[union-attr]
    if not missing:
        pytest.skip("everything is emulated")
    body = erp.body(
        'mutation { x: createFolder(input: {name: "kept"}) { userErrors { message } } %s }' % _call(missing[0])
    )
    assert body["errors"][0]["extensions"]["code"] == "NOT_EMULATED"
    assert erp.ask('{ folders(where: {name: {equals: "kept"}}) { id } }')["folders"]


def _call(name: str) -> str:
    """A mutation with the least of arguments that is valid."""
    from graphql import is_non_null_type

    from mockcentra.apis.graphql import sdl

    def least(kind: object) -> str:
        if not is_non_null_type(kind):
            return "null"
        inner = kind.of_type  # type: ignore[attr-defined]
        if hasattr(inner, "of_type"):
            return "[]"
        if hasattr(inner, "fields"):
            parts = [
                f"{part}: {least(field.type)}" for part, field in inner.fields.items() if is_non_null_type(field.type)
            ]
            return "{" + ", ".join(parts) + "}"
        if hasattr(inner, "values"):
            return next(iter(inner.values))
        return {
            "Int": "1",
            "Int64": "1",
            "Float": "1.0",
            "Boolean": "true",
            "DateTimeTz": '"now"',
            "Date": '"now"',
        }.get(inner.name, '"x"')

    field = sdl.schema().mutation_type.fields[name]  # type: ignore[union-attr]
    arguments = ", ".join(f"{each}: {least(part.type)}" for each, part in field.args.items())
    return f"{name}({arguments}) {{ __typename }}"


def test_readers_do_not_wait_for_an_answer_to_be_written(erp: Integration, store: Store) -> None:
    """A query lets go of the shop before it is encoded: a writer gets in between many readers."""
    done: list[int] = []

    def read() -> None:
        for _ in range(5):
            erp.ask("{ sizeCharts(limit: 200) { name sizes { name } } }")
        done.append(1)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(5):
        erp.change("createFolder", input={"name": f"between {number}"})
    for reader in readers:
        reader.join()
    assert len(done) == 4


def test_a_fragment_on_another_type_leaves_an_empty_object(erp: Integration) -> None:
    document = "{ mappedAttributes(limit: 2) { elements { ... on AttributeImageElement { url } } } brands(limit: 1) { id @skip(if: true) } }"
    data = erp.ask(document)
    assert data["brands"] == [{}]
    assert {} in data["mappedAttributes"][0]["elements"]


def test_a_format_is_no_way_to_fill_the_memory(erp: Integration) -> None:
    body = erp.body("query ($format: String) { orders(limit: 1) { createdAt(format: $format) } }", format="Y" * 101)
    assert body["errors"][0]["message"] == "A format has at most 100 characters."


@pytest.mark.parametrize("value", ['"gaga"', "7", "-1"])
def test_errors_of_dates_say_where_they_are(erp: Integration, value: str) -> None:
    response = erp.post(f"{{ orders(where: {{createdAt: {{from: {value}}}}}) {{ id }} }}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["locations"] == [{"line": 1, "column": 36}]
