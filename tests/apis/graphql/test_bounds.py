"""Whatever is sent, large, deep or repeated: a clear answer in a moment, and others are served meanwhile."""

import json
import threading
import time

import httpx
import pytest

from mockcentra.apis.graphql import planning
from mockcentra.store import Store
from tests.apis.graphql.conftest import TOKEN, Integration

# A second is the aim on a quiet machine; before there were bounds, some of these took minutes.
SECONDS = 4.0


def numbered(count: int, text: str) -> str:
    """The text `count` times, with `#` replaced by the number and `+` by the next one."""
    return " ".join(text.replace("#", str(number)).replace("+", str(number + 1)) for number in range(count))


def answered(client: httpx.Client, content: bytes) -> httpx.Response:
    """The answer to a body, which must not have cost much."""
    start = time.thread_time()
    response = client.post("/graphql", content=content, headers={"Authorization": f"Bearer {TOKEN}"})
    assert time.thread_time() - start < SECONDS
    assert response.status_code in (200, 400, 413, 429), response.text[:500]
    for error in response.json().get("errors", ()):
        assert not error["message"].startswith("Internal server error")
        assert len(error["message"]) <= 1001
    return response


def tried(client: httpx.Client, document: str, **parts: object) -> httpx.Response:
    return answered(client, json.dumps({"query": document, **parts}, ensure_ascii=False).encode())


GRID = " ".join(
    "fragment f%d_%d on Folder { %s }"
    % (level, number, " ".join(f"p: parentFolder {{ ...f{level + 1}_{each} }}" for each in range(20)))
    for level in range(5)
    for number in range(20)
) + numbered(20, " fragment f5_# on Folder { id }")

REFUSED = {
    "open braces": "{" * 500_000,
    "deep": "{ stores { allocationRule " + "{ parent " * 5_000 + "{ id }" + "}" * 5_000 + " } }",
    "deeper than allowed": "{ folders { " + "parentFolder { " * 300 + "id" + " }" * 300 + " } }",
    "one alias often": "{" + "a: " * 300_000 + "}",
    "one field often": "{ stores { " + "id " * 10_000 + "} }",
    "one object often": "{ stores { " + "allocationRule { id } " * 3_000 + "} }",
    "one object with all its arguments": "{ " + numbered(2_000, "stores(limit: 1#) { id }") + " }",
    "nested again and again": "{ folders { " + ("parentFolder { id " * 90 + "}" * 90 + " ") * 25 + " } }",
    "fragments by the hundred": "{ folders { "
    + numbered(400, "...f#")
    + " } } "
    + numbered(400, "fragment f# on Folder { id name parentFolder { id name } x#: id }"),
    "fragments in layers": "{ folders { ...f0_0 } } " + GRID,
    "a chain of fragments": "{ folders { ...f0 } } "
    + numbered(3_000, "fragment f# on Folder { id ...f+ }")
    + " fragment f3000 on Folder { id }",
    "a circle of fragments": "{ folders { ...f0 } } "
    + numbered(2_000, "fragment f# on Folder { parentFolder { ...f+ } }")
    + " fragment f2000 on Folder { ...f0 }",
    "directives": "{ stores { id " + "@include(if: true) " * 6_000 + "} }",
    "unknown directives": "query " + "@x " * 5_000 + "{ stores { id } }",
    "unknown fields": "{ " + numbered(10_000, "products#") + " }",
    "unknown input fields": "{ products(where: {" + numbered(3_000, "nam#: 1") + "}) { id } }",
    "a long name": "{ " + "p" * 900_000 + " }",
    "a long number": "{ brands(where: {id: " + "1" * 900_000 + "}) { id } }",
    "operations of one name": "query q { stores { id } } " * 4_000,
    "operations without a name": "{ stores { id } } " * 5_000,
    "undefined variables": "{ " + numbered(3_000, "a#: stores(limit: $a#) { id }") + " }",
    "deep lists": "{ stores(sort: " + "[" * 10_000 + "]" * 10_000 + ") { id } }",
    "a circle of the schema": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
}


@pytest.mark.parametrize("name", REFUSED)
def test_documents_that_are_refused(client: httpx.Client, name: str) -> None:
    response = tried(client, REFUSED[name])
    assert response.status_code == 400
    assert "data" not in response.json()
    assert len(response.content) < 100_000


ANSWERED = {
    "aliases": "{ stores { " + numbered(5_000, "a#: id") + " } }",
    "lists under aliases": "{ " + numbered(1_000, "a#: stores { id }") + " }",
    "counters": "{ counters { " + numbered(1_000, "a#: products") + " } }",
    "inline fragments": "{ stores { " + "... on Store { " * 150 + "id" + " }" * 150 + " } }",
    "a long text": '{ brands(where: {name: {equals: "' + "é" * 400_000 + '"}}) { id } }',
    "many ids": "{ brands(where: {id: [" + "1 " * 15_000 + "]}) { id } }",
    "commas": "," * 900_000 + "{ stores { id } }",
    "deep types": "{ __schema { types { fields { type { " + "ofType { " * 150 + "name" + " }" * 150 + " } } } } }",
}


@pytest.mark.parametrize("name", ANSWERED)
def test_documents_that_are_large_and_good(client: httpx.Client, name: str) -> None:
    response = tried(client, ANSWERED[name])
    assert response.status_code == 200
    assert "errors" not in response.json()


def test_one_of_thousands_of_operations(client: httpx.Client) -> None:
    document = (
        numbered(3_500, "query q# { stores { ...s } }") + " fragment s on Store { " + numbered(900, "a#: id") + "}"
    )
    assert len(tried(client, document, operationName="q7").json()["data"]["stores"][0]) == 900


TOO_LARGE = {
    "leaves": ("{ orders(limit: 100) { " + numbered(9_000, "a#: id") + " } }", "larger than 32 MiB"),
    "dates": (
        "{ orders(limit: 100) { " + numbered(1_500, 'a#: createdAt(format: "%s#")' % ("r" * 90)) + " } }",
        "larger than 32 MiB",
    ),
    "rows": ("{ " + numbered(2_000, "a#: products(limit: 200) { id name }") + " }", "more than"),
    "objects that are shared": (
        "{ products(limit: 200) { " + numbered(200, "a#: translations { language { id } fields { field } }") + " } }",
        "more than",
    ),
    "the schema": (
        "{ " + numbered(300, "a#: __schema { types { name fields { name type { name } args { name } } } }") + " }",
        "values of the schema",
    ),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_answers_that_would_be_too_large(client: httpx.Client, name: str) -> None:
    document, words = TOO_LARGE[name]
    response = tried(client, document)
    (error,) = response.json()["errors"]
    assert words in error["message"]
    assert error["extensions"] == {"category": "graphql"}
    assert "data" not in response.json()


def test_texts_of_a_shop_count_with_their_length(erp: Integration, client: httpx.Client) -> None:
    """One long comment is fine; the same a thousand times over is more than anybody can read."""
    comment = "x" * 60_000
    erp.change("updateProduct", "product { id }", id=1, input={"internalComment": comment})
    assert erp.ask("{ product(id: 1) { internalComment } }")["product"]["internalComment"] == comment
    body = tried(client, "{ product(id: 1) { " + numbered(1_000, "a#: internalComment") + " } }").json()
    assert "larger than 32 MiB" in body["errors"][0]["message"]
    shared = "{ product(id: 1) { " + numbered(300, "a#: variants { product { internalComment } }") + " } }"
    assert "larger than 32 MiB" in tried(client, shared).json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "document",
    [
        "{ stores { " + "markets { assignedToCountries { id } store { " * 7 + "id" + " } }" * 7 + " } }",
        "{ folders { ...f0 } } "
        + numbered(40, "fragment f# on Folder { a: parentFolder { ...f+ } b: parentFolder { ...f+ } }")
        + " fragment f40 on Folder { id }",
    ],
    ids=["circles", "fragments that explode"],
)
def test_what_costs_more_than_an_hour_has_is_not_run(client: httpx.Client, document: str) -> None:
    assert tried(client, document).status_code == 429


def test_fragments_on_fragments_that_a_program_writes(erp: Integration) -> None:
    """Clients that put their documents together of many fragments stay far below what is allowed."""
    selection = "{ id number ...d ...w ... on DirectToConsumerOrder { id number customer { id } } }"
    parts = (
        "fragment d on DirectToConsumerOrder { number id customer { email id } lines { ...l } } "
        "fragment w on WholesaleOrder { id account { id name } buyer { id } lines { ...l } } "
        "fragment l on OrderLine { id quantity product { ...p } } fragment p on Product { id name ...q } "
        "fragment q on Product { name brand { id name } ...b } fragment b on Product { brand { name id } }"
    )
    document = "{ " + numbered(300, "a#: order(number: 1#) { ...o }") + " } fragment o on Order " + selection + parts
    assert erp.post(document).status_code == 200


VARIABLES = {
    "numbers": ("[Int!]", [1] * 300_000, 200),
    "no numbers": ("[Int!]", ["x"] * 200_000, 400),
    "lists": ("[Int!]", json.loads("[" * 900 + "1" + "]" * 900), 400),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_large_variables(client: httpx.Client, name: str) -> None:
    kind, value, status = VARIABLES[name]
    document = "query ($value: %s) { brands(where: {id: $value}) { id } }" % kind
    response = tried(client, document, variables={"value": value})
    assert response.status_code == status
    assert len(response.content) < 100_000


def test_an_object_with_more_fields_than_anything_has(client: httpx.Client) -> None:
    document = "query ($where: BrandFilter) { brands(where: $where) { id } }"
    assert (
        tried(client, document, variables={"where": {f"n{number}": 1 for number in range(60_000)}}).status_code == 400
    )
    assert (
        tried(client, "{ brands { id } }", variables={f"n{number}": 1 for number in range(60_000)}).status_code == 200
    )


def test_conditions_in_every_combination(erp: Integration) -> None:
    """A document with many conditions is planned for each way in which they come out; few plans are kept."""
    names = [f"c{number}" for number in range(6)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    selected = " ".join(f"{name}: id @include(if: ${name})" for name in names)
    document = f"query ({declared}) {{ stores(limit: 1) {{ {selected} }} }}"
    for combination in range(2 ** len(names)):
        chosen = {name: bool(combination >> place & 1) for place, name in enumerate(names)}
        wanted = [name for name in names if chosen[name]]
        assert list(erp.post(document, variables=chosen).json()["data"]["stores"][0]) == wanted


def test_others_are_served_while_a_bad_document_is_worked_on(client: httpx.Client, store: Store) -> None:
    """Reading and checking a document holds no lock: a shopper's cart can be written meanwhile."""
    waiting = threading.Event()
    over = threading.Event()

    def work() -> None:
        waiting.set()
        tried(client, REFUSED["one object often"])
        over.set()

    thread = threading.Thread(target=work)
    thread.start()
    waiting.wait()
    served = 0
    while not over.is_set():
        with store.transaction() as tx:
            tx.value("SELECT 1")
        served += 1
    thread.join()
    assert served > 3


def test_time_is_watched_where_there_are_no_rows(erp: Integration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockcentra.apis.graphql.execution.MAX_SECONDS", 0.0)
    for document in (
        "{ " + numbered(20, "a#: products(where: {id: []}) { id }") + " }",
        'mutation { createFolder(input: {name: "late"}) { userErrors { message } } }',
    ):
        (error,) = erp.body(document)["errors"]
        assert error["message"] == "The query takes longer than 0 seconds."
    monkeypatch.undo()
    assert erp.ask('{ folders(where: {name: {equals: "late"}}) { id } }')["folders"] == []


def test_a_mutation_whose_answer_would_be_too_large_writes_nothing(erp: Integration, client: httpx.Client) -> None:
    large = (
        "product { " + numbered(1_200, "a#: variants { product { variants { product { description: id } } } }") + " }"
    )
    document = 'mutation { createFolder(input: {name: "no"}) { folder { id } } updateProduct(id: 1, input: {name: "no"}) { %s } }'
    erp.change("updateProduct", "product { id }", id=1, input={"internalComment": "x" * 30_000})
    body = tried(client, document % large.replace("description: id", "internalComment")).json()
    assert "larger than 32 MiB" in body["errors"][0]["message"] and "data" not in body
    left = erp.ask('{ folders(where: {name: {equals: "no"}}) { id } product(id: 1) { name } }')
    assert left["folders"] == [] and left["product"]["name"] != "no"


def test_large_documents_are_not_remembered_for_long(erp: Integration) -> None:
    """What is kept of documents is bounded by how much there is of them and of their plans, not by their number alone."""
    erp.ask("{ stores { id } }")  # loads what plans are made of
    documents = planning.Documents()
    for number in range(60):
        document = documents.get("{ %s } # %d" % (numbered(400, "a#: stores { id name }"), number))
        operation = document.operation(None)
        plan = operation.plan(operation.variables({}))
        for field in plan.root.fields:
            assert field.selection is not None
            field.selection.branches_of_table()
        assert document.parts > 2_400
    documents.get("{ stores { id } }")
    kept = list(documents._kept.values())
    assert 10 < len(kept) < 60
    assert sum(document.parts for document in kept) <= planning.KEPT_PARTS
    small = [documents.get("{ brand(id: %d) { id } }" % number) for number in range(planning.KEPT_DOCUMENTS + 50)]
    assert len(documents._kept) == planning.KEPT_DOCUMENTS
    assert documents.get("{ brand(id: 349) { id } }") is small[-1]
