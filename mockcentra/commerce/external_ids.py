"""ID conversion: the names that an integration gives to objects, per type, unique both ways (domain.md 14)."""

from collections.abc import Iterable

from mockcentra.commerce.errors import Conflict, Invalid
from mockcentra.store import Transaction
from mockcentra.store import external_ids as rows

MAX_LENGTH = 255


class ExternalIds:
    """The table of one integration. Object types are those of `store.external_ids.TABLES`."""

    def __init__(self, tx: Transaction, integration: str) -> None:
        self._tx = tx
        self._integration = rows.integration(tx, integration)

    def resolve(self, object_type: str, external_id: str) -> int | None:
        """The object that the integration means: what it mapped, else an internal id that is not mapped to anything.

        An internal id is all digits and does not start with 0 (soap-api.md 5.2). None: no such object.
        """
        found = rows.object_of(self._tx, self._integration, object_type, external_id)
        if found is not None:
            return found
        if not is_number(external_id):
            return None
        object_id = int(external_id)
        if not rows.exists(self._tx, object_type, object_id):
            return None
        mapped = rows.external_of(self._tx, self._integration, object_type, object_id)
        return object_id if mapped is None else None

    def owner(self, object_type: str, external_id: str) -> int | None:
        """The object to which the integration gave that id; None when it gave it to none."""
        return rows.object_of(self._tx, self._integration, object_type, external_id)

    def assign(self, object_type: str, object_id: int, external_id: str) -> None:
        """Maps an object. Raises Invalid for a text that cannot be an id, Conflict when another object has it."""
        if not 1 <= len(external_id) <= MAX_LENGTH:
            raise Invalid({"id": f"must have 1 to {MAX_LENGTH} characters"})
        owner = rows.object_of(self._tx, self._integration, object_type, external_id)
        if owner is not None and owner != object_id:
            raise Conflict({f"id {external_id}": "belongs to another object"})
        rows.put(self._tx, self._integration, object_type, object_id, external_id)

    def mapped(self, object_type: str, object_id: int) -> str | None:
        """The external id of an object; None when it has none."""
        return rows.external_of(self._tx, self._integration, object_type, object_id)

    def given(self, object_type: str, object_ids: Iterable[int]) -> dict[int, str]:
        """Object id -> external id, for those that have one."""
        return rows.external_of_many(self._tx, self._integration, object_type, object_ids)

    def shown(self, object_type: str, object_ids: Iterable[int | None]) -> dict[int, str]:
        """Object id -> how this integration reads it: the external id, the internal one where there is none."""
        wanted = {object_id for object_id in object_ids if object_id is not None}
        found = {object_id: str(object_id) for object_id in wanted}
        found.update(rows.external_of_many(self._tx, self._integration, object_type, wanted))
        return found


def is_number(text: str) -> bool:
    """Whether a text can be an internal id."""
    return text.isascii() and text.isdigit() and not text.startswith("0") and len(text) <= 18
