"""Pictures that integrations bring: forms to upload them with, batches of addresses (graphql-integration-api.md 13)."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from mockcentra.commerce import catalogue_writing, pictures
from mockcentra.commerce.errors import Conflict, NotFound
from mockcentra.store import Transaction, records
from mockcentra.store import pictures as picture_rows
from mockcentra.store import uploads as rows
from mockcentra.store.database import from_json, to_json

EXPIRES_AFTER = 20 * 60
DROPPED_AFTER = 2 * 24 * 60 * 60
CONTENT_TYPES = frozenset({"image/png", "image/jpeg", "image/jpg", "image/gif"})


class Form(Struct, frozen=True):
    """What a form to upload with is called, and what it must send along."""

    uuid: str
    policy: str


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
    if rows.drop_older(tx, tx.now - DROPPED_AFTER):
        picture_rows.drop_unneeded(tx)
    rows.add(tx, form.uuid, form.policy)
    return form


def problem_with_form(tx: Transaction, uuid: str, policy: str, content_type: str) -> Refused | None:
    """Why nothing may be sent with a form, if anything speaks against it."""
    row = rows.get(tx, uuid)
    if row is None or row["signature"] != policy:
        return Refused(403, "The policy of the form is not valid")
    if tx.now > row["created_at"] + EXPIRES_AFTER:
        return Refused(403, "The policy of the form has expired")
    if row["completed_at"] is not None:
        return Refused(403, "The upload is completed already")
    if content_type.partition(";")[0].strip().lower() not in CONTENT_TYPES:
        return Refused(400, "Only png, jpg and gif are taken")
    return None


def receive(tx: Transaction, uuid: str, file: pictures.File) -> None:
    """Keeps the picture that came with a form, in place of one that came before.

    Raises Invalid (`file`) when the shop has no room for it.
    """
    rows.note_upload(tx, uuid, pictures.keep(tx, file))
    picture_rows.drop_unneeded(tx)


def complete(
    tx: Transaction, uuid: str, name: str, format: str, product_id: int, variant_id: int | None, alt_text: str
) -> int:
    """Makes what was uploaded a picture of a product or a variant, shown as a `jpg` or `png`; returns its id.

    Raises NotFound (`UUID`) when nothing was uploaded, or too long ago, Conflict (`UUID`) the second time.
    """
    row = rows.get(tx, uuid)
    if row is not None and row["completed_at"] is not None:
        raise Conflict({"UUID": "is completed already"})
    if row is None or row["file_sha"] is None or row["created_at"] < tx.now - DROPPED_AFTER:
        raise NotFound("UUID", "nothing was uploaded")
    product = records.get(tx, "products", product_id)
    assert product is not None
    media_id = catalogue_writing.add_media(tx, product, variant_id, name, (row["file_sha"], format), alt_text=alt_text)
    rows.note_completion(tx, uuid)
    return media_id


# ------------------------------------------------------------------ batches


def start_batch(tx: Transaction, brought: Sequence[Picture]) -> str:
    """Brings pictures by their addresses; returns the id of the queue. The work is done at once."""
    queue_id = tx.hex(32)
    products = records.get_many(tx, "products", [picture.product_id for picture in brought])
    entries = []
    for picture in brought:
        product = products[picture.product_id]
        media_id = catalogue_writing.add_media(tx, product, picture.variant_id, picture.url, alt_text=picture.alt_text)
        original = pictures.original(tx, media_id)
        details = {
            **(picture.details or {}),
            "originalUrl": picture.url,
            "originalSha1": original["sha1"],
            "originalWidth": original["width"],
            "originalHeight": original["height"],
        }
        records.change(tx, "media", media_id, meta_json=to_json(details))
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
