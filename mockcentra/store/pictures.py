"""Rows of pictures that users brought: their bytes, kept once for each content, and who needs them."""

from typing import Any

from mockcentra.store.database import Row, Transaction


def picture(tx: Transaction, media_id: int) -> Row | None:
    """Its name and format; file_sha where somebody brought it; how it is painted: shape, color_hex, variety, position.

    Those that stand in for pictures from elsewhere differ in their views only.
    """
    return tx.one(
        "SELECT file_name, format, file_sha, shape, color_hex, position,"
        " CASE source_url WHEN '' THEN file_name ELSE '' END AS variety FROM media WHERE id = ?",
        (media_id,),
    )


def last_position(tx: Transaction, product_id: int) -> int:
    """The position of a product's last picture; 0 without any."""
    return tx.value("SELECT COALESCE(MAX(position), 0) FROM media WHERE product_id = ?", (product_id,))


def content(tx: Transaction, sha: str) -> bytes | None:
    return tx.value("SELECT content FROM media_files WHERE sha256 = ?", (sha,))


def facts(tx: Transaction, sha: str) -> dict[str, Any]:
    """`sha1, width, height` of a file that is kept."""
    row = tx.one("SELECT sha1, width, height FROM media_files WHERE sha256 = ?", (sha,))
    assert row is not None
    return dict(row)


def is_kept(tx: Transaction, sha: str) -> bool:
    return tx.value("SELECT 1 FROM media_files WHERE sha256 = ?", (sha,)) is not None


def kept_bytes(tx: Transaction) -> int:
    """How many bytes all files take."""
    return tx.value("SELECT COALESCE(SUM(size), 0) FROM media_files")


def keep(tx: Transaction, sha: str, sha1: str, format: str, width: int, height: int, content: bytes) -> None:
    """Keeps a file, unless it is kept already. `format` is jpg, png or gif."""
    tx.run(
        "INSERT OR IGNORE INTO media_files (sha256, sha1, format, width, height, size, content)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (sha, sha1, format, width, height, len(content), content),
    )


def attached(tx: Transaction, address: str) -> Row | None:
    """`value_json, file_sha` of what attributes show at an address of this shop; None when none does."""
    return tx.one(
        "SELECT value_json, file_sha FROM attribute_entry_values WHERE value = ? AND value_json IS NOT NULL LIMIT 1",
        (address,),
    )


def drop_unneeded(tx: Transaction) -> None:
    """Forgets the files that no picture or attribute shows and no open upload brought."""
    tx.run(
        "DELETE FROM media_files WHERE sha256 NOT IN (SELECT file_sha FROM media WHERE file_sha IS NOT NULL)"
        " AND sha256 NOT IN (SELECT file_sha FROM media_uploads WHERE file_sha IS NOT NULL)"
        " AND sha256 NOT IN (SELECT file_sha FROM attribute_entry_values WHERE file_sha IS NOT NULL)"
    )
