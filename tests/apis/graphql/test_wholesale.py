"""Wholesale set up over GraphQL: accounts, buyers, delivery windows, terms, invoices and their payments."""

from typing import Any

import pytest

from mockcentra.store import Store
from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.test_company import events_of, texts

WHOLESALE = 2
MARKET, PRICELIST = 7, 7

ACCOUNT = """account { id name status discountPercent isDiscountVisible creditLimit { value currency { code } } otherComment
  internalComment websiteUrl applyCreditLimit blockIfUnpaidInvoices hasBrandsRestriction isInternal vatNumber
  accountEmail billingEmail brands { id } market { id } pricelist { id } paymentTerms { dueDays } shippingTerms { name }
  salesRepresentative { name } carrierInformation { carrierName serviceName accountIdentifier taxId } externalId
  deliveryWindowDiscounts { discountPercent deliveryWindow { id } account { id } }
  accountAddress { companyName city country { code } } billingAddress { city stateOrProvince state { name } vatNumber } }"""
BUYER = """buyer { id status email firstName lastName websiteUrl receiveAutoEmails receiveNewsletters totalOrders phoneNumber
  store { id } account { id } externalId
  billingAddress { firstName lastName address1 city country { code } stateOrProvince email } }"""


def new_account(erp: Integration, **more: Any) -> int:
    given = {
        "name": "Corner Shop", "status": "ACTIVE", "market": {"id": MARKET}, "pricelist": {"id": PRICELIST}, **more,
    }  # fmt: skip
    return erp.change("createAccount", "account { id }", input=given)["account"]["id"]


def new_buyer(account_id: int, **address: Any) -> dict[str, Any]:
    return {
        "account": {"id": account_id},
        "store": {"id": WHOLESALE},
        "status": "ACTIVE",
        "receiveAutoEmails": True,
        "billingAddress": {"firstName": "Mona", "lastName": "Lind", "email": "mona@corner.example", **address},
    }


# ------------------------------------------------------------------ accounts


def test_the_life_of_an_account(erp: Integration, store: Store) -> None:
    given = {
        "name": "Corner Shop", "status": "ACTIVE", "market": {"id": MARKET}, "pricelist": {"id": PRICELIST},
        "internalComment": "pays late", "otherComment": "mornings only", "websiteUrl": "https://corner.example",
        "creditLimit": 1500, "applyCreditLimit": True, "blockIfUnpaidInvoices": True, "hasBrandsRestriction": True,
        "isInternal": False, "addBrands": [{"id": 1}, {"id": 2}], "externalId": "ERP-7",
        "carrierInformation": {"carrierName": "Bring", "accountIdentifier": "44"},
        "paymentTerms": {"id": 2}, "shippingTerms": {"id": 1}, "salesRepresentative": {"id": 1},
        "discounts": {"addDeliveryWindowDiscounts": [{"deliveryWindow": {"id": 1}, "discountPercent": 2.5}]},
        "accountAddress": {"companyName": "Corner AB", "city": "Lund", "country": {"code": "SE"}, "email": "a@corner.example"},
        "billingAddress": {"city": "Reno", "country": {"code": "US"}, "stateOrProvince": "nevada", "vatNumber": "US1"},
    }  # fmt: skip
    account = erp.change("createAccount", ACCOUNT, input=given)["account"]
    account_id = account.pop("id")
    assert account == {
        "name": "Corner Shop", "status": "ACTIVE", "discountPercent": 0, "isDiscountVisible": True,
        "creditLimit": {"value": 1500, "currency": {"code": "EUR"}}, "otherComment": "mornings only",
        "internalComment": "pays late", "websiteUrl": "https://corner.example", "applyCreditLimit": True,
        "blockIfUnpaidInvoices": True, "hasBrandsRestriction": True, "isInternal": False, "vatNumber": "US1",
        "accountEmail": "a@corner.example", "billingEmail": None, "brands": [{"id": 1}, {"id": 2}],
        "market": {"id": MARKET}, "pricelist": {"id": PRICELIST}, "paymentTerms": {"dueDays": 60},
        "shippingTerms": {"name": "DAP"}, "salesRepresentative": {"name": "Karin Ekdal"}, "externalId": "ERP-7",
        "carrierInformation": {"carrierName": "Bring", "serviceName": None, "accountIdentifier": "44", "taxId": None},
        "deliveryWindowDiscounts": [
            {"discountPercent": 2.5, "deliveryWindow": {"id": 1}, "account": {"id": account_id}}
        ],
        "accountAddress": {"companyName": "Corner AB", "city": "Lund", "country": {"code": "SE"}},
        "billingAddress": {
            "city": "Reno", "stateOrProvince": "NV", "state": {"name": "Nevada"}, "vatNumber": "US1",
        },
    }  # fmt: skip
    changed = erp.change(
        "updateAccount",
        ACCOUNT,
        id=account_id,
        input={
            "discounts": {
                "generalDiscount": {"discountPercent": 14.3, "isVisible": False},
                "deleteDeliveryWindowDiscounts": [{"id": 1}],
            },
            "removeBrands": [{"id": 1}],
            "creditLimit": None,
            "salesRepresentative": None,
            "accountAddress": {"city": "Ystad"},
            "carrierInformation": {"serviceName": "Home"},
        },
    )["account"]
    assert (changed["discountPercent"], changed["isDiscountVisible"]) == (14.3, False)
    assert changed["deliveryWindowDiscounts"] == [] and changed["brands"] == [{"id": 2}]
    assert changed["creditLimit"] is None and changed["salesRepresentative"] is None
    assert changed["accountAddress"] == {"companyName": "Corner AB", "city": "Ystad", "country": {"code": "SE"}}
    assert changed["carrierInformation"]["carrierName"] == "Bring" and changed["otherComment"] == "mornings only"
    before = events_of(store, "account")
    erp.change("updateAccount", "account { id }", id=account_id, input={"name": "Corner Shop"})
    assert events_of(store, "account") == before and before[-2:] == ["created", "updated"]
    by_name = erp.ask('{ account(externalId: "ERP-7") { id } accounts(where: {discountPercent: {from: 14}}) { id } }')
    assert by_name == {"account": {"id": account_id}, "accounts": [{"id": account_id}]}
    erp.change("deleteAccount", id=account_id)
    assert erp.ask("query ($id: Int64!) { account(id: $id) { id } }", id=account_id) == {"account": None}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"market": {"id": 1}}, ["input", "market"]),
        ({"pricelist": {"id": 1}}, ["input", "pricelist"]),
        ({"market": {"id": 999}}, ["input", "market", "id"]),
        ({"market": {}}, ["input", "market"]),
        ({"name": "  "}, ["input", "name"]),
        ({"creditLimit": -1}, ["input", "creditLimit"]),
        ({"creditLimit": 2_000_000_000}, ["input", "creditLimit"]),
        ({"paymentTerms": {"externalId": "none"}}, ["input", "paymentTerms", "externalId"]),
        ({"accountAddress": {"country": {"code": "XX"}}}, ["input", "accountAddress", "country", "code"]),
        (
            {"discounts": {"generalDiscount": {"discountPercent": 101}}},
            ["input", "discounts", "generalDiscount", "discountPercent"],
        ),
        (
            {"discounts": {"addDeliveryWindowDiscounts": [{"deliveryWindow": {"id": 1}, "discountPercent": -1}]}},
            ["input", "discounts", "addDeliveryWindowDiscounts", "0", "discountPercent"],
        ),
    ],
)
def test_accounts_that_cannot_be(erp: Integration, store: Store, changes: dict[str, Any], path: list[str]) -> None:
    before = events_of(store, "account")
    given = {"name": "X", "status": "ACTIVE", "market": {"id": MARKET}, "pricelist": {"id": PRICELIST}, **changes}
    (problem,) = erp.refused("createAccount", "account { id }", input=given)
    assert problem["path"] == path
    assert events_of(store, "account") == before


def test_an_account_with_orders_stays(erp: Integration) -> None:
    (account,) = erp.ask("{ accounts(limit: 1) { id orders { number } } }")["accounts"]
    assert account["orders"]
    (problem,) = erp.refused("deleteAccount", id=account["id"])
    assert "orders" in problem["message"] and problem["path"] == ["id"]


def test_the_address_book_of_an_account(erp: Integration) -> None:
    account_id = new_account(erp)
    entry = "addressBookEntry { id name companyName email websiteUrl address { city country { code } } }"
    given = {
        "account": {"id": account_id}, "name": "Depot", "websiteUrl": "https://depot.example",
        "address": {"companyName": "Depot AB", "city": "Kiruna", "country": {"code": "SE"}, "email": "d@depot.example"},
    }  # fmt: skip
    made = erp.change("createAddressBookEntry", entry, input=given)["addressBookEntry"]
    assert made["address"] == {"city": "Kiruna", "country": {"code": "SE"}} and made["companyName"] == "Depot AB"
    changed = erp.change(
        "updateAddressBookEntry", entry, id=made["id"], input={"name": "North", "address": {"city": "Luleå"}}
    )["addressBookEntry"]
    assert (changed["name"], changed["address"]["city"], changed["email"]) == ("North", "Luleå", "d@depot.example")
    book = "query ($id: Int64!) { account(id: $id) { addressBook { name } } }"
    assert erp.ask(book, id=account_id)["account"] == {"addressBook": [{"name": "North"}]}
    erp.change("deleteAddressBookEntry", id=made["id"])
    assert erp.ask(book, id=account_id)["account"] == {"addressBook": []}
    assert erp.refused("deleteAddressBookEntry", id=made["id"])[0]["path"] == ["id"]


# ------------------------------------------------------------------ buyers


def test_the_life_of_a_buyer(erp: Integration, store: Store) -> None:
    account_id = new_account(erp)
    given = new_buyer(account_id, address1="Street 1", country={"code": "US"}, stateOrProvince="Alaska")
    buyer = erp.change("createBuyer", BUYER, input={**given, "externalId": "B-1", "receiveNewsletters": True})["buyer"]
    assert (buyer["email"], buyer["firstName"], buyer["lastName"]) == ("mona@corner.example", "Mona", "Lind")
    assert buyer["billingAddress"]["stateOrProvince"] == "AK" and buyer["receiveNewsletters"] is True
    assert (buyer["account"], buyer["store"], buyer["totalOrders"]) == ({"id": account_id}, {"id": WHOLESALE}, 0)
    update = {"status": "INACTIVE", "billingAddress": {"lastName": "Berg"}, "receiveAutoEmails": False}
    changed = erp.change("updateBuyer", BUYER, id=buyer["id"], input=update)["buyer"]
    assert (changed["firstName"], changed["lastName"], changed["status"]) == ("Mona", "Berg", "INACTIVE")
    assert changed["billingAddress"]["address1"] == "Street 1" and changed["receiveAutoEmails"] is False
    taken = erp.refused("createBuyer", input=given)
    assert taken[0]["path"] == ["input", "billingAddress", "email"]
    assert erp.refused("updateBuyer", id=buyer["id"], input={"store": {"id": 1}})[0]["path"] == ["input", "store"]
    erp.change("deleteBuyer", id=buyer["id"])
    assert events_of(store, "buyer")[-3:] == ["created", "updated", "deleted"]


def test_buyers_need_an_email_and_an_account_of_their_store(erp: Integration) -> None:
    account_id = new_account(erp)
    given = new_buyer(account_id, email="nobody")
    assert erp.refused("createBuyer", input=given)[0]["path"] == ["input", "billingAddress", "email"]
    given = {**new_buyer(account_id), "store": {"id": 1}}
    assert erp.refused("createBuyer", input=given)[0]["path"] == ["input", "store"]
    problems = erp.refused("createBuyer", input=new_buyer(99999))
    assert texts(problems) == ["Could not find Account with ID 99999"]


def test_buyers_who_ordered_stay(erp: Integration) -> None:
    accounts = erp.ask("{ accounts { buyers { id totalOrders lastOrder { number } orders { number } } } }")["accounts"]
    buyer = next(each for account in accounts for each in account["buyers"] if each["totalOrders"])
    assert buyer["lastOrder"]["number"] in [order["number"] for order in buyer["orders"]]
    assert "orders" in erp.refused("deleteBuyer", id=buyer["id"])[0]["message"]


# ------------------------------------------------------------------ delivery windows


WINDOW = """deliveryWindow { __typename id name status customOrder deliveryDatesVisible selectableByBuyers selectedByDefault
  defaultVariantDeliveryType markets { id } deliveryWindowGroup { name } allocationRule { id } externalId
  deliveryWindowVariants { type limit { value on type } product { id } productVariant { id } }
  ... on AtOnceDeliveryWindow { daysFromNow selectableDate }
  ... on PreorderDeliveryWindow { allocationOrder deliveryStartDate deliveryEndDate(format: "Y-m-d") salesStartDate } }"""
COMMON = {
    "status": "ACTIVE", "deliveryDatesVisible": True, "selectableByBuyers": True, "selectedByDefault": False,
    "defaultVariantDeliveryType": "STOCK", "markets": [{"id": MARKET}],
}  # fmt: skip
RANGE = {"from": "2022-08-01", "to": "2022-10-31"}
PREORDER = {"deliveryDateRange": RANGE, "salesDateRange": RANGE, "allocationOrder": "FIFO"}


def test_windows_at_once_and_ahead(erp: Integration, store: Store) -> None:
    given = {**COMMON, "name": "Now", "atOnce": {"daysFromNow": 0, "selectableDate": True}, "externalId": "W1"}
    now = erp.change("createDeliveryWindow", WINDOW, input=given)["deliveryWindow"]
    assert (now["__typename"], now["daysFromNow"], now["selectableDate"]) == ("AtOnceDeliveryWindow", None, True)
    assert now["markets"] == [{"id": MARKET}] and now["deliveryWindowVariants"] == []
    given = {**COMMON, "name": "Later", "preorder": PREORDER, "allocationRule": {"id": 7}}
    later = erp.change("createDeliveryWindow", WINDOW, input=given)["deliveryWindow"]
    assert later["__typename"] == "PreorderDeliveryWindow" and later["allocationRule"] == {"id": 7}
    assert later["deliveryStartDate"] == "2022-08-01T00:00:00+02:00" and later["deliveryEndDate"] == "2022-10-31"
    assert later["customOrder"] > now["customOrder"]
    update = {"markets": [{"id": 8}], "allocationRule": {"id": None}, "status": "CANCELLED", "selectedByDefault": True}
    changed = erp.change("updateDeliveryWindow", WINDOW, id=later["id"], input=update)["deliveryWindow"]
    assert changed["markets"] == [{"id": 8}] and changed["allocationRule"] is None
    assert (changed["status"], changed["selectedByDefault"]) == ("CANCELLED", True)
    assert changed["allocationOrder"] == "FIFO"
    assert events_of(store, "delivery_window")[-3:] == ["created", "created", "updated"]
    found = erp.ask(
        """{ deliveryWindow(externalId: "W1") { name }
             deliveryWindows(where: {deliveryStartDate: {from: "2022-07-01", to: "2022-09-01"}}) { id } }"""
    )
    assert found == {"deliveryWindow": {"name": "Now"}, "deliveryWindows": [{"id": later["id"]}]}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({}, ["input"]),
        ({"atOnce": {}, "preorder": PREORDER}, ["input"]),
        ({"atOnce": {"daysFromNow": -1}}, ["input", "atOnce", "daysFromNow"]),
        ({"atOnce": {}, "markets": []}, ["input", "markets"]),
        ({"atOnce": {}, "markets": [{"id": 1}]}, ["input", "markets", "0"]),
        ({"atOnce": {}, "markets": [{"id": 99}]}, ["input", "markets", "0", "id"]),
        ({"atOnce": {}, "name": ""}, ["input", "name"]),
        (
            {"preorder": {**PREORDER, "salesDateRange": {"from": "2022-10-31", "to": "2022-08-01"}}},
            ["input", "preorder", "salesDateRange", "to"],
        ),
    ],
)
def test_windows_that_cannot_be(erp: Integration, changes: dict[str, Any], path: list[str]) -> None:
    (problem,) = erp.refused("createDeliveryWindow", WINDOW, input={**COMMON, "name": "W", **changes})
    assert problem["path"] == path


def test_a_window_stays_what_it_is(erp: Integration) -> None:
    given = {**COMMON, "name": "Now", "atOnce": {}}
    window_id = erp.change("createDeliveryWindow", WINDOW, input=given)["deliveryWindow"]["id"]
    (problem,) = erp.refused("updateDeliveryWindow", id=window_id, input={"preorder": PREORDER})
    assert problem["path"] == ["input", "preorder"]


def test_the_variants_of_a_window(erp: Integration) -> None:
    window_id = erp.change("createDeliveryWindow", WINDOW, input={**COMMON, "name": "Now", "atOnce": {}})[
        "deliveryWindow"
    ]["id"]
    limit = {"value": 100, "type": "HIGH", "on": "ProductVariant"}
    given = {
        "deliveryWindow": {"id": window_id},
        "variants": [{"productVariant": {"id": 1}, "type": "LINK", "limit": limit}, {"productVariant": {"id": 2}}],
    }
    shown = erp.change("setDeliveryWindowVariants", WINDOW, input=given)["deliveryWindow"]["deliveryWindowVariants"]
    assert [(row["productVariant"]["id"], row["type"], row["limit"]) for row in shown] == [
        (1, "LINK", limit),
        (2, "STOCK", None),
    ]
    given["variants"] = [{"productVariant": {"id": 1}, "type": "PREORDER"}]
    shown = erp.change("setDeliveryWindowVariants", WINDOW, input=given)["deliveryWindow"]["deliveryWindowVariants"]
    assert (shown[0]["type"], shown[0]["limit"]) == ("PREORDER", limit)
    given["variants"] = [{"productVariant": {"id": 1}, "limit": None}]
    shown = erp.change("setDeliveryWindowVariants", WINDOW, input=given)["deliveryWindow"]["deliveryWindowVariants"]
    assert shown[0]["limit"] is None
    some = "query ($id: Int!) { deliveryWindow(id: $id) { deliveryWindowVariants(where: {productVariantId: [2]}) { type } } }"
    assert erp.ask(some, id=window_id)["deliveryWindow"]["deliveryWindowVariants"] == [{"type": "STOCK"}]
    gone = {"deliveryWindow": {"id": window_id}, "productVariants": [{"id": 1}, {"id": 3}]}
    left = erp.change("unsetDeliveryWindowVariants", WINDOW, input=gone)["deliveryWindow"]["deliveryWindowVariants"]
    assert [row["productVariant"]["id"] for row in left] == [2]
    given["variants"] = [{"productVariant": {"id": 1}}] * 101
    assert erp.refused("setDeliveryWindowVariants", input=given)[0]["path"] == ["input", "variants"]
    given["variants"] = [{"productVariant": {"id": 1}}, {"productVariant": {"id": 99999}}]
    (problem,) = erp.refused("setDeliveryWindowVariants", input=given)
    assert problem["path"] == ["input", "variants", "1", "productVariant", "id"]


TREE = "{ deliveryWindowsTree { __typename ... on DeliveryWindowGroup { name deliveryWindows { name } } ... on DeliveryWindow { name } } }"


def test_groups_and_the_tree_of_windows(erp: Integration) -> None:
    windows = [row["id"] for row in erp.ask("{ deliveryWindows(sort: [id_ASC]) { id } }")["deliveryWindows"]]
    group = "deliveryWindowGroup { id name customOrder deliveryWindows { id } }"
    given = {"name": "Autumn", "before": {"deliveryWindow": {"id": windows[0]}}, "externalId": "G1"}
    group_id = erp.change("createDeliveryWindowGroup", group, input=given)["deliveryWindowGroup"]["id"]
    tree = erp.ask(TREE)["deliveryWindowsTree"]
    assert tree[0] == {"__typename": "DeliveryWindowGroup", "name": "Autumn", "deliveryWindows": []}
    assert len(tree) == len(windows) + 1
    for window_id in windows[:2]:
        erp.change("updateDeliveryWindow", input={"deliveryWindowGroup": {"id": group_id}}, id=window_id)
    update = {"name": "Winter", "setDeliveryWindowsOrder": [{"id": windows[1]}, {"id": windows[0]}]}
    changed = erp.change("updateDeliveryWindowGroup", group, id=group_id, input=update)["deliveryWindowGroup"]
    assert changed["name"] == "Winter" and [row["id"] for row in changed["deliveryWindows"]] == windows[1::-1]
    order = {
        "deliveryWindowsOrder": [{"deliveryWindow": {"id": windows[-1]}}, {"deliveryWindowGroup": {"id": group_id}}]
    }
    placed = erp.change("setDeliveryWindowTreeOrder", "deliveryWindowsTree { __typename }", input=order)
    assert [row["__typename"] for row in placed["deliveryWindowsTree"]][1] == "DeliveryWindowGroup"
    strange = {"setDeliveryWindowsOrder": [{"id": windows[-1]}]}
    assert erp.refused("updateDeliveryWindowGroup", id=group_id, input=strange)
    order = {"deliveryWindowsOrder": [{}]}
    assert erp.refused("setDeliveryWindowTreeOrder", input=order)[0]["path"] == ["input", "deliveryWindowsOrder", "0"]
    gone = erp.change("deleteDeliveryWindowGroup", group, id=group_id)["deliveryWindowGroup"]
    assert gone["name"] == "Winter"
    data = erp.ask("{ deliveryWindowGroups { id } deliveryWindows { deliveryWindowGroup { id } } }")
    assert data["deliveryWindowGroups"] == [] and not any(row["deliveryWindowGroup"] for row in data["deliveryWindows"])


# ------------------------------------------------------------------ terms and invoices


def test_terms_and_representatives(erp: Integration) -> None:
    data = erp.ask(
        """{ paymentTerms(where: {name: {startsWith: "NET"}}) { name dueDays status }
             shippingTerms { name description ranges { id } }
             salesRepresentatives(where: {name: {contains: "karin"}}) { name status email parent { id }
               accounts { name salesRepresentative { id } } commissions { percent } } }"""
    )
    assert {"name": "NET30", "dueDays": 30, "status": "ACTIVE"} in data["paymentTerms"]
    assert [row["name"] for row in data["shippingTerms"]] == ["DAP", "EXW"]
    (karin,) = data["salesRepresentatives"]
    assert karin["accounts"] and karin["commissions"] == []


INVOICES = """{ invoices(where: %s, limit: 200) { __typename id number type status grandTotal { value currency { code } }
  net: grandTotal(includingTax: false) { value } isOverdue pdfUrl lines { quantity unitPrice { value } lineValue { value }
  product { id } orderLine { id } } payments { id } billingAddress { city } store { type }
  ... on WholesaleInvoice { order { number account { id } } buyer { id } shipments { id } account { id } }
  ... on DirectToConsumerInvoice { order { number } customer { id } } } }"""


def test_invoices_of_both_kinds_of_stores(erp: Integration) -> None:
    invoices = erp.ask(INVOICES % "{}")["invoices"]
    assert {row["__typename"] for row in invoices} == {"WholesaleInvoice", "DirectToConsumerInvoice"}
    assert all(row["order"] and row["lines"] for row in invoices if row["type"] == "INVOICE")
    consumer = next(
        row for row in invoices if row["__typename"] == "DirectToConsumerInvoice" and row["status"] == "PAID"
    )
    assert 0 < consumer["net"]["value"] <= consumer["grandTotal"]["value"]
    unpaid = erp.ask(INVOICES % "{status: [UNPAID], storeId: [2]}")["invoices"]
    assert unpaid and all(row["store"]["type"] == "WHOLESALE" for row in unpaid)
    number = consumer["number"]
    assert [row["id"] for row in erp.ask(INVOICES % f"{{number: [{number}]}}")["invoices"]] == [consumer["id"]]
    page = erp.ask("{ invoiceConnection(first: 2, sort: [number_DESC]) { totalCount edges { node { number } } } }")
    assert page["invoiceConnection"]["totalCount"] == len(invoices)


def test_paying_an_invoice_in_parts(erp: Integration, store: Store) -> None:
    invoice = erp.ask(INVOICES % "{status: [UNPAID], storeId: [2], type: INVOICE}")["invoices"][0]
    code, total = invoice["grandTotal"]["currency"]["code"], invoice["grandTotal"]["value"]
    payload = "invoice { status payments { value { value } } } invoicePayment { type paymentDate value { value } }"
    given: dict[str, Any] = {
        "invoice": {"id": invoice["id"]},
        "value": {"value": 10, "currencyIsoCode": code},
        "paymentDate": "2026-09-02",
    }
    paid = erp.change("registerInvoicePayment", payload, input=given)
    assert paid["invoicePayment"] == {"type": "PAYMENT", "paymentDate": "2026-09-02", "value": {"value": 10}}
    assert paid["invoice"]["status"] == "PARTIALLY_PAID"
    other = "SEK" if code != "SEK" else "EUR"
    wrong = {**given, "value": {"value": 10, "currencyIsoCode": other}}
    assert erp.refused("registerInvoicePayment", input=wrong)[0]["path"] == ["input", "value", "currencyIsoCode"]
    rest = erp.change(
        "markInvoiceAsPaid", "invoicePayment { value { value } }", input={"invoice": {"id": invoice["id"]}}
    )
    assert rest["invoicePayment"]["value"]["value"] == pytest.approx(total - 10)
    (after,) = erp.ask(INVOICES % f"{{id: [{invoice['id']}]}}")["invoices"]
    assert after["status"] == "PAID" and len(after["payments"]) == 2
    again = erp.change("markInvoiceAsPaid", "invoicePayment { id }", input={"invoice": {"id": invoice["id"]}})
    assert again["invoicePayment"] is None and again["userWarnings"]
    payments = erp.ask("{ invoicePayments(where: {value: {to: 10}}) { invoice { id } } }")["invoicePayments"]
    assert payments == [{"invoice": {"id": invoice["id"]}}]
    assert events_of(store, "invoice")[-2:] == ["updated", "updated"]


def test_what_permissions_hide(erp: Integration) -> None:
    reader = erp.with_token("Account:read")
    body = reader.body("{ accounts(limit: 1) { id internalComment } }")
    assert "Account.internalComment:read" in body["errors"][0]["message"]
    body = reader.body("mutation { deleteBuyer(id: 1) { userErrors { message } } }")
    assert "Buyer:write" in body["errors"][0]["message"]


def test_what_the_queue_tells_of_wholesale(erp: Integration) -> None:
    types = ["Account", "Buyer", "DeliveryWindow", "Invoice"]
    erp.change("setEventListeners", input=[{"objectType": kind} for kind in types])
    account_id = new_account(erp)
    buyer_id = erp.change("createBuyer", "buyer { id }", input=new_buyer(account_id))["buyer"]["id"]
    erp.refused("createBuyer", input=new_buyer(account_id))
    given = {**COMMON, "name": "Now", "atOnce": {}}
    window_id = erp.change("createDeliveryWindow", WINDOW, input=given)["deliveryWindow"]["id"]
    (invoice,) = erp.ask("{ invoices(where: {status: [UNPAID]}, limit: 1) { id } }")["invoices"]
    erp.change("markInvoiceAsPaid", input={"invoice": {"id": invoice["id"]}})
    erp.change("deleteBuyer", id=buyer_id)
    events = erp.ask(
        """{ events(where: {objectType: [Account, Buyer, DeliveryWindow, Invoice]}) { objectType changeType objectReference
             object { ... on Account { account: name } ... on AtOnceDeliveryWindow { window: name }
             ... on WholesaleInvoice { invoice: status } ... on DirectToConsumerInvoice { other: status } } } }"""
    )["events"]
    assert [(row["objectType"], row["changeType"], row["objectReference"]) for row in events] == [
        ("Account", "CREATED", account_id),
        ("Buyer", "CREATED", buyer_id),
        ("DeliveryWindow", "CREATED", window_id),
        ("Invoice", "UPDATED", invoice["id"]),
        ("Buyer", "DELETED", buyer_id),
    ]
    assert events[0]["object"] == {"account": "Corner Shop"} and events[-1]["object"] is None


def test_external_ids_of_address_books_and_groups(erp: Integration) -> None:
    account_id = new_account(erp)
    entry = {"account": {"id": account_id}, "name": "Depot"}
    entry_id = erp.change("createAddressBookEntry", "addressBookEntry { id }", input=entry)["addressBookEntry"]["id"]
    given = [{"objectType": "AddressBookEntry", "internalId": entry_id, "externalId": "D-1"}]
    erp.change("setIdConversions", "entries { externalId }", input=given)
    book = erp.ask("query ($id: Int64!) { account(id: $id) { addressBook { externalId } } }", id=account_id)
    assert book["account"]["addressBook"] == [{"externalId": "D-1"}]
    given[0]["internalId"] = 99999
    assert erp.refused("setIdConversions", input=given)[0]["path"] == ["input", "0", "internalId"]


def test_a_token_of_another_store_sees_nothing_of_it(erp: Integration) -> None:
    reader = erp.called("mock-graphql-dtc-only")
    data = reader.ask(
        """{ accounts { id } account(id: 1) { id } deliveryWindows { id } deliveryWindowsTree { __typename }
             invoices(limit: 200) { __typename } counters { accounts } }"""
    )
    assert {row["__typename"] for row in data.pop("invoices")} == {"DirectToConsumerInvoice"}
    assert data == {
        "accounts": [], "account": None, "deliveryWindows": [], "deliveryWindowsTree": [], "counters": {"accounts": 0},
    }  # fmt: skip


def test_switches_of_accounts_that_are_set_to_nothing_are_off(erp: Integration) -> None:
    switches = ("applyCreditLimit", "blockIfUnpaidInvoices", "hasBrandsRestriction", "isInternal")
    for value in (True, None):
        given = dict.fromkeys(switches, value)
        account = erp.change("updateAccount", f"account {{ {' '.join(switches)} }}", id=1, input=given)["account"]
        assert account == dict.fromkeys(switches, bool(value))


def test_a_buyer_is_welcomed_when_that_is_asked_for(erp: Integration) -> None:
    made: list[dict[str, Any]] = []
    for email, welcome in (("new@example.com", True), ("quiet@example.com", False)):
        given = {
            "account": {"id": 1}, "store": {"id": 2}, "status": "ACTIVE", "receiveAutoEmails": True,
            "billingAddress": {"email": email}, "sendWelcomeToShowroomEmail": welcome,
        }  # fmt: skip
        history = "emailHistory { __typename recipient subject order { id } buyer { email } }"
        made.append(
            erp.change("createBuyer", f"buyer {{ id {history} account {{ {history} }} }}", input=given)["buyer"]
        )
    (mail,) = made[0]["emailHistory"]
    assert mail == {
        "__typename": "WholesaleEmailHistoryEntry", "recipient": "new@example.com", "subject": "Welcome to showroom",
        "order": None, "buyer": {"email": "new@example.com"},
    }  # fmt: skip
    assert made[0]["account"]["emailHistory"] == [mail] and made[1]["emailHistory"] == []
    assert [each["type"] for each in erp.client.get("/_mock/mail").json()] == ["welcomeToShowroom"]
