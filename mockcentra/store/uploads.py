"""Rows of uploads of pictures, and of batches of them."""

from mockcentra.store.database import Row, Transaction


def add(tx: Transaction, uuid: str, signature: str) -> None:
    tx.run("INSERT INTO media_uploads (uuid, signature, created_at) VALUES (?, ?, ?)", (uuid, signature, tx.now))


def get(tx: Transaction, uuid: str) -> Row | None:
    return tx.one("SELECT * FROM media_uploads WHERE uuid = ?", (uuid,))


def drop_older(tx: Transaction, moment: int) -> int:
    """Forgets the forms that were handed out before that moment; how many there were."""
    return tx.run("DELETE FROM media_uploads WHERE created_at < ?", (moment,))


def note_upload(tx: Transaction, uuid: str, file_sha: str) -> None:
    tx.run("UPDATE media_uploads SET file_sha = ? WHERE uuid = ?", (file_sha, uuid))


def note_completion(tx: Transaction, uuid: str) -> None:
    """From now on the picture needs the file, and the form does not."""
    tx.run("UPDATE media_uploads SET completed_at = ?, file_sha = NULL WHERE uuid = ?", (tx.now, uuid))


def add_batch(tx: Transaction, queue_id: str, entries: str) -> None:
    tx.run(
        "INSERT INTO media_batches (queue_id, entries_json, created_at) VALUES (?, ?, ?)", (queue_id, entries, tx.now)
    )


def batch(tx: Transaction, queue_id: str) -> str | None:
    """The entries of a batch as JSON."""
    return tx.value("SELECT entries_json FROM media_batches WHERE queue_id = ?", (queue_id,))
