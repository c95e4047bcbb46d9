"""What taxes and vouchers come to for goods that nobody has put into a cart."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql.changes import Input, Problems
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.registry import query
from mockcentra.apis.graphql.types import hundredths
from mockcentra.commerce import calculations, shipping, vouchers
from mockcentra.commerce.calculations import Effect, Goods, Taxed
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import CartLine, Context
from mockcentra.commerce.reference import Country, State, reference_of
from mockcentra.store import graphql_wholesale as rows
from mockcentra.store import records

MOST_LINES = 1_000
MOST_PIECES = 1_000_000


def _payload(problems: Problems, **parts: Any) -> dict[str, Any]:
    return {**parts, "userErrors": problems.errors, "userWarnings": problems.warnings}


def _store(run: Run) -> int:
    """The store of the token, else the first that sells to consumers."""
    return run.token.stores[0] if run.token.stores else rows.stores_of_type(run.tx, "dtc")[0]


def _amount(given: Input, name: str, currency: list[str]) -> int:
    """An amount in the currency of the first one that was read; 0 with a user error."""
    value = given.money(name, currency[0] if currency else None)
    if not currency and value is not None:
        currency.append(given[name]["currencyIsoCode"].upper())
    return value or 0


def _check_count(given: Input, lines: Sequence[Input]) -> None:
    if not 0 < len(lines) <= MOST_LINES:
        given.error(f"There must be 1 to {MOST_LINES} lines", "lines")
    for line in lines:
        if not 0 < line["quantity"] <= MOST_PIECES:
            line.error(f"quantity must be between 1 and {MOST_PIECES}", "quantity")


# ------------------------------------------------------------------ taxes


def _place(run: Run, given: Input) -> tuple[Country | None, State | None, str]:
    location = given.part("location")
    assert location is not None
    reference = reference_of(run.tx.store)
    country_id = location.ref("country", "Country")
    country = reference.countries.get(country_id or 0)
    state = None
    asked = location.part("state")
    if asked is not None and country is not None:
        name = asked.exactly_one("id", "code")
        if name is not None:
            wanted = asked[name]
            state = next(
                (each for each in country.states if wanted in (each.id, each.code)),
                None,
            )
            if state is None:
                location.error(f"Could not find CountryState with ID {wanted}", "state", name)
    return country, state, location.get("zipCode") or ""


@query("calculateTaxes")
def calculate_taxes(run: Run, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be paid for goods and costs at a place, and which part of it is tax."""
    problems = Problems()
    given = Input(run, arguments["input"], ("input",), problems)
    country, state, zip_code = _place(run, given)
    tax_class_id = None if not any((given.get("taxClass") or {}).values()) else given.ref("taxClass", "TaxClass")
    lines, extras = given.parts("lines"), given.parts("additionalValues")
    _check_count(given, lines)
    groups = given.refs_of(lines, "taxGroup", "TaxGroup")
    currency: list[str] = []
    prices = [_amount(line, "unitPrice", currency) for line in lines]
    values = [_amount(extra, "value", currency) for extra in extras]
    if problems.errors:
        return _payload(problems, taxSummary=None)
    context = calculations.context_of(run.tx, _store(run), country=country, state=state, tax_class_id=tax_class_id)
    currency_id = next(each.id for each in context.reference.currencies.values() if each.code == currency[0])
    goods = [
        calculations.taxed(context, price * line["quantity"], group, zip_code)
        for line, price, group in zip(lines, prices, groups, strict=True)
    ]
    costs = [
        calculations.taxed(
            context, -abs(value) if extra["type"] == "DISCOUNT" else value, None, zip_code, extra["type"] != "DISCOUNT"
        )
        for extra, value in zip(extras, values, strict=True)
    ]
    summary = _summary(run, currency_id, [*goods, *costs])
    summary["taxPerLine"] = [
        {"lineReference": line.get("lineReference") or str(position), "taxSummary": _summary(run, currency_id, [each])}
        for position, (line, each) in enumerate(zip(lines, goods, strict=True))
    ]
    summary["taxPerAdditional"] = [
        {
            "name": extra["type"],
            "taxSummary": _summary(run, currency_id, [each]),
            "vatType": "DEDUCTED" if each.deducted else "ADDED" if each.added else "INCLUDED",
        }
        for extra, each in zip(extras, costs, strict=True)
    ]
    return _payload(problems, taxSummary=summary)


def _summary(run: Run, currency_id: int, parts: Sequence[Taxed]) -> dict[str, Any]:
    """A TaxSummary of amounts, without what it says of each of them."""

    def shown(amount: int) -> Any:
        return money(run, amount, currency_id)

    by_rule: dict[int, list[Taxed]] = {}
    for part in parts:
        if part.rule is not None:
            by_rule.setdefault(part.rule.id, []).append(part)
    breakdown = []
    for taxed in by_rule.values():
        rule = taxed[0].rule
        assert rule is not None
        percent = hundredths(rule.percent)
        is_deducted = any(part.deducted for part in taxed)
        breakdown.append(
            {
                "taxName": rule.name,
                "taxOutPercent": 0 if is_deducted else percent,
                "taxInPercent": percent if rule.included else 0,
                "value": shown(sum(part.added + part.included - part.deducted for part in taxed)),
            }
        )
    return {
        "grandTotal": shown(sum(part.total for part in parts)),
        "taxAdded": shown(sum(part.added for part in parts)),
        "taxDeducted": shown(sum(part.deducted for part in parts)),
        "taxIncluded": shown(sum(part.included for part in parts)),
        "taxPerLine": [],
        "taxBreakdown": breakdown,
        "taxPerAdditional": [],
    }


# ------------------------------------------------------------------ vouchers


@query("calculateVouchers")
def calculate_vouchers(run: Run, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What vouchers would take off goods."""
    problems = Problems()
    given = Input(run, arguments["input"], ("input",), problems)
    selection = given.part("selection")
    assert selection is not None
    market_id, pricelist_id = selection.ref("market", "Market"), selection.ref("pricelist", "Pricelist")
    option_id = selection.ref("shippingOption", "ShippingOption")
    reference = reference_of(run.tx.store)
    market, pricelist = reference.markets.get(market_id or 0), reference.pricelists.get(pricelist_id or 0)
    if market is not None and pricelist is not None and market.store_id != pricelist.store_id:
        selection.error("The pricelist belongs to another store than the market", "pricelist")
    lines = selection.parts("lines")
    _check_count(selection, lines)
    if market is None or pricelist is None or problems.errors:
        return _payload(problems, results=[])
    context = calculations.context_of(run.tx, market.store_id, market=market, pricelist=pricelist)
    option = reference.shipping_options.get(option_id or 0)
    if option is not None and context.store_id not in option.store_ids:
        selection.error("The shipping option belongs to another store than the market", "shippingOption")
    goods, cart = _cart(run, selection, lines, context)
    shipping_cost = selection.money("shipping", context.currency.code)
    if shipping_cost is None:
        shipping_cost = shipping.cost_of(run.tx, context, option, None, cart)
    shopper = _shopper(run, selection, context)
    found = _vouchers(run, given, context)
    if problems.errors:
        return _payload(problems, results=[])
    effects = calculations.effects_of(run.tx, context, found, goods, cart, option, shipping_cost, shopper)
    pieces = {line.hash: line.quantity for line in cart}
    return _payload(problems, results=[each for effect in effects for each in _results(run, context, effect, pieces)])


def _cart(run: Run, selection: Input, lines: Sequence[Input], context: Context) -> tuple[list[Goods], list[CartLine]]:
    """The goods as lines of a cart, with user errors for those that do not exist. Parts of bundles are no goods."""
    displays = selection.refs_of(lines, "display", "Display")
    variants = selection.refs_of(lines, "productVariant", "ProductVariant")
    sizes = selection.refs_of(lines, "productSize", "ProductSize")
    windows = selection.refs_of(lines, "deliveryWindow", "DeliveryWindow")
    items = rows.items_of_displays(run.tx, [each for each in displays if each is not None])
    references = {line["lineReference"] for line in lines}
    if len(references) < len(lines):
        selection.error("Every line needs a lineReference of its own", "lines")
    goods, sold = [], []
    for line, display, variant, size, window in zip(lines, displays, variants, sizes, windows, strict=True):
        each = _goods(line, items.get((display or 0, variant or 0), 0), size or 0, window, context.currency.code)
        bundle = line.get("bundle") or {}
        if bundle.get("bundleReference") is None:
            goods.append(each)
            sold.append(line)
        elif bundle["bundleReference"] not in references:
            line.error("There is no line with that reference", "bundle", "bundleReference")
    made = calculations.lines_of(run.tx, context.store_id, goods)
    if not selection.problems.errors:
        for line, cart_line in zip(sold, made, strict=True):
            if cart_line is None:
                line.error("The display does not sell this size of the variant", "productSize")
    return goods, [each for each in made if each is not None]


def _goods(line: Input, display_item_id: int, size_id: int, window_id: int | None, code: str) -> Goods:
    before = line.money("unitOriginalPrice", code) or 0
    discounts = line.parts("discounts")
    amounts = [abs(part.money("valueReduction", code) or 0) for part in discounts]
    by_vouchers = sum(off for part, off in zip(discounts, amounts, strict=True) if part["source"] == "VOUCHER")
    price = max(0, before - sum(amounts))
    told = line.part("productData")
    return Goods(
        line["lineReference"],
        display_item_id,
        size_id,
        line["quantity"],
        before,
        price,
        min(by_vouchers, before - price),
        any(part["source"] == "CAMPAIGN" for part in discounts),
        any(part["isSale"] for part in discounts),
        any(part["isNews"] for part in discounts),
        told.ref("category", "Category") if told is not None else None,
        told.ref("folder", "Folder") if told is not None else None,
        window_id,
    )


def _shopper(run: Run, selection: Input, context: Context) -> vouchers.Shopper:
    """Who would buy: a customer of the store, or whoever has the e-mail address."""
    given = selection.part("customer")
    if given is None:
        return vouchers.NOBODY
    customer_id = given.get("id")
    if customer_id is not None:
        row = records.get(run.tx, "customers", customer_id)
        if row is None or row["store_id"] != context.store_id:
            given.error(f"Could not find Customer with ID {customer_id}", "id")
    return vouchers.Shopper(customer_id, given.get("email") or "", given["loggedIn"])


def _vouchers(run: Run, given: Input, context: Context) -> list[vouchers.Voucher]:
    """The vouchers that are named by id, code or address, with user errors for those that do not count here, and the
    automatic ones if they are asked for."""
    found: list[vouchers.Voucher] = []
    for part in given.parts("additionalVouchers"):
        name = part.exactly_one("voucher", "code", "url")
        if name is None:
            continue
        if name == "voucher":
            voucher_id = part.ref("voucher", "Voucher")
            known = vouchers.by_ids(run.tx, [voucher_id]) if voucher_id is not None else []
        else:
            try:
                known = [vouchers.find_code(run.tx, context.store_id, part[name])]
            except NotFound:
                known = []
                part.error(f"Could not find Voucher with ID {part[name]}", name)
        for voucher in known:
            if vouchers.is_usable(voucher, context):
                found.append(voucher)
            else:
                part.error(f"The voucher {voucher.name} cannot be used here", name)
    if given["includeAutoVouchers"]:
        return vouchers.with_automatic(run.tx, context, found)
    return vouchers.in_order(vouchers.together(found))


def _results(run: Run, context: Context, effect: Effect, pieces: Mapping[str, int]) -> list[dict[str, Any]]:
    """What an effect is called: one result for each line, one for the shipping, one for each free product."""

    def shown(amount: int) -> Any:
        return money(run, amount, context.currency.id)

    common = {"voucherActionResult": effect.step.id, "voucher": effect.voucher.id, "subvoucher": effect.subvoucher_id}
    config = effect.step.config
    percent = None if effect.percent is None else hundredths(effect.percent)
    if effect.step.type == "free_shipping":
        options = config.get("options") or []
        return [{"__typename": "CalculateVouchersFreeShippingGiven", **common, "forShippingOptions": options}]
    if effect.step.type == "free_product":
        return [
            {
                "__typename": "CalculateVouchersFreeProductGiven",
                **common,
                "variant": variant_id,
                "quantity": 1,
                "price": shown(config.get("prices", {}).get(str(context.pricelist.id), 0)),
                "removeOnRevert": not config.get("stays"),
                "allowRemove": bool(config.get("allow_remove")),
                "allowAddMore": bool(config.get("allow_add_more")),
            }
            for variant_id in config["variants"]
        ]
    if effect.voucher.reuse_value and effect.step.type == "price_off":
        credit = {"canCreditShipping": False, "reduceByPercent": None}
        total = sum(off for _, off in effect.lines.values())
        return [{"__typename": "CalculateVouchersCreditGiven", **common, **credit, "reduceByValue": shown(total)}]
    return [
        _discounted(shown, reference, pieces[reference], before, off, percent) | common
        for reference, (before, off) in effect.lines.items()
    ]


def _discounted(
    shown: Callable[[int], Any], reference: str, quantity: int, before: int, off: int, percent: float | None
) -> dict[str, Any]:
    """What is taken off a line and its pieces: a hundredth more off some where it does not come out even."""
    least, more = divmod(off, quantity)
    pieces = [(count, each) for count, each in ((more, least + 1), (quantity - more, least)) if count]
    return {
        "__typename": "CalculateVouchersLineDiscounted",
        "lineReference": reference,
        "quantity": quantity,
        "previousTotal": shown(before),
        "priceReduction": shown(off),
        "unitPrices": [
            {
                "uniqueReference": f"{reference}-{number}",
                "quantity": count,
                "previousUnitPrice": shown(before // quantity),
                "unitPriceReduction": shown(each),
            }
            for number, (count, each) in enumerate(pieces, 1)
        ],
        "configuredPercent": percent,
    }
