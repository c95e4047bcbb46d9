"""Documents are executed as GraphQL says: merged, conditional, aliased; nulls climb; inputs are coerced."""

from typing import Any

import pytest

from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.oracle import Oracle
from tests.apis.graphql.writing import Writer

DOCUMENTS = 40


def difference(one: Any, other: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Where two answers differ, the order of keys included; None when they do not."""
    if isinstance(one, dict) and isinstance(other, dict):
        if list(one) != list(other):
            return path, list(one), list(other)
        return next((found for key in one if (found := difference(one[key], other[key], (*path, key)))), None)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next((found for place, (a, b) in pairs if (found := difference(a, b, (*path, place)))), None)
    return None if one == other else (path, one, other)


def is_lost(data: Any, path: list[str | int]) -> bool:
    """Whether a null that climbed has taken the place of that path."""
    for part in path:
        if data is None:
            return True
        data = data[part]
    return data is None


def callers(erp: Integration) -> list[Integration]:
    """With every permission; with some that all lists need, and few of what they lead to; with those of one store."""
    names = erp.ask("{ permissionNames }")["permissionNames"]
    return [
        erp,
        erp.with_token(*names[::2], *[name for name in names if name.startswith(("Order", "Product", "Market"))], name="half"),
        erp.with_token(*[name for place, name in enumerate(names) if place % 7], name="most"),
        erp.called("mock-graphql-dtc-only"),
    ]  # fmt: skip


@pytest.mark.parametrize("batch", range(4))
def test_answers_are_those_of_the_librarys_own_executor(erp: Integration, batch: int) -> None:
    caller = callers(erp)[batch]
    oracle = Oracle(caller)
    compared = 0
    for seed in range(batch * DOCUMENTS, (batch + 1) * DOCUMENTS):
        writer = Writer(seed)
        document = writer.document()
        if document is None:
            continue
        expected = oracle.answer(document, writer.variables)
        response = caller.post(document, variables=writer.variables)
        assert response.status_code == 200, (document, response.text)
        body = response.json()
        data = body.get("data")
        assert difference(data, expected.data) is None, document
        ours = [
            (error["message"], error["path"], [(place["line"], place["column"]) for place in error["locations"]])
            for error in body.get("errors", ())
        ]
        wanted = [
            (error.message, error.path, [(place.line, place.column) for place in error.locations or ()])
            for error in expected.errors or ()
        ]
        assert len(ours) >= 100 or [error for error in wanted if error not in ours] == [], document
        # The library stops at the first error under a null; here all of them are told.
        assert [error for error in ours if error not in wanted and not is_lost(data, error[1][:-1])] == [], document
        used = set(body["extensions"]["permissionsUsed"])
        assert set(oracle.permissions) == used if not ours else set(oracle.permissions) <= used, document
        compared += 1
    assert compared > DOCUMENTS // 2


# ------------------------------------------------------------------ inputs


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("$limit: Int", 2),
        ("$limit: Int!", 2),
        ("$limit: Int = 2", "left out"),
        ("$limit: Int! = 2", "left out"),
        ("$limit: Int", 2.0),
    ],
)
def test_ways_to_say_two(erp: Integration, declared: str, value: Any) -> None:
    variables = {} if value == "left out" else {"limit": value}
    assert len(erp.ask(f"query ({declared}) {{ brands(limit: $limit) {{ id }} }}", **variables)["brands"]) == 2


@pytest.mark.parametrize("value", ["2", True, 2.5, 2**31, [2, 3], {"a": 1}, "two"])
def test_what_is_no_int(erp: Integration, value: Any) -> None:
    response = erp.post("query ($limit: Int) { brands(limit: $limit) { id } }", variables={"limit": value})
    assert response.status_code == 400
    error = response.json()["errors"][0]
    assert error["message"].startswith("Variable '$limit' has invalid value")
    assert error["locations"] == [{"line": 1, "column": 8}]


@pytest.mark.parametrize("written", ['"2"', "true", "2.5", "2147483648", "[2]", "{a: 1}", "two", "-99999999999999"])
def test_literals_that_are_no_int(erp: Integration, written: str) -> None:
    assert erp.post("{ brands(limit: %s) { id } }" % written).status_code == 400


@pytest.mark.parametrize("written", ["9" * 30, "-" + "9" * 5_000, "1.5", '"1"', "9223372036854775808"])
def test_literals_that_are_no_int64(erp: Integration, written: str) -> None:
    response = erp.post("{ accounts(where: {id: %s}) { id } }" % written)
    assert response.status_code == 400
    assert "sys." not in response.text


def test_a_null_is_no_way_around_a_default(erp: Integration) -> None:
    """`limit` is 20 where it is not given, and a null gives nothing."""
    assert erp.ask("{ counters { orders } }")["counters"]["orders"] > 20
    for document in (
        "{ orders(limit: null, page: null) { number } }",
        "query ($n: Int) { orders(limit: $n) { number } }",
    ):
        body = erp.body(document, n=None)
        numbers = [order["number"] for order in body["data"]["orders"]]
        assert len(numbers) == 20
        assert body["extensions"]["complexity"] == 20
    assert numbers == sorted(numbers, reverse=True)
    unsorted = erp.ask("{ orders(sort: null, where: null) { number } }")["orders"]
    assert [order["number"] for order in unsorted] == numbers
    optional = erp.ask("{ countries(limit: null) { id } all: countries { id } }")
    assert optional["countries"] == optional["all"] != []


def test_single_values_stand_for_lists(erp: Integration) -> None:
    one = "{ products(where: {id: 1, status: ACTIVE}, sort: id_DESC) { id } }"
    many = "{ products(where: {id: [1], status: [ACTIVE]}, sort: [id_DESC]) { id } }"
    assert erp.ask(one) == erp.ask(many)
    document = "query ($id: [Int!], $sort: [ProductSort!]) { products(where: {id: $id}, sort: $sort) { id } }"
    assert erp.ask(document, id=1, sort="id_DESC") == erp.ask(one)


def test_enums_are_names_in_documents_and_texts_in_variables(erp: Integration) -> None:
    assert erp.post('{ brands(sort: "id_DESC") { id } }').status_code == 400
    assert erp.post("{ brands(sort: no_such_ASC) { id } }").status_code == 400
    document = "query ($sort: [BrandSort!]) { brands(sort: $sort) { id } }"
    assert erp.ask(document, sort=["id_DESC"])["brands"][0]["id"] > 1
    for wrong in (["no_such_ASC"], [1], [None], {"id_DESC": True}):
        assert erp.post(document, variables={"sort": wrong}).status_code == 400


def test_texts_are_any_unicode(erp: Integration) -> None:
    document = "query ($name: String!) { brands(where: {name: {contains: $name}}) { id } }"
    for text in ("😀", "\u0000", "%_\\", "é\u0301", "\u2028", "'; DROP TABLE brands; --"):
        assert erp.ask(document, name=text)["brands"] == []
    made = erp.change("createFolder", "folder { id name }", input={"name": "Öl & Käse 😀 \u200f"})
    assert made["folder"]["name"] == "Öl & Käse 😀 \u200f"
    for escape in (r"\uD83D\uDE00", r"\u{1F600}"):
        written = '{ folders(where: {name: {contains: "%s"}}) { id } }' % escape
        assert erp.ask(written)["folders"] == [{"id": made["folder"]["id"]}]
    assert erp.post(r'{ folders(where: {name: {contains: "\uD83D"}}) { id } }').status_code == 400


def test_a_body_with_half_a_character_is_no_json(erp: Integration) -> None:
    headers = {"Authorization": f"Bearer {erp.token}"}
    for content in (rb'{"query": "{ stores { id } } # \ud83d"}', b'{"query": "{ stores { id } } # \xff"}'):
        assert erp.client.post("/graphql", content=content, headers=headers).status_code == 400


# ------------------------------------------------------------------ errors


def test_fields_that_are_asked_twice_are_one_error_with_both_places(erp: Integration) -> None:
    document = (
        "{ markets(limit: 1) { id comment } markets(limit: 1) { comment ...c ...c } } fragment c on Market { comment }"
    )
    (error,) = erp.with_token("Market:read").body(document)["errors"]
    assert error["path"] == ["markets", 0, "comment"]
    assert [place["column"] for place in error["locations"]] == [26, 56, 101]


def test_an_error_below_one_kind_of_an_interface_is_told_there(erp: Integration) -> None:
    """Both kinds of orders have a key `who`, which leads to different types, of which different parts are denied."""
    document = """{ orders(limit: 200) { number
        ... on DirectToConsumerOrder { who: customer { id internalComment } }
        ... on WholesaleOrder { who: buyer { id billingAddress { city } } } } }"""
    body = erp.with_token("Order:read", "Customer:read", "Buyer:read").body(document)
    orders = body["data"]["orders"]
    kinds = {tuple(order["who"]) for order in orders if order["who"]}
    assert kinds == {("id", "internalComment"), ("id", "billingAddress")}
    assert {order["who"].get("internalComment") for order in orders if order["who"]} == {None}
    assert {order["who"].get("billingAddress") for order in orders if order["who"]} == {None}
    for error in body["errors"]:
        _, place, _, last = error["path"]
        assert last in orders[place]["who"]
    assert {error["path"][-1] for error in body["errors"]} == {"internalComment", "billingAddress"}


def test_the_same_object_in_many_places_fails_in_each(erp: Integration) -> None:
    """Variants of one product lead back to it: what is denied of it is denied wherever it stands."""
    caller = erp.with_token("Product:read", "ProductVariant:read")
    document = "{ product(id: 1) { variants { id product { id name internalComment } } } }"
    body = caller.body(document)
    variants = body["data"]["product"]["variants"]
    assert len(variants) > 1
    assert [error["path"] for error in body["errors"]] == [
        ["product", "variants", place, "product", "internalComment"] for place in range(len(variants))
    ]
    assert {variant["product"]["internalComment"] for variant in variants} == {None}
    assert {variant["product"]["id"] for variant in variants} == {1}
