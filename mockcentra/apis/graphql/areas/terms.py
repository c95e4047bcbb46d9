"""Payment terms, shipping terms and sales representatives."""

from collections.abc import Callable, Mapping
from typing import Any

from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.types import (
    Batch,
    Column,
    Filter,
    Many,
    Range,
    Spec,
    Text,
    Type,
    Where,
    constant,
    define,
    hundredths,
    text,
)
from mockcentra.store import graphql_reading as reading
from mockcentra.store import graphql_wholesale as rows


def always(value: Any) -> Column:
    """The same for every row: what the shop does not tell apart."""
    return Column("id", lambda _: value)


_TERMS: dict[str, Spec] = {
    "name": Column("name"),
    "status": always("ACTIVE"),
    "isDefault": Column("id", lambda terms_id: terms_id == 1),
    "isSelectable": always(True),
}
_FILTERS: dict[str, Filter] = {
    "name": Text("name"),
    "description": Text("description"),
    "status": constant("ACTIVE"),
    "isDefault": Where(lambda run, value: _among_default(value)),
    "isSelectable": constant(True),
}


def _among_default(value: bool) -> reading.Condition:
    default = reading.equals("id", 1)
    return default if value else reading.negated(default)


def _commissions(are_paid: bool) -> Callable[[Run, Mapping[str, Any], list[tuple[Any, ...]]], list[Any]]:
    """What representatives get of invoices that are paid, or will get of those that are not."""

    def commissions(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[Any]:
        found = rows.commissions(run.tx, [row[0] for row in picked], are_paid)
        return [[commission(run, row) for row in found.get(representative_id, ())] for (representative_id,) in picked]

    return commissions


def commission(run: Run, row: Any) -> dict[str, Any]:
    """A Commission of an invoice."""
    return {
        "percent": hundredths(row["percent"]),
        "value": money(run, row["value"], row["currency_id"]),
        "invoice": row["invoice_id"],
        "order": row["order_id"],
        "salesRepresentative": row["sales_rep_id"],
    }


def _parents(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[int | None]:
    """Who stands above each representative; the first, where there are several."""
    found: dict[int, int] = {}
    pairs = reading.pairs(
        run.tx, "master_sales_representatives", "sales_rep_id", "master_id", [row[0] for row in picked]
    )
    for sales_rep_id, master_id in pairs:
        found.setdefault(sales_rep_id, master_id)
    return [found.get(row[0]) for row in picked]


define(
    Type(
        "PaymentTerms",
        "payment_terms",
        fields={
            **_TERMS,
            "description": Column("description", text),
            "prepaymentPercent": always(0),
            "threshold": always(None),
            "dueDays": Column("days"),
        },
        filters=_FILTERS,
        search=("name", "description"),
        external="payment_terms",
    ),
    Type(
        "ShippingTerms",
        "shipping_terms",
        fields={**_TERMS, "description": Column("description"), "ranges": always([])},
        filters=_FILTERS,
        search=("name", "description"),
        external="shipping_terms",
    ),
    Type(
        "SalesRepresentative",
        "sales_representatives",
        fields={
            "name": Column("name"),
            "status": always("ACTIVE"),
            "commissionPercent": Column("percent", hundredths),
            "email": Column("email", text),
            "accounts": Many("sales_rep_id"),
            "commissions": Batch(_commissions(True), "id"),
            "futureCommissions": Batch(_commissions(False), "id"),
            "parent": Batch(_parents, "id"),
        },
        filters={
            "name": Text("name"),
            "status": constant("ACTIVE"),
            "commissionPercent": Range("percent", 100),
            "email": Text("email"),
        },
        sorts={"name": "name"},
        search=("name", "email"),
        external="sales_rep",
    ),
)
