"""Permissions, tokens, and what is counted of a request."""

from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLField,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_required_argument,
)

from mockcentra.apis.graphql import sdl
from mockcentra.app import create_app
from mockcentra.settings import Settings
from mockcentra.store import Spaces, Store
from mockcentra.store.template import Template
from mockcentra.testing.shop import in_process
from tests.apis.graphql.conftest import Integration


def test_a_denied_root_field_takes_all_data_with_it(erp: Integration) -> None:
    body = erp.with_token("Store:read").body("{\n  stores { id }\n  other: brands(limit: 2) { id }\n}")
    assert "data" not in body
    assert body["errors"] == [
        {
            "message": "You need Brand:read permission to access brands.",
            "extensions": {"category": "authorization"},
            "locations": [{"line": 3, "column": 3}],
            "path": ["other"],
        }
    ]
    assert body["extensions"]["permissionsUsed"] == ["Store:read", "Brand:read"]
    assert body["extensions"]["complexity"] == 22


def test_a_denied_nested_field_is_null_wherever_it_stands(erp: Integration) -> None:
    """`comment` may be null: each occurrence is an error, everything else is answered."""
    body = erp.with_token("Market:read").body("{ markets(limit: 3) { id comment } }")
    assert [row["comment"] for row in body["data"]["markets"]] == [None] * 3
    assert [error["path"] for error in body["errors"]] == [["markets", place, "comment"] for place in range(3)]
    assert body["errors"][0]["message"] == "You need Market.comment:read permission to access comment."


def test_a_null_climbs_to_what_may_be_null(erp: Integration) -> None:
    """`Market.store` is never null, nor are the items of the list: a single market is, the list takes everything."""
    caller = erp.with_token("Market:read")
    body = caller.body("{ market(id: 1) { id store { name } } again: market(id: 1) { id } }")
    assert body["data"] == {"market": None, "again": {"id": 1}}
    assert body["errors"][0]["path"] == ["market", "store"]
    body = caller.body("{ markets(limit: 2) { store { name } } }")
    assert "data" not in body
    assert [error["path"] for error in body["errors"]] == [["markets", 0, "store"], ["markets", 1, "store"]]


def test_at_most_a_hundred_errors(erp: Integration) -> None:
    many = " ".join(f"a{number}: markets(limit: 8) {{ comment }}" for number in range(20))
    assert len(erp.with_token("Market:read").body("{ %s }" % many)["errors"]) == 100


def test_permissions_are_used_when_a_field_is_resolved(erp: Integration) -> None:
    body = erp.body("{ market(id: 999) { store { id } } markets(where: {id: []}) { campaigns { id } } }")
    assert body["extensions"]["permissionsUsed"] == ["Market:read"]
    made = erp.body(
        'mutation { createMarket(input: {name: "New", store: {id: 1}}) { market { id comment campaigns { id } '
        "displays { id } allocationRule { id } store { id } assignedToCountries { id } } userErrors { message } } }"
    )
    used = made["extensions"]["permissionsUsed"]
    assert used[:3] == ["Market:write", "Market:read", "Market.comment:read"]
    assert set(used[3:]) == {"Campaign:read", "Display:read", "AllocationRule:read", "Store:read", "Country:read"}


def test_a_denied_mutation_writes_nothing_and_stops_nothing(erp: Integration) -> None:
    caller = erp.with_token("Folder:write", "Folder:read")
    body = caller.body(
        """mutation {
          createCollection(input: {name: "No", status: ACTIVE}) { userErrors { message } }
          createFolder(input: {name: "Yes"}) { folder { id } userErrors { message } }
        }"""
    )
    assert "data" not in body
    assert body["errors"][0]["message"] == "You need Collection:write permission to access createCollection."
    assert erp.ask('{ collections(where: {name: {equals: "No"}}) { id } }')["collections"] == []
    assert len(erp.ask('{ folders(where: {name: {equals: "Yes"}}) { id } }')["folders"]) == 1


def test_who_may_write_but_not_read_writes(erp: Integration) -> None:
    body = erp.with_token("Folder:write").body(
        'mutation { createFolder(input: {name: "Blind"}) { folder { id } userErrors { message } } }'
    )
    assert body["data"]["createFolder"] == {"folder": None, "userErrors": []}
    assert body["errors"][0]["path"] == ["createFolder", "folder"]
    assert len(erp.ask('{ folders(where: {name: {equals: "Blind"}}) { id } }')["folders"]) == 1


def test_parts_of_an_input_may_need_more(erp: Integration) -> None:
    caller = erp.with_token("Category:write", "Category:read")
    given = {"assignDynamicAttributes": []}
    document = (
        "mutation ($input: CategoryUpdateInput!) { updateCategory(id: 1, input: $input) { userErrors { message } } }"
    )
    error = caller.body(document, input=given)["errors"][0]
    assert error["message"] == "You need Category.attributes:write permission to access updateCategory."
    assert caller.ask(document, input={"metaTitle": "Women"})["updateCategory"] == {"userErrors": []}


@pytest.mark.parametrize(
    ("token", "may", "may_not"),
    [
        ("mock-graphql-read-only", "{ brands(limit: 1) { id } }", 'mutation { createBrand(input: {name: "x"}) { brand { id } } }'),
        ("mock-graphql-pim", 'mutation { createBrand(input: {name: "x"}) { brand { id } } }', "{ pricelists { id } taxRules { id } }"),
        ("mock-graphql-erp", "{ warehouses { id } brands { id } }", "{ categories { id } }"),
        ("mock-graphql-none", "{ countries { id } rateLimits { type } }", "{ stores { id } }"),
    ],
)  # fmt: skip
def test_the_seeded_tokens(client: httpx.Client, token: str, may: str, may_not: str) -> None:
    caller = Integration(client, token)
    assert "errors" not in caller.body(may)
    if token != "mock-graphql-pim":
        assert caller.body(may_not)["errors"][0]["extensions"]["category"] == "authorization"


def test_a_token_of_one_store_sees_only_that(client: httpx.Client) -> None:
    caller = Integration(client, "mock-graphql-dtc-only")
    data = caller.ask(
        "{ stores { id } markets(limit: 50) { store { id } } wholesale: market(id: 7) { id } counters { categories } }"
    )
    assert data["stores"] == [{"id": 1}]
    assert {row["store"]["id"] for row in data["markets"]} == {1}
    everyone = Integration(client).ask("{ markets(limit: 50) { id store { id } } counters { categories } }")
    other = next(row["id"] for row in everyone["markets"] if row["store"]["id"] == 2)
    assert caller.ask("{ market(id: %d) { id } }" % other) == {"market": None}
    assert data["counters"]["categories"] < everyone["counters"]["categories"]
    assert (
        caller.refused("createMarket", input={"name": "x", "store": {"id": 2}})[0]["message"]
        == "Could not find Store with ID 2"
    )


def relations() -> list[str]:
    """`{ name(arguments) { ... on Type { field` for every field of every listed type that leads to a store."""
    schema = sdl.schema()

    def can_be_asked(field: GraphQLField) -> bool:
        return not any(is_required_argument(argument) for argument in field.args.values())

    def to_store(field: GraphQLField) -> str | None:
        kind = get_named_type(field.type)
        if kind.name == "Store":
            return "{ id }"
        other = getattr(kind, "fields", {}).get("store")
        return "{ store { id } }" if other is not None and get_named_type(other.type).name == "Store" else None

    found = []
    for name, field in schema.query_type.fields.items():  # type: ignore[union-attr]
        kind = get_named_type(field.type)
        if not is_composite_type(kind) or not can_be_asked(field):
            continue
        arguments = "(limit: 100)" if "limit" in field.args else ""
        for each in schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]:
            for part, below in each.fields.items():  # type: ignore[union-attr]
                selection = to_store(below) if is_composite_type(get_named_type(below.type)) else None
                if selection is not None and can_be_asked(below):
                    found.append("{ %s%s { ... on %s { %s %s } } }" % (name, arguments, each.name, part, selection))
    return found


def store_ids(value: Any, is_store: bool = False) -> set[int]:
    if isinstance(value, list):
        return {found for each in value for found in store_ids(each, is_store)}
    if not isinstance(value, dict):
        return set()
    below = {found for key, each in value.items() for found in store_ids(each, key in ("store", "stores"))}
    return below | ({value["id"]} if is_store and "id" in value else set())


def test_no_relation_leads_out_of_the_store_of_a_token(client: httpx.Client) -> None:
    caller, documents = Integration(client, "mock-graphql-dtc-only"), relations()
    assert len(documents) > 60
    seen: set[int] = set()
    for document in documents:
        found = store_ids(caller.body(document).get("data"))
        assert found <= {1}, document
        seen |= found
    assert seen == {1}


# ------------------------------------------------------------------ tokens


def test_only_the_full_token_makes_tokens(erp: Integration, client: httpx.Client) -> None:
    made = erp.with_token("Store:read")
    for caller in (made, Integration(client, "mock-graphql-dtc-only")):
        body = caller.body('mutation { generateToken(user: {name: "x", permissions: ["Store:read"]}) { token } }')
        assert body["errors"][0]["message"] == "You need Token:write permission to access generateToken."
        assert caller.body("{ permissionNames }")["errors"]
    names = erp.ask("{ permissionNames }")["permissionNames"]
    assert names == sorted(set(names)) and "Order.shippingAddress:read" in names
    assert not [name for name in names if name.startswith("Token:")]
    assert {"Localization:read", "Purchaser.totalOrders:read", "Payment.cancel:write"} <= set(names)


def test_the_old_name_of_translations_asks_the_same_permission(erp: Integration) -> None:
    for field, texts in (("localized", "translations"), ("translations", "fields")):
        document = "{ displays(limit: 1) { %s { %s { field } } } }" % (field, texts)
        assert erp.body(document)["extensions"]["permissionsUsed"] == ["Display:read", "Translation:read"]
        denied = erp.with_token("Display:read").body(document)
        assert denied["errors"][0]["message"] == f"You need Translation:read permission to access {field}."


def test_the_life_of_a_token(erp: Integration, store: Store) -> None:
    fields = 'token isValid createdAt expiresAt(format: "U") user { id name integrationName permissions restrictions { storeId } }'
    document = (
        "mutation ($user: GraphQLUserInput!, $ttl: Int) { generateToken(user: $user, ttl: $ttl) { %s } }" % fields
    )
    made = erp.ask(document, user={"name": "shop sync", "permissions": ["Store:read"]})["generateToken"]
    assert made["isValid"] is True
    assert int(made["expiresAt"]) == store.clock.now() + 30 * 24 * 3600
    assert made["user"]["integrationName"] == "shop sync" and made["user"]["permissions"] == ["Store:read"]
    caller = erp.called(made["token"])
    assert caller.ask("{ stores { id } }")
    revoke = "mutation ($token: String!) { revokeAccess(token: $token) { token isValid } }"
    assert erp.ask(revoke, token=made["token"])["revokeAccess"] == {"token": made["token"], "isValid": False}
    assert caller.post("{ stores { id } }").status_code == 401
    assert erp.ask(revoke, token="never seen")["revokeAccess"]["isValid"] is False


def test_a_token_ends_on_the_shops_own_clock(erp: Integration, client: httpx.Client) -> None:
    caller = erp.with_token("Store:read")
    assert caller.post("{ stores { id } }").status_code == 200
    client.post("/_mock/clock/advance", json={"seconds": 601}).raise_for_status()
    assert caller.post("{ stores { id } }").status_code == 401


@pytest.mark.parametrize(
    "user", [{"name": "x", "permissions": []}, {"name": "x", "permissions": ["Nonsense:read"]}, {"name": " ", "permissions": ["Store:read"]}]
)  # fmt: skip
def test_tokens_that_cannot_be(erp: Integration, user: dict[str, object]) -> None:
    body = erp.body("mutation ($user: GraphQLUserInput!) { generateToken(user: $user) { token } }", user=user)
    assert body["errors"] and "data" not in body


def test_a_token_may_live_as_long_as_a_number_can_say(erp: Integration) -> None:
    document = 'mutation ($ttl: Int) { generateToken(user: {name: "long", permissions: ["Store:read"]}, ttl: $ttl) { token isValid } }'
    made = erp.ask(document, ttl=2**31 - 1)["generateToken"]
    assert made["isValid"] and erp.called(made["token"]).ask("{ stores { id } }")
    for ttl in (0, -5):
        assert erp.body(document, ttl=ttl)["errors"][0]["message"] == "ttl must be above 0."


def test_the_newer_operations(erp: Integration) -> None:
    given = {
        "name": "new", "organizationName": "Nordhavn", "integrationName": "New", "email": "it@example.com",
        "permissions": ["Store:read", "Market:read"], "restrictions": {"storeId": [2]}, "ttl": 600,
    }  # fmt: skip
    made = erp.change("createAccessToken", "accessToken user { id restrictions { storeId } }", input=given)
    caller, user_id = erp.called(made["accessToken"]), made["user"]["id"]
    assert caller.ask("{ stores { id } }")["stores"] == [{"id": 2}]
    changed = erp.change(
        "updateAccessToken", "access { user { name permissions } }", id=user_id, input={"permissions": ["Market:read"]}
    )
    assert changed["access"]["user"] == {"name": "new", "permissions": ["Market:read"]}
    assert caller.body("{ stores { id } }")["errors"]
    assert erp.change("revokeAccessToken", "access { isValid }", id=user_id)["access"] == {"isValid": False}
    assert caller.post("{ markets { id } }").status_code == 401
    assert erp.refused("createAccessToken", input={**given, "permissions": ["Nonsense"], "ttl": 0})
    assert erp.refused("revokeAccessToken", id="nobody")


# ------------------------------------------------------------------ complexity, rate limits


@pytest.mark.parametrize(
    ("complexity", "document"),
    [
        (10, "{ rateLimits { type intervalSeconds quota usedQuota remainingQuota } }"),
        (50, "{ orderConnection(last: 10) { totalCount pageInfo { endCursor } edges { node { number grandTotal { value currency { code } } } cursor } } }"),
        (53, "{ market(id: 1) { id campaigns { id } displays { id } allocationRule { id } store { id } assignedToCountries { id } } }"),
        (111, "mutation { deletePricelist(id: 999) { userErrors { message path } } }"),
        (112, "mutation { createMeasurementChart(input: {name: \"\", horizontalLabels: [], verticalLabels: [], values: []}) { measurementChart { id } userErrors { message } } }"),
        (122, "mutation { createSizeChart(input: {name: \"\", horizontalLabels: []}) { sizeChart { id sizes { id name } } userErrors { message } } }"),
        (180, "{ customers { id attributes { type { name } elements { key kind } } } }"),
        (220, "{ products { name id variants { id name } } }"),
        (0, "{ __schema { types { name } } }"),
        (0, "{ brands @skip(if: true) { id } __typename }"),
        (5, "query ($n: Int = 5) { brands(limit: $n) { id } }"),
        (11, "{ brand(id: 1) { ...a } } fragment a on Brand { stores { id } ... on Brand { id } } "),
    ],
)  # fmt: skip
def test_complexity_as_documented(erp: Integration, complexity: int, document: str) -> None:
    assert erp.body(document)["extensions"]["complexity"] == complexity


def test_a_fresh_shop_reports_full_buckets(erp: Integration, client: httpx.Client) -> None:
    rows = erp.ask("{ rateLimits { type intervalSeconds quota usedQuota remainingQuota } }")["rateLimits"]
    assert [(row["quota"], row["usedQuota"]) for row in rows] == [
        (20, 1), (10_000, 1), (150_000, 10), (20_000_000, 10), (100, 0), (1_000, 0),
    ]  # fmt: skip
    assert all(row["quota"] == row["usedQuota"] + row["remainingQuota"] for row in rows)
    client.post("/_mock/reset").raise_for_status()
    assert erp.ask("{ rateLimits { usedQuota } }")["rateLimits"][1]["usedQuota"] == 1


def test_use_is_counted_and_by_default_nothing_is_refused(erp: Integration) -> None:
    for _ in range(30):
        assert erp.post("{ stores { id } }").status_code == 200
    first = erp.ask("{ rateLimits { quota usedQuota } }")["rateLimits"][0]
    assert 15 <= first["usedQuota"] <= first["quota"] == 20
    larger = "{ stores(limit: 200) { markets(limit: 1000) { store { markets(limit: 1000) { id } } } } }"
    assert erp.post(larger).status_code == 429


def test_with_the_documented_quotas_a_burst_is_refused_until_a_moment(erp: Integration, client: httpx.Client) -> None:
    client.patch("/_mock/settings", json={"graphql.rate_limits": "documented"}).raise_for_status()
    client.put("/_mock/clock", json={"now": "2026-09-01T12:00:00Z", "frozen": True}).raise_for_status()
    answers = [erp.post("{ stores { id } }") for _ in range(25)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 5
    refused = answers[-1]
    assert refused.headers["retry-after"] == "Tue, 01 Sep 2026 12:00:01 GMT"
    assert refused.json() == {
        "errors": [
            {
                "message": "Too many requests, retry after Tue, 01 Sep 2026 12:00:01 GMT.",
                "extensions": {"category": "rateLimit"},
            }
        ]
    }
    client.post("/_mock/clock/advance", json={"seconds": 1}).raise_for_status()
    assert [erp.post("{ stores { id } }").status_code for _ in range(3)] == [200, 200, 429]


def quotas(caller: Integration) -> dict[str, int]:
    """What is used of the buckets of an hour, this request included."""
    rows = caller.ask("{ rateLimits { type usedQuota } }")["rateLimits"]
    return {row["type"]: row["usedQuota"] for row in rows[1::2]}


def test_what_a_request_takes(erp: Integration, client: httpx.Client) -> None:
    """Refused callers take nothing, bad documents a request, the schema no complexity; denials cost like answers."""
    client.put("/_mock/clock", json={"frozen": True}).raise_for_status()
    assert quotas(erp) == {"REQUEST_COUNT": 1, "QUERY_COMPLEXITY": 10, "MUTATION_COUNT": 0}
    for refused in (Integration(client, ""), Integration(client, "nobody's")):
        assert refused.post("{ stores { id } }").status_code == 401
    client.get("/_mock/info").raise_for_status()
    assert client.get("/graphql").status_code == 405
    assert quotas(erp) == {"REQUEST_COUNT": 2, "QUERY_COMPLEXITY": 20, "MUTATION_COUNT": 0}
    for bad in ("{ stores { id ", "{ nothing }", "mutation { createFolder { folder { id } } }"):
        assert erp.post(bad).status_code == 400
    erp.ask("{ __schema { queryType { name } } }")
    assert quotas(erp) == {"REQUEST_COUNT": 7, "QUERY_COMPLEXITY": 30, "MUTATION_COUNT": 0}
    Integration(client, "mock-graphql-none").body("{ stores { id } }")
    three = (
        "mutation { a: deletePricelist(id: 999) { userErrors { message } } ...more } "
        "fragment more on Mutation { b: deletePricelist(id: 999) { userErrors { message } } "
        "c: deletePricelist(id: 999) { userErrors { message } } d: deletePricelist(id: 1) @skip(if: true) { __typename } }"
    )
    assert erp.body(three)["extensions"]["complexity"] == 333
    assert quotas(erp) == {"REQUEST_COUNT": 10, "QUERY_COMPLEXITY": 393, "MUTATION_COUNT": 3}


def test_all_tokens_of_a_shop_draw_on_its_buckets_and_no_other_shop_does(
    erp: Integration, client: httpx.Client
) -> None:
    client.patch("/_mock/settings", json={"graphql.rate_limits": "documented"}).raise_for_status()
    client.put("/_mock/clock", json={"frozen": True}).raise_for_status()
    reader, elsewhere = Integration(client, "mock-graphql-read-only"), Integration(client, path="/_space/other/graphql")
    answers = [caller.post("{ stores { id } }").status_code for _ in range(11) for caller in (erp, reader)]
    assert answers == [200] * 20 + [429] * 2
    assert elsewhere.post("{ stores { id } }").status_code == 200
    assert quotas(elsewhere)["REQUEST_COUNT"] == 2
    client.post("/_mock/reset").raise_for_status()
    assert quotas(erp)["REQUEST_COUNT"] == 1


def test_a_refused_mutation_writes_nothing_and_is_not_charged(erp: Integration, client: httpx.Client) -> None:
    client.patch("/_mock/settings", json={"graphql.rate_limits": "standard"}).raise_for_status()
    client.put("/_mock/clock", json={"now": "2026-09-01T12:00:00Z", "frozen": True}).raise_for_status()
    made = " ".join(f'm{number}: createFolder(input: {{name: "burst"}}) {{ folder {{ id }} }}' for number in range(15))
    count = '{ folders(where: {name: {equals: "burst"}}) { id } }'
    assert [erp.post("mutation { %s }" % made).status_code for _ in range(2)] == [200, 429]
    assert len(erp.ask(count)["folders"]) == 15
    assert quotas(erp)["MUTATION_COUNT"] == 15
    refused = erp.post("mutation { %s }" % made)
    assert refused.headers["retry-after"] == "Tue, 01 Sep 2026 12:00:05 GMT"
    client.post("/_mock/clock/advance", json={"seconds": 4}).raise_for_status()
    assert erp.post("mutation { %s }" % made).status_code == 429
    client.post("/_mock/clock/advance", json={"seconds": 1}).raise_for_status()
    assert erp.post("mutation { %s }" % made).status_code == 200
    assert len(erp.ask(count)["folders"]) == 20


def test_what_is_larger_than_a_bucket_never_passes(erp: Integration, client: httpx.Client) -> None:
    client.patch("/_mock/settings", json={"graphql.rate_limits": "documented"}).raise_for_status()
    client.put("/_mock/clock", json={"now": "2026-09-01T12:00:00Z", "frozen": True}).raise_for_status()
    larger = "{ orders(limit: 200) { lines { product { variants { productSizes { id } } } } } }"
    for seconds in (0, 3600):
        client.post("/_mock/clock/advance", json={"seconds": seconds}).raise_for_status()
        refused = erp.post(larger)
        assert refused.status_code == 429
    assert refused.headers["retry-after"] == "Tue, 01 Sep 2026 13:00:00 GMT"
    assert refused.json()["errors"][0]["extensions"] == {"category": "rateLimit"}


def test_mutations_have_a_bucket_of_their_own(erp: Integration, client: httpx.Client) -> None:
    client.patch("/_mock/settings", json={"graphql.rate_limits": "standard"}).raise_for_status()
    client.put("/_mock/clock", json={"frozen": True}).raise_for_status()
    eight = " ".join(f"m{number}: deletePricelist(id: 999) {{ userErrors {{ message }} }}" for number in range(8))
    assert [erp.post("mutation { %s }" % eight).status_code for _ in range(3)] == [200, 200, 429]
    used = {row["type"]: row["usedQuota"] for row in erp.ask("{ rateLimits { type usedQuota } }")["rateLimits"][::2]}
    assert used["MUTATION_COUNT"] == 16
    assert erp.post("{ stores { id } }").status_code == 200


def test_tiers(erp: Integration) -> None:
    tiers = erp.ask("{ rateLimitTiers { tierName isCurrent specification { type interval quota } } }")["rateLimitTiers"]
    assert [tier["tierName"] for tier in tiers if tier["isCurrent"]] == ["documented"]
    assert {len(tier["specification"]) for tier in tiers} == {6}
    erp.change("setRateLimitTier", "rateLimitTier { tierName isCurrent }", tierName="growth")
    assert erp.ask("{ rateLimits { quota } }")["rateLimits"][0] == {"quota": 60}
    assert erp.refused("setRateLimitTier", tierName="unlimited")[0]["path"] == ["tierName"]


def test_the_quotas_of_a_server_are_those_of_its_shops(template: Template) -> None:
    app = create_app(Settings(graphql_rate_limits="enterprise"), Spaces(template))
    with httpx.Client(transport=in_process(app), base_url="http://shop.test") as client:
        caller = Integration(client)
        assert caller.ask("{ rateLimits { quota } }")["rateLimits"][0] == {"quota": 1500}
        client.patch("/_mock/settings", json={"graphql.rate_limits": "growth"}).raise_for_status()
        assert caller.ask("{ rateLimits { quota } }")["rateLimits"][0] == {"quota": 60}


def test_permissions_are_told_level_by_level(erp: Integration) -> None:
    """The products of the lines stand before the addresses in the document, but one level further down."""
    orders = "orders { lines { product { name } } shippingAddress { city } billingAddress { city } store { id } }"
    first = "setOrdersLock(input: {orders: [{number: 1050}], isLocked: true}) { %s userErrors { message } }" % orders
    used = erp.body("mutation { %s }" % first)["extensions"]["permissionsUsed"]
    upper = ["Order.isLocked:write", "Order:read", "Order.shippingAddress:read", "Order.billingAddress:read"]
    assert used == [*upper, "Store:read", "Product:read"]
    # A second mutation begins when the first one has been answered to its last level.
    second = 'createBrand(input: {name: "Later"}) { brand { name } userErrors { message } }'
    used = erp.body("mutation { %s %s }" % (first, second))["extensions"]["permissionsUsed"]
    assert used == [*upper, "Store:read", "Product:read", "Brand:write", "Brand:read"]
    # The fields of a query go down together.
    query = "{ orders(limit: 1) { lines { product { name } } } brands(limit: 1) { products(limit: 1) { name } } }"
    assert erp.body(query)["extensions"]["permissionsUsed"] == ["Order:read", "Brand:read", "Product:read"]
