"""Lists, filters, sorting, pages, connections, counters, dates: what every type has."""

import base64

import pytest

from tests.apis.graphql.conftest import Integration


def ids(rows: list[dict[str, int]]) -> list[int]:
    return [row["id"] for row in rows]


def test_pages_cover_a_list_exactly_once(erp: Integration) -> None:
    seen: list[int] = []
    page = 1
    while rows := erp.ask("query ($page: Int) { categories(limit: 7, page: $page) { id } }", page=page)["categories"]:
        seen += ids(rows)
        page += 1
    assert len(seen) == len(set(seen)) == erp.ask("{ counters { categories } }")["counters"]["categories"]


@pytest.mark.parametrize("arguments", ["limit: 0", "limit: 201", "limit: -1", "page: 0", "limit: 5, page: -2"])
def test_pages_that_cannot_be(erp: Integration, arguments: str) -> None:
    body = erp.body("{ brands(%s) { id } }" % arguments)
    assert "data" not in body and body["errors"][0]["path"] == ["brands"]


def test_a_list_without_a_limit_has_twenty_or_everything(erp: Integration) -> None:
    data = erp.ask("{ categories { id } all: categories(limit: 200) { id } countries { id } }")
    assert len(data["categories"]) == 20 < len(data["all"])
    assert len(data["countries"]) == 19


def test_conditions_hold_together_and_may_be_reversed(erp: Integration) -> None:
    def found(where: str) -> list[int]:
        return ids(erp.ask("{ categories(where: %s, limit: 200) { id } }" % where)["categories"])

    top = found("{isTopCategory: true}")
    assert set(found("{isTopCategory: true, storeId: 1}")) < set(top)
    assert set(found('{isTopCategory: true, negate: ["isTopCategory"]}')) == set(found("{isTopCategory: false}"))
    assert found("{id: []}") == []
    assert found("{id: 1}") == found("{id: [1, 1]}") == [1]
    assert set(found('{notNull: ["parentId"]}')) == set(found("{isTopCategory: false}"))
    assert found("{}") == found('{negate: ["name"]}')


@pytest.mark.parametrize(
    ("match", "count"),
    [
        ('{contains: "WOM"}', 1), ('{equals: "women"}', 1), ('{equals: "wom"}', 0), ('{startsWith: "w"}', 1), ('{endsWith: "EN"}', 2),
        ('{contains: "%"}', 0), ('{contains: "_"}', 0), ('{contains: "\\\\"}', 0), ('{contains: "\'"}', 0),
    ],
)  # fmt: skip
def test_texts_match_whatever_their_case(erp: Integration, match: str, count: int) -> None:
    where = "{name: %s, storeId: 1, isTopCategory: true}" % match
    assert len(erp.ask("{ categories(where: %s) { id name } }" % where)["categories"]) == count


@pytest.mark.parametrize(
    "where",
    ["{name: {}}", '{name: {equals: "a", contains: "b"}}', '{notNull: ["nonsense"]}', '{negate: ["nonsense"]}'],
)
def test_conditions_that_cannot_be(erp: Integration, where: str) -> None:
    body = erp.body("{ categories(where: %s) { id } }" % where)
    assert body["errors"] and "data" not in body


def test_search_looks_into_the_main_texts(erp: Integration) -> None:
    assert erp.ask('{ countries(where: {search: "swed"}) { code } }')["countries"] == [{"code": "SE"}]


def test_sorting_by_several_keys_breaks_ties_by_id(erp: Integration) -> None:
    rows = erp.ask("{ categories(sort: [name_DESC, id_ASC], limit: 200) { id name } }")["categories"]
    assert rows == sorted(sorted(rows, key=lambda row: row["id"]), key=lambda row: row["name"], reverse=True)
    names = [row["name"] for row in rows]
    assert len(set(names)) < len(names)


def test_nested_lists_have_filters_and_pages_of_their_own(erp: Integration) -> None:
    data = erp.ask(
        """{ stores { markets(limit: 2, page: 2, sort: name_DESC) { id name } all: markets(sort: name_DESC) { id name }
             categories(where: {isTopCategory: true}, limit: 1) { id childCategories { id } } } }"""
    )["stores"]
    for store in data:
        assert store["markets"] == store["all"][2:4]
        assert len(store["categories"]) == 1


def test_one_object(erp: Integration) -> None:
    assert erp.ask("{ brand(id: 1) { id } missing: brand(id: 999999) { id } }") == {"brand": {"id": 1}, "missing": None}
    for arguments in ("", '(id: 1, externalId: "x")'):
        body = erp.body("{ brand%s { id } }" % arguments)
        assert body["errors"][0]["path"] == ["brand"] and body["data"] == {"brand": None}


# ------------------------------------------------------------------ connections


PAGE = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id name } }"


@pytest.mark.parametrize("sort", ["[id_ASC]", "[id_DESC]", "[name_ASC]", "[name_DESC, id_DESC]"])
def test_a_connection_is_walked_in_both_directions(erp: Integration, sort: str) -> None:
    for name in ("Alpha", "alpha", "Älg|id:7", "Beta", "Beta", ""):
        erp.change("createCollection", input={"name": name or "Zeta:1", "status": "ACTIVE"})
    forward: list[int] = []
    after = None
    while True:
        document = "query ($after: String) { collectionConnection(first: 2, after: $after, sort: %s) { %s } }"
        found = erp.ask(document % (sort, PAGE), after=after)["collectionConnection"]
        forward += [edge["node"]["id"] for edge in found["edges"]]
        assert found["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert len(forward) == len(set(forward)) == found["totalCount"] >= 6
    assert forward == ids(erp.ask("{ collections(limit: 200, sort: %s) { id } }" % sort)["collections"])
    backward: list[int] = []
    before = None
    while True:
        document = "query ($before: String) { collectionConnection(last: 3, before: $before, sort: %s) { %s } }"
        found = erp.ask(document % (sort, PAGE), before=before)["collectionConnection"]
        backward = [edge["node"]["id"] for edge in found["edges"]] + backward
        assert found["pageInfo"]["hasNextPage"] is (before is not None)
        before = found["pageInfo"]["startCursor"]
        if not found["pageInfo"]["hasPreviousPage"]:
            break
    assert backward == forward


def test_a_cursor_is_base64_of_the_sort_field_and_its_value(erp: Integration) -> None:
    edge = erp.ask("{ collectionConnection(first: 1) { edges { cursor node { id } } } }")["collectionConnection"][
        "edges"
    ][0]
    assert base64.b64decode(edge["cursor"]).decode() == f"id:{edge['node']['id']}"


@pytest.mark.parametrize(
    "arguments",
    ["first: 0", "last: 0", "first: 201", "first: -1", "first: 1, last: 1", 'after: "nonsense"', 'after: "aWQ6"',
     'after: "bmFtZToiYSI="', 'first: 1, before: "aWQ6MQ=="'],
)  # fmt: skip
def test_connections_that_cannot_be(erp: Integration, arguments: str) -> None:
    body = erp.body("{ collectionConnection(%s) { totalCount } }" % arguments)
    assert body["errors"][0]["path"] == ["collectionConnection"]


def test_an_empty_page(erp: Integration) -> None:
    found = erp.ask("{ collectionConnection(where: {id: []}) { %s } }" % PAGE)["collectionConnection"]
    assert found == {
        "totalCount": 0,
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
        "edges": [],
    }


# ------------------------------------------------------------------ moments


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        (None, "2026-07-01T00:30:05+02:00"), ("Y-m-d", "2026-07-01"), ("Y-m-d\\TH:i:sO", "2026-07-01T00:30:05+0200"),
        ("j.n.y G:i a", "1.7.26 0:30 am"), ("D, d M Y", "Wed, 01 Jul 2026"), ("l jS", "Wednesday 1S"), ("U", "1782858605"),
        ("\\Y\\\\", "Y\\"), ("", "2026-07-01T00:30:05+02:00"), ("N w z A g h F e T c", "3 3 181 AM 12 12 July Europe/Stockholm CEST 2026-07-01T00:30:05+02:00"),
    ],
)  # fmt: skip
def test_patterns_of_moments(erp: Integration, pattern: str | None, shown: str) -> None:
    erp.client.put("/_mock/clock", json={"now": "2026-06-30T22:30:05Z", "frozen": True}).raise_for_status()
    market = erp.change("createMarket", "market { id }", input={"name": "Now", "store": {"id": 1}})["market"]["id"]
    document = "query ($id: Int, $format: String) { market(id: $id) { updatedAt(format: $format) } }"
    if pattern is None:
        document = "query ($id: Int) { market(id: $id) { updatedAt } }"
    assert (
        erp.ask(document, id=market, **({} if pattern is None else {"format": pattern}))["market"]["updatedAt"] == shown
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", 1_782_858_605), ("-1 hour", 1_782_855_005), ("+2 days", 1_783_031_405), ("1 week ago", 1_782_253_805),
        ("today", 1_782_856_800), ("yesterday", 1_782_770_400), ("2022-08-01", 1_659_304_800), ("2022-06-23 15:47:12", 1_655_992_032),
        ("2022-03-29T00:00:00+0000", 1_648_512_000), ("2023-01-09T15:18:33+01:00", 1_673_273_913), ("21/10/2023", 1_697_839_200),
        ("2023-01-09T14:18:33Z", 1_673_273_913), ("-1 month", 1_780_266_605), ("@86400", 86_400),
    ],
)  # fmt: skip
def test_moments_as_php_would_read_them(text: str, moment: int) -> None:
    from mockcentra.apis.graphql import moments

    assert moments.read(text, 1_782_858_605) == moment


@pytest.mark.parametrize(
    "text", ["", "nonsense", "2022-13-01", "31/02/2022", "9" * 70, "+99999999999 years", "now now"]
)
def test_moments_that_are_none(text: str) -> None:
    from mockcentra.apis.graphql import moments

    with pytest.raises(ValueError):
        moments.read(text, 1_782_858_605)


# ------------------------------------------------------------------ what is too much


@pytest.mark.parametrize(
    "where",
    [
        '{name: {contains: "%s"}}' % ("é" * 100_000),
        "{storeId: [%s]}" % ("1 " * 20_000),
        "{notNull: [%s]}" % ('"name" ' * 20_000),
        "{negate: [%s], name: {equals: \"x\"}}" % ('"name" ' * 20_000),
        "{externalId: [%s]}" % ('"x" ' * 20_000),
        "{id: [2147483647 -2147483648 0]}",
        '{name: {equals: "\\u0000"}, search: "\\u0000"}',
        '{search: ""}',
    ],
    ids=["long text", "many stores", "notNull", "negate", "external ids", "odd ids", "zero bytes", "empty search"],
)  # fmt: skip
def test_filters_take_whatever_is_sent(erp: Integration, where: str) -> None:
    assert isinstance(erp.ask("{ brands(where: %s) { id } }" % where)["brands"], list)


def test_many_sort_keys_and_many_conversions(erp: Integration) -> None:
    assert erp.ask("{ brands(sort: [%s]) { id } }" % ("id_ASC id_DESC " * 5_000))["brands"]
    assert erp.ask("{ idConversions(where: {id: [%s]}) { id } }" % ("101300000000001 " * 20_000)) == {
        "idConversions": []
    }


def test_fragments_on_the_deprecated_interface_are_reported_by_root_field(erp: Integration) -> None:
    document = """query { brands(limit: 1) { ...texts } stores { id } }
      fragment texts on Localizable { localized { language { id } translations { field value } } }"""
    assert erp.body(document)["extensions"]["deprecatedFieldsUsed"] == [
        "Field: Query.brands, reason: Use ObjectWithTranslations instead of Localizable",
        "Field: Brand.localized, reason: Use translations",
        "Field: LanguageTranslation.translations, reason: Renamed to fields",
    ]
