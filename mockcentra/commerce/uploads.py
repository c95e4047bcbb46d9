"""Pictures that integrations bring: forms to upload one with, and batches of addresses (graphql-integration-api.md 13).

Nothing is fetched and no file is kept: a painted picture stands in for every one that comes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from mockcentra.commerce import catalogue_writing
from mockcentra.commerce.errors import Conflict, NotFound
from mockcentra.store import Transaction, records
from mockcentra.store import uploads as rows
from mockcentra.store.database import from_json, to_json

EXPIRES_AFTER = 20 * 60
DROPPED_AFTER = 2 * 24 * 60 * 60
CONTENT_TYPES = frozenset({"image/png", "image/jpeg", "image/jpg", "image/gif"})
ORIGINAL_WIDTH, ORIGINAL_HEIGHT = 1200, 1600


class Form(Struct, frozen=True):
    """What a form to upload with is called, and what it must send along."""

    uuid: str
    policy: str


class Uploaded(Struct, frozen=True):
    """What came with a form."""

    content_type: str
    size: int
    sha1: str


class Refused(Struct, frozen=True):
    """Why an upload was not taken."""

    status: int
    text: str


class Picture(Struct, frozen=True):
    """A picture of a batch. `details` is what the integration says of it."""

    product_id: int
    variant_id: int | None
    url: str
    alt_text: str
    details: Mapping[str, Any] | None


# ------------------------------------------------------------------ forms


def new_form(tx: Transaction) -> Form:
    """A form that is good for one upload within the next twenty minutes."""
    digits = tx.hex(32)
    uuid = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
    form = Form(uuid, tx.hex(64))
    rows.drop_older(tx, tx.now - DROPPED_AFTER)
    rows.add(tx, form.uuid, form.policy)
    return form


def receive(tx: Transaction, uuid: str, policy: str, picture: Uploaded) -> Refused | None:
    """Notes that a picture came with a form; what is wrong, if anything is."""
    row = rows.get(tx, uuid)
    if row is None or row["signature"] != policy:
        return Refused(403, "The policy of the form is not valid")
    if tx.now > row["created_at"] + EXPIRES_AFTER:
        return Refused(403, "The policy of the form has expired")
    if picture.content_type.partition(";")[0].strip().lower() not in CONTENT_TYPES:
        return Refused(400, "Only png, jpg and gif are taken")
    if not picture.size:
        return Refused(400, "The file is empty")
    rows.note_upload(tx, uuid, picture.content_type, picture.size, picture.sha1)
    return None


def complete(tx: Transaction, uuid: str, name: str, product_id: int, variant_id: int | None, alt_text: str) -> int:
    """Makes what was uploaded a picture of a product or a variant; returns its id.

    Raises NotFound (`UUID`) when nothing was uploaded, Conflict (`UUID`) the second time.
    """
    row = rows.get(tx, uuid)
    if row is None or row["uploaded_at"] is None:
        raise NotFound("UUID", "nothing was uploaded")
    if row["completed_at"] is not None:
        raise Conflict({"UUID": "is completed already"})
    rows.note_completion(tx, uuid)
    product = records.get(tx, "products", product_id)
    assert product is not None
    media_id = catalogue_writing.add_media(tx, product, variant_id, name)
    records.change(tx, "media", media_id, alt_text=alt_text)
    return media_id


# ------------------------------------------------------------------ batches


def start_batch(tx: Transaction, pictures: Sequence[Picture]) -> str:
    """Brings pictures by their addresses; returns the id of the queue. The work is done at once."""
    queue_id = tx.hex(32)
    products = records.get_many(tx, "products", [picture.product_id for picture in pictures])
    entries = []
    for picture in pictures:
        media_id = catalogue_writing.add_media(tx, products[picture.product_id], picture.variant_id, picture.url)
        details = {
            **(picture.details or {}),
            "originalUrl": picture.url,
            "originalSha1": hashlib.sha1(picture.url.encode(), usedforsecurity=False).hexdigest(),
            "originalWidth": ORIGINAL_WIDTH,
            "originalHeight": ORIGINAL_HEIGHT,
        }
        records.change(tx, "media", media_id, alt_text=picture.alt_text, meta_json=to_json(details))
        entries.append(
            {
                "product": picture.product_id,
                "variant": picture.variant_id,
                "url": picture.url,
                "alt": picture.alt_text,
                "media": media_id,
            }
        )
    rows.add_batch(tx, queue_id, to_json(entries))
    return queue_id


def batch(tx: Transaction, queue_id: str) -> list[dict[str, Any]] | None:
    """The pictures of a batch; None for an unknown one."""
    found = rows.batch(tx, queue_id)
    return None if found is None else from_json(found)
