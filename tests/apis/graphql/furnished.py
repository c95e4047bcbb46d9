"""Makes in a shop, through the API itself, what its seed does not have, so that conditions of lists tell objects apart."""

from typing import Any

from tests.apis.graphql.conftest import Integration
from tests.apis.graphql.promotions import FROM, TO, action, new_voucher, off, sek
from tests.shopper import Shopper, address, payment

OBJECTS = (
    "Account", "AdminUser", "Brand", "Buyer", "Collection", "Customer", "Currency", "DeliveryWindow", "Folder",
    "Invoice", "Market", "PaymentHistoryEntry", "PaymentTerms", "Pricelist", "Product", "ProductVariant",
    "PurchaseOrder", "Return", "SalesRepresentative", "Shipment", "StorePlugin", "ShippingTerms", "SizeChart", "Voucher",
    "Warehouse",
)  # fmt: skip


def furnish(erp: Integration) -> None:
    """Two of everything that the seed has only one kind of."""
    _names(erp)
    _company(erp)
    _wholesale(erp)
    _catalogue(erp)
    _supply(erp)
    _promotions(erp)
    _people(erp)
    _subscribers(erp)


def _names(erp: Integration) -> None:
    erp.change("setEventListeners", input=[
        {"objectType": "Brand", "changeTypes": ["CREATED", "UPDATED"]},
        {"objectType": "Market", "changeTypes": ["CREATED"]},
        {"objectType": "Display", "changeTypes": ["UPDATED", "DELETED"]},
    ])  # fmt: skip
    orders = erp.ask("{ orders(limit: 2, sort: number_ASC) { number } }")["orders"]
    named = [(kind, number) for kind in OBJECTS for number in (1, 2)]
    named += [("Order", order["number"]) for order in orders]
    known = [
        {"objectType": kind, "internalId": number, "externalId": f"ext-{kind}-{number}"}
        for kind, number in named
        if (kind, number) not in (("Warehouse", 1), ("SizeChart", 1))
    ]
    erp.change("setIdConversions", input=known)


def _company(erp: Integration) -> None:
    market = erp.change("createMarket", "market { id }", input={"name": "Fairs", "store": {"id": 1}})["market"]["id"]
    erp.change("createBrand", input={"name": "Elsewhere", "addToStores": [{"id": 2}]})
    erp.change("createCollection", input={"name": "Yesterday", "status": "INACTIVE"})
    erp.change("createPricelist", input={
        "name": "Outlet", "status": "INACTIVE", "store": {"id": 1}, "currencyIsoCode": "SEK",
    })  # fmt: skip
    erp.change("createWarehouse", input={"name": "Garage", "hideFromStockView": True, "status": "ACTIVE"})
    erp.change("createCategory", input={"name": "Loft", "status": "INACTIVE", "store": {"id": 1}})
    erp.change("createSizeLocalization", input={
        "name": "Loft sizes", "displayName": "LO", "status": "INACTIVE", "addSizeCharts": [{"id": 3}], "addStores": [{"id": 2}],
    })  # fmt: skip
    erp.change("createShippingOption", input={
        "name": "Pickup", "status": "INACTIVE", "currencyIsoCode": "EUR", "storeType": "WHOLESALE", "isPickupPoint": True,
        "addStores": [{"id": 2}],
        "addShippingGroups": [{"addCountries": [{"code": "NO"}],
                               "ranges": {"orderTotal": [{"shippingPrice": 5, "fromPrice": 0}]}}],
    })  # fmt: skip
    erp.change("createSubscriptionPlan", input={
        "name": "Never", "status": "INACTIVE", "store": {"id": 1}, "interval": {"type": "YEAR", "value": 1},
    })  # fmt: skip
    erp.change("updateDisplay", id=2, input={"addMarkets": [{"id": market}]})


def _wholesale(erp: Integration) -> None:
    address = {"email": "loft@example.com", "city": "Lund", "country": {"code": "SE"}}
    markets = erp.ask("{ markets(where: {storeId: 2}) { id } pricelists(where: {storeId: 2}) { id } }")
    account = erp.change("createAccount", "account { id }", input={
        "name": "Loft", "status": "ACTIVE", "market": markets["markets"][0], "pricelist": markets["pricelists"][0],
        "discounts": {"generalDiscount": {"discountPercent": 3, "isVisible": False}}, "blockIfUnpaidInvoices": True,
        "isInternal": True, "documentTemplate": {"id": 1}, "allocationRule": {"id": 1}, "applyCreditLimit": True,
        "creditLimit": 100, "accountAddress": {**address, "email": "main@example.com"},
        "shippingAddress": {**address, "email": "goods@example.com"},
        "billingAddress": {**address, "email": "bills@example.com", "vatNumber": "SE556"},
    })["account"]["id"]  # fmt: skip
    erp.change("createBuyer", input={
        "account": {"id": account}, "store": {"id": 2}, "status": "ACTIVE", "receiveAutoEmails": True,
        "billingAddress": {"email": "b.loft@example.com", "firstName": "Bo"},
    })  # fmt: skip
    group = erp.change(
        "createDeliveryWindowGroup", "deliveryWindowGroup { id }", input={"name": "Seasons", "externalId": "g1"}
    )
    erp.change("createDeliveryWindowGroup", input={"name": "Anytime"})
    windows = {
        "status": "ACTIVE", "deliveryDatesVisible": True, "selectableByBuyers": True, "selectedByDefault": False,
        "defaultVariantDeliveryType": "STOCK", "markets": markets["markets"][:1],
    }  # fmt: skip
    erp.change("createDeliveryWindow", input={
        **windows, "name": "Soon", "atOnce": {"daysFromNow": 5}, "allocationRule": {"id": 1},
        "deliveryWindowGroup": {"id": group["deliveryWindowGroup"]["id"]},
    })  # fmt: skip
    erp.change("createDeliveryWindow", input={
        **windows, "name": "Later", "preorder": {
            "deliveryDateRange": {"from": "2027-01-01", "to": "2027-02-01"},
            "salesDateRange": {"from": "2026-09-10", "to": "2026-12-01"}, "allocationOrder": "FIFO",
        },
    })  # fmt: skip
    for name, store, days in (("Sample sale", 2, ("2026-10-01", "2026-10-31")), ("Open end", 2, ("2027-01-01", None))):
        made = erp.change("createPriceAlteration", "priceAlteration { id }", input={
            "name": name, "status": "ACTIVE" if days[1] else "INACTIVE", "store": {"id": store},
            "startDate": days[0], "endDate": days[1],
        })["priceAlteration"]["id"]  # fmt: skip
    erp.change("setAlteredPrices", input={
        "priceAlteration": {"id": made}, "pricelist": markets["pricelists"][0],
        "productPrices": [{"product": {"id": 1}, "price": {"value": 5, "currencyIsoCode": "EUR"},
                           "overrideIndividualVariantPrices": True}],
    })  # fmt: skip
    invoices = erp.ask(
        "{ invoices(where: {status: [UNPAID], storeId: 2}, limit: 2) { id grandTotal { value currency { code } } } }"
    )["invoices"]
    for invoice, share in zip(invoices, (1, 0.5), strict=False):
        value = {
            "value": round(invoice["grandTotal"]["value"] * share, 2),
            "currencyIsoCode": invoice["grandTotal"]["currency"]["code"],
        }
        erp.change(
            "registerInvoicePayment",
            input={"invoice": {"id": invoice["id"]}, "value": value, "paymentDate": "2026-09-0" + str(int(share * 4))},
        )


def _catalogue(erp: Integration) -> None:
    erp.change("updateProduct", id=2, input={"internalComment": "Ask Åsa"})
    erp.change("updateProductSize", id=3, input={"isActive": False})
    groups = erp.ask("{ taxGroups { id } }")["taxGroups"]
    erp.change("updateDisplay", id=1, input={"taxGroup": groups[-1]})


def _supply(erp: Integration) -> None:
    supplier = erp.change("createSupplier", "supplier { id }", input={
        "currencyIsoCode": "EUR", "status": "INACTIVE", "preferredWarehouse": {"id": 2},
        "address": {"supplierName": "Loft mill", "city": "Prato", "country": {"code": "IT"}},
    })["supplier"]["id"]  # fmt: skip
    variants = [
        {"productVariant": {"id": each}, "unitCost": {"value": each, "currencyIsoCode": "EUR"}} for each in (1, 7)
    ]
    for owner, what in ((supplier, variants), (1, variants[:1])):
        erp.change("setSupplierProductVariants", input={"supplier": {"id": owner}, "productVariants": what})
    size = {"productVariant": {"id": 1}, "productSize": {"id": 1}, "quantity": 2,
            "unitPrice": {"value": 1, "currencyIsoCode": "EUR"}}  # fmt: skip
    order = erp.change("createPurchaseOrder", "purchaseOrder { id }", input={
        "supplier": {"id": supplier}, "confirmedETD": "2026-11-11", "ourReference": "OR-1", "addPurchaseOrderLines": [size],
        "shippingAddress": {"address1": "Street 1", "zipCode": "12345", "city": "Lund", "country": {"code": "SE"}},
    })["purchaseOrder"]["id"]  # fmt: skip
    erp.change("createPurchaseOrderDelivery", input={
        "purchaseOrder": {"id": order}, "ETA": "2026-12-24", "shippingDistributionMethod": "BY_QUANTITY",
        "adminUser": {"id": 1}, "addUnlinkedLines": [size],
    })  # fmt: skip


def _promotions(erp: Integration) -> None:
    reusable = off(
        {
            "reusablePriceOff": {
                "setOriginalValue": [
                    *sek(100),
                    {"pricelist": {"id": 2}, "value": {"value": 10, "currencyIsoCode": "EUR"}},
                ]
            }
        }
    )
    voucher = new_voucher(erp, action(reusable), code="REUSED", reuse=True, name="Reused")
    new_voucher(erp, action(off({"percentOff": 10})), code="TRADE", store={"id": 2}, addMarkets=[])
    code = new_voucher(erp, action(off({"percentOff": 10})), code="CODES", name="Codes")
    for vouchers, codes in (
        (code, [{"code": "C-1"}, {"email": "friend@example.com"}, {"domain": "example.com"}]),
        (voucher, [{"code": "R-1"}]),
    ):
        erp.change("addSubvouchers", input={
            "voucher": {"id": vouchers["id"]}, "startAt": FROM, "stopAt": TO, "subvouchers": codes,
        })  # fmt: skip
    trade = erp.ask("{ markets(where: {storeId: 2}) { id } pricelists(where: {storeId: 2}) { id } }")
    campaign = erp.change("createCampaign", "campaign { id }", input={
        "name": "Trade fair", "status": "ACTIVE", "store": {"id": 2}, "addMarkets": trade["markets"][:1],
        "addPricelists": trade["pricelists"][:1],
    })["campaign"]["id"]  # fmt: skip
    erp.change("setCampaignVariants", input={"campaign": {"id": campaign}, "variants": [{
        "productVariant": {"id": 1}, "type": "DISCOUNT_PERCENT", "discountPercent": 7, "startAt": FROM, "stopAt": TO,
        "showSale": True, "showNews": True,
    }]})  # fmt: skip


def _people(erp: Integration) -> None:
    person: dict[str, Any] = {
        "store": {"id": 1}, "status": "INACTIVE", "password": "Secret-12345", "gender": "OTHER", "birthdate": "1990-05-05",
        "billingAddress": {"email": "loft@example.com", "firstName": "Åke", "lastName": "Öst", "cellPhoneNumber": "+46701",
                           "country": {"code": "SE"}},
    }  # fmt: skip
    made = erp.change("createCustomer", "customer { id }", input=person)["customer"]["id"]
    gone = {**person, "billingAddress": {**person["billingAddress"], "email": "gone@example.com"}, "birthdate": None}
    other = erp.change("createCustomer", "customer { id }", input=gone)["customer"]["id"]
    erp.change("anonymizeCustomers", input={"customers": [{"id": other}]})
    for customer in (made, 3):
        erp.change("addWishlistItem", input={"customer": {"id": customer}, "displayItem": {"id": 1}})


def _subscribers(erp: Integration) -> None:
    """Two customers subscribe to the same item, one of them twice, and get mails about their orders."""
    for email, plans in (("eva@example.com", (1, 2)), ("adam@example.com", (1,))):
        if email.startswith("adam"):  # later than all else
            erp.client.put("/_mock/clock", json={"now": "2030-01-01T12:00:00Z"}).raise_for_status()
        shopper = Shopper(erp.client)
        products = shopper.ok("POST", "products", {"uri": {"uri": "nora-tote", "for": ["product"]}, "limit": 500})[
            "products"
        ]
        (tote,) = (product for product in products if product["uri"] == "nora-tote")
        item = next(each["item"] for each in tote["items"] if each["stock"] != "no")
        shopper.ok("POST", "register", {"email": email, "password": "correct horse"})
        for plan in plans:
            shopper.ok("POST", f"items/{item}/quantity/1", {"subscriptionPlan": plan})
        shopper.ok("POST", "payment", payment(address=address(email=email)))
        shopper.ok("POST", f"login/{email}", {"password": "correct horse"})
