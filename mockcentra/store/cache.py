"""A cache of bytes, bounded by their sum, that drops what was used least recently."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing import Any


class ByteCache:
    """Maps keys to entries of a known size in bytes. Safe for threads."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """The entry, now the most recently used one, or None."""
        found = self._entries.get(key)
        if found is None:
            return None
        with suppress(KeyError):  # dropped by another thread just now: still a valid answer
            self._entries.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keeps `value`, which takes about `size` bytes, and drops older entries beyond the bound."""
        if size > self.max_bytes:
            return
        with self._lock:
            old = self._entries.pop(key, None)
            if old is not None:
                self.bytes -= old[1]
            self._entries[key] = (value, size)
            self.bytes += size
            while self.bytes > self.max_bytes:
                _, (_, dropped) = self._entries.popitem(last=False)
                self.bytes -= dropped

    def __len__(self) -> int:
        return len(self._entries)
