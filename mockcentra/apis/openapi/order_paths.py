"""The operations of the Order API as data, in the order of the reference's list (order-api.md 1.6)."""

from mockcentra.apis.openapi.order_schemas import SCHEMAS, SHIPMENT_NUMBER, answer
from mockcentra.apis.openapi.vocabulary import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    Operation,
    Part,
    Schema,
    choice,
    constant,
    described,
    either,
    listing,
    mapping,
    model,
    ref,
    same,
    text,
)

ORDERS, SHIPMENTS, RETURNS, STOCK = "Orders", "Shipments", "Returns", "Products and stock"
PEOPLE, SUPPLIERS, VOUCHERS, ALLOCATION = "Customers of the shop", "Suppliers", "Vouchers", "Allocation"
TAGS = {
    ORDERS: "Order API: creating, completing, listing and updating orders.",
    SHIPMENTS: "Order API: packing, capturing and sending.",
    RETURNS: "Order API: what comes back, and refunds.",
    STOCK: "Order API: a row for each size.",
    PEOPLE: "Order API: customers and their personal data.",
    SUPPLIERS: "Order API: supplier orders and their deliveries.",
    VOUCHERS: "Order API: simple vouchers.",
    ALLOCATION: "Order API: warehouses that check or confirm first.",
}

# ------------------------------------------------------------------ what requests hold

ID: Schema = {"type": ["integer", "string"], "description": "a number, or its digits as a text"}
YES: Schema = {
    "enum": [True, False, 1, 0, "1", "0", "true", "false"],
    "description": "a boolean, however it is written",
}
AMOUNT: Schema = {"type": ["number", "string"]}
DATE = text("YYYY-MM-DD, or YYYY-MM-DD HH:MM:SS", examples=["2026-01-31"])
XML = {"xml": described(YES, "answers as XML")}
_PLACE = model(
    "",
    optional={
        **same(
            "email firstName lastName tele cell attn address coaddress city zipcode state company vatNumber", STRING
        ),
        "country": text("ISO alpha-2 code"),
    },
)
_ATTEMPT = model(
    "",
    {"status": described({"enum": [0, 1, 2]}, "0 pending, 1 success, 2 failed"), "amount": NUMBER},
    same("response transaction method external_url", STRING),
)
_PAYMENT = model("how it was paid outside", optional={"id": ID, "auth": _ATTEMPT, "capture": _ATTEMPT})
_LOCALIZED = model("", optional=same("localizedSize localizationDefinitionName", STRING))
_ITEM = model(
    "one of `id`, `ean`, `sku`, `item` and `upc` says which size it is",
    {"qty": ID},
    {
        "id": described(ID, "stockItemId"),
        **same("ean sku item upc comment", STRING),
        **same("unitPrice originalPrice", AMOUNT),
        "itemText": model("", optional=same("sku brand product variant size", STRING)),
        "localizedProdSize": _LOCALIZED,
    },
)
NEW_ORDER = model(
    "",
    {"products": listing(_ITEM)},
    {
        **same("invoiceAddress deliveryAddress address", _PLACE),
        **same("pricelistId marketId customerId accountId buyerId orderNumber", ID),
        **same(
            "pricelist market buyerName deliveryWindow shippingList comment internalComment poNumber warehouseGroup",
            STRING,
        ),
        **same(
            "customerRegister customerSetNewPassword sendEmail adjustStock forceCreate createOnly internalOrder"
            " applyVouchers",
            YES,
        ),
        **same("shippingValue voucherValue", AMOUNT),
        **same("orderDate deliveryDate cancelDate", DATE),
        "createdFromOrigin": model("", {"type": choice("return", "order", "plugin"), "id": ID}),
        "extraAttributes": described(OBJECT, "`<attribute>_<element>`: text"),
        "payment": _PAYMENT,
        "voucherCodes": listing(STRING),
    },
    more=ANY,
)
_UNITS = mapping(ID, description="line id -> quantity")
_PARCEL = {**same("carrier service tracking returnSlipTracking", STRING), "packages": ID, "sendEmail": YES}
_PAGE = {"limit": INTEGER, "page": described(INTEGER, "from 1")}
_SPAN = {"newer_than": described(DATE, "from then on"), "older_than": described(DATE, "before")}
_ITEM_FILTERS = {
    **same("sku ean upc", STRING),
    **same("productId variantId stockItemId market", INTEGER),
    **same("modified created", DATE),
    **_PAGE,
    **XML,
}
_LINKS = same("previous next", text("query of the page before or after this one"))
VOUCHER_TERMS = {**same("name code conversionHtml", STRING), "startDate": DATE}
NEW_VOUCHER = model(
    "",
    {
        "name": STRING,
        "stopDate": DATE,
        "type": choice("percentoff", "priceoff"),
        "store": ID,
        "markets": either(ID, listing(ID)),
        "status": YES,
    },
    {
        **VOUCHER_TERMS,
        "value": described(AMOUNT, "percent"),
        "valueByPricelist": mapping(AMOUNT, description="pricelist id -> amount"),
        "freeShipping": YES,
        "limit": described(ID, "most uses; 0: no limit"),
    },
)
_NEW_ORDER_EXAMPLE = {
    "address": {"email": "ada@example.com", "firstName": "Ada", "country": "SE"},
    "products": [{"ean": "2040460000019", "qty": 1}],
}
CUSTOMER = model(
    "",
    optional={
        **same("firstName lastName address1 address2 zipCode city state country phoneNumber gender email", STRING),
        "newsletter": YES,
        "consents": listing(
            model("", {"key": STRING}, {"consented": YES, **same("name text language version", STRING)})
        ),
    },
)
_NUMBER = described(INTEGER, "order number")
_DONE = {"order": _NUMBER, "shipment": SHIPMENT_NUMBER}
_MADE_ORDER = answer(
    "The numbers of the order, or what is wrong.", optional={"orders": listing(INTEGER), "order": INTEGER}
)
_REFUND = model("", {"status": choice("ok", "no")}, {"msg": STRING})
_SUPPLIED = answer(
    "Accepted; what is missing is in another delivery then.",
    optional={"additionalDelivery": ref("SupplierDelivery")},
)


def _accept(key: str) -> Schema:
    return model("", {"products": mapping(ID, description=f"{key} -> quantity")}, {"insertStock": YES, **XML})


# ------------------------------------------------------------------ operations

OPERATIONS = (
    Operation(
        "POST", "/order", "createOrder", ORDERS, "Create an order", {200: _MADE_ORDER}, NEW_ORDER,
        _NEW_ORDER_EXAMPLE,
    ),
    Operation(
        "POST", "/orders", "createOrders", ORDERS, "Create several orders",
        {
            200: {
                "description": "The answer of each order by its key.",
                "anyOf": [
                    mapping(
                        either(
                            model("", {"status": constant("ok")}, {"orders": listing(INTEGER), "order": INTEGER}),
                            ref("OrderApiRefusal"),
                        )
                    ),
                    ref("OrderApiRefusal"),
                ],
            }
        },
        mapping(NEW_ORDER),
        {"first": _NEW_ORDER_EXAMPLE},
    ),
    Operation(
        "POST", "/order/{order}", "completeOrder", ORDERS, "Complete a prepared order, or add payment data",
        {200: answer("Completed.", {"orders": listing(STRING)})},
        model(
            "",
            optional={
                "payment": _PAYMENT,
                **same("buyerName poNumber internalComment comment warehouseGroup", STRING),
                **same("orderDate deliveryDate cancelDate", DATE),
                **XML,
            },
        ),
        {"internalComment": "paid in the shop"},
    ),
    Operation(
        "GET", "/orders", "listAllOrders", ORDERS, "List orders",
        {200: answer("Orders by ascending number.", {"orders": listing(ref("OrderApiOrder"))})},
        query={
            "limit": described(INTEGER, "20 if absent"),
            **same("offset order customer_id", INTEGER),
            **_SPAN,
            **XML,
        },
    ),
    Operation(
        "PUT", "/orders", "updateOrder", ORDERS, "Update comments and attributes of an order",
        {200: answer("Updated.", {"order": _NUMBER})},
        model(
            "",
            {"order": ID},
            {
                **same("internalComment comment", STRING),
                **same("replaceInternalComment replaceComment", YES),
                "extraAttributes": OBJECT,
                **XML,
            },
        ),
        {"order": 1001, "internalComment": "checked"},
    ),
    Operation(
        "POST", "/shipments", "createShipment", SHIPMENTS, "Create a shipment",
        {
            200: answer(
                "Created, or the same that was there.",
                {**_DONE, **same("deliveryNote proforma", STRING)},
                {"invoice": STRING},
            )
        },
        model(
            "",
            {"order": ID, "products": _UNITS},
            {**same("gtg capture shipped createAlways deductPreviousCosts", YES), **_PARCEL, **XML},
        ),
        {"order": 1001, "products": {"1": 1}, "gtg": True},
    ),
    Operation(
        "GET", "/shipments", "listShipments", SHIPMENTS, "List shipments",
        {200: answer("Shipments, oldest first.", {"shipments": listing(ref("OrderApiShipment"))})},
        query={
            "status": choice("inprogress", "goodtogo", "completed"),
            **same("limit offset order", INTEGER),
            **_SPAN,
            **XML,
        },
    ),
    Operation(
        "GET", "/shipments/{shipment}", "getShipment", SHIPMENTS, "One shipment",
        {200: answer("A list of at most one.", {"shipments": listing(ref("OrderApiShipment"))})},
        query={"status": choice("inprogress", "goodtogo", "completed"), "order": INTEGER, **_SPAN, **XML},
        aliases=("GET /shipment/{shipment}",),
    ),
    Operation(
        "PUT", "/shipments/{shipment}", "updateShipment", SHIPMENTS, "Change a shipment",
        {200: answer("The shipment.", {"shipment": ref("OrderApiShipment")})},
        model(
            "",
            optional={
                "gtg": YES,
                "products": mapping(either(ID, model("", optional={"qty": ID, "serialNumber": STRING}))),
                **XML,
            },
        ),
        {"gtg": True},
    ),
    Operation(
        "PUT", "/shipment", "completeShipment", SHIPMENTS, "Complete a shipment",
        {200: answer("Done.", _DONE)},
        model(
            "",
            {"shipment": STRING},
            {"order": ID, **same("capture gtg shipped", YES), **_PARCEL, "internalComment": STRING, **XML},
        ),
        {"order": 1001, "shipment": "1001-1", "carrier": "Nordpaket", "tracking": "NO123"},
    ),
    Operation(
        "PUT", "/capture", "captureShipment", SHIPMENTS, "Capture a shipment",
        {200: answer("Captured.", _DONE)},
        model("", {"shipment": STRING}, XML),
        {"shipment": "1001-1"},
    ),
    Operation(
        "DELETE", "/shipments/{shipment}", "deleteShipment", SHIPMENTS, "Delete a shipment",
        {200: answer("Removed.", {**_DONE, "msg": STRING})},
    ),
    Operation(
        "POST", "/check-first", "answerCheckFirst", ALLOCATION, "Accept or reject for a warehouse that checks first",
        {200: answer("Noted.")},
        model("", {"orderNumber": ID, "warehouseId": ID, "accepted": YES}),
        {"orderNumber": 1001, "warehouseId": 4, "accepted": True},
    ),
    Operation(
        "GET", "/returns", "listReturns", RETURNS, "List returns",
        {200: answer("Returns, newest first.", {"returns": listing(ref("OrderApiReturn"))})},
        query={
            **_PAGE,
            **same("offset return order customer_id", INTEGER),
            **same("shipment selection", STRING),
            **_SPAN,
            **XML,
        },
    ),
    Operation(
        "POST", "/return", "createReturn", RETURNS, "Create a return",
        {
            200: answer(
                "Created for the rows that could be returned.",
                {
                    "order": _NUMBER,
                    "return": INTEGER,
                    "returnCompleted": BOOLEAN,
                    "returnedItems": listing(text("line id")),
                },
                {"refund": _REFUND},
            )
        },
        model(
            "",
            {"shipment": STRING},
            {
                "products": _UNITS,
                **same("returnStock handlingCostFromShipment shippingCostFromShipment voucherValueFromShipment", YES),
                **same("handlingCost shippingCost voucherValue returnCost", AMOUNT),
                "comment": STRING,
                "createdAt": DATE,
                "refund": model("", optional=same("refundPayment sendEmail", YES)),
                **XML,
            },
        ),
        {"shipment": "1001-1", "products": {"1": 1}},
    ),
    Operation(
        "PUT", "/returns/{return}", "updateReturn", RETURNS, "Complete a return, make it pending again, or refund it",
        {
            200: answer(
                "The return.", {"return": ref("OrderApiReturn")}, {"returnCompleted": BOOLEAN, "refund": _REFUND}
            )
        },
        model("", optional={**same("completed refundPayment sendEmail", YES), **XML}),
        {"completed": True},
    ),
    Operation(
        "GET", "/products", "listStockItems", STOCK, "Product data by size",
        {200: answer("A row for each size.", {"products": listing(ref("ProductRow"))}, _LINKS)},
        query={**_ITEM_FILTERS, "include": choice("attributes")},
    ),
    Operation(
        "GET", "/stock", "listStock", STOCK, "Stock by size",
        {200: answer("A row for each size.", {"products": listing(ref("StockRow"))}, _LINKS)},
        query={**_ITEM_FILTERS, "stock_modified": DATE, "exclude": choice("physicalStock")},
    ),
    Operation(
        "POST", "/stock", "setStock", STOCK, "Set stock",
        {200: answer("Set.")},
        model(
            "",
            {
                "products": listing(
                    model(
                        "",
                        {"product": text("EAN, UPC or whole SKU"), "quantity": described(ID, "absolute")},
                        {"costPrice": AMOUNT, "costPriceCurrency": text("ISO code")},
                    )
                )
            },
            XML,
        ),
        {"products": [{"product": "2040460000019", "quantity": 54}]},
    ),
    Operation(
        "GET", "/customers", "listCustomers", PEOPLE, "List customers",
        {200: answer("Customers by ascending id.", {"customers": listing(ref("OrderApiCustomer"))})},
        query={**same("limit offset", INTEGER), "email": STRING, **same("created modified", DATE), **XML},
    ),
    Operation(
        "GET", "/customers/{customer}", "getCustomerById", PEOPLE, "One customer",
        {200: answer("The customer.", {"customer": ref("OrderApiCustomer")})},
        query=XML,
    ),
    Operation(
        "PUT", "/customers/{customer}", "changeCustomer", PEOPLE, "Update a customer",
        {200: answer("The customer.", {"customer": ref("OrderApiCustomer")})},
        CUSTOMER,
        {"firstName": "Benjamin"},
    ),
    Operation(
        "PUT", "/anonymize-customer/{customer}", "anonymizeCustomer", PEOPLE, "Erase personal data",
        {200: answer("Erased.", {"msg": STRING})},
    ),
    Operation(
        "GET", "/supplier-orders", "listSupplierOrders", SUPPLIERS, "List supplier orders",
        {200: answer("Confirmed ones.", {"orders": listing(ref("SupplierOrder"))})},
        query=XML,
    ),
    Operation(
        "GET", "/supplier-orders/{supplierOrder}", "getSupplierOrder", SUPPLIERS, "One supplier order",
        {200: answer("The supplier order with its products.", {"order": ref("SupplierOrder")})},
        query=XML,
    ),
    Operation(
        "GET", "/supplier-deliveries", "listSupplierDeliveries", SUPPLIERS, "List open deliveries",
        {200: answer("Open ones.", {"deliveries": listing(ref("SupplierDelivery"))})},
        query=XML,
    ),
    Operation(
        "GET", "/supplier-deliveries/{delivery}", "getSupplierDelivery", SUPPLIERS, "One delivery",
        {200: answer("The delivery with its products.", {"delivery": ref("SupplierDelivery")})},
        query=XML,
        aliases=("GET /supplier-delivery/{delivery}",),
    ),
    Operation(
        "GET", "/supplier-deliveries/{delivery}/details", "getSupplierDeliveryDetails", SUPPLIERS,
        "The customer orders that wait for a delivery",
        {200: answer("The delivery with its orders.", {"delivery": ref("SupplierDeliveryDetails")})},
        query=XML,
        aliases=("GET /supplier-delivery/{delivery}/details",),
    ),
    Operation(
        "POST", "/supplier-deliveries/{delivery}", "acceptSupplierDelivery", SUPPLIERS, "Accept a delivery, by EAN",
        {200: _SUPPLIED}, _accept("EAN"),
        {"products": {"2040460000019": 10}},
        aliases=("POST /supplier-delivery/{delivery}",),
    ),
    Operation(
        "POST", "/supplier-deliveries/{delivery}/sku", "acceptSupplierDeliveryBySku", SUPPLIERS,
        "Accept a delivery, by SKU",
        {200: _SUPPLIED}, _accept("whole SKU"),
        {"products": {"NH1001-NVY-XS": 10}},
        aliases=("POST /supplier-delivery/{delivery}/sku",),
    ),
    Operation(
        "POST", "/voucher", "createVoucher", VOUCHERS, "Create a simple voucher",
        {200: answer("Created; it works at once.", {"voucher": INTEGER, "code": STRING})},
        NEW_VOUCHER,
        {
            "name": "Welcome", "stopDate": "2099-12-31", "type": "percentoff", "value": 10, "store": 1, "markets": 1,
            "status": True,
        },
    ),
    Operation(
        "GET", "/vouchers/{voucherId}", "getVoucher", VOUCHERS, "One voucher",
        {200: answer("The voucher.", {"voucher": ref("OrderApiVoucher")})},
        query=XML,
    ),
    Operation(
        "PUT", "/voucher/{voucherId}/clone", "cloneVoucher", VOUCHERS, "Clone a voucher",
        {200: answer("Cloned.", {"voucher": INTEGER, "code": STRING})},
        model("", {"stopDate": DATE}, {**VOUCHER_TERMS, "replaceExisting": YES}),
        {"stopDate": "2099-12-31"},
    ),
    Operation(
        "GET", "/allocation-requests", "listAllocationRequests", ALLOCATION, "List allocation requests",
        {200: answer("Requests, a hundred a page.", {"allocation_requests": listing(ref("AllocationRequest"))})},
        query={**same("status order warehouse", text("one or several, with commas")), "page": INTEGER},
    ),
    Operation(
        "PUT", "/allocation-request", "answerAllocationRequest", ALLOCATION, "Confirm or reject an allocation request",
        {
            200: {
                "description": "Whether it was taken, or why not.",
                "anyOf": [
                    model(
                        "",
                        {"success": BOOLEAN, "errorMessages": either(listing(STRING), mapping(STRING))},
                    ),
                    ref("OrderApiRefusal"),
                ],
            }
        },
        model("", {"id": ID, "status": choice("confirmed", "rejected")}),
        {"id": 1, "status": "confirmed"},
    ),
)  # fmt: skip

VARIABLES = {
    "order": text("order number", examples=["1001"]),
    "shipment": text("number of a shipment", examples=["1001-1"]),
    "return": text("id of a return", examples=["1"]),
    "customer": text("id of a customer", examples=["1"]),
    "supplierOrder": text("number of a supplier order", examples=["1"]),
    "delivery": text("id or number of a delivery", examples=["1"]),
    "voucherId": text("id of a voucher", examples=["1"]),
}
_UNAUTHORIZED = {401: {"msg": "Unauthorized"}, 403: {"status": "Not Allowed"}}
_NO_JSON = {400: {"msg": "invalid JSON"}}

PART = Part(
    title="Order API",
    base="/api/order-api",
    tags=TAGS,
    operations=OPERATIONS,
    schemas=SCHEMAS,
    security_schemes={
        "orderToken": {
            "type": "apiKey",
            "in": "header",
            "name": "API-Authorization",
            "description": "The token of the plugin.",
        }
    },
    security={"both": [{"orderToken": []}]},
    variables=VARIABLES,
    common_errors={"both": _UNAUTHORIZED, "POST": _NO_JSON, "PUT": _NO_JSON, "DELETE": _NO_JSON},
    error_models={0: "OrderApiRefusal", 403: "OrderApiNotAllowed"},
    error_example=lambda key, problem: {"status": "no", key: problem},
)
