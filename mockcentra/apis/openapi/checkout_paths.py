"""The operations of the Checkout API as data, in the order of the reference's index (checkout-api.md 23)."""

from mockcentra.apis.openapi.checkout_schemas import SCHEMAS, answer
from mockcentra.apis.openapi.vocabulary import (
    ANY,
    INTEGER,
    OBJECT,
    STRING,
    Operation,
    Part,
    Schema,
    choice,
    described,
    either,
    listing,
    mapping,
    model,
    ref,
    same,
    text,
)

CART, CONTEXT, CHECKOUT, CATALOGUE = "Cart", "Context", "Checkout", "Catalogue"
LISTS, CUSTOMERS, SUBSCRIPTIONS, CONTENT = "Lists", "Customers", "Subscriptions", "Content and helpers"

TAGS = {
    CART: "Items, lines, bundles, gift certificates, vouchers.",
    CONTEXT: "Country, language, market, pricelist.",
    CHECKOUT: "The form, payment, the receipt, and offers after the purchase.",
    CATALOGUE: "Products: list, search, filter, one product, routing by URI.",
    LISTS: "What the shop consists of.",
    CUSTOMERS: "Accounts, passwords, orders, wishlist, newsletter.",
    SUBSCRIPTIONS: "Contracts, subscriptions and their stored payments.",
    CONTENT: "Articles, physical shops, address search, affiliates, preflight.",
}

# ------------------------------------------------------------------ what requests hold

ID: Schema = {"type": ["integer", "string"], "description": "id, as a number or as digits"}
IDS = either(listing(ID), ID)
YES: Schema = {
    "enum": [True, False, "true", "false", 1, 0, "1", "0"],
    "description": "a boolean, however it is written",
}
TEXTS = either(listing(STRING), STRING)
SERVER = same("market pricelist", described(either(INTEGER, STRING), 'id, or "all"; only with the secret')) | {
    "language": text("code of a language; only with the secret")
}
ADDRESS_KEYS = (
    "email firstName lastName company address1 address2 zipCode city state country phoneNumber"
    " identityNumber vatNumber houseNumber houseExtension"
)
_ADDRESS = model("", optional=same(ADDRESS_KEYS, STRING), more=ANY)
_CONSENTS = described(
    either(
        mapping(OBJECT),
        listing(model("", {"key": STRING}, {"consented": YES, **same("name text version language", STRING)})),
    ),
    "consents by key, or as a list",
)
_LOCALIZED = model("", optional=same("localizationDefinitionName localizedSize", STRING))
_LINE = {
    "comment": text("free text, such as an engraving"),
    "productUrl": STRING,
    "category": described(ID, "category from which it is bought"),
    "localizedProdSize": _LOCALIZED,
}
FOUND_ADDRESS = model("", same("firstName lastName address1 zipCode city country", STRING))
ADD_ITEM = model(
    "", optional={"quantity": INTEGER, **_LINE, "subscriptionPlan": described(ID, "buys it as a subscription")}
)
ADD_BUNDLE = model(
    "",
    {"sections": listing(model("", {"section": ID, "item": STRING}))},
    {"item": STRING, **_LINE},
)
FORM = {
    "address": _ADDRESS,
    "shippingAddress": _ADDRESS,
    **same("language paymentMethod shippingMethod email comment additionalNotes giftMessage", STRING),
    **same("newsletter cartAbandonmentEmail", YES),
    "additionalFields": described(OBJECT, "for plugins: event, suspendIgnore, campaign ids ..."),
    "consents": _CONSENTS,
    "customerClubFields": OBJECT,
}
PAYMENT = model(
    "",
    optional={
        "paymentReturnPage": text("where the provider sends the shopper; must accept GET and POST", format="uri"),
        "paymentFailedPage": text("where a failed payment leads; the return page if absent", format="uri"),
        "termsAndConditions": YES,
        **FORM,
        "paymentInitiateOnly": described(YES, "only renders the widget; for methods with supportsInitiateOnly"),
        "paymentMethodSpecificFields": described(OBJECT, "data of the payment widget"),
        **same("ipAddress affiliate", STRING),
    },
)
PROFILE = {
    **same("firstName lastName address1 address2 zipCode city state country phoneNumber gender language", STRING),
    "newsletter": YES,
    "consents": _CONSENTS,
    "customerClubFields": OBJECT,
}
_NARROWING = {
    "skipFirst": described(INTEGER, "paging offset"),
    "limit": described(INTEGER, "page size; all if absent"),
    **same("products categories collections brands", IDS),
    "silkProduct": described(ID, "internal product id"),
    "search": text("free text; every word must match"),
    "items.name": TEXTS,
    "onlyAvailable": YES,
    "relatedProducts": described(YES, "all relations in full"),
    "measurementChart": described(YES, "false leaves the charts out"),
    "sortOrder": listing(
        model(
            "",
            {"field": choice("uri", "categoryItemSort", "collectionUri", "priceAsNumber", "createdAt", "modifiedAt")},
            {"order": choice("asc", "desc")},
        )
    ),
}
_ATTRIBUTES = described(ANY, "any filter field of the answer, such as `swatch.desc`: a value or a list of values")
QUERY = model(
    "",
    optional={
        **_NARROWING,
        "uri": model("", {"uri": STRING}, {"for": listing(choice("product", "category", "brand", "collection"))}),
        **SERVER,
    },
    more=_ATTRIBUTES,
)
URI = model(
    "",
    {"uri": STRING, "for": listing(choice("product", "category", "cmsArticle", "brand", "collection"))},
    {**_NARROWING, **SERVER},
    more=_ATTRIBUTES,
)
IN_SERVER_MODE = model("", optional=SERVER)
BUNDLE_QUERY = model("", optional={"includeSectionProducts": YES, **SERVER})
LANGUAGE_ONLY = model("", optional={"language": STRING})
NEWSLETTER = model(
    "",
    optional={
        **same("country language item", STRING),
        "product": ID,
        "email_field": text("a trap for robots: with any value nothing is stored"),
        "consents": _CONSENTS,
    },
)

# ------------------------------------------------------------------ examples

ANNA = {
    "email": "anna.demo@example.com",
    "firstName": "Anna",
    "lastName": "Demo",
    "address1": "Storgatan 1",
    "zipCode": "50331",
    "city": "Borås",
    "country": "SE",
    "phoneNumber": "+46 70 123 45 67",
}
RETURN_PAGE = "https://shop.example.com/return"

# ------------------------------------------------------------------ answers and refusals


def _missing(*names: str) -> dict[int, dict[str, str]]:
    return {404: dict.fromkeys(names, "not found")}


SELECTION = {200: ref("SelectionResponse")}
ADDED = {201: ref("SelectionResponse"), 200: described(ref("SelectionResponse"), "Only a part was available.")}
CONTRACT = {200: ref("ContractResponse")}
STOCK = {410: {"stock": "unavailable items"}}
NO_ITEM = {404: {"item": "product item not found"}}
NO_LINE = _missing("line")
QUANTITY = {400: {"quantity": "not valid"}}
NEWSLETTER_ERRORS = {
    404: {"item": "product item not found", "product": "not found", "country": "not found", "language": "not found"},
    406: {"email": "Expected type e-mail"},
}
FORM_ERRORS = {
    400: {"address": "not an object"},
    **_missing("paymentMethod", "shippingMethod", "country", "state", "language"),
}


OPERATIONS = (
    Operation(
        "GET", "/selection", "getSelection", CART, "The cart; after it became an order, that order",
        {200: either(ref("SelectionResponse"), ref("OrderCompleteResponse"))},
    ),
    Operation(
        "PUT", "/selection", "changeContext", CONTEXT, "Changes several parts of the context at once", SELECTION,
        model("", optional={**same("country state language", STRING), **same("market pricelist", ID)}),
        {"country": "DE", "market": 2, "pricelist": 2, "language": "de"},
        _missing("country", "state", "market", "pricelist", "language"),
        callers="server",
    ),
    Operation(
        "PUT", "/selection/{selection}", "takeOverSelection", CART, "Attaches an open selection to this session",
        SELECTION, errors=_missing("selection"),
    ),
    Operation(
        "POST", "/items/{item}", "addItem", CART, "Adds one piece, or as many as the body says", ADDED,
        ADD_ITEM, {"quantity": 2, "comment": "Gift wrap, please"},
        {400: QUANTITY[400], 404: {**NO_ITEM[404], "subscriptionPlan": "not found"}, **STOCK},
    ),
    Operation(
        "POST", "/items/{item}/quantity/{quantity}", "addItems", CART, "Adds that many pieces", ADDED,
        ADD_ITEM, {}, {400: QUANTITY[400], 404: {**NO_ITEM[404], "subscriptionPlan": "not found"}, **STOCK},
    ),
    Operation(
        "PUT", "/items/{item}/quantity/{quantity}", "setItemQuantity", CART, "Sets the quantity of the item's line",
        SELECTION, errors={**QUANTITY, **NO_ITEM, **STOCK},
        description="An alias, drawn in diagrams of the documentation.",
    ),
    Operation(
        "PUT", "/items", "bulkUpdate", CART, "Changes, removes and adds in one call",
        {200: ref("BulkUpdateResponse")},
        model(
            "",
            optional={
                "lines": listing(model("", {"line": STRING, "quantity": INTEGER})),
                "items": listing(model("", {"item": STRING, "quantity": INTEGER})),
            },
        ),
        {"items": [{"item": "1-1", "quantity": 2}], "lines": []},
        {
            400: {"lines": "not valid", "items": "not valid"},
            404: {"line": "not found", "item": "product item not found"},
            406: {"items": "already in the selection"},
            **STOCK,
        },
    ),
    Operation(
        "POST", "/items/bundles/{item}", "addBundle", CART, "Adds a flexible bundle: one item for each section", ADDED,
        ADD_BUNDLE, {"sections": [{"section": 6, "item": "114-590"}, {"section": 7, "item": "38-206"}]},
        {400: QUANTITY[400], **NO_ITEM, 406: {"sections": "not valid"}, **STOCK},
    ),
    Operation(
        "POST", "/items/bundles/{item}/quantity/{quantity}", "addBundles", CART, "Adds several of a flexible bundle",
        ADDED, ADD_BUNDLE, {"sections": [{"section": 6, "item": "114-590"}, {"section": 7, "item": "38-206"}]},
        {400: QUANTITY[400], **NO_ITEM, 406: {"sections": "not valid"}, **STOCK},
    ),
    Operation(
        "POST", "/items/gift-certificates/{giftCertificate}", "addGiftCertificate", CART,
        "Puts a gift certificate into the cart, in place of everything else", {201: ref("SelectionResponse")},
        model("", optional={"amount": either({"type": "number"}, STRING)}), {"amount": 500},
        {**_missing("giftCertificate"), 406: {"amount": "not valid"}},
    ),
    Operation(
        "POST", "/items/gift-certificates/{giftCertificate}/amount/{amount}", "addGiftCertificateOf", CART,
        "Puts a gift certificate of any amount into the cart", {201: ref("SelectionResponse")},
        errors={**_missing("giftCertificate"), 406: {"amount": "not valid"}},
    ),
    Operation("POST", "/lines/{line}", "raiseLine", CART, "One piece more", SELECTION, errors={**NO_LINE, **STOCK}),
    Operation(
        "POST", "/lines/{line}/quantity/{quantity}", "raiseLineBy", CART, "That many pieces more", SELECTION,
        errors={**QUANTITY, **NO_LINE, **STOCK},
    ),
    Operation(
        "PUT", "/lines/{line}/quantity/{quantity}", "setLine", CART, "Sets the quantity; 0 removes the line", SELECTION,
        errors={**QUANTITY, **NO_LINE, **STOCK},
    ),
    Operation("DELETE", "/lines/{line}", "removeLine", CART, "Removes the line", SELECTION, errors=NO_LINE),
    Operation(
        "DELETE", "/lines/{line}/quantity/{quantity}", "lowerLine", CART, "That many pieces less", SELECTION,
        errors={**QUANTITY, **NO_LINE},
    ),
    Operation(
        "PUT", "/lines/{line}/subscription-plan/{subscriptionPlan}", "subscribeLine", CART,
        "Turns the line into a subscription", SELECTION, errors=_missing("line", "subscriptionPlan"),
    ),
    Operation(
        "DELETE", "/lines/{line}/subscription-plan", "unsubscribeLine", CART, "Back to a one-time purchase", SELECTION,
        errors=NO_LINE,
    ),
    Operation(
        "POST", "/vouchers", "addVoucher", CART, "Adds a voucher by its code or its URI", SELECTION,
        model("", {"voucher": STRING}), {"voucher": "WELCOME10"}, _missing("voucher"),
    ),
    Operation(
        "DELETE", "/vouchers/{voucher}", "removeVoucher", CART, "Takes a voucher off", SELECTION,
        errors=_missing("voucher"),
    ),
    Operation(
        "DELETE", "/vouchers", "removeVoucherOfBody", CART, "Takes the voucher off that the body names", SELECTION,
        model("", {"voucher": STRING}), {"voucher": "WELCOME10"}, _missing("voucher"),
    ),
    Operation(
        "PUT", "/payment-methods/{paymentMethod}", "choosePaymentMethod", CHECKOUT, "Selects a payment method",
        SELECTION,
        errors=_missing("paymentMethod"), aliases=("POST /payment-methods/{paymentMethod}",),
    ),
    Operation(
        "PUT", "/shipping-methods/{shippingMethod}", "chooseShippingMethod", CHECKOUT, "Selects a shipping method",
        SELECTION, errors=_missing("shippingMethod"),
    ),
    Operation(
        "PUT", "/countries/{country}", "changeCountry", CONTEXT,
        "Moves the session to a country; market, pricelist, language and methods follow", SELECTION,
        LANGUAGE_ONLY, {}, _missing("country", "language"),
    ),
    Operation(
        "PUT", "/countries/{country}/states/{state}", "changeState", CONTEXT, "Moves the session to a state", SELECTION,
        LANGUAGE_ONLY, {}, _missing("country", "state", "language"),
    ),
    Operation(
        "PUT", "/languages/{language}", "changeLanguage", CONTEXT, "From now on all texts are in that language",
        SELECTION,
        errors=_missing("language"),
    ),
    Operation(
        "PUT", "/markets/{market}", "changeMarket", CONTEXT,
        "Sets the market; lines that it does not have leave the cart",
        SELECTION, errors=_missing("market"), callers="server",
    ),
    Operation(
        "PUT", "/pricelists/{pricelist}", "changePricelist", CONTEXT, "Sets the pricelist", SELECTION,
        errors=_missing("pricelist"), callers="server",
    ),
    Operation(
        "PUT", "/campaign-site", "enterCampaignSite", CONTEXT, "Gives the session the market of a campaign site",
        SELECTION,
        model("", {"uri": STRING}), {"uri": "vip-lounge"}, _missing("campaignSite"),
    ),
    Operation(
        "PUT", "/payment-fields", "storePaymentFields", CHECKOUT,
        "Keeps any part of the checkout form on the selection",
        SELECTION, model("", optional=FORM, more=ANY), {"address": ANNA, "shippingMethod": "standard"}, FORM_ERRORS,
    ),
    Operation(
        "POST", "/payment", "pay", CHECKOUT, "Starts the payment; the action says what the page must do next",
        {200: ref("PaymentResponse")},
        PAYMENT,
        {
            "paymentMethod": "dummy-url",
            "shippingMethod": "standard",
            "paymentReturnPage": RETURN_PAGE,
            "paymentFailedPage": "https://shop.example.com/failed",
            "termsAndConditions": True,
            "address": ANNA,
        },
        {
            **FORM_ERRORS,
            406: {"termsAndConditions": "must be true", "address.firstName": "required"},
            409: {"email": "already registered"},
            **STOCK,
            412: {"paymentMethod": "failed"},
        },
        description="The header X-Mock-Psp of the answer is the address of the emulated provider page.",
    ),
    Operation(
        "POST", "/payment-result", "completePayment", CHECKOUT,
        "Hands on all fields that the provider sent the shopper with",
        {
            201: ref("OrderCreatedResponse"),
            200: described(
                either(ref("OrderCreatedResponse"), ref("PaymentActionResponse")),
                "The order exists already, or the shopper goes back to the provider.",
            ),
        },
        model("", {"paymentMethodFields": OBJECT}),
        {"paymentMethodFields": {"centraPaymentMethod": "dummy-url", "trans": "0af1", "signature": "5b9e"}},
        {**STOCK, 412: {"paymentMethod": "failed"}},
    ),
    Operation(
        "GET", "/receipt", "getReceipt", CHECKOUT, "The last order of this session",
        {200: ref("OrderCompleteResponse")},
        errors=_missing("order"),
    ),
    Operation(
        "POST", "/orders/{order}/items", "offerAfterPurchase", CHECKOUT, "Products to offer after the purchase",
        {200: ref("CrossSellProductsResponse")}, model("", {"products": IDS}), {"products": [2, 3]},
        {404: {"products": "products not found", "order": "not found"}},
    ),
    Operation(
        "POST", "/orders/{order}/items/{item}", "addToOrder", CHECKOUT, "Adds a piece to the order that was just made",
        {200: ref("OrderCompleteResponse"), 201: ref("OrderCompleteResponse")},
        errors={
            404: {"order": "not found", "item": "product item not found"},
            406: {"order": "cross-sell not allowed"},
            **STOCK,
            412: {"paymentMethod": "failed"},
        },
    ),
    Operation(
        "POST", "/products", "findProducts", CATALOGUE, "Lists, searches and filters products",
        {200: ref("ProductListResponse")}, QUERY,
        {"search": "cardigan", "limit": 12, "onlyAvailable": True,
         "sortOrder": [{"field": "priceAsNumber", "order": "asc"}]},
        _missing("market", "pricelist", "language"),
    ),
    Operation(
        "GET", "/products", "listProducts", CATALOGUE, "Lists all products", {200: ref("ProductListResponse")},
    ),
    Operation(
        "GET", "/products/{product}", "getProduct", CATALOGUE, "One product with all its relations",
        {200: ref("ProductResponse")}, errors=_missing("product"),
    ),
    Operation(
        "POST", "/products/{product}", "getProductAs", CATALOGUE, "One product, with the secret for any market",
        {200: ref("ProductResponse")}, IN_SERVER_MODE, {"pricelist": "all", "market": "all"},
        _missing("product", "market", "pricelist", "language"),
    ),
    Operation(
        "POST", "/uri", "route", CATALOGUE, "What is at this address of the shop", {200: ref("UriResponse")}, URI,
        {"uri": "women/knitwear/astrid-cardigan", "for": ["product", "category"]},
        {**_missing("uri", "market", "pricelist", "language"), 406: {"uri": "required", "for": "required"}},
    ),
    *(
        Operation(
            method, f"/{name}", f"{verb}{name.capitalize()}{suffix}", LISTS, f"All {name}",
            {200: answer(f"All {name}.", {name: listing(ref(each))})},
            IN_SERVER_MODE if method == "POST" else None,
            {"language": "sv"} if method == "POST" else None,
            _missing("market", "pricelist", "language") if method == "POST" else {},
        )
        for name,
        each in (("categories", "CategoryModel"), ("brands", "BrandModel"), ("collections", "CollectionModel"))
        for method, verb, suffix in (("GET", "list", ""), ("POST", "list", "As"))
    ),
    Operation(
        "GET", "/bundles/{product}", "getBundle", CATALOGUE, "A bundle and the products of its sections",
        {200: ref("BundleResponse")}, errors=_missing("bundle"),
    ),
    Operation(
        "POST", "/bundles/{product}", "getBundleAs", CATALOGUE, "A bundle and the products of its sections",
        {200: ref("BundleResponse")}, BUNDLE_QUERY, {"includeSectionProducts": "true"},
        _missing("bundle", "market", "pricelist", "language"),
    ),
    Operation(
        "GET", "/countries", "listCountries", LISTS, "All countries that the shop ships to",
        {200: answer("Shippable countries.", {"countries": listing(ref("CountryShippableModel"))})},
    ),
    Operation(
        "GET", "/countries/all", "listAllCountries", LISTS, "All countries",
        {200: answer("All countries.", {"countries": listing(ref("CountryAuthorizedModel"))})}, callers="server",
    ),
    Operation(
        "GET", "/languages", "listLanguages", LISTS, "All languages",
        {200: answer("All languages.", {"languages": listing(ref("LanguageModel"))})},
    ),
    Operation(
        "GET", "/markets", "listMarkets", LISTS, "All markets",
        {200: answer("All markets.", {"markets": listing(ref("MarketModel"))})}, callers="server",
    ),
    Operation(
        "GET", "/pricelists", "listPricelists", LISTS, "All active pricelists",
        {200: answer("All pricelists.", {"pricelists": listing(ref("PricelistModel"))})}, callers="server",
    ),
    Operation(
        "GET", "/warehouses", "listWarehouses", LISTS, "All warehouses",
        {200: answer("All warehouses.", {"warehouses": listing(ref("WarehouseModel"))})}, callers="server",
    ),
    Operation(
        "GET", "/brick-and-mortars", "listBrickAndMortars", CONTENT, "All physical shops",
        {200: answer("All physical shops.", {"brickAndMortars": listing(ref("BrickAndMortarModel"))})},
    ),
    Operation(
        "GET", "/brick-and-mortars/{id}", "getBrickAndMortar", CONTENT, "One physical shop",
        {200: answer("One physical shop.", {"brickAndMortar": ref("BrickAndMortarModel")})},
        errors=_missing("brickAndMortar"),
    ),
    Operation(
        "POST", "/cms/articles", "listArticles", CONTENT, "Articles",
        {200: answer("Articles.", {"articles": listing(ref("CmsArticleModel")), "articleCount": INTEGER})},
        model("", optional={**same("skipFirst limit", INTEGER), "section": STRING, "tags": TEXTS, **SERVER}),
        {"section": "pages", "limit": 10},
        _missing("market", "language"),
    ),
    Operation(
        "POST", "/register", "register", CUSTOMERS, "Makes an account and signs in",
        {201: ref("SelectionResponse"), 200: ref("SelectionResponse")},
        model("", {"email": STRING, "password": STRING}, PROFILE, more=ANY),
        {**ANNA, "email": "kim@example.com", "password": "secret99", "newsletter": True},
        {**_missing("country", "state", "language"),
         406: {"email": "not valid", "password": "not valid"}, 409: {"email": "already registered"}},
    ),
    Operation(
        "POST", "/login/{email}", "login", CUSTOMERS, "Signs in; the session's cart joins the saved one", SELECTION,
        model("", {"password": STRING}), {"password": "demo1234"}, {406: {"password": "incorrect"}},
    ),
    Operation("POST", "/logout", "logout", CUSTOMERS, "Signs out; the cart stays with the account", SELECTION),
    Operation(
        "GET", "/customer", "getCustomer", CUSTOMERS, "The signed-in customer", {200: ref("CustomerResponse")},
        callers="login",
    ),
    Operation(
        "PUT", "/customer/update", "updateCustomer", CUSTOMERS, "Changes whatever of the profile is sent", SELECTION,
        model("", optional={"email": STRING, **PROFILE}, more=ANY), {"city": "Göteborg", "newsletter": False},
        {**_missing("country", "state", "language"), 406: {"email": "not valid"},
         409: {"email": "already registered"}},
        callers="login",
    ),
    Operation(
        "PUT", "/address", "updateAddress", CUSTOMERS, "Changes the fields of the address that are sent", SELECTION,
        model("", optional=same("firstName lastName address1 address2 zipCode city state country phoneNumber", STRING)),
        {"address1": "Storgatan 2"},
        {**_missing("country", "state"), 406: {"city": "not valid"}},
        callers="login",
    ),
    Operation(
        "PUT", "/email", "changeEmail", CUSTOMERS, "Changes the address that signs in", SELECTION,
        model("", {"newEmail": STRING}), {"newEmail": "anna.new@example.com"},
        {406: {"email": "not valid"}, 409: {"email": "already registered"}}, callers="login",
    ),
    Operation(
        "PUT", "/password", "changePassword", CUSTOMERS, "Changes the password", SELECTION,
        model("", same("password newPassword", STRING)), {"password": "demo1234", "newPassword": "demo5678"},
        {406: {"password": "incorrect", "newPassword": "not valid"}}, callers="login",
    ),
    Operation(
        "POST", "/password-reset-email/{email}", "mailPasswordReset", CUSTOMERS,
        "Mails a link that sets a new password",
        SELECTION, model("", optional={"linkUri": STRING}), {"linkUri": "account/new-password"},
        {**_missing("email"), 406: {"linkUri": "no frontend url"}},
    ),
    Operation(
        "POST", "/password-reset", "resetPassword", CUSTOMERS, "Sets a new password with the mailed link, and signs in",
        SELECTION, model("", {"id": ID, **same("i newPassword", STRING)}),
        {"id": "1", "i": "0123456789abcdef0123456789abcdef", "newPassword": "demo5678"},
        {**_missing("i"), 406: {"newPassword": "not valid"}},
    ),
    Operation(
        "POST", "/orders", "listOrders", CUSTOMERS, "The customer's orders, newest first", {200: ref("OrdersResponse")},
        model("", optional=same("from size", INTEGER)), {"from": 0, "size": 10}, callers="login",
    ),
    Operation(
        "POST", "/newsletter-subscription/{email}", "subscribeAddress", CUSTOMERS, "Subscribes to the newsletter",
        {201: ref("SubscribedResponse"), 200: ref("SubscribedResponse")}, NEWSLETTER, {"country": "SE"},
        NEWSLETTER_ERRORS,
    ),
    Operation(
        "POST", "/newsletter-subscription", "subscribe", CUSTOMERS, "Subscribes the address in the body",
        {201: ref("SubscribedResponse"), 200: ref("SubscribedResponse")},
        model("", {"email": STRING}, NEWSLETTER["properties"]), {"email": "kim@example.com", "product": 1},
        NEWSLETTER_ERRORS,
    ),
    Operation(
        "POST", "/back-in-stock-subscription", "subscribeBackInStock", CUSTOMERS,
        "Asks to be told when an item can be delivered somewhere",
        {201: ref("SubscribedResponse"), 200: ref("SubscribedResponse")},
        model("", {"item": STRING, "shipTo": model("", {"country": STRING}, {"state": STRING})},
              same("email language", STRING)),
        {"item": "1-1", "shipTo": {"country": "SE"}, "email": "kim@example.com"},
        {404: {"item": "product item not found", "language": "not found"},
         406: {"email": "required", "shipTo": "required", "shipTo.country": "not found"}},
    ),
    Operation(
        "GET", "/customer/wishlists/{wishlist}", "getWishlist", CUSTOMERS, "The wishlist",
        {200: ref("WishlistResponse")}, errors=_missing("wishlist"), callers="login",
        query={"page": described(INTEGER, "from 1"), "limit": INTEGER},
    ),
    Operation(
        "POST", "/customer/wishlists/{wishlist}/items/{product}", "addToWishlist", CUSTOMERS, "Adds a product",
        {200: ref("WishlistResponse")}, callers="login",
        errors={
            404: {"displayItem": "display item not found", "wishlist": "Could not find a wishlist with id 7"},
            406: {"wishlist": "Cannot add display 1 to wishlist 1: duplicate item"},
        },
    ),
    Operation(
        "DELETE", "/customer/wishlists/{wishlist}/items/{product}", "removeFromWishlist", CUSTOMERS,
        "Removes a product",
        {200: ref("WishlistResponse")}, callers="login",
        errors={
            403: {"user": "Current user is not owner of this wishlist"},
            404: {"displayItem": "display item not found", "wishlist": "Could not find a wishlist with id 7"},
        },
    ),
    Operation(
        "POST", "/customer/subscriptions", "listSubscriptions", SUBSCRIPTIONS, "The customer's contracts",
        {200: ref("ContractsResponse")}, callers="login",
    ),
    Operation(
        "PUT", "/subscription/address", "changeContractAddress", SUBSCRIPTIONS, "Changes a contract's shipping address",
        CONTRACT,
        model(
            "", {"contract": ID}, same("firstName lastName address1 address2 zipCode city phoneNumber email", STRING)
        ),
        {"contract": 1, "address1": "Storgatan 2"}, {**_missing("contract"), 406: {"email": "not valid"}},
        callers="login", aliases=("PUT /subscriptions/address",),
    ),
    Operation(
        "PUT", "/subscription/interval", "changeInterval", SUBSCRIPTIONS, "Takes over interval and discount of a plan",
        CONTRACT, model("", {"subscription": ID, "subscriptionPlan": ID}), {"subscription": 1, "subscriptionPlan": 2},
        {**_missing("subscription", "subscriptionPlan"), 406: {"subscription": "not valid"}},
        callers="login",
    ),
    Operation(
        "PUT", "/subscription/status", "changeSubscriptionStatus", SUBSCRIPTIONS,
        "Pauses, resumes or ends a subscription",
        CONTRACT, model("", {"subscription": ID, "status": choice("active", "paused", "cancelled")}),
        {"subscription": 1, "status": "paused"}, {**_missing("subscription"), 406: {"status": "not valid"}},
        callers="login",
    ),
    Operation(
        "POST", "/customer/contracts/{contract}/subscription", "addSubscription", SUBSCRIPTIONS,
        "Adds a subscription to a contract", {200: ref("ContractResponse"), 201: ref("ContractResponse")},
        model("", {**same("item nextOrderDate", STRING), "subscriptionPlan": ID}, {"quantity": INTEGER}),
        {"item": "1-1", "subscriptionPlan": 1, "nextOrderDate": "2030-01-15", "quantity": 1},
        {404: {"contract": "not found", "item": "product item not found", "subscriptionPlan": "not found"},
         406: {"nextOrderDate": "not valid", "quantity": "not valid"}},
        callers="login",
    ),
    Operation(
        "PUT", "/customer/contracts/{contract}/subscription/{subscription}", "changeSubscriptionQuantity",
        SUBSCRIPTIONS,
        "Changes the quantity", CONTRACT, model("", {"quantity": INTEGER}), {"quantity": 2},
        {**_missing("contract", "subscription"), 406: {"quantity": "not valid"}}, callers="login",
    ),
    Operation(
        "POST", "/customer/stored/payment-methods", "listStorableMethods", SUBSCRIPTIONS,
        "Payment methods that can be stored for a contract",
        {200: answer("Payment methods.", {"paymentMethods": listing(ref("PaymentMethodModel"))})},
        model("", {"contract": ID}), {"contract": 1}, _missing("contract"), callers="login",
    ),
    Operation(
        "POST", "/customer/stored/payment", "storePayment", SUBSCRIPTIONS, "Starts storing a payment for contracts",
        {200: either(ref("PaymentActionResponse"), ref("PaymentStoredDirectlyResponse"))},
        model("", {"contracts": IDS}, {**same("paymentMethod paymentReturnPage paymentFailedPage", STRING)}),
        {"contracts": [1], "paymentMethod": "dummy", "paymentReturnPage": RETURN_PAGE},
        {**_missing("contract", "paymentMethod"), 406: {"paymentReturnPage": "required"},
         412: {"paymentMethod": "failed"}},
        callers="login",
    ),
    Operation(
        "POST", "/customer/stored/payment-result", "completeStoredPayment", SUBSCRIPTIONS,
        "Completes storing a payment",
        {200: ref("StoredPaymentResponse")},
        model("", {"paymentMethodFields": OBJECT}), {"paymentMethodFields": {"centraPaymentMethod": "dummy"}},
        {412: {"paymentMethod": "failed"}}, callers="login",
    ),
    Operation(
        "POST", "/address-search", "searchAddress", CONTENT, "Finds the address of a person by the identity number",
        {200: answer("An address.", {"address": FOUND_ADDRESS})},
        model("", {"identityNumber": STRING}, {"paymentMethod": STRING}), {"identityNumber": "410321-9202"},
        _missing("identityNumber"),
    ),
    Operation(
        "PUT", "/affiliates/{affiliate}", "setAffiliate", CONTENT, "Records the affiliate on the selection", SELECTION,
        errors=_missing("affiliate"),
    ),
    Operation(
        "OPTIONS", "/{path}", "preflight", CONTENT, "What browsers ask before a call from another origin",
        {204: described(ANY, "Nothing; the headers say what is allowed.")}, callers="anyone",
        description="Any path; the secret's headers are never allowed.",
    ),
)  # fmt: skip

VARIABLES: dict[str, Schema] = {
    "item": text("display item and size, as products list them", examples=["1-1"]),
    "line": text("line of this selection", examples=["00112233445566778899aabbccddeeff"]),
    "quantity": {"type": "integer", "minimum": 0, "examples": [1]},
    "giftCertificate": text("uri of a gift certificate", examples=["gift-card"]),
    "amount": text("amount in the selection's currency", examples=["500"]),
    "subscriptionPlan": text("id of a plan", examples=["1"]),
    "voucher": text("code, percent-encoded", examples=["WELCOME10"]),
    "paymentMethod": text("uri of the method", examples=["dummy-url"]),
    "shippingMethod": text("uri of the method", examples=["standard"]),
    "country": text("ISO 3166-1 alpha-2 code", examples=["SE"]),
    "state": text("code or name of the state", examples=["NY"]),
    "language": text("code of the language", examples=["sv"]),
    "market": text("id of the market", examples=["1"]),
    "pricelist": text("id of the pricelist", examples=["1"]),
    "selection": text("internal id of a selection", examples=["00112233445566778899aabbccddeeff"]),
    "order": text("order number", examples=["1001"]),
    "product": text("display item", examples=["1"]),
    "id": text("id of the physical shop", examples=["1"]),
    "email": text("e-mail address; a + is written %2B", examples=["anna.demo@example.com"]),
    "wishlist": text("0: the customer's own", examples=["0"]),
    "contract": text("id of the contract", examples=["1"]),
    "subscription": text("id of the subscription", examples=["1"]),
    "affiliate": text("uri of the affiliate", examples=["lina-blog"]),
    "path": text("any path", examples=["selection"]),
}

PART = Part(
    title="Checkout API",
    base="/api/checkout",
    tags=TAGS,
    operations=OPERATIONS,
    schemas=SCHEMAS,
    security_schemes={
        "token": {
            "type": "apiKey",
            "in": "header",
            "name": "API-token",
            "description": "The session. Every answer brings it; without it a new session starts. `none` keeps none.",
        },
        "secret": {"type": "http", "scheme": "bearer", "description": "The shared secret: server mode."},
        "rawSecret": {
            "type": "apiKey",
            "in": "header",
            "name": "API-Authorization",
            "description": "The shared secret, without a scheme.",
        },
    },
    security={
        "both": [{}, {"token": []}, {"token": [], "secret": []}, {"token": [], "rawSecret": []}],
        "server": [{"secret": []}, {"token": [], "secret": []}, {"rawSecret": []}, {"token": [], "rawSecret": []}],
        "login": [{"token": []}, {"token": [], "secret": []}, {"token": [], "rawSecret": []}],
        "anyone": [{}],
    },
    variables=VARIABLES,
    common_errors={
        "POST": {400: {"body": "invalid json"}},
        "PUT": {400: {"body": "invalid json"}},
        "both": {401: {"accessRight": "denied", "origin": "not allowed"}},
        "server": {401: {"accessRight": "denied", "origin": "not allowed"}, 403: {"accessRight": "denied"}},
        "login": {401: {"accessRight": "denied", "origin": "not allowed"}, 403: {"accessRight": "denied"}},
    },
    error_models={0: "ErrorResponse", 410: "OutOfStockResponse", 412: "PaymentRefusedResponse"},
)
