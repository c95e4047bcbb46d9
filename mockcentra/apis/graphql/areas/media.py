"""Pictures of products: what they show, batches by address, and uploads with a form (section 13)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from mockcentra.apis.graphql.changes import Change, Input
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.paging import find
from mockcentra.apis.graphql.planning import Field
from mockcentra.apis.graphql.registry import mutation, query
from mockcentra.apis.graphql.types import (
    TYPES,
    Among,
    Column,
    Linked,
    Moment,
    One,
    Type,
    Weights,
    Where,
    define,
    text,
)
from mockcentra.commerce import display_writing, pictures, uploads
from mockcentra.pictures import BOXES, MIME_TYPES
from mockcentra.store import graphql_reading as reading
from mockcentra.store import records
from mockcentra.store.graphql_reading import Link

UPLOADS = "/_mock/uploads"
QUALITY = 92
MAX_BATCH = 100


def size_json(name: str) -> dict[str, Any]:
    """A MediaSize; an original is as large as it came."""
    width, height = BOXES[name] or (None, None)
    return {"name": name, "quality": QUALITY, "maxWidth": width, "maxHeight": height}


class _Sources:
    """The addresses of a picture, one for each size that is asked for."""

    columns: tuple[str, ...] = ("file_name", "format")

    def values(self, run: Run, field: Field, rows: Sequence[Any], weights: Weights) -> list[Any]:
        wanted = field.arguments(run).get("sizeName")
        names = [name for name in BOXES if wanted is None or name in wanted]
        start = f"{run.base_url}{pictures.ADDRESS}"
        file_name, format = field.positions
        raws = [
            [
                {
                    "type": "IMAGE",
                    "url": f"{start}{row[file_name]}{'' if name == 'standard' else f'-{name}'}.{row[format]}",
                    "mimeType": MIME_TYPES[row[format]],
                    "mediaSize": size_json(name),
                }
                for name in names
            ]
            for row in rows
        ]
        return run.finish(field, raws, weights)


define(
    Type(
        "ProductMedia",
        "media",
        fields={
            "type": Column("id", lambda _: "IMAGE"),
            "mediaType": Column("id", lambda _: "IMAGE"),
            "altText": Column("alt_text", text),
            "createdAt": Moment("created_at"),
            "source": _Sources(),
            "product": One("product_id"),
            "productVariant": One("variant_id"),
            "metaDataJSON": Column("meta_json", text),
        },
        filters={
            "type": Where(lambda run, value: reading.EVERYTHING if "IMAGE" in value else reading.NOTHING),
            "productId": Among("product_id"),
            "productVariantId": Among("variant_id"),
            "displayId": Linked(Link("display_media", "media_id", "display_id")),
        },
        translations=("product_media", {"altText": "alt_text"}),
        attributes="product_media",
    )
)


@query("mediaSizes")
def media_sizes(run: Run, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sizes in which every picture can be had."""
    return [size_json(name) for name in BOXES]


@query("mediaBatch")
def media_batch(run: Run, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """A batch; null for an unknown one."""
    entries = uploads.batch(run.tx, arguments["queueId"])
    if entries is None:
        return None
    return {
        "queueId": arguments["queueId"],
        "status": "COMPLETED",
        "productMedia": [
            {
                "productId": entry["product"],
                "variantId": entry["variant"],
                "mediaType": "IMAGE",
                "url": entry["url"],
                "key": f"{arguments['queueId']}/{place}",
                "completed": True,
                "altText": entry["alt"] or None,
            }
            for place, entry in enumerate(entries)
        ],
    }


# ------------------------------------------------------------------ batches


def _picture(change: Change, part: Input, variants: Mapping[int, int]) -> uploads.Picture:
    """One picture of a batch, with user errors for what is wrong with it."""
    product_id, variant_id, url = part["productId"], part.get("variantId"), part["url"]
    if variant_id is not None and variant_id not in variants:
        part.error(f"Could not find ProductVariant with ID {variant_id}", "variantId")
    elif variant_id is not None and variants[variant_id] != product_id:
        part.error(f"Product variant {variant_id} is not one of product {product_id}", "variantId")
    try:
        address = urlsplit(url)
        fits = address.scheme in ("http", "https") and bool(address.hostname) and not any(map(str.isspace, url))
    except ValueError:
        fits = False
    if not fits or len(url) > 2000:
        part.error("The address of an image begins with http:// or https://", "url")
    if part.get("mediaType", "IMAGE") != "IMAGE":
        part.error("Only images can be brought", "mediaType")
    return uploads.Picture(product_id, variant_id, url, part.get("altText") or "", _details(part))


def _details(part: Input) -> dict[str, Any] | None:
    written = part.get("metaDataJSON")
    if written is None:
        return None
    try:
        details = msgspec.json.decode(written)
    except (msgspec.DecodeError, RecursionError):
        details = None
    if not isinstance(details, dict):
        part.error("metaDataJSON must be a JSON object", "metaDataJSON")
        return None
    return details


@mutation("createMediaBatch")
def create_media_batch(change: Change) -> dict[str, Any]:
    """Brings pictures by their addresses (section 13.1)."""
    given = change.input
    parts = given.parts("productMedia")
    if not 1 <= len(parts) <= MAX_BATCH:
        raise change.refuse(f"A batch has 1 to {MAX_BATCH} images", "productMedia")
    products = find(change.run, TYPES["Product"], "id", [part["productId"] for part in parts])
    wanted = [part["variantId"] for part in parts if part.get("variantId") is not None]
    variants = {row[0]: row[1] for row in reading.by_ids(change.tx, "variants", ("product_id",), wanted)}
    pictures = []
    for part in parts:
        if part["productId"] not in products:
            part.error(f"Could not find Product with ID {part['productId']}", "productId")
        pictures.append(_picture(change, part, variants))
    change.check()
    return {"queueId": uploads.start_batch(change.tx, pictures)}


# ------------------------------------------------------------------ uploads


@mutation("createMediaUpload")
def create_media_upload(change: Change) -> dict[str, Any]:
    """A form that a picture can be sent with (section 13.2)."""
    if change.input["mediaType"] != "IMAGE":
        raise change.refuse("Only images can be uploaded", "mediaType")
    form = uploads.new_form(change.tx)
    attributes = {
        "action": f"{change.run.base_url}{UPLOADS}",
        "method": "POST",
        "enctype": "multipart/form-data",
    }
    fields = {"key": form.uuid, "policy": form.policy, "success_action_status": "204"}
    return {
        "UUID": form.uuid,
        "uploadPolicy": {
            "attributes": [{"name": name, "value": value} for name, value in attributes.items()],
            "fields": [{"name": name, "value": value} for name, value in fields.items()],
        },
    }


@mutation("completeMediaUpload")
def complete_media_upload(change: Change) -> dict[str, Any]:
    """Gives what was uploaded to a product or a variant."""
    given = change.input
    kind, object_id = given["objectType"], given["objectId"]
    name = given.required_text("name")
    if object_id not in find(change.run, TYPES[kind], "id", [object_id]):
        given.error(f"Could not find {kind} with ID {object_id}", "objectId")
    change.check()
    product_id, variant_id = object_id, None
    if kind == "ProductVariant":
        variant = records.get(change.tx, "variants", object_id)
        assert variant is not None
        product_id, variant_id = variant["product_id"], object_id
    assert name is not None
    media_id = uploads.complete(
        change.tx,
        given["UUID"],
        name,
        given["format"].lower(),
        product_id,
        variant_id,
        given.get("altText") or "",
    )
    return {"productMedia": media_id}


@mutation("deleteProductMedia", "removeProductMedia")
def delete_product_media(change: Change) -> dict[str, Any]:
    """Takes a picture away from its product, its variant and every display."""
    media = records.get(change.tx, "media", change.target("ProductMedia"))
    assert media is not None
    display_writing.delete_media(change.tx, media)
    return {}
