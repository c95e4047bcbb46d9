"""What taxes and vouchers come to for goods that nobody has put into a cart."""

from collections.abc import Mapping, Sequence
from typing import Any

from mockcentra.apis.graphql.changes import Input, Problems
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.registry import query
from mockcentra.apis.graphql.types import hundredths
from mockcentra.commerce import calculations, vouchers
from mockcentra.commerce.calculations import Goods, Taxed
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import CartLine, Context
from mockcentra.commerce.reference import Country, State, reference_of
from mockcentra.store import graphql_wholesale as rows

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
    cart = _cart(run, selection, lines, context)
    shipping_cost = selection.money("shipping", context.currency.code) or 0
    named = _named_vouchers(run, given, context)
    if problems.errors:
        return _payload(problems, results=[])
    found = calculations.vouchers_of(run.tx, context, named, given["includeAutoVouchers"])
    option = reference.shipping_options.get(option_id or 0)
    applied = calculations.apply_vouchers(context, found, cart, option, shipping_cost)
    known = {voucher.id: voucher for voucher in found}
    results: list[dict[str, Any]] = []
    for note in applied:
        voucher = known[note.voucher_id]
        if not voucher.results:
            continue
        common = {"voucherActionResult": voucher.results[0].id, "voucher": voucher.id, "subvoucher": None}
        results += [each for line in cart for each in _discounted(run, context, voucher, line, common)]
        if note.free_shipping_for is not None:
            options = [each.id for each in reference.shipping_options.values() if each.uri in note.free_shipping_for]
            results.append(
                {"__typename": "CalculateVouchersFreeShippingGiven", **common, "forShippingOptions": options}
            )
    return _payload(problems, results=results)


def _cart(run: Run, selection: Input, lines: Sequence[Input], context: Context) -> list[CartLine]:
    """The goods as lines of a cart, with user errors for those that do not exist."""
    displays = selection.refs_of(lines, "display", "Display")
    variants = selection.refs_of(lines, "productVariant", "ProductVariant")
    sizes = selection.refs_of(lines, "productSize", "ProductSize")
    items = rows.items_of_displays(run.tx, [each for each in displays if each is not None])
    goods = []
    code = context.currency.code
    for line, display, variant, size in zip(lines, displays, variants, sizes, strict=True):
        before = line.money("unitOriginalPrice", code) or 0
        off = sum(part.money("valueReduction", code) or 0 for part in line.parts("discounts"))
        item = items.get((display or 0, variant or 0), 0)
        goods.append(Goods(line["lineReference"], item, size or 0, line["quantity"], before, max(0, before - off)))
    made = calculations.lines_of(run.tx, goods)
    if not selection.problems.errors:
        for line, each in zip(lines, made, strict=True):
            if each is None:
                line.error("The display does not sell this size of the variant", "productSize")
    return [each for each in made if each is not None]


def _named_vouchers(run: Run, given: Input, context: Context) -> list[int]:
    """The vouchers that are named by id, code or address, with user errors for those that do not count here."""
    found = []
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
                found.append(voucher.id)
            else:
                part.error(f"The voucher {voucher.name} cannot be used here", name)
    return found


def _discounted(
    run: Run, context: Context, voucher: vouchers.Voucher, line: CartLine, common: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What a voucher takes off a line; nothing for a line that it does not touch."""
    position = next((at for at, share in enumerate(line.discounts) if share.voucher_id == voucher.id), None)
    if position is None:
        return []

    def shown(amount: int) -> Any:
        return money(run, amount, context.currency.id)

    before = line.total + sum(share.amount for share in line.discounts[:position])
    off = -line.discounts[position].amount
    least, more = divmod(off, line.quantity)
    pieces = [(count, each) for count, each in ((more, least + 1), (line.quantity - more, least)) if count]
    percents = {result.config.get("percent") for result in voucher.results}
    percent = percents.pop() if len(percents) == 1 else None
    return [
        {
            "__typename": "CalculateVouchersLineDiscounted",
            **common,
            "lineReference": line.hash,
            "quantity": line.quantity,
            "previousTotal": shown(before),
            "priceReduction": shown(off),
            "unitPrices": [
                {
                    "uniqueReference": f"{line.hash}-{number}",
                    "quantity": count,
                    "previousUnitPrice": shown(before // line.quantity),
                    "unitPriceReduction": shown(each),
                }
                for number, (count, each) in enumerate(pieces, 1)
            ],
            "configuredPercent": None if percent is None else hundredths(percent),
        }
    ]
