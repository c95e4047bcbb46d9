"""Exact money: integers of hundredths, rounded half away from zero, and how a currency prints them."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

NO_BREAK_SPACE = "\u00a0"


def ratio(amount: int, numerator: int, denominator: int) -> int:
    """`amount * numerator / denominator`, rounded half away from zero. `denominator` is positive."""
    product = amount * numerator
    quotient = (2 * abs(product) + denominator) // (2 * denominator)
    return quotient if product >= 0 else -quotient


def percent_of(amount: int, percent: int) -> int:
    """That percentage (in hundredths of a percent) of an amount."""
    return ratio(amount, percent, 10000)


def contained_tax(amount: int, percent: int) -> int:
    """The tax of `percent` (hundredths of a percent) that an amount including it contains."""
    return ratio(amount, percent, 10000 + percent)


def without_tax(amount: int, percent: int) -> int:
    """An amount including tax without it."""
    return ratio(amount, 10000, 10000 + percent)


def taxed(amount: int, percent: int, is_included: int, with_tax: bool) -> int:
    """An amount with or without the tax that it includes, or that comes on top of it."""
    if with_tax:
        return amount if is_included else amount + percent_of(amount, percent)
    return without_tax(amount, percent) if is_included else amount


def part_of_tax(total: int, whole: int, tax: int) -> int:
    """How much of an order's tax lies in a part (`total`) of what the order costs (`whole`)."""
    return ratio(tax, total, whole) if whole > 0 else 0


def discount_percent(price: int, before: int) -> int:
    """How much less than before something costs, in hundredths of a percent; 0 where it does not cost less."""
    return ratio(before - price, 10000, before) if before > max(0, price) else 0


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` split in proportion to `weights`; the last weighted one takes the rounding difference."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    parts = [ratio(amount, weight, total) for weight in weights]
    last = max(index for index, weight in enumerate(weights) if weight)
    parts[last] += amount - sum(parts)
    return parts


def number(amount: int) -> int | float:
    """The JSON number of an amount: an integer where it is whole."""
    whole, rest = divmod(amount, 100)
    return whole if not rest else amount / 100


def plain_percent(percent: int) -> int | float:
    """The JSON number of a percentage kept in hundredths of a percent."""
    return number(percent)


def decimal_text(amount: int) -> str:
    """`350.00`: a dot and two decimals, as payment providers get it."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 100)
    return f"{sign}{whole}.{rest:02d}"


def parse_amount(value: object) -> int | None:
    """Hundredths of a number or of a text with a dot; None when it is neither (or not finite, or a bool)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        exact = Decimal(str(value).strip())
        if not exact.is_finite() or abs(exact) > Decimal(10) ** 12:
            return None
        return int((exact * 100).quantize(Decimal(1), ROUND_HALF_UP))
    except InvalidOperation:
        return None


@lru_cache(maxsize=20_000)
def format_amount(
    amount: int, prefix: str, suffix: str, decimal_point: str, thousands_separator: str, decimals: int
) -> str:
    """The amount as shoppers read it; every blank is a no-break space (checkout-api.md 6.1)."""
    unit = 10**decimals
    scaled = ratio(abs(amount), unit, 100)
    whole, rest = divmod(scaled, unit)
    digits = f"{whole:,}".replace(",", thousands_separator) if whole >= 1000 else str(whole)
    if decimals:
        digits = f"{digits}{decimal_point}{rest:0{decimals}d}"
    sign = "-" if amount < 0 and scaled else ""
    return f"{prefix}{sign}{digits}{suffix}".replace(" ", NO_BREAK_SPACE)
