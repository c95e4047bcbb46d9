"""What vouchers do, in the words of the API: criteria and results become conditions and results of the rules."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mockcentra.commerce import voucher_rules
from mockcentra.commerce.voucher_writing import Action, Condition, Result
from mockcentra.store import graphql_reading as reading
from mockcentra.store import records
from mockcentra.store import vouchers as rows

if TYPE_CHECKING:
    from mockcentra.apis.graphql.changes import Input

# What criteria and results of the rules are called that nobody made through this API.
CRITERIA = {
    "order_value": "ORDER_VALUE", "quantity": "PRODUCT_QUANTITY", "once": "ONCE_PER_CUSTOMER",
    "new_customer": "NEW_CUSTOMER", "signed_in": "LOGGED_IN_CUSTOMER",
}  # fmt: skip
# What is of one store, and where it is kept.
_OF_STORE = {"Category": "categories", "DeliveryWindow": "delivery_windows", "ShippingOption": "shipping_options"}
RESULTS = {"free_shipping": "SET_FREE_SHIPPING", "free_product": "ADD_FREE_PRODUCTS", "continue": "CONTINUE"}

Configured = tuple[str, dict[str, Any]] | None
"""The type and the configuration of a condition; None with user errors."""


def amounts_of(given: "Input", name: str, store_id: int | None) -> dict[int, int]:
    """Pricelist -> hundredths of a list of pricelists with values; user errors for what does not fit together."""
    parts = given.parts(name)
    named = [part.ref("pricelist", "Pricelist") for part in parts]
    tx = given.run.tx
    pricelists = records.get_many(tx, "pricelists", named)
    currencies = given.run.once("currencies", lambda: reading.currencies(tx))
    found: dict[int, int] = {}
    for part, pricelist_id in zip(parts, named, strict=True):
        pricelist = pricelists.get(pricelist_id or 0)
        code = currencies[pricelist["currency_id"]]["code"] if pricelist else None
        amount = part.money("value", code)
        if pricelist is not None and pricelist["store_id"] != store_id:
            part.error("The pricelist is of another store", "pricelist")
        if pricelist is not None and amount is not None:
            found[pricelist["id"]] = amount
    return found


# ------------------------------------------------------------------ criteria


def _flag(kind: str, config: dict[str, Any], needed: bool = True) -> Callable[["Input", str, int | None], Configured]:
    """A criterion that is only ever true (or only ever false)."""

    def make(given: "Input", name: str, store_id: int | None) -> Configured:
        if given[name] is not needed:
            given.error(f"{name} is {str(needed).lower()} or null", name)
            return None
        return kind, config

    return make


def _new_customer(given: "Input", name: str, store_id: int | None) -> Configured:
    return "new_customer", {"is_new": given[name]["isNew"]}


def _named_ids(given: "Input", name: str, kind: str, store_id: int | None) -> list[int]:
    """The ids of what a list names; user errors for none at all, and for what is of another store."""
    if not given[name]:
        given.error(f"{name} must not be empty", name)
    ids = given.refs(name, kind)
    if kind in _OF_STORE:
        for row in records.get_many(given.run.tx, _OF_STORE[kind], ids).values():
            if row["store_id"] != store_id:
                given.error(f"{kind} ID {row['id']} belongs to another store", name)
    return ids


def _quantity(whole: bool) -> Callable[["Input", str, int | None], Configured]:
    def make(given: "Input", name: str, store_id: int | None) -> Configured:
        value = given[name]
        if value["quantity"] < 0:
            given.error("quantity must not be negative", name, "quantity")
        config = {"quantity": value["quantity"], "comparator": value["comparator"]}
        return "quantity", {**config, "whole": True} if whole else config

    return make


def _value(whole: bool) -> Callable[["Input", str, int | None], Configured]:
    def make(given: "Input", name: str, store_id: int | None) -> Configured:
        part = given.part(name)
        assert part is not None
        if not part["values"]:
            part.error("values must not be empty", "values")
        amounts = {str(key): amount for key, amount in amounts_of(part, "values", store_id).items()}
        config = {"amounts": amounts, "comparator": part["comparator"]}
        return "value", {**config, "whole": True} if whole else config

    return make


def _named(choice: str, kind: str) -> Callable[["Input", str, int | None], Configured]:
    return lambda given, name, store_id: ("selects", {choice: _named_ids(given, name, kind, store_id)})


def _pieces(choice: str) -> Callable[["Input", str, int | None], Configured]:
    def make(given: "Input", name: str, store_id: int | None) -> Configured:
        if given[name] < 1:
            given.error(f"{name} must be at least 1", name)
        return "selects", {choice: given[name]}

    return make


def _x_of_y(given: "Input", name: str, store_id: int | None) -> Configured:
    value = given[name]
    if not 1 <= value["affectedCount"] <= value["groupSize"]:
        given.error("affectedCount must be between 1 and groupSize", name, "affectedCount")
    return "selects", {"x_of_y": [value["groupSize"], value["affectedCount"], value["discountType"].lower()]}


def _chosen(choice: str) -> Callable[["Input", str, int | None], Configured]:
    return lambda given, name, store_id: ("selects", {choice: given[name]})


def _shipping(given: "Input", name: str, store_id: int | None) -> Configured:
    part = given.part(name)
    assert part is not None
    return "shipping", {"options": _named_ids(part, "shippingOptions", "ShippingOption", store_id)}


_CRITERIA: dict[str, tuple[str, Callable[["Input", str, int | None], Configured]]] = {
    "always": ("ALWAYS", _flag("always", {})),
    "productQuantity": ("PRODUCT_QUANTITY", _quantity(False)),
    "orderQuantity": ("ORDER_QUANTITY", _quantity(True)),
    "productValue": ("PRODUCT_VALUE", _value(False)),
    "orderValue": ("ORDER_VALUE", _value(True)),
    "xOfY": ("X_OF_Y", _x_of_y),
    "oncePerCustomer": ("ONCE_PER_CUSTOMER", _flag("once", {})),
    "newCustomer": ("NEW_CUSTOMER", _new_customer),
    "loggedInCustomer": ("LOGGED_IN_CUSTOMER", _flag("signed_in", {})),
    "productVariants": ("PRODUCTS", _named("variants", "ProductVariant")),
    "excludeProductVariants": ("EXCLUDE_PRODUCTS", _named("not_variants", "ProductVariant")),
    "categories": ("CATEGORIES", _named("categories", "Category")),
    "excludeCategories": ("EXCLUDE_CATEGORIES", _named("not_categories", "Category")),
    "folders": ("FOLDERS", _named("folders", "Folder")),
    "excludeFolders": ("EXCLUDE_FOLDERS", _named("not_folders", "Folder")),
    "deliveryWindows": ("DELIVERY_WINDOWS", _named("windows", "DeliveryWindow")),
    "excludeDeliveryWindows": ("EXCLUDE_DELIVERY_WINDOWS", _named("not_windows", "DeliveryWindow")),
    "productsNotDiscounted": ("PRODUCTS_NOT_DISCOUNTED", _chosen("undiscounted")),
    "productInSale": ("PRODUCT_IN_SALE", _chosen("on_sale")),
    "productInNews": ("PRODUCT_IN_NEWS", _chosen("new")),
    "productsAffectedByOtherVoucher": (
        "PRODUCTS_NOT_AFFECTED_BY_OTHER_VOUCHER",
        _flag("selects", {"by_no_other": True}, False),
    ),
    "cheapestProducts": ("CHEAPEST_PRODUCTS", _pieces("cheapest")),
    "costliestProducts": ("COSTLIEST_PRODUCTS", _pieces("costliest")),
    "shippingList": ("SHIPPING_LIST", _shipping),
}
_OPPOSITES = {"productInSale": "PRODUCT_NOT_IN_SALE", "productInNews": "PRODUCT_NOT_IN_NEWS"}


def condition_of(given: "Input", store_id: int | None) -> Condition | None:
    """A criterion as the rules check it; None with user errors."""
    name = given.exactly_one(*_CRITERIA)
    if name is None:
        return None
    shown_type, make = _CRITERIA[name]
    made = make(given, name, store_id)
    if made is None:
        return None
    if given[name] is False:
        shown_type = _OPPOSITES.get(name, shown_type)
    return Condition(*made, shown_type=shown_type, shown={name: given[name]})


# ------------------------------------------------------------------ results

# The discounts: how they are called as a result, and what they are reckoned from.
_DISCOUNTS = {
    "selectedProducts": ("CHANGE_SELECTED_PRODUCTS_PRICE", voucher_rules.SELECTED),
    "productTotal": ("CHANGE_PRODUCT_TOTAL", voucher_rules.GOODS),
    "orderTotal": ("CHANGE_ORDER_TOTAL", voucher_rules.ORDER),
}
_PERCENTS = ("percentOff", "originalPercentOff", "originalPercentOffExcludingCampaigns")


def result_of(given: "Input", store_id: int | None, keeps_rest: bool, is_new: bool) -> Result | None:
    """A result as the rules do it; None with user errors."""
    name = given.exactly_one("continue", *_DISCOUNTS, "freeShipping", "freeProducts")
    if name is None:
        return None
    part = given.part(name) if name != "continue" else None
    shown = {name: given[name]}
    if part is None:
        if given[name] is not True:
            given.error(f"{name} is true or null", name)
        return Result("continue", {}, "CONTINUE", shown)
    if name == "freeShipping":
        if bool(part.get("allShippingOptions")) == bool(part.get("shippingOptions")):
            part.error("Shipping options are needed, or all of them")
            return None
        named = part.get("shippingOptions")
        options = _named_ids(part, "shippingOptions", "ShippingOption", store_id) if named else []
        return Result("free_shipping", {"options": options} if options else {}, "SET_FREE_SHIPPING", shown)
    if name == "freeProducts":
        return _free_products(part, store_id, shown)
    discount = part.part("discount")
    assert discount is not None
    shown_type, base = _DISCOUNTS[name]
    config: dict[str, Any] = {"base": base, "apply_on": part["applyOn"]}
    return _discount(discount, store_id, keeps_rest, is_new, config, shown_type, shown)


def _discount(
    given: "Input",
    store_id: int | None,
    keeps_rest: bool,
    is_new: bool,
    config: dict[str, Any],
    shown_type: str,
    shown: Mapping[str, Any],
) -> Result | None:
    way = given.exactly_one("priceOff", "reusablePriceOff", "fixedPrice", *_PERCENTS)
    if way is None:
        return None
    if way in _PERCENTS:
        config |= {"percent": given.percent(way) or 0}
        if way != "percentOff":
            config["on_original"] = True
        if way == "originalPercentOffExcludingCampaigns":
            config["without_campaigns"] = True
        return Result("percent_off", config, shown_type, shown)
    if (way == "reusablePriceOff") != keeps_rest and way != "fixedPrice":
        given.error("reusablePriceOff is for vouchers with reuse, priceOff for the others", way)
        return None
    if way == "priceOff":
        return Result("price_off", config, shown_type, shown, _positive(given, way, store_id))
    part = given.part(way)
    assert part is not None
    if way == "fixedPrice":
        multiplier = part["multiplier"]
        if bool(multiplier.get("perProduct")) == bool(multiplier.get("perSelection")):
            part.error("Exactly one of perProduct and perSelection must be true", "multiplier")
        if multiplier.get("perSelection"):
            config["in_all"] = True
        fixed = _positive(part, "pricelistValues", store_id)
        config["amounts"] = {str(pricelist_id): amount for pricelist_id, amount in fixed.items()}
        return Result("fixed_price", config, shown_type, shown)
    name = part.exactly_one("setOriginalValue", "changeRemainingValue")
    if name == "changeRemainingValue":
        if is_new:
            part.error("A new voucher has no rest yet", name)
        return Result("price_off", config, shown_type, shown, more=amounts_of(part, name, store_id))
    return Result("price_off", config, shown_type, shown, _positive(part, "setOriginalValue", store_id))


def _positive(given: "Input", name: str, store_id: int | None) -> dict[int, int]:
    if not given.get(name):
        given.error(f"{name} must not be empty", name)
    amounts = amounts_of(given, name, store_id)
    if any(amount < 0 for amount in amounts.values()):
        given.error("Values must not be negative", name)
    return amounts


def _free_products(given: "Input", store_id: int | None, shown: Mapping[str, Any]) -> Result | None:
    variants = _named_ids(given, "productVariants", "ProductVariant", store_id)
    if not variants or given.problems.errors:
        return None
    found = rows.items_of_variants(given.run.tx, store_id or 0, variants)
    is_bundle = {row["variant_id"]: bool(row["is_bundle"]) for row in found}
    for position, variant_id in enumerate(variants):
        words = f"Product variant with id {variant_id}"
        if variant_id not in is_bundle:
            given.error(f"{words} is on no active display of the store", "productVariants", str(position))
        elif is_bundle[variant_id]:
            given.error(f"{words} is a bundle, which cannot be given away", "productVariants", str(position))
    prices = _positive(given, "pricelistPrices", store_id) if given.get("pricelistPrices") else {}
    config = {
        "variants": list(dict.fromkeys(variants)),
        "prices": {str(pricelist_id): amount for pricelist_id, amount in prices.items()},
        "stays": not given["removeWhenCriteriaNotFulfilled"],
        "allow_remove": given["allowRemove"],
        "allow_add_more": given["allowAddMore"],
    }
    return Result("free_product", config, "ADD_FREE_PRODUCTS", shown)


def action_of(given: "Input", store_id: int | None, keeps_rest: bool, is_new: bool) -> Action | None:
    """A whole action; None with user errors."""
    conditions = [condition_of(part, store_id) for part in given.parts("addCriteria")]
    part = given.part("result")
    assert part is not None
    result = result_of(part, store_id, keeps_rest, is_new)
    entry = given["entrypointAction"].get("id")
    if result is None or None in conditions:
        return None
    return Action(entry, given["continueStrategy"], [each for each in conditions if each is not None], result)
