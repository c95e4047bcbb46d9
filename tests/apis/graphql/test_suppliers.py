"""Suppliers, purchase orders and what comes of them, and the changes of stock that every API makes."""

from typing import Any

from mockcentra.store import Store
from tests.apis.graphql.conftest import Integration

LINE = "id deliveredQuantity freeToAllocateQuantity unitCost { value } currencyBaseRate isAvailable productSize { id } warehouse { id } stockChange { id }"


def test_changes_of_stock_in_lists(erp: Integration) -> None:
    data = erp.ask(
        """{ stockChanges(limit: 3) { id createdAt comment type warehouse { id } lines { %s } }
             stockChangeConnection(where: {warehouseId: [1]}, last: 10) {
               edges { cursor node { id } } pageInfo { hasPreviousPage startCursor } }
             stockChangeLines(where: {freeToAllocateQuantity: {from: 1}, warehouseId: [1]}, limit: 5) { %s }
             stockChangeLineConnection(first: 1) { totalCount edges { node { id } } }
             warehouses(where: {id: [1]}) { stockChanges(limit: 2) { id } } }"""
        % (LINE, LINE)
    )
    newest = data["stockChanges"][0]
    assert newest["lines"] and {line["stockChange"]["id"] for line in newest["lines"]} == {newest["id"]}
    edges = data["stockChangeConnection"]["edges"]
    assert len(edges) == 10 and data["stockChangeConnection"]["pageInfo"]["hasPreviousPage"]
    assert all(line["freeToAllocateQuantity"] >= 1 for line in data["stockChangeLines"])
    assert len(data["warehouses"][0]["stockChanges"]) == 2
