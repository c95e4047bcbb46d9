"""The models of the Checkout API as data, under the names of the published schema (checkout-models.md).

Keys in `required` are always there (a nullable one may be null); keys in `optional` may be absent.
"""

from mockcentra.apis.openapi.vocabulary import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    Schema,
    choice,
    constant,
    described,
    either,
    listing,
    mapping,
    model,
    money,
    nullable,
    pattern,
    ref,
    same,
    text,
)

ID = pattern("^[0-9]+$", description="id, as a text of digits")
ID_OR_EMPTY = pattern("^[0-9]*$", description='id, as a text of digits; "" when there is none')
MOMENT = pattern(r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$", description="YYYY-MM-DD HH:MM:SS")
COUNTRY_CODE = pattern("^[A-Z]{2}$", description="ISO 3166-1 alpha-2 code")
CURRENCY_CODE = pattern("^[A-Z]{3}$", description="ISO 4217 code")
ITEM = pattern("^[0-9]+-[0-9]+$", description="display item and size: what goes into a cart")
LINE = pattern("^[0-9a-f]{32}([0-9a-f]{8})?$", description="addresses a line of this selection")
URLS = listing(STRING)
EMPTY_LIST = listing(ANY, maxItems=0)
TOKEN: Schema = {
    "type": ["string", "null"],
    "pattern": "^[0-9a-z]{26,32}$",
    "description": "The session; send it back in the header API-token. null for `API-token: none`",
}


def answer(description: str, required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """A response: its keys beside `token`."""
    return model(description, {"token": TOKEN, **required}, optional)


# ------------------------------------------------------------------ small models (checkout-models.md 3)

LANGUAGE = model("A language of the shop.", {"language": STRING, "name": STRING, "default": BOOLEAN})

LOCATION = model(
    "The context of the session: where it ships to, and the market, pricelist and language that follow from it.",
    {
        "country": nullable(COUNTRY_CODE),
        "name": text("name of the country; empty while it is unknown"),
        "state": nullable(STRING),
        **same("stateName", STRING),
        "eu": BOOLEAN,
        "shipTo": described(BOOLEAN, "whether the shop ships there"),
        "language": ref("LanguageModel"),
        **same("market pricelist", INTEGER),
    },
)

_COUNTRY = {"country": COUNTRY_CODE, "name": STRING, "eu": BOOLEAN, "language": nullable(STRING)}
_STATES = {"states": listing(model("", {"state": STRING, "name": STRING}))}
_SHOWN_WITH_SECRET = "only with the secret"

COUNTRY_SHIPPABLE = model(
    "A country that the shop ships to.",
    {**_COUNTRY, "currency": CURRENCY_CODE},
    {**_STATES, **same("market pricelist", described(nullable(ID), _SHOWN_WITH_SECRET)), "shipTo": BOOLEAN},
)

COUNTRY_AUTHORIZED = model(
    "A country, whether or not the shop ships to it.",
    {
        **_COUNTRY,
        "currency": nullable(CURRENCY_CODE),
        **same("market pricelist", nullable(ID)),
        "shipTo": BOOLEAN,
    },
    _STATES,
)

CURRENCY = model(
    "How amounts are written; it never changes a computation.",
    {
        "currency": CURRENCY_CODE,
        **same("name prefix suffix decimalPoint", STRING),
        "decimalDigits": pattern("^[0-9]$", description="number of digits, as a text"),
        "thousandsSeparator": STRING,
        "denominator": INTEGER,
        "uri": STRING,
    },
)

LOGGED_IN = model(
    "The signed-in customer. Custom attributes stand beside these fields under their own names.",
    {
        "customer": ID,
        **same(
            "email firstName lastName gender address1 address2 zipCode city state country phoneNumber",
            text("empty when unknown"),
        ),
        "language": nullable(STRING),
        "newsletter": BOOLEAN,
        "consents": listing(
            model("", {"key": STRING, "consented": BOOLEAN}, same("name text version language", STRING))
        ),
    },
    more=ANY,
)

# ------------------------------------------------------------------ catalogue (checkout-models.md 2)

_PRICE_FIELDS: dict[str, Schema] = {
    **money("price priceBeforeDiscount", is_nullable=True),
    "discountPercent": described(NUMBER, "percent off by the campaign"),
    **same("showAsOnSale showAsNew", BOOLEAN),
    "lowestPrice": listing(model("", {"periodDays": INTEGER, **money("price priceBeforeDiscount")})),
}

_PRODUCT_TEXTS = "variantName countryOrigin excerpt excerptHtml description descriptionHtml metaTitle metaDescription"

_PRODUCT_BASE: dict[str, Schema] = {
    "product": described(ID, "display item"),
    **same("name uri sku productSku", STRING),
    "brand": ID_OR_EMPTY,
    **same("brandName brandUri", nullable(STRING)),
    "collection": ID_OR_EMPTY,
    **same("collectionName collectionUri", nullable(STRING)),
    **same(f"{_PRODUCT_TEXTS} metaKeywords stockUnit", STRING),
    "category": described(ID_OR_EMPTY, "canonical category"),
    "categoryName": nullable(listing(STRING)),
    "categoryUri": nullable(STRING),
    "categories": listing(ref("CategoryForProductModel")),
    **same("createdAt modifiedAt", MOMENT),
    **same("centraProduct centraVariant", ID),
    **same("itemQuantityMinimum itemQuantityMultipleOf", INTEGER),
    "itemTable": ref("ItemTable"),
    "media": mapping(URLS, description="addresses of pictures by size"),
    "mediaObjects": listing(
        model(
            "",
            {
                "media": INTEGER,
                "sources": mapping(listing(model("", {"url": STRING}))),
                "attributes": either(OBJECT, EMPTY_LIST),
            },
        )
    ),
    "relation": text("`variant`, `standard`, `size` or the name of a custom type"),
    "preview": BOOLEAN,
}

_PRODUCT_OPTIONAL: dict[str, Schema] = {
    "countryOfOrigin": text("the same as countryOrigin"),
    "tableMappings": mapping(ref("TableMapping"), description="localized size charts by name"),
    "defaultLocalizedChart": STRING,
}

_MEASUREMENTS = either(
    model(
        "",
        {
            "unit": STRING,
            **same("x y", listing(STRING)),
            "contents": listing(model("", {"content": STRING, "x": INTEGER, "y": INTEGER})),
        },
    ),
    EMPTY_LIST,
)

_SHOWN_PRODUCT: dict[str, Schema] = {
    "items": listing(ref("ProductItem")),
    "available": described(BOOLEAN, "whether any item can be bought now"),
}

_WITH_CHART = {**_PRODUCT_OPTIONAL, "measurementChart": _MEASUREMENTS}
_MARKETS = {"markets": described(listing(INTEGER), "only with the secret and market `all`")}
_CUSTOM = described(ANY, "custom attributes, under their own names")
_RELATED = listing(either(ref("RelatedProductModel"), ref("RelatedProductSmall")))
_AFTER_PURCHASE = {"campaigns": listing(OBJECT), **money("priceWithoutTax", is_nullable=True)}

PRODUCT = model(
    "A product as the webshop shows it: a display item, with prices in the current pricelist and stock of the market.",
    {
        **_PRODUCT_BASE,
        **_PRICE_FIELDS,
        **_SHOWN_PRODUCT,
        "relatedProducts": _RELATED,
        "subscriptionPlans": listing(ref("SubscriptionPlan")),
    },
    {**_WITH_CHART, "bundleInfo": ref("BundleInfoModel"), **_MARKETS, **_AFTER_PURCHASE},
    more=_CUSTOM,
)

PRODUCT_ALL = model(
    "A product in all pricelists at once: the price fields stand in `prices`, by pricelist.",
    {
        **_PRODUCT_BASE,
        **_SHOWN_PRODUCT,
        "relatedProducts": _RELATED,
        "subscriptionPlans": listing(ref("SubscriptionPlanTerms")),
        "prices": mapping(model("", _PRICE_FIELDS), description="price fields by pricelist"),
    },
    {**_WITH_CHART, "bundleInfo": ref("BundleInfoAllModel"), **_MARKETS},
    more=_CUSTOM,
)

RELATED_PRODUCT = model(
    "A related product in full; its own relations are in the small form.",
    {
        **_PRODUCT_BASE,
        **_SHOWN_PRODUCT,
        "relatedProducts": listing(ref("RelatedProductSmall")),
        "subscriptionPlans": listing(either(ref("SubscriptionPlan"), ref("SubscriptionPlanTerms"))),
    },
    {
        **_PRICE_FIELDS,
        "prices": mapping(model("", _PRICE_FIELDS)),
        **_WITH_CHART,
        "bundleInfo": either(ref("BundleInfoModel"), ref("BundleInfoAllModel")),
        **_MARKETS,
    },
    more=_CUSTOM,
)

RELATED_SMALL = model(
    "A related product in the small form.",
    {"product": ID, "available": BOOLEAN, "media": mapping(URLS), "relation": STRING},
    {"mediaObjects": listing(OBJECT)},
)

SELECTION_PRODUCT = model(
    "The product of a line.",
    {
        **_PRODUCT_BASE,
        **_PRICE_FIELDS,
        "items": listing(ref("SelectionProductItem")),
        "subscriptionPlans": listing(ref("SubscriptionPlan")),
    },
    _PRODUCT_OPTIONAL,
    more=_CUSTOM,
)

_PRODUCT_ITEM: dict[str, Schema] = {
    "item": ITEM,
    "sizeId": ID,
    **same("name ean upc sku", STRING),
    **same("itemTableX itemTableY", INTEGER),
}

PRODUCT_ITEM = model(
    "A size of a product.",
    {
        **_PRODUCT_ITEM,
        "stock": either(choice("yes", "few", "no", "preorder", "infinite"), INTEGER, pattern("^-?[0-9]+$")),
    },
    {
        "warehouses": described(
            listing(model("", {"warehouse": INTEGER, "stock": INTEGER})), "what can be sold from where; with the secret"
        )
    },
)

ITEM_TABLE = model(
    "The sizes of a product as a table; an item names its column and row.",
    {"unit": STRING, "x": listing(STRING), "y": listing(STRING), "dividerSymbol": STRING},
    {"desc": STRING, "original": model("", same("x y", listing(STRING)))},
)

TABLE_MAPPING = model(
    "Other names of the sizes in some countries.",
    {
        "unit": STRING,
        "x": either(mapping(STRING), listing(STRING)),
        "y": listing(STRING),
        "dividerSymbol": STRING,
        "countries": listing(COUNTRY_CODE),
    },
)

CATEGORY_FOR_PRODUCT = model(
    "A category that a product is in.",
    {"category": ID, "name": listing(STRING), "uri": STRING, "sortOrder": INTEGER, "pathIds": listing(ID)},
)

CATEGORY = model(
    "A category: `name` is the path from the root, `uri` its full address.",
    {
        "category": ID,
        "name": listing(STRING),
        "uri": STRING,
        **same("metaTitle metaDescription metaKeywords", STRING),
    },
    {"inCategory": described(ID, "parent; absent at the root")},
)

_RANGE = money("priceOfItems priceMin priceMax")
_RANGE_OPTIONAL = money("priceMinBeforeDiscount priceMaxBeforeDiscount minPrice maxPrice")
_BUNDLE: dict[str, Schema] = {
    "bundle": INTEGER,
    "type": choice("fixed", "flexible"),
    "priceType": choice("static", "dynamic"),
}
_SECTIONS = {
    "sections": listing(model("", {"section": INTEGER, "quantity": INTEGER, "products": listing(INTEGER)})),
}

BUNDLE_INFO = model(
    "What a bundle consists of and costs.",
    {**_BUNDLE, **_RANGE},
    {**_RANGE_OPTIONAL, "discount": NUMBER, **_SECTIONS, **_MARKETS},
)

BUNDLE_INFO_ALL = model(
    "A bundle in all pricelists at once.",
    {**_BUNDLE, "prices": listing(model("", {"priceList": INTEGER, **_RANGE}, _RANGE_OPTIONAL))},
    {**_SECTIONS, **_MARKETS},
)

_PLAN: dict[str, Schema] = {
    "subscriptionPlan": INTEGER,
    "name": STRING,
    "intervalValue": INTEGER,
    "intervalType": choice("day", "week", "month", "year"),
    "discountPercent": NUMBER,
    "shippingType": STRING,
    "status": STRING,
}

PLAN = model(
    "A subscription plan with the prices that it makes.",
    {**_PLAN, **money("price priceAfterDiscount", is_nullable=True)},
    {"id": ID},
)

PLAN_TERMS = model("A subscription plan without prices.", _PLAN, {"id": ID})

BRAND = model("A brand.", {"brand": ID, **same("uri name metaTitle metaDescription metaKeywords", STRING)})
COLLECTION = model("A collection.", {"collection": ID, **same("uri name", STRING)})
WAREHOUSE = model("A warehouse.", {"warehouse": ID, "name": STRING})
MARKET = model("A market.", {"market": ID, "name": STRING, "default": BOOLEAN})
PRICELIST = model(
    "A pricelist.", {"pricelist": ID, "name": STRING, "default": BOOLEAN, "currency": ref("CurrencyModel")}
)

FILTER = model(
    "A field by which products can be filtered, with all its values in the market.",
    {
        "field": STRING,
        "values": listing(
            model(
                "",
                {
                    "value": STRING,
                    "count": described(INTEGER, "products of this answer, paging left aside"),
                    "totalCount": described(INTEGER, "products without any filter"),
                    "data": either(OBJECT, STRING),
                },
                {"filterCount": described(INTEGER, "products when this field's own filter is left aside")},
            )
        ),
    },
)

CMS_ARTICLE = model(
    "An article.",
    {
        "article": ID,
        **same("title listTitle listImage uri", STRING),
        "date": MOMENT,
        **same("author authorName authorDescription authorImageUrl section sectionUri", STRING),
        **same("metaKeywords metaDescription preHeading subHeading", STRING),
        "tags": listing(STRING),
        "relatedArticles": listing(INTEGER),
        "products": EMPTY_LIST,
        "brands": listing(model("", {"brand": ID, "name": STRING})),
        "categories": listing(model("", {"category": ID, "name": STRING})),
        "parts": listing(model("", {"template": STRING, "slots": mapping(model("", {"type": STRING}, more=ANY))})),
    },
    {"metaTitle": STRING},
)

_DAY_TIME = model("", {"day": INTEGER, "time": STRING})
_HOURS: dict[str, Schema] = {
    "periods": listing(model("", {"open": _DAY_TIME}, {"close": _DAY_TIME})),
    "weekday_text": listing(STRING),
}

BRICK_AND_MORTAR = model(
    "A physical shop.",
    {
        "brickAndMortar": INTEGER,
        **same("name websiteUrl address longitude latitude", nullable(STRING)),
        **same("country countryCode state stateCode email phone", nullable(STRING)),
        "type": nullable(model("", {"type": INTEGER, "name": STRING})),
        "openingHours": nullable(model("", _HOURS)),
        "specialOpeningHours": nullable(OBJECT),
    },
    same("warehouse allocationRule", described(nullable(INTEGER), _SHOWN_WITH_SECRET)),
)

# ------------------------------------------------------------------ selections (checkout-models.md 4)

_ADDRESS = "email firstName lastName company address1 address2 zipCode city state country phoneNumber"

_DISCOUNT_DETAILS: dict[str, Schema] = {
    "expiryDate": MOMENT,
    "lines": listing(LINE),
    **money("shippingDiscount"),
    "attributes": either(OBJECT, EMPTY_LIST),
    "freeShippingFor": listing(STRING),
    "freeProductAdded": model("", {"line": LINE, "allowRemove": BOOLEAN, "allowAddMore": BOOLEAN}),
}

DISCOUNTS = model(
    "Discounts of the whole selection; what they take off is negative.",
    {
        "anyDiscount": BOOLEAN,
        **money("discount"),
        "vouchers": listing(
            model(
                "",
                {
                    "voucher": STRING,
                    "type": choice("code", "uri", "other"),
                    "description": STRING,
                    **money("priceOff"),
                },
                _DISCOUNT_DETAILS,
            )
        ),
        "automaticDiscounts": listing(
            model("", {"automaticDiscount": ID, "name": STRING, **money("priceOff")}, _DISCOUNT_DETAILS)
        ),
    },
)


def _or_false(name: str) -> dict[str, Schema]:
    return {
        name: either(STRING, constant(False)),
        f"{name}AsNumber": either(NUMBER, constant(False)),
    }


TOTALS = model(
    "Grand total = items + discount + shipping + handling + tax deducted + tax added, `false` counting as 0.",
    {
        **money("itemsTotalPrice"),
        **_or_false("totalDiscountPrice"),
        **money("shippingPrice handlingCostPrice"),
        "totalQuantity": INTEGER,
        **_or_false("taxDeducted"),
        **_or_false("taxAdded"),
        "taxPercent": NUMBER,
        **money("grandTotalPrice grandTotalPriceTax"),
    },
    {"handlingCostAddedToShippingPrice": BOOLEAN},
)

_LINE_PRICES = money(
    "priceEach totalPrice priceEachBeforeDiscount totalPriceBeforeDiscount priceEachReduction priceEachWithoutTax"
)
_SHARE: dict[str, Schema] = {**money("priceOff"), "hasAffectedItemPrice": BOOLEAN}

BUNDLE_PART = model(
    "A part of a bundle line; its prices are informative.",
    {
        "item": ITEM,
        "product": ID,
        **same("brandName productName", STRING),
        **same("size sku ean", STRING),
        **same("silkProduct silkVariant", ID),
        "quantity": INTEGER,
        **_LINE_PRICES,
        "anyDiscount": BOOLEAN,
        "taxPercent": NUMBER,
    },
    {**same("productUrl comment localizedSize", nullable(STRING)), "category": nullable(ID)},
)

_GIFT_PRODUCT = model("The product of a gift certificate's line.", {"name": STRING})

SELECTION_ITEM = model(
    "A line of a selection or an order.",
    {
        "item": text("display item and size; of a gift certificate its uri"),
        "line": LINE,
        "product": either(ref("SelectionProductModel"), _GIFT_PRODUCT),
        "quantity": INTEGER,
        **same("size sku ean", STRING),
        **same("upc comment localizedSize productUrl", nullable(STRING)),
        "category": nullable(ID),
        **_LINE_PRICES,
        "taxPercent": NUMBER,
        "anyDiscount": BOOLEAN,
        "discounts": model(
            "",
            {
                "vouchers": nullable(listing(model("", {"voucher": STRING, **_SHARE}))),
                "automaticDiscounts": nullable(listing(model("", {"automaticDiscount": INTEGER, **_SHARE}))),
            },
        ),
    },
    {
        "campaign": model("", {"name": STRING, **money("discount")}),
        "subscriptionPlan": ref("SubscriptionPlan"),
        "bundle": listing(ref("BundlePart")),
        "giftCertificate": STRING,
        "storePickup": described(BOOLEAN, "orders only"),
    },
)

_METHODS = "paymentMethod paymentMethodName shippingMethod shippingMethodName"

SELECTION = model(
    "A cart.",
    {
        "language": nullable(STRING),
        "currency": CURRENCY_CODE,
        **same(_METHODS, text("empty when there is none")),
        "items": listing(ref("SelectionItemModel")),
        "discounts": ref("Discounts"),
        "totals": ref("Totals"),
        "vatExempt": BOOLEAN,
        "additionalNotes": STRING,
        "address": model("", same(f"{_ADDRESS} vatNumber", STRING), {"countryName": STRING}),
        "shippingAddress": model("", same(_ADDRESS, STRING), {"countryName": STRING}),
        "currencyFormat": ref("CurrencyModel"),
    },
    {
        "giftMessage": nullable(STRING),
        "pluginFields": OBJECT,
        "centraCheckoutScript": STRING,
        "affiliateHtml": STRING,
    },
)

PAYMENT_METHOD = model(
    "A payment method that this selection can use.",
    {
        **same("paymentMethod name", STRING),
        **money("handlingCost"),
        "providesCustomerAddressAfterPayment": BOOLEAN,
        "supportsInitiateOnly": BOOLEAN,
    },
    {
        "paymentMethodType": STRING,
        "clientSide": model("", {"externalScript": STRING}),
        "addressRequiredFields": listing(STRING),
        **same("hasTermsAndConditionsAgreement useForDigitalContent", BOOLEAN),
    },
)

SHIPPING_METHOD = model(
    "A shipping method of the country.", {"shippingMethod": STRING, "name": STRING, **money("price")}
)

PAYMENT_FIELD = model(
    "A field of the checkout form.",
    {"type": choice("string", "boolean"), "visible": BOOLEAN, "required": BOOLEAN},
)

PAYMENT_FIELDS = model(
    "What the checkout form must ask for.",
    {
        "termsAndConditions": ref("PaymentFieldModel"),
        "address": model(
            "",
            same(
                f"{_ADDRESS} identityNumber vatNumber houseNumber houseExtension newsletter", ref("PaymentFieldModel")
            ),
        ),
        "shippingAddress": model("", same(f"{_ADDRESS} houseNumber houseExtension", ref("PaymentFieldModel"))),
    },
)

UNAVAILABLE = model(
    "What a stock check took out of the selection.",
    {"item": ITEM, "product": ID, **same("originalQuantity unavailable available", INTEGER)},
)

_CONTEXT: dict[str, Schema] = {
    "languages": listing(ref("LanguageModel")),
    "countries": listing(ref("CountryShippableModel")),
    "location": ref("LocationModel"),
}
_LOGGED_IN = {"loggedIn": described(ref("LoggedInModel"), "only while a customer is signed in")}
_ERRORS = mapping(STRING, description="what is wrong, by field")

_SELECTION_KEYS: dict[str, Schema] = {
    "selection": ref("SelectionModel"),
    "paymentMethods": listing(ref("PaymentMethodModel")),
    "paymentFields": ref("PaymentFieldsModel"),
    "shippingMethods": listing(ref("ShippingMethodModel")),
    **_CONTEXT,
}

SELECTION_RESPONSE = answer(
    "The selection and all that a page around it needs.",
    _SELECTION_KEYS,
    {**_LOGGED_IN, "unavailable": listing(ref("Unavailable"))},
)

BULK_RESPONSE = answer(
    "The selection; with `errors` when some of the operations failed.",
    _SELECTION_KEYS,
    {**_LOGGED_IN, "unavailable": listing(ref("Unavailable")), "errors": ANY},
)

OUT_OF_STOCK_RESPONSE = answer(
    "Something is missing; the selection is shown as it is without it.",
    {"errors": _ERRORS, "unavailable": listing(ref("Unavailable")), **_SELECTION_KEYS},
    {
        **_LOGGED_IN,
        "cancellation": model(
            "The authorisation that was cancelled.", {**money("grandTotalPrice"), "currency": CURRENCY_CODE}
        ),
    },
)

# ------------------------------------------------------------------ orders (checkout-models.md 5)

_ORDER: dict[str, Schema] = {
    "order": pattern("^[0-9]+$", description="order number"),
    "status": choice("untouched", "progress", "ok", "archived", "failed"),
    "statusDescription": choice(
        "Pending", "Confirmed", "Processing", "Completed", "Archived", "Cancelled", "Incomplete"
    ),
    "date": MOMENT,
    "giftMessage": nullable(STRING),
    "language": nullable(STRING),
    "currency": CURRENCY_CODE,
    **same(_METHODS, STRING),
    "items": listing(ref("SelectionItemModel")),
    "discounts": ref("Discounts"),
    "totals": ref("Totals"),
    "vatExempt": BOOLEAN,
    "additionalNotes": STRING,
    "address": model("", same(f"{_ADDRESS} countryName vatNumber", STRING)),
    "shippingAddress": model("", same(f"{_ADDRESS} countryName", STRING)),
    "currencyFormat": ref("CurrencyModel"),
}
_ORDER_OPTIONAL: dict[str, Schema] = {
    "pluginFields": OBJECT,
    "centraCheckoutScript": STRING,
    "paymentMethodData": OBJECT,
}
_AFFILIATE = {"affiliateHtml": text("HTML to put into the receipt page; empty when there is none")}

ORDER_CREATED = model("An order that was made just now.", {**_ORDER, **_AFFILIATE}, _ORDER_OPTIONAL)
ORDER_COMPLETE = model("An order on its receipt.", _ORDER, {**_ORDER_OPTIONAL, **_AFFILIATE})
ORDER = model(
    "An order of the customer.",
    {
        **_ORDER,
        "shipments": listing(
            model(
                "A shipment that was sent.",
                {
                    "shipmentId": STRING,
                    "shippedDate": MOMENT,
                    **same("carrier service trackingId trackingUrl returnSlipTracking additionalMessage", STRING),
                },
            )
        ),
    },
    {**_ORDER_OPTIONAL, **_AFFILIATE},
)

_CROSS_SELL = {"crossSell": model("", {"isAllowed": BOOLEAN}, {"timeLimit": described(INTEGER, "minutes")})}

ORDER_CREATED_RESPONSE = answer(
    "The order that the payment made.",
    {"order": ref("OrderCreatedModel"), **_CONTEXT},
    {**_LOGGED_IN, **_CROSS_SELL},
)
ORDER_CREATED_DIRECTLY = answer(
    "Paid at once.",
    {"action": constant("success"), "order": ref("OrderCreatedModel"), **_CONTEXT},
    _LOGGED_IN,
)
ORDER_COMPLETE_RESPONSE = answer("The last order.", {"order": ref("OrderCompleteModel"), **_CONTEXT}, _LOGGED_IN)
ORDERS_RESPONSE = answer(
    "Orders of the customer, newest first.",
    {
        "orders": listing(ref("OrderModel")),
        "ordersPaging": model("", same("from size totalSize", INTEGER)),
        **_CONTEXT,
        "loggedIn": ref("LoggedInModel"),
    },
)

# ------------------------------------------------------------------ payment (checkout-models.md 5.3)

PAYMENT_ACTION = answer(
    "What the page must do next: send the browser to `url`, put `formHtml` into the page, run `code`, or talk to its "
    "own provider about `selection`.",
    {"action": choice("redirect", "form", "javascript", "external")},
    {
        **same("url formHtml formUrl formType code orderId", STRING),
        "selection": text("id of the selection, for the action `external`"),
        "formFields": OBJECT,
    },
)

PAYMENT_RESPONSE = either(ref("PaymentActionResponse"), ref("OrderCreatedDirectlyResponse"))

PAYMENT_REFUSED = answer(
    "The payment was refused; the selection stays open.",
    {"errors": _ERRORS, "messages": listing(STRING)},
    same("message code", STRING),
)

ERROR_RESPONSE = model(
    "Something is wrong. Only answers to calls that never reach a session lack the token.",
    {"errors": _ERRORS},
    {"token": TOKEN, "messages": listing(STRING), **same("message code", STRING)},
)

# ------------------------------------------------------------------ answers of the catalogue

_PRODUCTS = listing(either(ref("ProductModel"), ref("ProductAllModel")))
_ONE_PRODUCT = either(ref("ProductModel"), ref("ProductAllModel"))
_LISTED: dict[str, Schema] = {
    "products": _PRODUCTS,
    "productCount": described(INTEGER, "matches without paging"),
    "filter": listing(ref("Filter")),
}

PRODUCT_LIST = answer("A page of products, and the filter for all of them.", _LISTED)
PRODUCT_RESPONSE = answer("One product.", {"product": _ONE_PRODUCT})
BUNDLE_RESPONSE = answer("A bundle and the products of its sections.", {"bundle": _ONE_PRODUCT}, {
    "sectionProducts": _PRODUCTS
})  # fmt: skip

URI_RESPONSE = either(
    answer("A product.", {"found": constant("product"), "product": _ONE_PRODUCT}, {"category": ref("CategoryModel")}),
    answer("A category.", {"found": constant("category"), "category": ref("CategoryModel"), **_LISTED}),
    answer("An article.", {"found": constant("cmsArticle"), "cmsArticle": ref("CmsArticleModel")}),
    answer("A brand.", {"found": constant("brand"), "brand": ref("BrandModel"), **_LISTED}),
    answer("A collection.", {"found": constant("collection"), "collection": ref("CollectionModel"), **_LISTED}),
)

CROSS_SELL_PRODUCTS = answer(
    "Products that can be offered after the purchase.",
    {"products": _PRODUCTS},
    same("successfullyFetched failedToFetch", listing(INTEGER)),
)

# ------------------------------------------------------------------ customers

CUSTOMER_RESPONSE = model(
    "The customer, at the top level and again as `loggedIn`.",
    {"token": TOKEN, **LOGGED_IN["properties"], "loggedIn": ref("LoggedInModel")},
    more=ANY,
)

WISHLIST_RESPONSE = answer(
    "The wishlist.",
    {
        "wishlist": model(
            "",
            {
                "wishlist": INTEGER,
                "isDefault": BOOLEAN,
                "items": listing(model("", {**same("wishlistItem product", INTEGER), "createdAt": MOMENT})),
            },
        )
    },
)

SUBSCRIBED_RESPONSE = answer("Subscribed.", {"subscribed": constant(True)})

CONTRACT = model(
    "A contract: address and payment of one or more subscriptions.",
    {
        "contract": INTEGER,
        "createdAt": MOMENT,
        "address": mapping(STRING),
        "payment": model("", {"status": choice("ACTIVE", "PENDING", "FAILED"), "paymentMethod": STRING}),
        "subscriptions": listing(
            model(
                "",
                {
                    "subscription": INTEGER,
                    "status": choice("active", "paused", "cancelled"),
                    "item": ITEM,
                    "quantity": INTEGER,
                    "subscriptionPlan": either(ref("SubscriptionPlan"), ref("SubscriptionPlanTerms")),
                    "nextOrderDate": pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
                    "product": nullable(ref("SelectionProductModel")),
                },
            )
        ),
    },
)
_STORED: dict[str, Schema] = {"status": STRING, "paymentHtml": STRING, "contractIds": listing(INTEGER)}
STORED_PAYMENT = answer("The payment is stored.", _STORED)
STORED_DIRECTLY = answer("The payment is stored at once.", {"action": constant("success"), **_STORED})
CONTRACTS_RESPONSE = answer("The customer's contracts.", {"contracts": listing(ref("Contract"))})
CONTRACT_RESPONSE = answer("The contract after the change.", {"contract": ref("Contract")})

SCHEMAS: dict[str, Schema] = {
    "SelectionResponse": SELECTION_RESPONSE,
    "BulkUpdateResponse": BULK_RESPONSE,
    "OutOfStockResponse": OUT_OF_STOCK_RESPONSE,
    "SelectionModel": SELECTION,
    "SelectionItemModel": SELECTION_ITEM,
    "BundlePart": BUNDLE_PART,
    "Discounts": DISCOUNTS,
    "Totals": TOTALS,
    "PaymentMethodModel": PAYMENT_METHOD,
    "ShippingMethodModel": SHIPPING_METHOD,
    "PaymentFieldsModel": PAYMENT_FIELDS,
    "PaymentFieldModel": PAYMENT_FIELD,
    "Unavailable": UNAVAILABLE,
    "LanguageModel": LANGUAGE,
    "LocationModel": LOCATION,
    "CountryShippableModel": COUNTRY_SHIPPABLE,
    "CountryAuthorizedModel": COUNTRY_AUTHORIZED,
    "CurrencyModel": CURRENCY,
    "LoggedInModel": LOGGED_IN,
    "PaymentResponse": PAYMENT_RESPONSE,
    "PaymentActionResponse": PAYMENT_ACTION,
    "PaymentRefusedResponse": PAYMENT_REFUSED,
    "OrderCreatedDirectlyResponse": ORDER_CREATED_DIRECTLY,
    "OrderCreatedResponse": ORDER_CREATED_RESPONSE,
    "OrderCompleteResponse": ORDER_COMPLETE_RESPONSE,
    "OrdersResponse": ORDERS_RESPONSE,
    "OrderCreatedModel": ORDER_CREATED,
    "OrderCompleteModel": ORDER_COMPLETE,
    "OrderModel": ORDER,
    "ProductListResponse": PRODUCT_LIST,
    "ProductResponse": PRODUCT_RESPONSE,
    "BundleResponse": BUNDLE_RESPONSE,
    "UriResponse": URI_RESPONSE,
    "CrossSellProductsResponse": CROSS_SELL_PRODUCTS,
    "ProductModel": PRODUCT,
    "ProductAllModel": PRODUCT_ALL,
    "RelatedProductModel": RELATED_PRODUCT,
    "RelatedProductSmall": RELATED_SMALL,
    "SelectionProductModel": SELECTION_PRODUCT,
    "ProductItem": PRODUCT_ITEM,
    "SelectionProductItem": model("A size, as lines show it.", _PRODUCT_ITEM),
    "ItemTable": ITEM_TABLE,
    "TableMapping": TABLE_MAPPING,
    "CategoryModel": CATEGORY,
    "CategoryForProductModel": CATEGORY_FOR_PRODUCT,
    "BundleInfoModel": BUNDLE_INFO,
    "BundleInfoAllModel": BUNDLE_INFO_ALL,
    "SubscriptionPlan": PLAN,
    "SubscriptionPlanTerms": PLAN_TERMS,
    "BrandModel": BRAND,
    "CollectionModel": COLLECTION,
    "WarehouseModel": WAREHOUSE,
    "MarketModel": MARKET,
    "PricelistModel": PRICELIST,
    "Filter": FILTER,
    "CmsArticleModel": CMS_ARTICLE,
    "BrickAndMortarModel": BRICK_AND_MORTAR,
    "CustomerResponse": CUSTOMER_RESPONSE,
    "WishlistResponse": WISHLIST_RESPONSE,
    "SubscribedResponse": SUBSCRIBED_RESPONSE,
    "Contract": CONTRACT,
    "ContractsResponse": CONTRACTS_RESPONSE,
    "ContractResponse": CONTRACT_RESPONSE,
    "StoredPaymentResponse": STORED_PAYMENT,
    "PaymentStoredDirectlyResponse": STORED_DIRECTLY,
    "ErrorResponse": ERROR_RESPONSE,
}
