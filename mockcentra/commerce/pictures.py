"""What stands behind the address of a picture: a painted one, or one that somebody brought, in every size."""

import hashlib
import re
from typing import Any

from msgspec import Struct

from mockcentra.commerce.errors import Invalid
from mockcentra.pictures import BOXES, MIME_TYPES
from mockcentra.store import Store, Transaction
from mockcentra.store import pictures as rows
from mockcentra.store.attribute_writing import EntryValue
from mockcentra.store.cache import ByteCache
from mockcentra.store.database import Row, from_json, to_json

# What all pictures that users brought to a shop may take; they lie in its store.
MAX_KEPT_BYTES = 256 * 1024 * 1024
# Below it lies every picture of a product: `{id}_{hash}-{name}[-{size}].jpg`, or `.png` (checkout-api.md 7.4).
ADDRESS = "/client/dynamic/images/"
# Below it lie the pictures and files of attributes.
ATTRIBUTE_ADDRESS = "/_mock/media/"
# Some four hundred painted pictures of the standard size.
CACHE_BYTES = 6 * 1024 * 1024
_NUMBER = re.compile(r"[0-9]{1,15}")


class File(Struct, frozen=True):
    """A picture that somebody brought, read and found good. `format` is jpg, png or gif."""

    sha256: str
    sha1: str
    format: str
    width: int
    height: int
    content: bytes


class Shown(Struct, frozen=True):
    """A picture in one of its sizes. `key` stands for its bytes: they differ where it does."""

    row: Row
    size: str
    key: tuple[str | int, ...]

    @property
    def mime_type(self) -> str:
        return MIME_TYPES[self.row["format"]]

    @property
    def etag(self) -> str:
        return hashlib.sha256(repr(self.key).encode()).hexdigest()[:20]


def find(tx: Transaction, name: str) -> Shown | None:
    """The picture with that file name; None when the shop has none."""
    stem, dot, ending = name.rpartition(".")
    digits = stem.partition("_")[0]
    if not dot or ending not in MIME_TYPES or _NUMBER.fullmatch(digits) is None:
        return None
    row = rows.picture(tx, int(digits))
    if row is None or row["format"] != ending:
        return None
    if stem == row["file_name"]:
        return _shown(row, "standard")
    start, _, size = stem.rpartition("-")
    return _shown(row, size) if start == row["file_name"] and size in BOXES else None


def find_by_address(tx: Transaction, url: str) -> Shown | None:
    """The picture of this shop that an address leads to; None for any other address.

    Whatever the host: a container knows itself by another one than its users do.
    """
    _, here, name = url.partition("?")[0].partition("#")[0].partition(ADDRESS)
    return find(tx, name) if here else None


def content(store: Store, shown: Shown) -> bytes | None:
    """The bytes of a picture; None when it has just been deleted. Painting and scaling hold no lock."""
    from mockcentra.pictures import painter, scaling

    cache: ByteCache = store.shared.cache("pictures", lambda: ByteCache(CACHE_BYTES))
    made = cache.get(shown.key)
    if made is not None:
        return made
    row = shown.row
    if row["file_sha"] is None:
        made = painter.picture(row["shape"], row["color_hex"], row["variety"], row["position"], shown.size)
    else:
        with store.reading() as tx:
            brought = rows.content(tx, row["file_sha"])
        if brought is None:
            return None
        made = scaling.scaled(brought, row["format"], shown.size)
    cache.put(shown.key, made, len(made))
    return made


def original(tx: Transaction, media_id: int) -> dict[str, Any]:
    """`sha1, width, height` of a picture as it came, or as it was painted."""
    from mockcentra.pictures import painter

    row = rows.picture(tx, media_id)
    assert row is not None
    if row["file_sha"] is not None:
        return rows.facts(tx, row["file_sha"])
    sha1 = painter.original_sha1(row["shape"], row["color_hex"], row["variety"], row["position"])
    width, height = painter.ORIGINAL
    return {"sha1": sha1, "width": width, "height": height}


# ------------------------------------------------------------------ pictures that users bring


def read(content: bytes) -> File:
    """What was brought. Takes a while for a large picture: call it outside of transactions.

    Raises Invalid (`file`) for what is no whole png, jpg or gif, or has too many pixels.
    """
    from mockcentra.pictures import scaling

    try:
        facts = scaling.examine(content)
    except scaling.Unreadable as error:
        raise Invalid({"file": str(error)}) from error
    sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return File(hashlib.sha256(content).hexdigest(), sha1, facts.format, facts.width, facts.height, content)


def keep(tx: Transaction, file: File) -> str:
    """Keeps it in the shop; returns its SHA-256. Raises Invalid (`file`) when the shop has no room for it."""
    if not rows.is_kept(tx, file.sha256):
        rows.drop_unneeded(tx)
        if rows.kept_bytes(tx) + len(file.content) > MAX_KEPT_BYTES:
            raise Invalid({"file": f"the pictures of a shop may take {MAX_KEPT_BYTES // 1024 // 1024} MB together"})
        rows.keep(tx, file.sha256, file.sha1, file.format, file.width, file.height, file.content)
    return file.sha256


def look(tx: Transaction, media_id: int, name: str, url: str = "") -> dict[str, Any]:
    """The columns `file_name, file_sha, format` of a picture that is to be brought from an address.

    Nothing is downloaded: a picture of this very shop is copied, and any other one is painted (section 13.1).
    """
    shown = find_by_address(tx, url)
    copied = None if shown is None else content(tx.store, shown)
    if shown is None or copied is None:
        return {"file_name": f"{media_id}_{tx.hex(10)}-{name}", "file_sha": None, "format": "jpg"}
    return uploaded_look(media_id, name, keep(tx, read(copied)), shown.row["format"])


def uploaded_look(media_id: int, name: str, file_sha: str, format: str) -> dict[str, Any]:
    """The same columns of a picture whose file is kept. What it shows decides its address: no cache shows another."""
    return {"file_name": f"{media_id}_{file_sha[:10]}-{name}", "file_sha": file_sha, "format": format}


# ------------------------------------------------------------------ pictures and files of attributes


class Attached(Struct, frozen=True):
    """What an attribute shows at an address; `content` where somebody brought it."""

    mime_type: str
    content: bytes | None


def attached(tx: Transaction, name: str) -> Attached | None:
    """The picture or file of an attribute with that file name; None when no attribute shows one."""
    row = rows.attached(tx, ATTRIBUTE_ADDRESS + name)
    if row is None:
        return None
    mime_type = MIME_TYPES.get(name.rpartition(".")[2], "application/pdf")
    return Attached(mime_type, None if row["file_sha"] is None else rows.content(tx, row["file_sha"]))


def attach(tx: Transaction, kind: str, url: str) -> EntryValue:
    """What an `image` or `file` element keeps when it is to show what lies at an address.

    A picture of this shop is copied, so that it stays when the product loses it; other addresses are kept as they are.
    """
    known = rows.attached(tx, url)
    if known is not None:
        is_alike = from_json(known["value_json"])["type"] == kind
        return EntryValue(
            url, known["value_json"] if is_alike else to_json({"type": kind, "url": url}), known["file_sha"]
        )
    shown = find_by_address(tx, url)
    copied = None if shown is None else content(tx.store, shown)
    if shown is None or copied is None:
        return EntryValue(url)
    file = read(copied)
    name = shown.row["file_name"].partition("-")[2] or "picture"
    address = f"{ATTRIBUTE_ADDRESS}{file.sha256[:10]}-{name}.{shown.row['format']}"
    details = {"type": kind, "url": address}
    if kind == "image":
        details |= {"width": str(file.width), "height": str(file.height), "mimeType": shown.mime_type}
    return EntryValue(address, to_json(details), keep(tx, file))


def _shown(row: Row, size: str) -> Shown:
    if row["file_sha"] is not None:
        return Shown(row, size, (row["file_sha"], row["format"], size))
    return Shown(row, size, (row["variety"], row["shape"], row["color_hex"], row["position"], size))
