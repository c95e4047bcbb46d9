"""The store: one SQLite database a space, and the only place with SQL.

`database` holds the connection, its lock and its transactions; `template`, `spaces` and `clock` hold what surrounds it.
The other modules are queries, one module a part of the domain; they take a `Transaction` and return rows.
"""

from mockcentra.store.clock import Clock
from mockcentra.store.database import Shared, Store, Transaction
from mockcentra.store.spaces import Space, Spaces

__all__ = ["Clock", "Shared", "Space", "Spaces", "Store", "Transaction"]
