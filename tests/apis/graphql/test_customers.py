"""Customers of the webshop, as an integration keeps them (section 22)."""

from typing import Any

from tests.apis.graphql.conftest import Integration

CUSTOMER = (
    "id status email firstName lastName phoneNumber cellPhoneNumber gender birthdate websiteUrl internalComment"
    " receiveNewsletters isAnonymized totalOrders market { id } pricelist { id } language { code } country { code }"
    " billingAddress { firstName city zipCode stateOrProvince state { code } country { code } cellPhoneNumber }"
)


def new(**more: Any) -> dict[str, Any]:
    return {
        "store": {"id": 1},
        "status": "ACTIVE",
        "password": "correct horse",
        "gender": "FEMALE",
        "birthdate": "1980-02-03",
        "websiteUrl": "https://zoe.example.com",
        "internalComment": "met at the fair",
        "billingAddress": {
            "email": "Zoe@example.com", "firstName": "Zoe", "lastName": "Berg", "city": "Juneau", "zipCode": "99801",
            "country": {"code": "US"}, "stateOrProvince": "Alaska", "cellPhoneNumber": "0701",
        },
        **more,
    }  # fmt: skip


def test_a_customer_is_made_changed_and_signs_in(erp: Integration) -> None:
    made = erp.change("createCustomer", f"customer {{ {CUSTOMER} }}", input=new(externalId="C-1"))["customer"]
    assert (made["email"], made["gender"], made["birthdate"]) == ("Zoe@example.com", "FEMALE", "1980-02-03")
    assert made["billingAddress"] == {
        "firstName": "Zoe", "city": "Juneau", "zipCode": "99801", "stateOrProvince": "AK", "state": {"code": "AK"},
        "country": {"code": "US"}, "cellPhoneNumber": "0701",
    }  # fmt: skip
    changed = erp.change(
        "updateCustomer",
        f"customer {{ {CUSTOMER} }}",
        id=made["id"],
        input={"billingAddress": {"city": "Sitka"}, "status": "INACTIVE", "receiveNewsletters": True},
    )["customer"]
    assert changed["billingAddress"] == {**made["billingAddress"], "city": "Sitka"}
    assert (changed["status"], changed["receiveNewsletters"]) == ("INACTIVE", True)
    assert changed["internalComment"] == "met at the fair"
    found = erp.ask('{ customer(externalId: "C-1") { id } }')["customer"]
    assert found == {"id": made["id"]}


def test_an_address_belongs_to_one_account_of_a_store(erp: Integration) -> None:
    made = erp.change("createCustomer", "customer { id }", input=new())["customer"]
    (error,) = erp.refused("createCustomer", input=new())
    assert "already registered" in error["message"] and error["path"] == ["input", "billingAddress", "email"]
    erp.change("deleteCustomer", id=made["id"])
    assert erp.refused("deleteCustomer", id=made["id"])[0]["path"] == ["id"]
    erp.change("createCustomer", input=new())


def test_what_no_customer_can_be(erp: Integration) -> None:
    for wrong in (
        {"store": {"id": 2}},
        {"store": {"id": 99}},
        {"password": "x"},
        {"billingAddress": {"firstName": "Nobody"}},
        {"billingAddress": {"email": "no address"}},
        {"billingAddress": {"email": "a@example.com", "country": {"code": "XX"}}},
        {"market": {"id": 7}},
    ):
        assert erp.refused("createCustomer", input=new(**wrong)), wrong
    assert erp.ask('{ customers(where: {email: {contains: "zoe@"}}) { id } }')["customers"] == []


def test_orders_of_customers_and_their_count(erp: Integration) -> None:
    document = """{ customers(where: {totalOrders: {from: 2}}, limit: 20) { totalOrders lastOrder { number }
      orders(limit: 200) { number customer { email } } email } }"""
    for customer in erp.ask(document)["customers"]:
        assert len(customer["orders"]) == customer["totalOrders"]
        assert customer["lastOrder"]["number"] == customer["orders"][0]["number"]
        assert all(order["customer"]["email"] == customer["email"] for order in customer["orders"])


def test_a_customer_who_ordered_is_anonymised_not_deleted(erp: Integration) -> None:
    customer = erp.ask("{ customers(where: {totalOrders: {from: 1}}, limit: 1) { id email } }")["customers"][0]
    assert erp.refused("deleteCustomer", id=customer["id"])
    fields = "customers { id email isAnonymized lastOrder { shippingAddress { firstName } } }"
    emptied = erp.change("anonymizeCustomers", fields, input={"emails": [customer["email"]]})["customers"]
    assert emptied[0]["isAnonymized"] is True
    assert emptied[0]["email"] == ""
    assert erp.refused("anonymizeCustomers", input={"customers": [{"id": customer["id"]}]})
    assert erp.refused("anonymizeCustomers", input={"emails": ["nobody@example.com"]})[0]["path"][1] == "emails"


def test_filters_of_customers(erp: Integration) -> None:
    count = erp.ask("{ counters { customers } }")["counters"]["customers"]
    for where in (
        "gender: [FEMALE]", "storeId: [1]", "countryId: [1]", 'email: {endsWith: "example.com"}', "isAnonymized: false",
        "totalOrders: {from: 1, to: 2}", "languageId: [1]", 'firstName: {startsWith: "A"}',
    ):  # fmt: skip
        name = where.partition(":")[0]
        found = erp.ask(
            '{ counters { a: customers(where: {%s}) b: customers(where: {%s, negate: ["%s"]}) } }'
            % (where, where, name)
        )["counters"]
        assert found["a"] + found["b"] == count, where
        assert found["a"] > 0, where
