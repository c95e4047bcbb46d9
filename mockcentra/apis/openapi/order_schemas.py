"""The models of the Order API as data (order-api.md 4, 5).

Keys in `required` are always there (a nullable one may be null); keys in `optional` may be absent.
"""

from mockcentra.apis.openapi.vocabulary import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    Schema,
    choice,
    constant,
    described,
    either,
    listing,
    mapping,
    model,
    nullable,
    pattern,
    ref,
    same,
    text,
)

ID_TEXT = pattern("^[0-9]+$", description="id, as a text of digits")
ID_OR_EMPTY = pattern("^[0-9]*$", description='id, as a text of digits; "" when there is none')
HASH = pattern("^[0-9a-f]{32}$", description="hash of the selection that became the order")
_DATE_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
MOMENT = pattern(f"^{_DATE_TIME}$", description="YYYY-MM-DD HH:MM:SS in the company's zone; zeros when not set")
MINUTE = pattern(r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}$", description="YYYY-MM-DD HH:MM; zeros when not set")
DAY = pattern(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD; zeros when not set")
FLAG: Schema = {"enum": [0, 1]}
COUNTRY = pattern("^([A-Z]{2})?$", description="ISO alpha-2 code, or empty")
CURRENCY = pattern("^[A-Z]{3}$", description="ISO 4217 code")
WEIGHT_UNIT = choice("kg", "lb")
SHIPMENT_NUMBER = pattern("^[0-9]+-[0-9]+$", description="<order number>-<n>")

PLACE_KEYS = "Name Company Email Address Coaddress Zipcode City State"
_DELIVERY = {
    **same(" ".join(f"delivery{key}" for key in PLACE_KEYS.split()), STRING),
    **same("deliveryCell deliveryTele", STRING),
    "deliveryCountry": COUNTRY,
}
_BILLING = {
    **same(" ".join(f"billing{key}" for key in PLACE_KEYS.split()), STRING),
    **same("billingTele billingVAT", STRING),
    "billingCountry": COUNTRY,
}
_HEAD = {
    "orderId": text("order number, as a text of digits", pattern="^[0-9]+$"),
    "selectionId": HASH,
    **same("orderDate cancelDate preferredDeliveryDate estimatedDeliveryDate", MOMENT),
    "orderStore": choice("retail", "wholesale"),
    "orderCurrency": CURRENCY,
    "customerId": ID_OR_EMPTY,
    "accountId": ID_OR_EMPTY,
    **_DELIVERY,
    **_BILLING,
    "poNumber": STRING,
    "shippingList": text("uri of the shipping option"),
    **same("suspect hold", FLAG),
    "internalComment": STRING,
    "otherComment": text("what requests call `comment`"),
}
_SUMS = {
    **same("shippingValue voucherValue grandTotalValue grandTotalTaxValue taxAdded taxDeducted", NUMBER),
    "taxBreakdown": listing(model("", {"description": STRING, "taxPercent": NUMBER, "value": NUMBER})),
}

# ------------------------------------------------------------------ rows

_ROW = {
    "lineId": text("id of the order line: the key for shipments and returns", pattern="^[0-9]+$"),
    **same("sku variantSku sizeSku ean upc name variant size", STRING),
    "qty": INTEGER,
    **same("originalPrice price weight", NUMBER),
    "weightUnit": WEIGHT_UNIT,
    "countryOfOrigin": COUNTRY,
    **same("harmCode comment", STRING),
    "isBundle": BOOLEAN,
}
ORDER_ROW = model(
    "A line of an order.",
    {
        **_ROW,
        **same("brand otherComment", STRING),
        **same(
            "taxPercent priceDiscount priceDiscountAsPercent taxValue totalTaxValue totalPrice totalPriceWithoutTax"
            " totalPriceWithTax priceEachWithoutTax priceEachReduction",
            NUMBER,
        ),
        "anyDiscount": BOOLEAN,
        "warehouses": listing(model("where units are allocated", {"name": STRING, "itemQty": INTEGER})),
    },
    {
        "localizedSize": model("", same("localizedSize localizationDefinitionName", STRING)),
        "isPartOfBundle": text("product id of the bundle"),
        "bundle": listing(ref("OrderRow")),
    },
)
SHIPMENT_ROW = model(
    "What a shipment holds of an order line.",
    {**_ROW, "warehouses": listing(model("", {"name": STRING, "itemQty": pattern("^[0-9]+$")}))},
    {
        "serialNumber": STRING,
        "isPartOfBundle": text("product id of the bundle"),
        "bundle": listing(ref("ShipmentRow")),
    },
)

# ------------------------------------------------------------------ orders, shipments, returns

SHORT_SHIPMENT = model(
    "A shipment within its order.",
    {
        "shipmentId": SHIPMENT_NUMBER,
        "shippedDate": MOMENT,
        **same("carrier service trackingId trackingUrl returnSlipTracking", STRING),
    },
)
_OFF = {"name": STRING, "priceOff": text("formatted"), "priceOffAsANumber": NUMBER}
DISCOUNTS = model(
    "Discounts on the whole order.",
    {
        "anyDiscount": BOOLEAN,
        "discount": text("sum of the automatic discounts, formatted"),
        "discountAsNumber": NUMBER,
        "vouchers": listing(
            model(
                "",
                {
                    "voucher": text("code"),
                    **_OFF,
                    "description": STRING,
                    "isCredit": described(BOOLEAN, "a bought credit"),
                    "originalPriceOff": STRING,
                    "originalPriceOffAsNumber": NUMBER,
                },
            )
        ),
        "automaticDiscounts": listing(model("", {"automaticDiscount": ID_TEXT, **_OFF})),
    },
)
ORDER = model(
    "An order. Custom attributes stand inline as `<attribute>_<element>`.",
    {
        **_HEAD,
        "orderStatus": choice("pending", "confirmed", "processing", "completed", "archived", "cancelled"),
        **same("internalOrder waitingForPayment", FLAG),
        **_SUMS,
        **same("marketId pricelistId", INTEGER),
        **same("ipAddress paymentPlugin paymentDescription defaultCarrier", STRING),
        "paymentType": choice("cc", "inv", "3rd", "free", "prepaid", ""),
        **same("paymentReference paymentMethod", nullable(STRING)),
        "shipments": listing(SHORT_SHIPMENT),
        **same("totalItemsPrice totalItemsPriceTax totalItemsWithoutTax totalItemsDiscount", NUMBER),
        "products": listing(ref("OrderRow")),
        "discounts": DISCOUNTS,
    },
    more=STRING,
)
_TERMS = model("", {"id": INTEGER, "name": STRING, "description": STRING})
SHIPMENT = model(
    "A shipment in full, with the head of its order.",
    {
        **_HEAD,
        "shipmentId": SHIPMENT_NUMBER,
        **same("proforma deliveryNote", text("address of a document")),
        **same("defaultCarrier deliveryService trackingNumber trackingUrl returnSlipTracking", STRING),
        "shipmentDate": MOMENT,
        "paid": FLAG,
        "shouldCapture": described(FLAG, "must be captured before it is sent"),
        **_SUMS,
        "products": listing(ref("ShipmentRow")),
    },
    {"shippingTerms": _TERMS, "paymentTerms": _TERMS, "invoices": listing(STRING)},
)
RETURN = model(
    "A return.",
    {
        **same("returnId shipmentId orderId customerId marketId pricelistId", INTEGER),
        "completed": BOOLEAN,
        "shipment": SHIPMENT_NUMBER,
        "selectionId": HASH,
        "date": MOMENT,
        **same("returnCost shippingCost handlingCost voucherValue taxValue taxDeduction baseCurrencyRate", NUMBER),
        **same("currency baseCurrency", CURRENCY),
        "returnToStock": BOOLEAN,
        "comment": nullable(STRING),
        "createdFrom": text("origin: `Order API` …"),
        "products": listing(
            model(
                "",
                {
                    **same("returnLineId shipmentLineId orderLineId quantity", INTEGER),
                    **same("productId variantId", nullable(INTEGER)),
                    **same("productName variantName size sku variantSku sizeSku ean upc", STRING),
                    "productBrand": nullable(STRING),
                    "price": NUMBER,
                },
            )
        ),
    },
)

# ------------------------------------------------------------------ products, stock, customers, vouchers

_SIZE = {
    **same("sku variantSku sizeSku product variant size sizeComment ean harmCode harmDescription", STRING),
    **same("productId variantId stockItemId", INTEGER),
    **same("brand collection upc categoryName", nullable(STRING)),
    "weight": NUMBER,
    "weightUnit": WEIGHT_UNIT,
    "countryOfOrigin": COUNTRY,
    "active": FLAG,
    "createdAt": MOMENT,
}
_CAMPAIGN = model("", {"id": ID_TEXT, "campaign": STRING, "price": NUMBER})
PRODUCT_ROW = model(
    "A size of a product. With `include=attributes` the attributes of product and variant stand inline.",
    {
        **_SIZE,
        **same("name folder description shortDescription comment metaTitle metaDescription metaKeywords", STRING),
        "store": text("name of the store"),
        "categories": listing(text("path of names")),
        "images": listing(STRING),
        "prices": listing(
            model(
                "",
                {
                    "id": ID_TEXT,
                    "price": pattern(r"^[0-9]+\.[0-9]{2}$"),
                    "pricelist": text("name of the pricelist"),
                    "currency": CURRENCY,
                    "campaigns": listing(_CAMPAIGN),
                },
            )
        ),
    },
    more=ANY,
)
STOCK_ROW = model(
    "A size with its stock in the plugin's warehouse.",
    {**_SIZE, **same("allocatedStock availableStock", INTEGER)},
    {"physicalStock": INTEGER},
)
CONSENT = model(
    "A consent.",
    {
        "key": STRING,
        "consented": BOOLEAN,
        **same("name text language version", STRING),
        **same("created modified", MOMENT),
    },
)
CUSTOMER = model(
    "A customer; texts are empty when unknown.",
    {
        "customerId": ID_TEXT,
        **same("email firstName lastName address1 address2 zipCode city state country phoneNumber gender", STRING),
        **same("newsletter registered", BOOLEAN),
        "consents": listing(ref("OrderApiConsent")),
        **same("created modified", MOMENT),
    },
)
VOUCHER = model(
    "A voucher as what it simply is.",
    {
        **same("id store limit priority", INTEGER),
        **same("name code conversionHtml", STRING),
        **same("startDate stopDate", DAY),
        "type": text("percentoff, priceoff; others for vouchers made elsewhere"),
        "value": nullable(text("percent")),
        "freeShipping": BOOLEAN,
        "markets": listing(INTEGER),
        "status": choice("active", "inactive"),
        "createdAt": MOMENT,
    },
    {"valueByPricelist": mapping(NUMBER, description="by pricelist id")},
)

# ------------------------------------------------------------------ suppliers, allocation requests

_SUPPLY = {
    "orderId": ID_TEXT,
    **same("supplierName message", STRING),
    "supplierCountry": COUNTRY,
    **same("created ETD ETA", MINUTE),
    "productsQty": INTEGER,
}
_SUPPLY_ROW = model(
    "",
    {
        **same("sku variantSku sizeSku product variant size ean", STRING),
        **same("brand collection upc", nullable(STRING)),
        "weight": NUMBER,
        "weightUnit": WEIGHT_UNIT,
        "quantity": INTEGER,
        "cost": pattern(r"^[0-9]+\.[0-9]{2}$", description="of a piece"),
        "costCurrency": CURRENCY,
    },
)
_DELIVERY_IDS = {"id": ID_TEXT, "deliveryId": pattern("^[0-9]+-[0-9]+$")}
SUPPLIER_ORDER = model("A supplier order.", _SUPPLY, {"products": listing(_SUPPLY_ROW)})
SUPPLIER_DELIVERY = model("A supplier delivery.", {**_DELIVERY_IDS, **_SUPPLY}, {"products": listing(_SUPPLY_ROW)})
DELIVERY_DETAILS = model(
    "A supplier delivery with the customer orders that wait for it.",
    {
        **_DELIVERY_IDS,
        **_SUPPLY,
        "orders": listing(
            model(
                "",
                {
                    "orderId": ID_TEXT,
                    "accountId": ID_OR_EMPTY,
                    **same("accountName buyer carrier service other paymentTerms shippingTerms poNumber", STRING),
                    **_DELIVERY,
                    "products": listing(_SUPPLY_ROW),
                },
            )
        ),
    },
)
ZONED = text("ISO-8601 with offset")
ALLOCATION_REQUEST = model(
    "A request to a warehouse to confirm what was allocated there.",
    {
        **same("id warehouseId", INTEGER),
        "status": choice("allocated", "sent", "failed", "timed-out", "confirmed", "rejected", "outdated"),
        "warehouseName": STRING,
        **same("expirationDate createdAt", nullable(ZONED)),
        "order": model("", {"id": HASH, "number": INTEGER}),
        "lines": listing(model("", same("lineId quantity stockItemId", INTEGER))),
    },
)

# ------------------------------------------------------------------ envelopes

OK = constant("ok")
NO = constant("no")
_FIELD_ERRORS = mapping(STRING, description="field -> what is wrong")
REFUSAL = model(
    "Refused, with status 200: `msg` is a text, or texts by field.",
    {"status": NO},
    {
        "msg": either(STRING, _FIELD_ERRORS),
        "code": {"enum": [-1, -2, -3, -4, -5, -6, -7], "description": "of the creation of orders"},
        **same("order shipment voucher", described(ANY, "what the caller sent")),
        "errors": model("", optional=same("productsNotFound productsAreBundles", listing(STRING))),
        "errorMessages": either(listing(STRING), _FIELD_ERRORS),
    },
)
NOT_ALLOWED = model("An endpoint that the plugin does not permit.", {"status": constant("Not Allowed")})

SCHEMAS: dict[str, Schema] = {
    "OrderApiOrder": ORDER,
    "OrderRow": ORDER_ROW,
    "OrderApiShipment": SHIPMENT,
    "ShipmentRow": SHIPMENT_ROW,
    "OrderApiReturn": RETURN,
    "ProductRow": PRODUCT_ROW,
    "StockRow": STOCK_ROW,
    "OrderApiCustomer": CUSTOMER,
    "OrderApiConsent": CONSENT,
    "OrderApiVoucher": VOUCHER,
    "SupplierOrder": SUPPLIER_ORDER,
    "SupplierDelivery": SUPPLIER_DELIVERY,
    "SupplierDeliveryDetails": DELIVERY_DETAILS,
    "AllocationRequest": ALLOCATION_REQUEST,
    "OrderApiRefusal": REFUSAL,
    "OrderApiNotAllowed": NOT_ALLOWED,
}


def answer(
    description: str, required: dict[str, Schema] | None = None, optional: dict[str, Schema] | None = None
) -> Schema:
    """What a call answers with status 200: its keys beside `status: ok`, or a refusal."""
    done = model("", {"status": OK, **(required or {})}, optional)
    return {"description": description, "anyOf": [done, ref("OrderApiRefusal")]}
