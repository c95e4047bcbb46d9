"""Amounts and weights as the API shows them (section 6.6)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from mockcentra.store import graphql_reading as reading

if TYPE_CHECKING:
    from mockcentra.apis.graphql.execution import Run

_MILLION = 1_000_000
# What the store calls a unit of weight: the enum value, and its short name.
UNITS = {"kg": ("KILOGRAMS", "kg"), "g": ("GRAMS", "g"), "lb": ("POUNDS", "lb"), "oz": ("OUNCES", "oz")}
_STORED_UNITS = {name: ours for ours, (name, _) in UNITS.items()}
WEIGHT_DIGITS = Decimal("0.001")


def money(run: "Run", amount: int | None, currency_id: int | None, rate_micro: int | None = None) -> Any:
    """A MonetaryValue of hundredths; None without an amount. `rate_micro`: the rate of then, instead of today's."""
    if amount is None or currency_id is None:
        return None
    currency = run.once("currencies", lambda: reading.currencies(run.tx))[currency_id]
    whole, rest = divmod(amount, 100)
    return {
        "value": whole if not rest else amount / 100,
        "valueInCents": amount,
        "formattedValue": formatted(amount, currency["code"], currency["decimals"]),
        "currency": currency_id,
        "conversionRate": (currency["rate_micro"] if rate_micro is None else rate_micro) / _MILLION,
        "conversionDate": None,
    }


def formatted(amount: int, code: str, decimals: int) -> str:
    """`1 500.00 SEK`: a space between thousands, the code at the end."""
    exact = (Decimal(amount) / 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{exact:,}".replace(",", " ") + f" {code}"


def weight(milli: int | None, unit: str) -> dict[str, Any] | None:
    """A Weight of thousandths of a unit; None without one."""
    if not milli:
        return None
    name, short = UNITS.get(unit, UNITS["kg"])
    return {"value": milli / 1000, "unit": name, "formattedValue": f"{Decimal(milli) / 1000:.3f} {short}"}


def stored_weight(given: Any) -> tuple[int, str, bool]:
    """(thousandths, unit, whether it was rounded) of a WeightInput."""
    exact = Decimal(repr(given["value"]))
    rounded = exact.quantize(WEIGHT_DIGITS, ROUND_HALF_UP)
    return int(rounded * 1000), _STORED_UNITS[given["unit"]], rounded != exact
