"""External ids go with the objects that they name."""

from mockcentra.commerce import wholesale_writing
from mockcentra.store import Store, external_ids


def test_who_was_deleted_gives_the_external_ids_free(store: Store):
    with store.transaction() as tx:
        erp = external_ids.integration(tx, "ERP")
        account_id = tx.value(
            "SELECT id FROM accounts WHERE id NOT IN (SELECT account_id FROM orders WHERE account_id)"
        )
        buyers = [row["id"] for row in tx.all("SELECT id FROM buyers WHERE account_id = ?", (account_id,))]
        assert buyers
        external_ids.put(tx, erp, "account", account_id, "A-1")
        for buyer_id in buyers:
            external_ids.put(tx, erp, "buyer", buyer_id, f"B-{buyer_id}")
        wholesale_writing.delete_account(tx, account_id)
        assert external_ids.object_of(tx, erp, "account", "A-1") is None
        assert all(external_ids.object_of(tx, erp, "buyer", f"B-{buyer_id}") is None for buyer_id in buyers)
