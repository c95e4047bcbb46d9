"""Every list of the schema: each condition, order, page, cursor and counter against what the objects themselves say."""

from collections.abc import Iterator
from functools import cache
from itertools import chain, pairwise
from typing import Any

import httpx
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_list_type, is_non_null_type

from mockcentra.apis.graphql import sdl
from mockcentra.app import create_app
from mockcentra.settings import Settings
from mockcentra.store import Spaces
from mockcentra.store.template import Template
from mockcentra.testing.shop import in_process
from tests.apis.graphql import list_oracle as oracle
from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.furnished import furnish
from tests.apis.graphql.list_oracle import Condition, Place

BASE_URL = "http://shop.test"
MOST = 40  # of the aliases in one document

# How documents get to the objects of types that no list of Query gives.
REACH: dict[str, tuple[str, ...]] = {
    "Query": (),
    "Buyer": ("accounts(limit: 4)", "buyers"),
    "OrderLine": ("orders(limit: 200)", "lines"),
    "ShipmentLine": ("shipments(limit: 25)", "lines"),
    "GeographyAllocationPrioritySet": ("allocationRules(limit: 50)", "geographies"),
    "WarehouseDelivery": ("stockChanges(limit: 25)",),
    "VoucherActionResult": ("vouchers(limit: 50)", "actions", "result"),
    "Continent": ("continents",),
    "Size": ("sizeCharts(limit: 50)", "sizes"),
    "DeliveryGroup": ("orders(limit: 50)", "... on DirectToConsumerOrder", "deliveryGroups"),
    "Attribute": ("products(limit: 50)", "attributes"),
    "ProductMedia": ("products(limit: 50)", "media"),
    "ProductVariantSupply": ("suppliers(limit: 50)", "supplies"),
    "StockChange": ("stockChanges(limit: 40)",),
    "SubscriptionContract": ("subscriptionContracts",),
}
# Interfaces that others implement, and types that nothing leads to.
NOWHERE = {"ObjectWithAttributes", "ObjectWithTranslations", "Localizable", "DynamicAttribute", "WarehouseDelivery"}


@cache
def places() -> tuple[Place, ...]:
    """Every list field of the schema that takes `where` or `sort`."""
    schema = sdl.schema()
    assert schema.query_type is not None
    roots = {
        get_named_type(field.type).name: name
        for name, field in schema.query_type.fields.items()
        if _is_list(field.type) and "limit" in field.args
    }
    found = []
    for parent in schema.type_map.values():
        if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) or parent.name in (*NOWHERE, "Counters"):
            continue
        above = {name for each in parent.interfaces if each.name not in NOWHERE for name in each.fields}
        for name, field in parent.fields.items():
            arguments = frozenset(field.args)
            if name in above or not arguments & {"where", "sort"} or not (_is_list(field.type) or "first" in arguments):
                continue
            root = roots.get(parent.name)
            reach = REACH.get(parent.name) or (() if parent.name == "Query" else (f"{root}(limit: 25)",))
            assert root or parent.name in REACH, f"nothing leads to {parent.name}.{name}"
            kind = get_named_type(field.type).name.removesuffix("Connection")
            if kind.endswith("Order") and reach:
                reach = (reach[0].replace("25", "8"), *reach[1:])
            names = [
                get_named_type(field.args[argument].type).name if argument in arguments else None
                for argument in ("where", "sort")
            ]
            found.append(Place(parent.name, name, kind, names[0], names[1], arguments, reach))
    return tuple(found)


def _is_list(kind: Any) -> bool:
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)


TABLES = sorted({place.table for place in places() if place.table})


# ------------------------------------------------------------------ the shop


@pytest.fixture(scope="module")
def shop(template: Template) -> Iterator[Integration]:
    """One shop for all: what the seed does not have is made here, and nothing changes afterwards."""
    app = create_app(Settings(), Spaces(template))
    with httpx.Client(transport=in_process(app), base_url=BASE_URL) as session:
        erp = Integration(session)
        furnish(erp)
        yield erp


def ask(shop: Integration, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    body = shop.post(document, variables=variables or {}).json()
    assert "errors" not in body, (body["errors"][:2], document[:600], variables)
    return body["data"]


def everything(shop: Integration, place: Place, fields: str) -> list[list[Any]]:
    """The objects of a list, for each owner, in its own order and whole."""
    if place.is_connection and place.parent == "Query":
        return [walked(shop, place, fields)]
    if place.is_connection or "limit" not in place.arguments:
        data = ask(shop, place.document(place.call("all", fields)))
        return [place.entries(owner["all"]) for owner in place.owners(data)]
    found: list[list[Any]] = []
    page = 1
    while True:
        data = ask(shop, place.document(place.call("all", fields, limit="100", page=str(page))))
        here = [owner["all"] for owner in place.owners(data)]
        found = [[*before, *more] for before, more in zip(found, here, strict=True)] if found else here
        if all(len(each) < 100 for each in here):
            return found
        page += 1


def walked(shop: Integration, place: Place, fields: str, **arguments: str) -> list[Any]:
    """The objects of a connection of Query, from cursor to cursor."""
    found: list[Any] = []
    asked = f"pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {fields} }} }}"
    passed = "".join(f", {name}: {value}" for name, value in arguments.items())
    after = None
    while True:
        document = f"query ($after: String) {{ {place.name}(first: 200, after: $after{passed}) {{ {asked} }} }}"
        page = ask(shop, document, {"after": after})[place.name]
        found += place.entries(page)
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


# ------------------------------------------------------------------ conditions


@pytest.mark.parametrize("table", TABLES)
def test_conditions(shop: Integration, table: str) -> None:
    telling: set[str] = set()
    known: set[str] = set()
    wrong: list[str] = []
    for place in places():
        if place.table == table:
            known |= {each.name for each in oracle.conditions(place.kind, table) if each.path}
            telling |= conditions_of(shop, place, wrong)
    assert not wrong, "\n".join(wrong)
    blank = sorted(known - telling - oracle.SAME_FOR_ALL.get(table, set()))
    assert not blank, f"{table}: nothing shows that these conditions tell objects apart: {', '.join(blank)}"


def conditions_of(shop: Integration, place: Place, wrong: list[str]) -> set[str]:
    """Asks every condition of one list; the names of those that some objects met and some did not."""
    assert place.table is not None
    conditions = [each for each in oracle.conditions(place.kind, place.table) if each.path]
    paths = [*oracle.key_paths(place.kind), *(each.path for each in conditions if each.path)]
    owners = everything(shop, place, oracle.selection(place.kind, paths))
    total = sum(map(len, owners))
    asked = list(_questions(place, conditions, [each for entries in owners for each in entries])) if total else []
    telling = set()
    for start in range(0, len(asked), MOST):
        part = asked[start : start + MOST]
        for (where, test), answers in zip(part, _answers(shop, place, [where for where, _ in part]), strict=True):
            if isinstance(answers, str):
                wrong.append(f"{place.label}(where: {where}): {answers}")
                continue
            met = 0
            for entries, (have, count) in zip(owners, answers, strict=True):
                fitting = [oracle.key(place.kind, each) for each in entries if test(each)]
                met += len(fitting)
                if have != fitting[: place.shown(len(fitting))] or count not in (None, len(fitting)):
                    wrong.append(f"{place.label}(where: {where}): {have} ({count}), not {fitting}"[:500])
                    break
            if 0 < met < total and len(where) == 1:
                telling.update(where)
    return telling


def _answers(shop: Integration, place: Place, wheres: list[dict[str, Any]]) -> list[Any]:
    """For each `where` what each owner's list has: (keys, totalCount), or an error in its place."""
    keys = oracle.selection(place.kind, oracle.key_paths(place.kind))
    fields = " ".join(place.call(f"a{at}", keys, where=f"$w{at}") for at in range(len(wheres)))
    declared = ", ".join(f"$w{at}: {place.table}" for at in range(len(wheres)))
    variables = {f"w{at}": where for at, where in enumerate(wheres)}
    body = shop.post(place.document(fields, f"({declared})"), variables=variables).json()
    if "errors" in body and len(wheres) > 1:
        return [answer for where in wheres for answer in _answers(shop, place, [where])]
    if "errors" in body:
        return [body["errors"][0]["message"]]
    owners = place.owners(body["data"])
    return [
        [
            ([oracle.key(place.kind, each) for each in place.entries(owner[name])],
             owner[name]["totalCount"] if place.is_connection else None)
            for owner in owners
        ]
        for name in (f"a{at}" for at in range(len(wheres)))
    ]  # fmt: skip


def _questions(place: Place, conditions: list[Condition], objects: list[Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    assert place.table is not None
    inputs = sdl.schema().type_map[place.table].fields  # type: ignore[attr-defined]
    singles = []
    for condition in conditions:
        assert condition.path is not None
        path, kind, name = condition.path, condition.kind, condition.name
        found = [value for each in objects for value in oracle.values(each, path)]
        some = list(oracle.questions(kind, condition.is_list, found, 3 if place.parent == "Query" else 1))
        for wanted in some:
            yield {name: wanted}, _test(path, kind, wanted)
        yield {name: None}, lambda thing: True
        if some:
            test = _test(path, kind, some[0])
            singles.append((name, some[0], test))
            if "negate" in inputs:
                yield {name: some[0], "negate": [name]}, lambda thing, test=test: not test(thing)
        if "notNull" in inputs:
            yield {"notNull": [name]}, lambda thing, path=path: any(value != "" for value in oracle.values(thing, path))
            if "negate" in inputs:
                yield {"negate": [name]}, lambda thing: True
    for (name, wanted, test), (other, also, second) in pairwise(singles):
        yield {name: wanted, other: also}, lambda thing, test=test, second=second: test(thing) and second(thing)


def _test(path: str, kind: str, wanted: Any) -> Any:
    return lambda thing: oracle.holds(kind, oracle.values(thing, path), wanted)


# ------------------------------------------------------------------ counters


def test_counters_agree_with_lists(shop: Integration) -> None:
    counters = sdl.schema().type_map["Counters"].fields  # type: ignore[attr-defined]
    wrong: list[str] = []
    for place in places():
        if place.parent != "Query" or place.is_connection or place.name not in counters:
            continue
        assert place.table is not None
        conditions = [each for each in oracle.conditions(place.kind, place.table) if each.path]
        paths = [*oracle.key_paths(place.kind), *(each.path for each in conditions if each.path)]
        (objects,) = everything(shop, place, oracle.selection(place.kind, paths))
        asked = list(_questions(place, conditions, objects))
        for start in range(0, len(asked), 100):
            part = asked[start : start + 100]
            declared = ", ".join(f"$w{at}: {place.table}" for at in range(len(part)))
            fields = " ".join(f"a{at}: {place.name}(where: $w{at})" for at in range(len(part)))
            variables = {f"w{at}": where for at, (where, _) in enumerate(part)}
            data = ask(shop, f"query ({declared}) {{ counters {{ {fields} }} }}", variables)["counters"]
            for at, (where, test) in enumerate(part):
                count = sum(1 for each in objects if test(each))
                if data[f"a{at}"] != count:
                    wrong.append(f"counters.{place.name}(where: {where}): {data[f'a{at}']}, not {count}")
    assert not wrong, "\n".join(wrong)


# ------------------------------------------------------------------ orders


SORTS = sorted({place.sort for place in places() if place.sort})


@pytest.mark.parametrize("sort", SORTS)
def test_orders(shop: Integration, sort: str) -> None:
    wrong: list[str] = []
    for place in places():
        if place.sort == sort and not place.is_connection:
            _check_orders(shop, place, wrong)
    assert not wrong, "\n".join(wrong)


def _words(sort: str) -> list[str]:
    return sorted({name.rpartition("_")[0] for name in sdl.schema().type_map[sort].values})  # type: ignore[attr-defined]


def _check_orders(shop: Integration, place: Place, wrong: list[str]) -> None:
    assert place.sort is not None
    seen = {word: oracle.path_of(place.kind, word, place.sort) for word in _words(place.sort)}
    seen = {word: None if word in oracle.UNSEEN_ORDERS else path for word, path in seen.items()}
    tie = oracle.tie_path(place.kind)
    paths = [*oracle.key_paths(place.kind), *([tie] if tie else []), *(path for path in seen.values() if path)]
    owners = everything(shop, place, oracle.selection(place.kind, paths))
    if not any(owners):
        return
    names = sdl.schema().type_map[place.sort].values  # type: ignore[attr-defined]
    orders = [[(word, end)] for word in seen for end in ("ASC", "DESC") if f"{word}_{end}" in names]
    if len(seen) > 1 and len(orders) == 2 * len(seen):
        first, second = list(seen)[:2]
        orders += [[(second, "DESC"), (first, "ASC")], [(second, "ASC"), (first, "DESC")]]
    keys = oracle.selection(place.kind, paths)
    fields = " ".join(
        place.call(f"a{at}", keys, sort=f"[{', '.join(f'{word}_{direction}' for word, direction in order)}]")
        for at, order in enumerate(orders)
    )
    answers = place.owners(ask(shop, place.document(fields)))
    for at, order in enumerate(orders):
        for entries, answer in zip(owners, answers, strict=True):
            have = answer[f"a{at}"]
            expected = oracle.ordered(place.kind, entries, [(seen[word], direction) for word, direction in order])
            if expected is None:
                whole = sorted(oracle.key(place.kind, each) for each in entries)
                fine = len(have) == place.shown(len(entries)) and (
                    len(have) < len(whole) or sorted(oracle.key(place.kind, each) for each in have) == whole
                )
            elif any(
                path and oracle.leaf_type(place.kind, path) == "Date" for path in (seen[word] for word, _ in order)
            ):
                # A day says nothing of the hour that decides.
                path = seen[order[0][0]]
                assert path is not None
                fine = [oracle.values(each, path) for each in have] == [
                    oracle.values(each, path) for each in expected[: len(have)]
                ]
            else:
                fine = [oracle.key(place.kind, each) for each in have] == [
                    oracle.key(place.kind, each) for each in expected[: place.shown(len(expected))]
                ]
            if not fine:
                wrong.append(f"{place.label}(sort: {order}): {have} instead of {expected}"[:600])
                break


# ------------------------------------------------------------------ pages and cursors


@pytest.mark.parametrize("table", TABLES)
def test_pages(shop: Integration, table: str) -> None:
    for place in places():
        if place.table != table or not {"limit", "page"} <= place.arguments:
            continue
        keys = oracle.selection(place.kind, oracle.key_paths(place.kind))
        whole = [entries[:200] for entries in everything(shop, place, keys)]
        size = max(1, -(-max(map(len, whole), default=1) // 3))
        fields = " ".join(
            place.call(f"p{page}", keys, limit=str(min(size, 100)), page=str(page)) for page in range(1, 5)
        )
        for entries, owner in zip(whole, place.owners(ask(shop, place.document(fields))), strict=True):
            pages = [owner[f"p{page}"] for page in range(1, 5)]
            assert list(chain(*pages))[: len(entries)] == entries, place.label
            if len(entries) < 200:
                assert pages[3] == [], place.label


CONNECTIONS = [place.label for place in places() if place.is_connection]


@pytest.mark.parametrize("label", CONNECTIONS)
def test_cursors(shop: Integration, label: str) -> None:
    """Connections give every object once, in every order, forwards and backwards."""
    place = next(each for each in places() if each.label == label)
    assert place.sort is not None
    tie = oracle.tie_path(place.kind)
    seen = {word: oracle.path_of(place.kind, word, place.sort) for word in _words(place.sort)}
    fields = oracle.selection(place.kind, {*oracle.key_paths(place.kind), tie, *seen.values()} - {None})
    for owner in _owners_of(shop, place):
        orders = [[f"{word}_{direction}"] for word in seen for direction in ("ASC", "DESC")]
        for order in [*orders, [each[0] for each in orders[:3:2]]]:
            forward = _steps(shop, place, owner, fields, order, "first", "after")
            keys = [(seen[name.rpartition("_")[0]], name.rpartition("_")[2]) for name in order]
            expected = oracle.ordered(place.kind, forward, keys)
            listed = [oracle.key(place.kind, each) for each in forward]
            assert len(set(listed)) == len(listed), f"{label} in the order {order}"
            if expected is not None and "dueDate" not in order[0]:
                assert [oracle.key(place.kind, each) for each in expected] == listed, f"{label} in the order {order}"
            backward = _steps(shop, place, owner, fields, order, "last", "before")
            assert backward == forward, f"{label} in the order {order}, backwards"


def _owners_of(shop: Integration, place: Place) -> list[str | None]:
    """What has the connection: nothing but the query, or three of the objects."""
    if place.parent == "Query":
        return [None]
    root = place.reach[0].split("(")[0]
    return [f"{root}(where: {{id: {each['id']}}})" for each in ask(shop, f"{{ {root}(limit: 3) {{ id }} }}")[root]]


def _steps(
    shop: Integration, place: Place, owner: str | None, fields: str, order: list[str], size: str, cursor: str
) -> list[Any]:
    page = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    count, at, found = 200, None, []
    while True:
        field = f"{place.name}({size}: {count}, {cursor}: $at, sort: [{', '.join(order)}])"
        text = f"{field} {{ {page} edges {{ cursor node {{ {fields} }} }} }}"
        data = ask(shop, f"query ($at: String) {{ {f'{owner} {{ {text} }}' if owner else text} }}", {"at": at})
        made = (data[owner.split("(")[0]][0] if owner else data)[place.name]
        edges, info = made["edges"], made["pageInfo"]
        if at is None and 1 < made["totalCount"] < count == 200:  # it was all: now in four pages
            count = -(-made["totalCount"] // 4)
            continue
        nodes = place.entries(made)
        found = [*nodes, *found] if size == "last" else [*found, *nodes]
        if edges:
            assert (info["startCursor"], info["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"])
        further = info["hasPreviousPage" if size == "last" else "hasNextPage"]
        assert info["hasNextPage" if size == "last" else "hasPreviousPage"] is (at is not None and bool(edges))
        if not further:
            assert len(found) == made["totalCount"], f"{place.label} in the order {order}"
            return found
        at = info["startCursor" if size == "last" else "endCursor"]


# ------------------------------------------------------------------ search


@pytest.mark.parametrize("table", [t for t in TABLES if "search" in sdl.schema().type_map[t].fields])  # type: ignore[attr-defined]
def test_search(shop: Integration, table: str) -> None:
    searched = 0
    for place in places():
        path = oracle.searched(place.kind)
        if place.table != table or path is None:
            continue
        keys = oracle.selection(place.kind, [*oracle.key_paths(place.kind), path])
        owners = everything(shop, place, keys)
        texts = [str(value) for entries in owners for each in entries for value in oracle.values(each, path)]
        texts = oracle.spread((text for text in texts if text), 3)
        wanted = [*texts, *(text.swapcase() for text in texts), "no such text anywhere"]
        declared = ", ".join(f"$t{at}: String" for at in range(len(wanted)))
        fields = " ".join(place.call(f"a{at}", keys, where=f"{{search: $t{at}}}") for at in range(len(wanted)))
        data = ask(shop, place.document(fields, f"({declared})"), {f"t{at}": text for at, text in enumerate(wanted)})
        for entries, owner in zip(owners, place.owners(data), strict=True):
            for at, text in enumerate(wanted):
                have = [oracle.key(place.kind, each) for each in place.entries(owner[f"a{at}"])]
                fitting = [
                    oracle.key(place.kind, each)
                    for each in entries
                    if any(text.lower() in str(value).lower() for value in oracle.values(each, path))
                ]
                assert len(have) >= place.shown(len(fitting)), f"{place.label}(search: {text})"
                assert len(have) >= oracle.SHOWN or set(fitting) <= set(have), f"{place.label}(search: {text})"
                searched += bool(fitting)
            assert place.entries(owner[f"a{len(wanted) - 1}"]) == [], f"{place.label}: search is passed over"
    assert searched, f"{table}: nothing to search"


# ------------------------------------------------------------------ what no field shows


UNSEEN = [
    ("wishlists(where: {customerId: 3}) { id }", 1), ("wishlists(where: {customerId: 2}) { id }", 0),
    ("allocationRules(where: {isActive: false}) { id }", 0), ('countries(where: {ISO3: ["SWE", "NOR"]}) { id }', 2),
    ("countries(where: {ISO_NUM: [752]}) { id }", 1), ("sizeCharts(where: {isEnabled: false}) { id }", 0),
    ("languages(where: {countryId: [1]}) { id }", 1), ("adminUsers(where: {salesRepresentativeId: 1}) { id }", 0),
    ("returns(where: {status: CANCELLED}) { id }", 0), ("lowestPrices(where: {id: []}) { price { value } }", 0),
    ("displays(limit: 1) { media(where: {displayId: 1}) { id } other: media(where: {displayId: 2}) { id } }", 1),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "count"), UNSEEN)
def test_conditions_on_what_no_field_shows(shop: Integration, asked: str, count: int) -> None:
    (found,) = ask(shop, f"{{ {asked} }}").values()
    assert len(found) == count
    for each in found:
        assert each.get("media", True) and not each.get("other")


def test_invoices_by_what_they_cost_without_tax(shop: Integration) -> None:
    document = "{ invoices(limit: 200%s) { id grandTotal(includingTax: false) { value } } }"
    whole = ask(shop, document % "")["invoices"]
    worths = sorted(each["grandTotal"]["value"] for each in whole)
    low, high = worths[len(worths) // 3], worths[2 * len(worths) // 3]
    found = ask(shop, document % f", where: {{grandTotalExcludingTax: {{from: {low}, to: {high}}}}}")["invoices"]
    assert found == [each for each in whole if low <= each["grandTotal"]["value"] <= high]


def test_variants_of_campaigns_by_what_they_take_off(shop: Integration) -> None:
    fields = "campaignVariants(limit: 100%s) { id discountPercent fixedPrice { value } }"
    for campaign in ask(shop, "{ campaigns { id } }")["campaigns"]:
        document = f"{{ campaigns(where: {{id: {campaign['id']}}}) {{ all: {fields % ''} some: {fields % ', where: {value: {from: 10, to: 40}}'} }} }}"
        (found,) = ask(shop, document)["campaigns"]
        worth = {
            each["id"]: each["discountPercent"] or (each["fixedPrice"] or {"value": 0})["value"]
            for each in found["all"]
        }
        if len(found["all"]) < 100:
            assert [each["id"] for each in found["some"]] == [
                each for each, value in worth.items() if 10 <= value <= 40
            ]


def test_lowest_prices_of_no_market_hold_in_all(shop: Integration) -> None:
    asked = "lowestPrices(limit: 200, where: {%s}) { productVariant { id } pricelist { id } markets { id } }"
    rows = ask(shop, "{ %s }" % (asked % "marketId: 1"))["lowestPrices"]
    assert rows and all(row["markets"] in ([], [{"id": 1}]) for row in rows)
