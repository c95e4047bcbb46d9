"""Rows of the mails that would have been sent; store/tools.py lists them."""

from mockcentra.store.database import Transaction


def add(tx: Transaction, mail_type: str, recipient: str, language: str, data_json: str) -> int:
    return tx.insert(
        "mails", type=mail_type, recipient=recipient, language=language, data_json=data_json, created_at=tx.now
    )


def remove(tx: Transaction, mail_type: str, field: str, value: str) -> int:
    """Removes the mails of a type in whose data a field has that value; returns how many there were."""
    return tx.run(
        "DELETE FROM mails WHERE type = ? AND json_extract(data_json, '$.' || ?) = ?", (mail_type, field, value)
    )
