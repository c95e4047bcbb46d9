"""Writing wholesale: terms, sales representatives, delivery windows, accounts with their buyers, and invoices.

What an API does not name stays as it is; columns are those of the tables (`store/schema.sql`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from mockcentra.commerce import invoicing, orders, shipments
from mockcentra.commerce.emails import email_key
from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.store import Transaction, records
from mockcentra.store import invoices as invoice_rows
from mockcentra.store import wholesale_writing as rows

STATUSES = frozenset({"active", "inactive", "cancelled"})

# ------------------------------------------------------------------ terms and sales representatives


def create_terms(tx: Transaction, kind: str, *, name: str, **columns: Any) -> int:
    """New `payment_terms` or `shipping_terms` (`kind`); returns their id."""
    terms_id = records.add(tx, kind, name=_required(name), **columns)
    tx.event(kind, terms_id, "created")
    return terms_id


def change_terms(tx: Transaction, kind: str, terms_id: int, **columns: Any) -> bool:
    """Changes terms; returns whether anything differed."""
    return _change(tx, kind, kind, terms_id, columns)


def create_sales_rep(tx: Transaction, *, name: str, masters: Mapping[int, int] = {}, **columns: Any) -> int:
    """A new sales representative; `masters`: who stands above him -> share of the commission. Returns his id."""
    sales_rep_id = records.add(tx, "sales_representatives", name=_required(name), **columns)
    rows.put_masters(tx, sales_rep_id, masters)
    tx.event("sales_rep", sales_rep_id, "created")
    return sales_rep_id


def change_sales_rep(tx: Transaction, sales_rep_id: int, masters: Mapping[int, int] = {}, **columns: Any) -> bool:
    """Changes a sales representative, adding masters; returns whether anything differed."""
    known = rows.masters_of(tx, sales_rep_id)
    if sales_rep_id in masters:
        raise Invalid({"master sales rep": "is the sales rep himself"})
    if any(known.get(master) != share for master, share in masters.items()):
        rows.put_masters(tx, sales_rep_id, masters)
        tx.event("sales_rep", sales_rep_id, "updated")
        records.change(tx, "sales_representatives", sales_rep_id, **columns)
        return True
    return _change(tx, "sales_rep", "sales_representatives", sales_rep_id, columns)


# ------------------------------------------------------------------ delivery windows


def create_window(tx: Transaction, store_id: int, *, name: str, **columns: Any) -> int:
    """A new delivery window in every market of its store; returns its id. Raises Invalid (`stop date`)."""
    _check_window(columns)
    window_id = records.add(tx, "delivery_windows", store_id=store_id, name=_required(name), **columns)
    rows.put_window_markets(tx, window_id, store_id)
    tx.event("delivery_window", window_id, "created")
    return window_id


def change_window(tx: Transaction, window_id: int, **columns: Any) -> bool:
    """Changes a delivery window; returns whether anything differed."""
    window = records.get(tx, "delivery_windows", window_id)
    assert window is not None
    _check_window({**dict(window), **columns})
    return _change(tx, "delivery_window", "delivery_windows", window_id, columns)


def put_window_variants(
    tx: Transaction,
    window_id: int,
    variants: Mapping[int, Mapping[str, int | str]],
    removed: Iterable[int] = (),
) -> bool:
    """Adds variants to a window or changes how they are sold there (stock_type, product_limit, variant_limit)."""
    changed = False
    for variant_id, columns in variants.items():
        row = rows.window_variant(tx, window_id, variant_id)
        if row is None or any(row[name] != value for name, value in columns.items()):
            rows.put_window_variant(tx, window_id, variant_id, columns)
            changed = True
    changed = rows.remove_window_variants(tx, window_id, removed) or changed
    if changed:
        tx.event("delivery_window", window_id, "updated")
    return changed


def _check_window(columns: Mapping[str, Any]) -> None:
    _check_status(columns)
    start, stop = columns.get("delivery_from"), columns.get("delivery_until")
    if start is not None and stop is not None and stop < start:
        raise Invalid({"stop date": "is before the start date"})


def set_window_markets(tx: Transaction, window_id: int, market_ids: Collection[int]) -> bool:
    """The markets in which a window is sold, in place of those before; returns whether they differ."""
    if not market_ids:
        raise Invalid({"markets": "a delivery window needs at least one"})
    return rows.set_window_markets(tx, window_id, market_ids)


def next_position(tx: Transaction) -> int:
    """The place after every window and group."""
    return rows.last_position(tx) + 1


# A place in the tree: `delivery_windows` or `delivery_window_groups`, and the id.
Node = tuple[str, int]


def create_window_group(tx: Transaction, *, name: str) -> int:
    """A new group of delivery windows, at the end; returns its id."""
    position = next_position(tx)
    group_id = records.add(tx, "delivery_window_groups", name=_required(name), position=position)
    tx.event("delivery_window_group", group_id, "created")
    return group_id


def change_window_group(tx: Transaction, group_id: int, **columns: Any) -> bool:
    """Another name of a group; returns whether it differed."""
    return _change(tx, "delivery_window_group", "delivery_window_groups", group_id, columns)


def delete_window_group(tx: Transaction, group_id: int) -> None:
    """Takes a group away; its windows stand on their own from now on."""
    for window_id in rows.windows_of_group(tx, group_id):
        tx.event("delivery_window", window_id, "updated")
    rows.delete_group(tx, group_id)
    tx.event("delivery_window_group", group_id, "deleted")


def order_tree(tx: Transaction, nodes: Sequence[Node]) -> None:
    """Puts windows and groups in this order, before everything that is not named."""
    _place(tx, [*dict.fromkeys(nodes), *(node for node in _tree(tx) if node not in nodes)])


def place_before(tx: Transaction, node: Node, other: Node) -> None:
    """Puts a window or group before another one of the tree. Raises Invalid (`before`)."""
    order = _tree(tx)
    if node == other or other not in order:
        raise Invalid({"before": "does not stand in the tree beside this one"})
    if node in order:
        order.remove(node)
    order.insert(order.index(other), node)
    _place(tx, order)


def order_windows(tx: Transaction, group_id: int, window_ids: Sequence[int]) -> None:
    """Puts the windows of a group in this order. Raises Invalid for a window of another group."""
    known = rows.windows_of_group(tx, group_id)
    strange = [window_id for window_id in window_ids if window_id not in known]
    if strange:
        raise Invalid({"set_delivery_windows_order": f"delivery window {strange[0]} is not in the group"})
    order = [*dict.fromkeys(window_ids), *(window_id for window_id in known if window_id not in window_ids)]
    rows.place(tx, "delivery_windows", {window_id: position for position, window_id in enumerate(order, 1)})
    tx.event("delivery_window_group", group_id, "updated")


def _tree(tx: Transaction) -> list[Node]:
    return [
        ("delivery_window_groups" if row["kind"] == "group" else "delivery_windows", row["id"]) for row in rows.tree(tx)
    ]


def _place(tx: Transaction, order: Sequence[Node]) -> None:
    for table in ("delivery_windows", "delivery_window_groups"):
        rows.place(tx, table, {node[1]: at for at, node in enumerate(order, 1) if node[0] == table})


# ------------------------------------------------------------------ accounts and buyers


def create_account(tx: Transaction, store_id: int, *, name: str, **columns: Any) -> int:
    """A new account; returns its id. Without a buyer it cannot be active: see `settle_status`."""
    _check_status(columns)
    account_id = records.add(tx, "accounts", store_id=store_id, name=_required(name), **columns)
    tx.event("account", account_id, "created")
    return account_id


def change_account(tx: Transaction, account_id: int, **columns: Any) -> bool:
    """Changes an account; returns whether anything differed."""
    _check_status(columns)
    return _change(tx, "account", "accounts", account_id, columns)


def is_id_free(tx: Transaction, account_id: int) -> bool:
    """Whether no account has that number."""
    return rows.is_id_free(tx, account_id)


def has_buyers(tx: Transaction, account_id: int) -> bool:
    """An account that nobody can order for is not active (soap-api.md 7.12)."""
    return bool(rows.buyers_of_account(tx, account_id))


def create_buyer(tx: Transaction, account_id: int, **columns: Any) -> int:
    """A new buyer of an account; name and e-mail may be blank. Returns his id."""
    _check_status(columns)
    buyer_id = records.add(tx, "buyers", **{"account_id": account_id, "email": "", **columns})
    tx.event("buyer", buyer_id, "created", account=account_id)
    return buyer_id


def change_buyer(tx: Transaction, buyer_id: int, account_id: int, **columns: Any) -> bool:
    """Changes a buyer, who stays with his account. Raises Conflict for another one."""
    _check_status(columns)
    buyer = records.get(tx, "buyers", buyer_id)
    if buyer is None or buyer["account_id"] != account_id:
        raise Conflict({"buyer": "belongs to another account"})
    if not records.change(tx, "buyers", buyer_id, **columns):
        return False
    tx.event("buyer", buyer_id, "updated", account=account_id)
    return True


def delete_buyer(tx: Transaction, buyer_id: int) -> None:
    """Takes a buyer away. Raises Conflict for one who has ordered."""
    if rows.has_ordered(tx, buyer_id):
        raise Conflict({"buyer": "has orders"})
    buyer = records.get(tx, "buyers", buyer_id)
    assert buyer is not None
    account = records.get(tx, "accounts", buyer["account_id"])
    assert account is not None
    rows.delete_buyer(tx, buyer_id)
    tx.event("buyer", buyer_id, "deleted", account=account["id"], store=account["store_id"])


def is_email_taken(tx: Transaction, store_id: int, email: str, own_id: int = 0) -> bool:
    """Whether another buyer of the store has this e-mail."""
    return rows.buyer_with_email(tx, store_id, email, own_id) is not None


def put_account_parts(
    tx: Transaction,
    account_id: int,
    percents: Mapping[int, int],
    without: Iterable[int],
    agents: Iterable[int],
    hidden: Iterable[int],
    is_told: bool = False,
) -> bool:
    """Discounts in windows (window -> hundredths of a percent) and the agents who see the account; returns a change.

    What goes (`without`, `hidden`) goes first. `is_told`: the transaction has told of a change of the account already.
    """
    discounts = rows.window_discounts(tx, account_id)
    gone = set(without)
    wanted = {**{window: off for window, off in discounts.items() if window not in gone}, **percents}
    seen = rows.agents(tx, account_id)
    seeing = (seen - set(hidden)) | set(agents)
    if wanted == discounts and seeing == seen:
        return False
    rows.set_window_discounts(tx, account_id, wanted)
    rows.set_agents(tx, account_id, sorted(seeing))
    if not is_told:
        tx.event("account", account_id, "updated")
    return True


def delete_account(tx: Transaction, account_id: int) -> None:
    """Takes an account away with its buyers. Raises Conflict for one with orders or invoices."""
    uses = rows.uses_of_account(tx, account_id)
    if uses:
        raise Conflict({"account": f"has {' and '.join(uses)}"})
    account = records.get(tx, "accounts", account_id)
    assert account is not None
    for buyer in rows.buyers_of_account(tx, account_id):
        tx.event("buyer", buyer["id"], "deleted", account=account_id, store=account["store_id"])
    rows.delete_account(tx, account_id)
    tx.event("account", account_id, "deleted", store=account["store_id"], market=account["market_id"])


def create_account_address(tx: Transaction, account_id: int, *, name: str, **columns: Any) -> int:
    """An address that an account may choose; returns its id."""
    entry_id = records.add(tx, "account_addresses", account_id=account_id, name=_required(name), **columns)
    tx.event("account", account_id, "updated")
    return entry_id


def change_account_address(tx: Transaction, entry_id: int, **columns: Any) -> bool:
    """Changes an address of an account's address book; returns whether anything differed."""
    entry = records.get(tx, "account_addresses", entry_id)
    assert entry is not None
    if not records.change(tx, "account_addresses", entry_id, **columns):
        return False
    tx.event("account", entry["account_id"], "updated")
    return True


def delete_account_address(tx: Transaction, entry_id: int) -> None:
    """Takes an address out of an account's address book."""
    entry = records.get(tx, "account_addresses", entry_id)
    assert entry is not None
    rows.delete_address(tx, entry_id)
    tx.event("account", entry["account_id"], "updated")


# ------------------------------------------------------------------ customers


def create_customer(tx: Transaction, store_id: int, *, email: str, **columns: Any) -> int:
    """A new DTC customer without an account; returns its id. Raises Invalid and Conflict (`email`)."""
    if not email:
        raise Invalid({"email": "is required"})
    _check_email(tx, store_id, email, None)
    customer_id = records.add(
        tx, "customers", store_id=store_id, email=email, email_key=email_key(email), is_registered=0, **columns
    )
    tx.event("customer", customer_id, "created")
    return customer_id


def change_customer(tx: Transaction, customer_id: int, **columns: Any) -> bool:
    """Changes a DTC customer; returns whether anything differed. Raises Invalid and Conflict (`email`)."""
    _check_status(columns)
    customer = records.get(tx, "customers", customer_id)
    assert customer is not None
    if "email" in columns:
        if not columns["email"]:
            raise Invalid({"email": "is required"})
        columns["email_key"] = email_key(columns["email"])
        if columns["email_key"] != customer["email_key"]:
            _check_email(tx, customer["store_id"], columns["email"], customer_id)
    return _change(tx, "customer", "customers", customer_id, columns)


def _check_email(tx: Transaction, store_id: int, email: str, customer_id: int | None) -> None:
    found = rows.unregistered_customer(tx, store_id, email_key(email))
    if found is not None and found != customer_id:
        raise Conflict({f"email {email}": "belongs to another customer"})


# ------------------------------------------------------------------ invoices


def create_invoice(tx: Transaction, **columns: Any) -> int:
    """A new invoice; returns its id."""
    invoice_id = records.add(tx, "invoices", **columns)
    tx.event("invoice", invoice_id, "created")
    _follow_payment(tx, invoice_id)
    return invoice_id


def change_invoice(tx: Transaction, invoice_id: int, **columns: Any) -> bool:
    """Changes an invoice; returns whether anything differed."""
    if not _change(tx, "invoice", "invoices", invoice_id, columns):
        return False
    _follow_payment(tx, invoice_id)
    return True


def pay_invoice(tx: Transaction, invoice_id: int, amount: int, paid_at: int | None) -> int:
    """Notes a payment of an invoice (a credit, below 0); returns its id. `paid_at` None: now."""
    payment_id = invoice_rows.add_payment(tx, invoice_id, amount, tx.now if paid_at is None else paid_at)
    tx.event("invoice", invoice_id, "updated")
    _follow_payment(tx, invoice_id)
    return payment_id


def settle_by_invoice(tx: Transaction, order_id: int) -> None:
    """New shipments of an order are paid when an invoice about the whole order is."""
    for invoice_id in rows.invoices_of_whole_order(tx, order_id):
        _follow_payment(tx, invoice_id)


def _follow_payment(tx: Transaction, invoice_id: int) -> None:
    """An invoice of a wholesale order that is paid in full pays the order, or its one shipment (soap-api.md 7.14)."""
    invoice = records.get(tx, "invoices", invoice_id)
    assert invoice is not None
    invoicing.reconcile(tx, invoice)
    if invoice["order_id"] is None or invoice["return_id"] is not None:
        return
    order = orders.row_of(tx, invoice["order_id"])
    if order["account_id"] is None or not 0 < invoice["total"] <= invoice["total_paid"]:
        return
    wanted = [invoice["shipment_id"]] if invoice["shipment_id"] else rows.unpaid_shipments(tx, order["id"])
    for shipment_id in wanted:
        shipments.mark_paid(tx, shipment_id)


# ------------------------------------------------------------------ checks


def _change(tx: Transaction, kind: str, table: str, row_id: int, columns: dict[str, Any]) -> bool:
    if "name" in columns:
        _required(columns["name"])
    if not records.change(tx, table, row_id, **columns):
        return False
    tx.event(kind, row_id, "updated")
    return True


def _check_status(columns: Mapping[str, Any]) -> None:
    if columns.get("status", "active") not in STATUSES:
        raise Invalid({f"status {columns['status']}": "is unknown"})


def _required(name: str) -> str:
    if not name:
        raise Invalid({"name": "is required"})
    return name
