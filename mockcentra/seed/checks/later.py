"""Promises of seed.md that cannot be kept yet, because the rules behind them are not there."""

from mockcentra.seed.checks.shop import Check

CHECKS = (
    Check("6", "supplier deliveries in the stock history", "Stock changes by supplier deliveries and returns."),
    Check("10", "providers", "The payment methods of real providers can be chosen."),
    Check("12", "returns", "16 returns in two states, their costs, refunds and stock actions."),
    Check("11", "Anna's return", "anna.demo has one return."),
    Check("18", "return of order 1001", "Order 1001 has one return."),
    Check("13", "suppliers' orders", "Eight supplier orders of three suppliers."),
    Check("13", "supplier deliveries", "Seven open deliveries to Borås, three accepted, one to Rotterdam."),
    Check("13", "allocation requests", "13 requests to Partner Berlin in seven states."),
    Check("14", "registered subscriptions", "One active and one paused on packages."),
    Check("15", "case 14: check first", "An order whose second line waits for Flagship Stockholm."),
)
