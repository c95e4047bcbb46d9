"""Pictures and files of the shop: painted JPEGs of products (checkout-api.md 7.4), icons and sheets of attributes."""

import hashlib
import re

from flask import Blueprint, Response, abort, request

from mockcentra.store import Space, Store
from mockcentra.store import tools as rows
from mockcentra.store.cache import ByteCache
from mockcentra.store.database import Row

PREFIX = "/client/dynamic/images"
FILES_PREFIX = "/_mock/media"
# Some four hundred pictures of the standard size.
CACHE_BYTES = 6 * 1024 * 1024
_NUMBER = re.compile(r"[0-9]{1,15}")
HEADERS = {"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"}


def blueprint() -> Blueprint:
    """`/client/dynamic/images/{id}_{hash}-{name}[-{size}].jpg` and `/_mock/media/{name}`."""
    blueprint = Blueprint("media", __name__)
    blueprint.add_url_rule(f"{PREFIX}/<name>", "picture", picture)
    blueprint.add_url_rule(f"{FILES_PREFIX}/<name>", "attribute_file", attribute_file)
    return blueprint


def picture(name: str) -> Response:
    """The picture of that file name; 404 for one that the shop does not have."""
    space: Space = request.environ["mockcentra.space"]
    found = _found(space.store, name)
    if found is None:
        abort(404)
    row, size = found
    key = (row["file_name"], row["shape"], row["color_hex"], row["position"], size)
    response = Response(_painted(space.store, row, size, key), content_type="image/jpeg", headers=HEADERS)
    response.set_etag(hashlib.sha256(repr(key).encode()).hexdigest()[:20])
    return response.make_conditional(request)  # type: ignore[return-value]


def attribute_file(name: str) -> Response:
    """The image (a PNG) or file (a PDF) that a custom attribute of the shop points to; 404 where none does."""
    from mockcentra.media import attribute_files

    space: Space = request.environ["mockcentra.space"]
    with space.store.reading() as tx:
        kind = rows.attribute_file_kind(tx, f"{FILES_PREFIX}/{name}")
    if kind is None:
        abort(404)
    draw, content_type = (
        (attribute_files.icon, "image/png") if kind == "image" else (attribute_files.sheet, "application/pdf")
    )
    return Response(draw(name), content_type=content_type, headers=HEADERS)


def _found(store: Store, name: str) -> tuple[Row, str] | None:
    """The row of the picture, and the size that the end of the name asks for."""
    from mockcentra.media.painter import SIZES

    stem, dot, ending = name.rpartition(".")
    digits = stem.partition("_")[0]
    if not dot or ending != "jpg" or _NUMBER.fullmatch(digits) is None:
        return None
    with store.reading() as tx:
        row = rows.picture(tx, int(digits))
    if row is None:
        return None
    if stem == row["file_name"]:
        return row, "standard"
    start, _, size = stem.rpartition("-")
    return (row, size) if start == row["file_name"] and size in SIZES else None


def _painted(store: Store, row: Row, size: str, key: tuple[str | int, ...]) -> bytes:
    from mockcentra.media import painter

    cache: ByteCache = store.shared.cache("pictures", lambda: ByteCache(CACHE_BYTES))
    painted = cache.get(key)
    if painted is None:
        painted = painter.picture(row["shape"], row["color_hex"], row["file_name"], row["position"], size)
        cache.put(key, painted, len(painted))
    return painted
