"""Says what every filter and sort key of the schema means, in fields that can be read, and works out what lists must give.

A *path* leads from an object to the values that a condition looks at: `brand.id`, `markets.id` (all of them),
`WholesaleOrder:buyer.id` (of that type only), `#sizes.id` (how many there are).
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from graphql import GraphQLEnumType, get_named_type, is_leaf_type

from mockcentra.apis.graphql import sdl

Value = Any
_ZONE = ZoneInfo("Europe/Stockholm")
Object = Mapping[str, Any]

# ------------------------------------------------------------------ what conditions mean

_ORDERS = {
    "userIp": "userIP", "affiliateId": "DirectToConsumerOrder:affiliate.id", "countryStateId": "shippingAddress.state.id",
    "currencyId": "grandTotal.currency.id", "deliveryWindowId": "WholesaleOrder:deliveryWindows.id",
    "customerId": "DirectToConsumerOrder:customer.id", "storeType": "store.type", "orderHoldReason": "orderHoldReasons",
    "allocatedWarehouseCount": "#lines.allocations.warehouse.id", "buyerId": "WholesaleOrder:buyer.id",
    "accountId": "WholesaleOrder:account.id", "salesRepresentativeId": "WholesaleOrder:salesRepresentative.id",
    "preferredShippingDate": "WholesaleOrder:preferredShippingDate", "cancelDate": "WholesaleOrder:cancelDate",
    "estimatedDeliveryDate": "WholesaleOrder:estimatedDeliveryDate",
    "purchaseOrderNumber": "WholesaleOrder:purchaseOrderNumber",
}  # fmt: skip

# By the name of the filter's input type. What is not here is the field of the same name, or `x.id` / `xs.id` for `xId`.
PATHS: dict[str, dict[str, str]] = {
    "AssignedAttributeFilter": {"typeName": "type.name"},
    "EmailHistoryFilter": {
        "customerId": "DirectToConsumerEmailHistoryEntry:customer.id", "buyerId": "WholesaleEmailHistoryEntry:buyer.id",
    },
    "OrderHistoryFilter": {
        "customerId": "DirectToConsumerOrderHistoryEntry:customer.id", "buyerId": "WholesaleOrderHistoryEntry:buyer.id",
    },
    "InvoiceFilter": {"grandTotalIncludingTax": "grandTotal.value", "currencyId": "grandTotal.currency.id"},
    "OrderFilter": _ORDERS,
    "ReturnFilter": {
        "customerId": "DirectToConsumerReturn:customer.id", "buyerId": "WholesaleReturn:buyer.id",
        "orderNumber": "order.number", "shipmentNumber": "shipment.number", "storeType": "store.type",
    },
    "ShipmentFilter": {
        "countryId": "shippingAddress.country.id", "currencyId": "grandTotal.currency.id", "storeType": "store.type",
        "customerId": "DirectToConsumerShipment:customer.id",
    },
    "MarketFilter": {"assignedCountryId": "assignedToCountries.id"},
    "PricelistFilter": {"assignedToCountryId": "assignedToCountries.id"},
    "ProductFilter": {
        "harmonizedCommodityDescription": "harmonizedCommodityCodeDescription",
        "measurementChartId": "measurementTable.chart.id",
    },
    "FolderFilter": {"parentId": "parentFolder.id"},
    "CategoryFilter": {"parentId": "parentCategory.id"},
    "PriceFilter": {"storeId": "pricelist.store.id"},
    "LowestPriceFilter": {"productId": "productVariant.product.id", "storeId": "pricelist.store.id"},
    "SubscriptionPlanFilter": {"productId": "productVariants.product.id"},
    "CampaignVariantFilter": {"storeId": "campaign.store.id"},
    "DeliveryWindowFilter": {
        **{name: f"PreorderDeliveryWindow:{name}"
           for name in ("deliveryStartDate", "deliveryEndDate", "salesStartDate", "salesEndDate")},
        "daysFromNow": "AtOnceDeliveryWindow:daysFromNow",
    },
    "ProductMediaFilter": {},
    "ProductVariantFilter": {"sizeId": "productSizes.size.id"},
    "CountryFilter": {"ISO2": "code", "totalStates": "#states.id"},
    "PaymentHistoryEntryFilter": {"currencyId": "value.currency.id"},
    "StockChangeLineFilter": {
        "productSizeName": "productSize.description", "productVariantId": "productSize.productVariant.id",
    },
    "StockChangeFilter": {"productVariantId": "lines.productSize.productVariant.id"},
    "StockFilter": {
        "productId": "productSize.productVariant.product.id", "productVariantId": "productSize.productVariant.id",
    },
    "PurchaseOrderDeliveryFilter": {
        "productSizeId": "lines.productSize.id", "productVariantId": "lines.productVariant.id",
    },
    "PurchaseOrderFilter": {
        "productSizeId": "lines.productSize.id", "productVariantId": "lines.productVariant.id",
        "supplierName": "supplier.name",
    },
    "DisplayItemFilter": {"productId": "productVariant.product.id", "storeId": "display.store.id"},
    "ProductVariantSupplyFilter": {
        "productName": "productVariant.product.name", "productVariantName": "productVariant.name",
        "supplierName": "supplier.name", "productId": "productVariant.product.id",
    },
    "AdminUserFilter": {"userName": "username"},
    "AllocationRuleFilter": {
        "defaultInAccountId": "assignedToAccounts.id", "defaultInMarketId": "assignedToMarkets.id",
        "defaultInDeliveryWindowId": "assignedToDeliveryWindows.id", "defaultInStoreId": "assignedToStores.id",
        "warehouseId": "geographies.priorities.warehouse.id",
    },
    "CollectionFilter": {"totalProducts": "#products.id"},
    "EventListenerFilter": {"changeType": "changeTypes"},
    "InvoicePaymentFilter": {"storeId": "invoice.store.id"},
    "LanguageFilter": {},
    "MappedAttributeFilter": {"typeName": "type.name"},
    "RateLimitFilter": {"interval": "intervalSeconds"},
    "SizeChartFilter": {"totalSizes": "#sizes.id"},
    "SubscriptionContractFilter": {"email": "customer.email"},
    "SubscriptionFilter": {
        "customerId": "contract.customer.id", "email": "contract.customer.email", "marketId": "contract.market.id",
        "originatingOrderId": "contract.originatingOrder.id", "pricelistId": "contract.pricelist.id",
        "shippingOptionId": "contract.shippingOption.id",
    },
    "TranslationFilter": {"languageCode": "language.code"},
    "VoucherReuseValueFilter": {"currencyId": "originalValue.currency.id"},
    "LocalizedSizeFilter": {},
    "TaxGroupFilter": {"defaultInStoreId": "defaultInStores.id"},
    "ShippingOptionFilter": {"currencyId": "priceGroups.ranges.shippingPrice.currency.id"},
}  # fmt: skip

# Conditions on what no field shows: they are tested by stories of their own.
UNSEEN = {
    ("WishlistFilter", "customerId"), ("AllocationRuleFilter", "isActive"), ("CountryFilter", "ISO3"),
    ("CountryFilter", "ISO_NUM"), ("SizeChartFilter", "isEnabled"), ("LanguageFilter", "countryId"),
    ("InvoiceFilter", "grandTotalExcludingTax"), ("AdminUserFilter", "salesRepresentativeId"),
    ("ProductMediaFilter", "displayId"), ("AppliedVoucherFilter", "subvoucherId"), ("LowestPriceFilter", "id"),
    ("CampaignVariantFilter", "value"), ("LowestPriceFilter", "marketId"), ("ReturnFilter", "status"),
}  # fmt: skip

# What `search` looks into, where the list is not a matter of course; one of these values, in part.
SORT_PATHS: dict[str, dict[str, str]] = {
    "AppliedVoucherSort": {"orderId": "order.number"},
    "ProductVariantSupplySort": {
        "productId": "productVariant.product.id", "productName": "productVariant.product.name",
        "productVariantName": "productVariant.name", "supplierName": "supplier.name",
    },
    "StockSort": {
        "productId": "productSize.productVariant.product.id", "productVariantId": "productSize.productVariant.id",
    },
}  # fmt: skip
# Orders that no field shows: only that the two directions are each other's mirror is seen.
UNSEEN_ORDERS = {"customOrder", "naturalSort", "sizeSort", "productSizeSort"}

# What the shop never tells apart: these conditions are asked, and all objects answer alike.
SAME_FOR_ALL: dict[str, set[str]] = {
    "SubvoucherFilter": {"successfulUsages"},
    "SubscriptionPaymentFilter": {"paymentMethod", "status"},
    "StockFilter": {"demandQuantity"},
    "InvoicePaymentFilter": {"type"},
    "AccountFilter": {"allowConsignation"},
    "AdminUserFilter": {"accountId", "brandId", "marketId", "pricelistId", "status"},
    "AffiliateFilter": {"status", "storeId"},
    "BrickAndMortarFilter": {"status"},
    "CustomerFilter": {"storeId"},
    "DocumentTemplateFilter": {"status"},
    "EmailHistoryFilter": {"adminUserId", "buyerId", "status"},
    "GiftCertificateGeneratorFilter": {"status", "storeId"},
    "InvoiceFilter": {"isDraft", "usedFallbackTax"},
    "LanguageFilter": {"isActive"},
    "LowestPriceFilter": {"storeId"},
    "NewsletterSubscriptionFilter": {"storeId"},
    "OrderFilter": {"cancelDate", "estimatedDeliveryDate", "preferredShippingDate"},
    "PaymentTermsFilter": {"isSelectable", "status", "description"},
    "PriceAlterationFilter": {"storeId"},
    "ProductMediaFilter": {"type"},
    "ReturnFilter": {"usedFallbackTax"},
    "SalesRepresentativeFilter": {"status", "commissionPercent"},
    "ShipmentFilter": {"usedFallbackTax", "isOnHold", "isPrinted"},
    "ShippingTermsFilter": {"isSelectable", "status", "description"},
    "StorePluginFilter": {"storeId", "type"},
    "SubscriptionContractFilter": {"shippingOptionId"},
    "SubscriptionFilter": {"nextRetryDate", "shippingOptionId", "needsAttention"},
    "SubscriptionPlanFilter": {"storeId"},
    "TaxClassFilter": {"code", "isEnabled"},
    "TaxGroupFilter": {"status"},
    "VoucherFilter": {"adminUserId"},
    "WarehouseAllocationPriorityFilter": {"timeoutInHours"},
    "WarehouseFilter": {"isConsignation"},
    "WishlistFilter": {"isDefault", "name", "storeId"},
}

# What tells objects apart that have no id.
SHOWN = 50  # of a list whose conditions are asked
NESTED = 60  # of the lists in a selection: more than any object of the seed has
KEYS = {
    "AttributeType": ("name", "objectType"), "Attribute": ("type.name",), "AttributeElement": ("key",),
    "LanguageTranslation": ("language.id",), "EventListener": ("objectType",),
    "LowestPrice": ("productVariant.id", "pricelist.id"), "RateLimit": ("type", "intervalSeconds"),
    "DeliveryWindowVariant": ("deliveryWindow.id", "productVariant.id"), "Stock": ("productSize.id", "warehouse.id"),
    "WarehouseAllocationPriority": ("priorityNumber", "warehouse.id"),
    "AppliedVoucher": ("order.id", "voucher.id", "voucherActionResult.id", "value.value", "code"),
    "ProductVariantSupply": ("productVariant.id", "supplier.id"),
    "LocalizedSize": ("size.id", "sizeLocalization.id"),
}  # fmt: skip


@cache
def path_of(kind: str, name: str, table: str) -> str | None:
    """The path of a filter or sort key of a type; None where nothing that can be read shows it."""
    known = {**PATHS.get(table, {}), **SORT_PATHS.get(table, {})}.get(name)
    if known is not None:
        return known
    fields = sdl.schema().type_map[kind].fields  # type: ignore[attr-defined]
    if name in fields:
        named = get_named_type(fields[name].type)
        if is_leaf_type(named):
            return name
        if named.name == "MonetaryValue":
            return f"{name}.value"
    if name.endswith("Id"):
        base = name[:-2]
        for each in (base, base + "s", base + "es", base[:-1] + "ies"):
            if each in fields and "id" in getattr(get_named_type(fields[each].type), "fields", {}):
                return f"{each}.id"
    return None


# ------------------------------------------------------------------ reading by paths


def selection(kind: str, paths: Iterable[str]) -> str:
    """The selection that reads these paths of a type."""
    tree: dict[str, Any] = {}
    for path in paths:
        place = tree
        for step in re.split(r"[.]", path.lstrip("#")):
            place = place.setdefault(step, {})
    return _written(kind, tree)


def _written(kind: str, tree: Mapping[str, Any]) -> str:
    schema = sdl.schema()
    parts = []
    for step, below in tree.items():
        condition, _, name = step.rpartition(":")
        parent: Any = schema.type_map[condition or kind]
        if condition and condition != kind and not schema.is_sub_type(schema.type_map[kind], parent):
            continue
        if name not in parent.fields:
            raise AssertionError(f"{parent.name} has no field {name}")
        definition = parent.fields[name]
        named = get_named_type(definition.type)
        text = name
        if "limit" in definition.args:
            text += f"(limit: {NESTED})"
        elif named.name == "DateTimeTz":
            text += '(format: "U")'
        if below:
            text += f" {{ {_written(named.name, below)} }}"
        if condition and condition != kind:
            text = f"... on {condition} {{ {text} }}"
        parts.append(text)
    return " ".join(parts)


def values(thing: Any, path: str) -> list[Value]:
    """What is at the end of a path, without nulls."""
    if path.startswith("#"):
        return [len(set(values(thing, path[1:])))]
    found = [thing]
    for step in path.split("."):
        name = step.rpartition(":")[2]
        following: list[Any] = []
        for each in found:
            value = each.get(name) if isinstance(each, Mapping) else None
            following.extend(value if isinstance(value, list) else [value])
        found = [each for each in following if each is not None]
    return found


def leaf_type(kind: str, path: str) -> str:
    """The type of what is at the end of a path."""
    schema = sdl.schema()
    here: Any = schema.type_map[kind]
    for step in path.lstrip("#").split("."):
        condition, _, name = step.rpartition(":")
        parent: Any = schema.type_map[condition] if condition else here
        here = get_named_type(parent.fields[name].type)
    return here.name


# ------------------------------------------------------------------ what conditions hold


def _moment(text: Value) -> int:
    """A moment (unix seconds as text) or a date as unix seconds."""
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return int(datetime.fromisoformat(text).replace(tzinfo=_ZONE).timestamp())
    if isinstance(text, str) and "T" in text:
        return int(datetime.fromisoformat(text).timestamp())
    return int(text)


def _matches(value: str, match: Mapping[str, str]) -> bool:
    ((kind, wanted),) = match.items()
    have, wanted = value.lower(), wanted.lower()
    return {
        "equals": have == wanted, "contains": wanted in have,
        "startsWith": have.startswith(wanted), "endsWith": have.endswith(wanted),
    }[kind]  # fmt: skip


def _in_range(value: float, wanted: Mapping[str, Any]) -> bool:
    low, high = wanted.get("from"), wanted.get("to")
    return (low is None or value >= low) and (high is None or value <= high)


def _in_time(value: Value, wanted: Mapping[str, Any]) -> bool:
    ends = {end: int(text.removeprefix("@")) for end, text in wanted.items()}
    return _in_range(_moment(value), ends)


def _in_days(value: Value, wanted: Mapping[str, Any]) -> bool:
    ends = {end: _day(int(text.removeprefix("@"))) for end, text in wanted.items()}
    return _in_range(_day(_moment(value)), ends)


def _day(moment: int) -> int:
    return datetime.fromtimestamp(moment, _ZONE).toordinal()


HOLDS: dict[str, Callable[[Value, Any], bool]] = {
    "StringMatch": _matches, "IntRange": _in_range, "FloatRange": _in_range, "DateRange": _in_time,
    "DayRange": _in_days,
}  # fmt: skip


def holds(kind: str, found: Sequence[Value], wanted: Any) -> bool:
    """Whether a condition of an input type holds for the values of an object."""
    test = HOLDS.get(kind)
    if test is not None:
        return any(test(value, wanted) for value in found)
    return any(value in wanted if isinstance(wanted, list) else value == wanted for value in found)


# ------------------------------------------------------------------ orders


def tie_path(kind: str) -> str | None:
    """What decides between equals: the id, or the number that goes with it."""
    fields = sdl.schema().type_map[kind].fields  # type: ignore[attr-defined]
    if kind.endswith("Order") and kind != "PurchaseOrder":
        return "number"
    return "id" if "id" in fields else None


def ordered(kind: str, entries: Sequence[Any], keys: Sequence[tuple[str | None, str]]) -> list[Any] | None:
    """The entries in an order: (path, ASC or DESC) keys, the first counts most; nulls first, ties by id upwards.

    None when a key is of what cannot be seen, or when nothing tells how ties are broken.
    """
    tie = tie_path(kind)
    if any(path is None for path, _ in keys):
        return None
    found = list(entries)
    if tie:
        found.sort(key=lambda each: _sortable(each, tie))
    for path, direction in reversed(keys):
        path = tie if path == "id" and tie else path
        assert path is not None
        found.sort(key=lambda each, path=path: _sortable(each, path), reverse=direction == "DESC")  # type: ignore[misc]
    return found


def _sortable(thing: Any, path: str) -> tuple[Any, ...]:
    found = values(thing, path)
    if not found:
        return (0,)
    return (1, int(found[0]) if isinstance(found[0], str) and found[0].isdigit() and len(found[0]) > 9 else found[0])


SEARCHED = ("name", "number", "email", "productNumber", "code", "recipient", "EAN", "variantNumber", "comment")


@cache
def searched(kind: str) -> str | None:
    """The text of a type that `search` surely looks into."""
    fields = sdl.schema().type_map[kind].fields  # type: ignore[attr-defined]
    known = {
        "Bundle": "product.name",
        "PurchaseOrder": "supplier.name",
        "ShippingPriceGroup": "shippingOption.name",
        "StockChangeLine": "stockChange.comment",
        "ProductVariantSupply": "productVariant.product.name",
        "OrderHistoryEntry": "order.number",
        "PaymentHistoryEntry": "order.number",
        "DeliveryWindowVariant": "product.name",
    }
    return known.get(kind) or next((name for name in SEARCHED if name in fields), None)


# ------------------------------------------------------------------ what to ask


def spread(found: Iterable[Value], count: int) -> list[Value]:
    """Some distinct values: first, last, and between."""
    distinct = list(dict.fromkeys(found))
    with contextlib.suppress(TypeError):
        distinct.sort()
    if len(distinct) <= count:
        return distinct
    if count == 1:
        return distinct[len(distinct) // 2 :][:1]
    step = (len(distinct) - 1) / (count - 1)
    return [distinct[round(position * step)] for position in range(count)]


def questions(kind: str, is_list: bool, found: Sequence[Value], count: int) -> Iterator[Any]:
    """Conditions of an input type to ask of objects that have these values; `count`: of so many of them."""
    if kind == "StringMatch":
        for text in spread((value for value in found if value), count):
            yield {"equals": text.swapcase()}
            yield {"contains": text[len(text) // 3 : len(text) // 3 + 4].upper()}
            yield {"startsWith": text[:3]}
            yield {"endsWith": text[-3:].lower()}
        yield {"contains": "%"}
        yield {"contains": "_"}
        yield {"equals": "no such text"}
    elif kind in ("IntRange", "FloatRange"):
        for number in spread(found, count):
            yield {"from": number}
            yield {"to": number}
            yield {"from": number, "to": number}
        yield {"from": 2_000_000_000}
    elif kind in ("DateRange", "DayRange"):
        for moment in spread(map(_moment, found), count):
            yield {"from": f"@{moment}"}
            yield {"to": f"@{moment}"}
            yield {"from": f"@{moment}", "to": f"@{moment}"}
            yield {"from": f"@{moment + 1}"}
            yield {"to": f"@{moment - 1}"}
    elif kind == "Boolean":
        yield True
        yield False
    else:
        some = spread(found, count + 1)
        for value in some:
            yield [value] if is_list else value
        if is_list:
            yield some[:1] + some[-1:]
            yield []


@dataclass(frozen=True)
class Condition:
    """One field of a `where` input: its input type, and the path of the values that it looks at."""

    name: str
    kind: str
    is_list: bool
    path: str | None


@cache
def conditions(kind: str, table: str) -> tuple[Condition, ...]:
    """The conditions that a filter input has for objects of a type."""
    found = []
    for name, argument in sdl.schema().type_map[table].fields.items():  # type: ignore[attr-defined]
        if name in ("negate", "notNull", "search") or (table, name) in UNSEEN:
            continue
        path = path_of(kind, name, table)
        named = get_named_type(argument.type)
        text = "enum" if isinstance(named, GraphQLEnumType) else named.name
        if text == "DateRange" and path is not None and leaf_type(kind, path) == "Date":
            text = "DayRange"
        found.append(Condition(name, text, "[" in str(argument.type), path))
    return tuple(found)


# ------------------------------------------------------------------ where lists are


@dataclass(frozen=True)
class Place:
    """A list field: how documents get to it, and what it gives."""

    parent: str
    name: str
    kind: str
    table: str | None
    sort: str | None
    arguments: frozenset[str]
    reach: tuple[str, ...] = field(default=())

    @property
    def label(self) -> str:
        return f"{self.parent}.{self.name}"

    def document(self, fields: str, declared: str = "") -> str:
        """A document that asks these (aliased) fields of each owner."""
        opening = "".join(f"{step} {{ " for step in self.reach)
        return f"query {declared} {{ {opening}{fields}{' }' * len(self.reach)} }}"

    def owners(self, data: Any) -> list[Any]:
        """The objects in an answer that have the list."""
        found = [data]
        for step in self.reach:
            if step.startswith("..."):
                continue
            name = step.split("(")[0]
            following: list[Any] = []
            for each in found:
                value = each.get(name)
                following.extend(value if isinstance(value, list) else [] if value is None else [value])
            found = [each for each in following if each]
        return found

    def entries(self, value: Any) -> list[Any]:
        """The objects of a list or of a connection."""
        return [edge["node"] for edge in value["edges"]] if self.is_connection else value

    @property
    def is_connection(self) -> bool:
        return "first" in self.arguments

    def call(self, key: str, fields: str, **arguments: str) -> str:
        """The field with an alias and arguments (written as GraphQL), and a selection."""
        if self.is_connection:
            fields = f"totalCount edges {{ node {{ {fields} }} }}"
            arguments = {"first": str(SHOWN), **arguments}
        elif "limit" in self.arguments:
            arguments = {"limit": str(SHOWN), **arguments}
        passed = ", ".join(f"{name}: {value}" for name, value in arguments.items())
        return f"{key}: {self.name}{f'({passed})' if passed else ''} {{ {fields} }}"

    def shown(self, count: int) -> int:
        """How many of so many objects an answer has."""
        return min(count, SHOWN) if self.arguments & {"limit", "first"} else count


def key_paths(kind: str) -> tuple[str, ...]:
    return KEYS.get(kind, ("id",))


def key(kind: str, thing: Object) -> str:
    """What tells an object apart."""
    return json.dumps([values(thing, path) for path in key_paths(kind)])
