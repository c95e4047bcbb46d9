"""Accounts with their buyers and terms, delivery windows, price alterations, invoices; and consumers."""

from typing import Any

import httpx
import pytest

from mockcentra.commerce import price_writing
from mockcentra.store import Store
from tests.erp import Erp, Node, product, products, row, rows_of, sizes
from tests.warehouse import Warehouse


@pytest.fixture
def order(erp: Erp) -> Node:
    """A pending order of an account."""
    return erp.pending_order()


def account(order: Node, **more: Any) -> dict[str, Any]:
    return {
        "accounts": {
            "account": {
                "id": "ACC",
                "type": "wholesale",
                "status": "active",
                "description": "Company Name",
                "market": {"id": order["market/id"]},
                "pricelist": {"id": order["pricelist/id"]},
                "accountaddress": {"company": "Example", "attn": "Ann", "city": "City", "country": "US"},
                "buyers": {"buyer": {"id": "B1", "store": "2", "status": "active", "email": "b@example.com"}},
                **more,
            }
        }
    }


def column(store: Store, sql: str) -> Any:
    with store.reading() as tx:
        return tx.value(sql)


# ------------------------------------------------------------------ terms, reps, accounts


def test_an_account_with_all_that_belongs_to_it(erp: Erp, order: Node, store: Store) -> None:
    terms = {"id": "30NET", "name": "30 Days", "description": "Thirty days net", "duedays": "30"}
    erp.ok("paymentterms_Update", {"paymentterms": {"paymentterms": terms}})
    erp.ok("shippingterms_Update", {"shippingterms": {"shippingterms": {"id": "DDU", "name": "Delivered Duty Unpaid"}}})
    boss = {"id": "BOSS", "name": "Boss", "email": "boss@example.com", "percent": "2.5"}
    rep = {"id": "REP", "name": "Rep", "mastersalesrep": {"salesrep": {"id": "BOSS", "percent": "10"}}}
    erp.ok("salesreps_Update", {"salesreps": {"salesrep": [boss, rep]}})
    content = account(
        order,
        paymentterms={"id": "30NET"},
        shippingterms={"id": "DDU"},
        salesrep={"id": "REP"},
        creditlimit="5000",
        discount="7.5",
        internalinformation="pays late",
        carrierinformation={"carrier": "DHL", "account": "77"},
        invoiceaddress={"company": "Billing", "vat": "SE123"},
        addresses={"address": [{"id": "A1", "description": "Back door", "city": "Lund"}]},
        additionals={"additional": {"key": "segment", "value": "A"}},
    )
    erp.ok("accounts_Update", content)
    with store.transaction() as tx:
        tx.event("account", tx.value("SELECT MAX(id) FROM accounts"), "updated")
    found = erp.events("account")[-1].one("data/account")
    shown = {
        "id": "ACC",
        "status": "active",
        "description": "Company Name",
        "discount": "7.5",
        "creditlimit": "5000.00",
        "internalinformation": "pays late",
        "paymentterms/description": "30 Days",
        "shippingterms/id": "DDU",
        "salesrep/id": "REP",
        "accountaddress/attn": "Ann",
        "invoiceaddress/vat": "SE123",
        "carrierinformation/account": "77",
        "buyers/buyer/id": "B1",
        "buyers/buyer/store": "2",
        "addresses/address/id": "A1",
        "addresses/address/city": "Lund",
        "additionals/additional/value": "A",
    }
    assert {path: found[path] for path in shown} == shown
    assert erp.ok("accounts_Update", content).notices == []
    change = {"accounts": {"account": {"id": "ACC", "accountaddress": {"city": "Ystad"}, "status": "canceled"}}}
    erp.ok("accounts_Update", change)
    found = erp.events("account")[-1].one("data/account")
    assert (found["accountaddress/city"], found["accountaddress/company"]) == ("Ystad", "Example")
    assert found["status"] == "canceled"


@pytest.mark.parametrize("field", ["market", "pricelist", "paymentterms", "shippingterms", "salesrep"])
def test_an_account_needs_known_things(erp: Erp, order: Node, field: str) -> None:
    assert (
        erp.refused("accounts_Update", account(order, **{field: {"id": "?"}}))
        == f"account ACC: {field} ? does not exist"
    )


@pytest.mark.parametrize("field", ["market", "pricelist"])
def test_an_account_is_in_wholesale(erp: Erp, order: Node, field: str) -> None:
    assert "is not a wholesale one" in erp.refused("accounts_Update", account(order, **{field: {"id": "1"}}))
    assert "is not a wholesale store" in erp.refused(
        "accounts_Update", account(order, buyers={"buyer": {"id": "B", "store": "1"}})
    )


@pytest.mark.parametrize("field", ["market", "pricelist"])
def test_an_account_keeps_its_market_and_its_pricelist(erp: Erp, order: Node, field: str) -> None:
    erp.ok("accounts_Update", account(order))
    for empty in ("", {"id": ""}):
        said = erp.refused("accounts_Update", {"accounts": {"account": {"id": "ACC", field: empty}}})
        assert said == f"account ACC: {field} is required"


def test_an_account_without_buyers_is_not_active(erp: Erp, order: Node, store: Store) -> None:
    result = erp.ok("accounts_Update", account(order, buyers={}))
    assert result.notices == ["account ACC: has no buyers and is not active"]
    assert erp.ok("accounts_Update", account(order, buyers={})).notices == []
    assert column(store, "SELECT status FROM accounts ORDER BY id DESC LIMIT 1") == "inactive"
    blank = {"buyer": {"id": "B", "firstname": "", "email": "", "password": "secret"}}
    erp.ok("accounts_Update", {"accounts": {"account": {"id": "ACC", "status": "active", "buyers": blank}}})
    assert column(store, "SELECT status FROM accounts ORDER BY id DESC LIMIT 1") == "active"
    kept = column(store, "SELECT password_hash FROM buyers ORDER BY id DESC LIMIT 1")
    assert kept
    assert "secret" not in kept


def test_ids_of_accounts(erp: Erp, order: Node, store: Store) -> None:
    erp.ok("accounts_Update", account(order, id="12345"))
    assert column(store, "SELECT name FROM accounts WHERE id = 12345") == "Company Name"
    erp.ok("accounts_Update", {"accounts": {"account": {"id": "1", "description": "Linden"}}})
    assert column(store, "SELECT name FROM accounts WHERE id = 1") == "Linden"
    erp.ok("accounts_Update", account(order, id="0077", buyers={"buyer": {"id": "B2"}}))
    assert column(store, "SELECT MAX(id) FROM accounts") == 12346


def test_a_master_must_come_first(erp: Erp) -> None:
    rep = {"id": "REP", "name": "Rep", "mastersalesrep": {"salesrep": {"id": "BOSS", "percent": "10"}}}
    message = erp.refused("salesreps_Update", {"salesreps": {"salesrep": [rep, {"id": "BOSS", "name": "Boss"}]}})
    assert message == "salesrep REP: master sales rep BOSS does not exist"
    erp.ok("salesreps_Update", {"salesreps": {"salesrep": rep}})


# ------------------------------------------------------------------ windows and prices


def test_delivery_windows(erp: Erp) -> None:
    erp.ok("sizes_Update", sizes())
    erp.ok("products_Update", products(product("T1")))
    window = {"id": "SPRING", "status": "active", "description": "Spring", "startdate": "2027-02-01",
              "stopdate": "2027-02-28", "atonce": "false",
              "variations": {"variation": {"id": "T1_Red", "type": "stock/link", "productlimit": "5"}}}  # fmt: skip
    for _ in range(2):
        erp.ok("deliverywindows_Update", {"deliverywindows": {"deliverywindow": window}})
    for change, words in (
        ({"stopdate": "2027-01-31"}, "stop date is before the start date"),
        ({"startdate": "01/02/2027"}, "is not a date"),
        ({"variations": {"variation": {"id": "?"}}}, "variation ? does not exist"),
        ({"variations": {"variation": {"id": "T1_Red", "type": "magic"}}}, "type cannot be magic"),
        ({"atonce": "perhaps"}, "neither true nor false"),
    ):
        assert words in erp.refused(
            "deliverywindows_Update", {"deliverywindows": {"deliverywindow": {**window, **change}}}
        )
    erp.ok("deliverywindows_Update", {"deliverywindows": {
        "deliverywindow": {"id": "SPRING", "variationsremove": {"variation": {"id": "T1_Red"}}}}})  # fmt: skip


def test_altered_prices_apply_from_their_day_on(erp: Erp, store: Store, order: Node) -> None:
    line, _ = rows_of(order)[0]
    item = {"id": line["id"], "price": "50", "priceb": "110", "alteredprice": "55"}
    erp.ok(
        "pricelists_Update", {"pricelists": {"pricelist": {"id": order["pricelist/id"], "items": {"product": item}}}}
    )
    product_id, pricelist_id = int(line["id"] or 0), int(order["pricelist/id"] or 0)

    def now() -> set[int]:
        with store.reading() as tx:
            items = [row[0] for row in tx.all(
                "SELECT i.id FROM display_items i JOIN displays d ON d.id = i.display_id"
                " WHERE d.product_id = ? AND d.store_id = 2", (product_id,))]  # fmt: skip
            return set(price_writing.wholesale_prices(tx, 2, pricelist_id, product_id, items).values())

    assert now() == {5000}
    day = {"id": "H", "status": "active", "name": "Halloween", "store": "2", "startdate": "2020-10-31"}
    for change, words in (({"store": "1"}, "is not a wholesale store"), ({"startdate": "soon"}, "is not a date")):
        content = {"pricealterationdates": {"pricealterationdate": {**day, **change}}}
        assert words in erp.refused("pricealterationdates_Update", content)
    erp.ok("pricealterationdates_Update", {"pricealterationdates": {"pricealterationdate": day}})
    assert now() == {5500}
    content = {"id": "OWN", "store": "2", "products": {"product": row(*rows_of(order)[0], 1)},
               **{name: {"id": order[f"{name}/id"]} for name in ("account", "market", "pricelist")}}  # fmt: skip
    erp.ok("orders_Update", {"orders": {"order": content}})
    with store.transaction() as tx:
        tx.event("order", tx.value("SELECT MAX(id) FROM orders"), "updated")
    own = erp.events("order")[-1].one("data/order")
    assert (own["id"], own["status"], own["products/product/price"]) == ("OWN", "pending", "55.00")
    off = {"id": "H", "status": "inactive"}
    erp.ok("pricealterationdates_Update", {"pricealterationdates": {"pricealterationdate": off}})
    assert now() == {5000}


# ------------------------------------------------------------------ invoices


def test_an_invoice_that_is_paid_pays_the_order(erp: Erp, order: Node) -> None:
    rows = {"product": [row(p, s) for p, s in rows_of(order)]}
    shipment = {"id": "SHIP", "goodtogo": "yes", "shipped": "yes", "products": rows}
    erp.change(order, status="confirmed", shipments={"shipment": shipment})
    invoice = {
        "id": "INV-1",
        "store": "2",
        "type": "wholesale",
        "documenttype": "invoice",
        "status": "unpaid",
        "currency": order["currency"],
        "total": order["ordertotal"],
        "totalpaid": "0",
        "invoicedate": "2027-01-05",
        "order": {"id": order["id"]},
        "shipment": {"id": "SHIP"},
        "account": {"id": order["account/id"]},
        "items": {
            "invoiceitem": {"itemid": rows_of(order)[0][1]["orderitem/id"], "qty": "1", "price": "1.00"},
            "additional": {"subtotal": "10.00", "description": "Freight", "key": "shipping"},
        },
    }
    for _ in range(2):
        erp.ok("invoices_Update", {"invoices": {"invoice": invoice}})
    assert erp.order(order["ordernumber"])["status"] == "processing"
    paid = {"id": "INV-1", "totalpaid": order["ordertotal"], "status": "paid"}
    erp.ok("invoices_Update", {"invoices": {"invoice": paid}})
    found = erp.order(order["ordernumber"])
    assert (found["status"], found["payments/status"]) == ("completed", "complete")


def test_an_order_that_is_paid_in_advance(erp: Erp, order: Node) -> None:
    """Terms such as PREPAID: the invoice is paid before anything is packed."""
    invoice = {"id": "PRE", "store": "2", "currency": order["currency"], "total": order["ordertotal"],
               "totalpaid": order["ordertotal"], "order": {"id": order["id"]}}  # fmt: skip
    erp.ok("invoices_Update", {"invoices": {"invoice": invoice}})
    rows = {"product": [row(p, s) for p, s in rows_of(order)]}
    shipment = {"id": "SHIP", "shipped": "yes", "products": rows}
    erp.change(order, status="confirmed", shipments={"shipment": shipment})
    found = erp.order(order["ordernumber"])
    assert (found["status"], found["shipments/shipment/paid"]) == ("completed", "yes")


@pytest.mark.parametrize("field", ["order", "shipment", "account", "buyer", "refund"])
def test_an_invoice_is_about_known_things(erp: Erp, field: str) -> None:
    invoice = {"id": "INV", "store": "2", "currency": "EUR", "total": "1", field: {"id": "?"}}
    assert (
        erp.refused("invoices_Update", {"invoices": {"invoice": invoice}}) == f"invoice INV: {field} ? does not exist"
    )


# ------------------------------------------------------------------ customers


def test_customers(erp: Erp, warehouse: Warehouse) -> None:
    customer = {"id": "C1", "store": "1", "type": "retail", "status": "active", "firstname": "Robin",
                "lastname": "Ständer", "country": "SE", "email": "robin@example.com"}  # fmt: skip
    for _ in range(2):
        erp.ok("customers_Update", {"customers": {"customer": customer}})
    erp.ok("customers_Update", {"customers": {"customer": {"id": "C1", "firstname": "Robbie", "zipcode": "222 22"}}})
    (found,) = warehouse.get("customers", email="robin@example.com")
    assert (found["firstName"], found["lastName"]) == ("Robbie", "Ständer")
    for change, words in (
        ({"id": "C2"}, "belongs to another customer"),
        ({"id": "C2", "email": ""}, "email is required"),
        ({"id": "C2", "email": "x@example.com", "store": "2"}, "store 2 is not a retail store"),
        ({"id": "C2", "email": "x@example.com", "store": "2", "type": "wholesale"}, "is not a retail store"),
        ({"country": "XX"}, "country XX does not exist"),
        ({"status": "asleep"}, "status cannot be asleep"),
    ):
        assert words in erp.refused("customers_Update", {"customers": {"customer": {**customer, **change}}})


def test_the_shop_tells_of_its_own_invoices(erp: Erp, warehouse: Warehouse) -> None:
    """A parcel that is charged has an invoice, which the ERP finds in the queue with what it needs to book it."""
    erp.drain()
    order = warehouse.place(2)
    number = warehouse.pack(order)
    (event,) = erp.events("invoice")
    invoice = event.one("data/invoice")
    assert (invoice["documenttype"], invoice["status"], invoice["type"]) == ("invoice", "paid", "retail")
    assert invoice["total"] == invoice["totalpaid"] == "200.00"
    assert invoice["vat"] == "40.00"
    assert (invoice["order/id"], invoice["shipment/id"]) == (order["orderId"], invoice["shipment/id"])
    assert invoice["serialno"] == warehouse.shipment(number)["invoices"][0].rpartition("=")[2]
    assert invoice["billingaddress/lastname"] == "Lovelace" and invoice["invoicedate"] == invoice["orderdate"]
    (item,) = invoice.all("items/invoiceitem")
    shown = (item["itemid"], item["qty"], item["price"], item["tax"], item["subtotal"])
    assert shown == (order["products"][0]["lineId"], "2", "100.00", "25.00", "200.00")


def test_the_carrier_that_an_account_prefers_is_known_where_its_goods_arrive(erp: Erp, warehouse: Warehouse) -> None:
    details = [
        warehouse.get(f"supplier-deliveries/{each['id']}/details") for each in warehouse.get("supplier-deliveries")
    ]
    delivery = next(each for each in details if each["orders"])
    first = delivery["orders"][0]
    assert (first["carrier"], first["service"]) == ("", "")
    wishes = {"carrier": "DHL", "service": "Freight"}
    erp.ok("accounts_Update", {"accounts": {"account": {"id": first["accountId"], "carrierinformation": wishes}}})
    shown = warehouse.get(f"supplier-deliveries/{delivery['id']}/details")["orders"][0]
    assert (shown["carrier"], shown["service"]) == ("DHL", "Freight")


def test_terms_with_their_description_are_on_the_shipment(erp: Erp, order: Node, warehouse: Warehouse) -> None:
    for kind, field in (("payment", "paymentterms"), ("shipping", "shippingterms")):
        terms = {"id": order[f"{field}/id"], "description": f"What {kind} is about"}
        erp.ok(f"{field}_Update", {field: {field: terms}})
    packed = {"id": "T1", "products": {"product": [row(*rows_of(order)[0], quantity=1)]}}
    erp.change(order, status="confirmed", shipments={"shipment": packed})
    (shown,) = warehouse.get("shipments", order=order["ordernumber"], status="inprogress")
    for kind, field in (("payment", "paymentterms"), ("shipping", "shippingterms")):
        assert shown[f"{kind}Terms"] == {
            "id": int(order[f"{field}/id"] or 0),
            "name": order[f"{field}/description"],
            "description": f"What {kind} is about",
        }


def test_whom_a_parcel_is_for_and_a_fax_are_the_same_in_graphql(erp: Erp, order: Node, client: httpx.Client) -> None:
    def ask(query: str, **variables: Any) -> Any:
        headers = {"Authorization": "Bearer mock-graphql-token"}
        return client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()["data"]

    account_id = int(order["account/id"] or 0)
    sent = {"attn": "Ann", "fax": "08-1"}
    erp.ok("accounts_Update", {"accounts": {"account": {"id": str(account_id), "accountaddress": sent}}})
    (found,) = ask("query($id: [Int64!]) { accounts(where: {id: $id}) { accountAddress { attention faxNumber } } }",
                   id=[account_id])["accounts"]  # fmt: skip
    assert found["accountAddress"] == {"attention": "Ann", "faxNumber": "08-1"}
    changed = ask(
        "mutation($id: Int64!, $input: AccountUpdateInput!) { updateAccount(id: $id, input: $input) "
        "{ userErrors { message } } }",
        id=account_id,
        input={"accountAddress": {"attention": "Beth", "faxNumber": "08-2"}},
    )
    assert changed == {"updateAccount": {"userErrors": []}}
    shown = erp.events("account")[-1].one("data/account/accountaddress")
    assert (shown["attn"], shown["fax"]) == ("Beth", "08-2")
