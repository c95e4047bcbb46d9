"""Lists of large tables look rows up: no page reads a table from one end to the other to find a few."""

import pytest

from mockcentra.store import Store
from tests.apis.graphql.conftest import Integration

HASH = '"0198afd0dbb5688cb19dca9f0a9eb1da"'


@pytest.mark.parametrize(
    "asked",
    [
        "orders(where: {customerId: 3}) { number }",
        "orders(where: {accountId: 4}) { number }",
        "orders(where: {buyerId: 4}) { number }",
        "orders(where: {number: 1001}) { number }",
        "orders(where: {id: %s}) { number }" % HASH,
        "orders(where: {id: %s}, sort: number_ASC) { number }" % HASH,
        'orders(where: {updatedAt: {from: "2026-08-01"}}, sort: updatedAt_ASC) { number }',
        "customers(where: {id: [1, 2]}) { id }",
        "shipments(where: {orderId: %s}) { id }" % HASH,
        'shipments(where: {number: "1001-1"}) { id }',
        "shipments(where: {customerId: 3}) { id }",
        "returns(where: {orderId: %s}) { id }" % HASH,
        "orderPaymentHistory(where: {orderId: %s}) { id }" % HASH,
        "productSizes(where: {id: 4}) { id }",
        "productVariants(where: {productId: 4}) { id }",
        "stockChangeLines(where: {productSizeId: 4}) { id }",
        "stockChangeLines(where: {productVariantId: 4}) { id }",
        "displays(where: {productId: 4}) { id }",
        "customer(id: 3) { orders(limit: 5) { number } emailHistory(limit: 5) { id } }",
        "account(id: 3) { orders(limit: 5) { number } invoices(limit: 5) { id } returns(limit: 5) { id } }",
        "order(number: 1001) { lines { id } history(limit: 5) { id } paymentHistory { id } shipments { id } }",
    ],
)
def test_rows_are_looked_up(erp: Integration, store: Store, asked: str) -> None:
    erp.ask(f"{{ {asked} }}")
    statements: list[str] = []
    store.connection.set_trace_callback(statements.append)
    try:
        erp.ask(f"{{ {asked} }}")
    finally:
        store.connection.set_trace_callback(None)
    large = ("orders t", "shipments t", "returns t", "payment_entries t", "product_sizes t", "stock_changes t", "mails")
    for statement in statements:
        if not any(f" {name}" in statement for name in large):
            continue
        plan = [row["detail"] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [step for step in plan if step == "SCAN t"], (statement, plan)
