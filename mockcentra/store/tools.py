"""Queries of what surrounds a shop: its size, mails and files, and what falls due as its clock moves."""

from mockcentra.store.database import Row, Transaction


def size(tx: Transaction) -> dict[str, int]:
    """How many products and DTC orders the shop holds."""
    return {
        "products": tx.value("SELECT COUNT(*) FROM products WHERE kind = 'normal'"),
        "orders": tx.value("SELECT COUNT(*) FROM orders JOIN stores ON stores.id = store_id WHERE type = 'dtc'"),
    }


def mails(tx: Transaction) -> list[Row]:
    """Every mail that would have been sent, oldest first."""
    return tx.all("SELECT type, recipient, language, data_json, created_at FROM mails ORDER BY id")


def table_sizes(tx: Transaction) -> dict[str, int]:
    """The number of rows of every table that has some."""
    names = [row["name"] for row in tx.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    sizes = {name: tx.value(f"SELECT COUNT(*) FROM {name}") for name in names if not name.startswith("sqlite_")}
    return {name: count for name, count in sizes.items() if count}


def vouchers_ending(tx: Transaction, since: int, until: int) -> list[Row]:
    """`id, at` of the active vouchers whose last moment lies after `since` and not after `until`."""
    return tx.all(
        "SELECT id, stop_at AS at FROM vouchers WHERE status = 'active' AND stop_at > ? AND stop_at <= ?",
        (since, until),
    )


def campaigns_starting(tx: Transaction, since: int, until: int) -> list[Row]:
    return tx.all(
        "SELECT id, start_at AS at FROM campaigns WHERE status = 'active' AND start_at > ? AND start_at <= ?",
        (since, until),
    )


def campaigns_ending(tx: Transaction, since: int, until: int) -> list[Row]:
    return tx.all(
        "SELECT id, stop_at AS at FROM campaigns WHERE status = 'active' AND stop_at > ? AND stop_at <= ?",
        (since, until),
    )


def tokens_expiring(tx: Transaction, since: int, until: int) -> list[Row]:
    return tx.all(
        "SELECT id, expires_at AS at FROM api_tokens WHERE expires_at > ? AND expires_at <= ?", (since, until)
    )
