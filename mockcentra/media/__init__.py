"""Pictures and files of the shop: JPEGs and PNGs of products (checkout-api.md 7.4), icons and sheets of attributes."""

from flask import Blueprint, Response, abort, request

from mockcentra.commerce import pictures
from mockcentra.store import Space

HEADERS = {"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"}


def blueprint() -> Blueprint:
    """`/client/dynamic/images/{id}_{hash}-{name}[-{size}].jpg` and `/_mock/media/{name}`."""
    blueprint = Blueprint("media", __name__)
    blueprint.add_url_rule(f"{pictures.ADDRESS}<name>", "picture", picture)
    blueprint.add_url_rule(f"{pictures.ATTRIBUTE_ADDRESS}<name>", "attribute_file", attribute_file)
    return blueprint


def picture(name: str) -> Response:
    """The picture of that file name; 404 for one that the shop does not have."""
    space: Space = request.environ["mockcentra.space"]
    store = space.store
    with store.reading() as tx:
        shown = pictures.find(tx, name)
    if shown is None:
        abort(404)
    if request.if_none_match.contains_weak(shown.etag):
        response = Response(status=304, headers=HEADERS)
        response.set_etag(shown.etag)
        return response
    content = pictures.content(store, shown)
    if content is None:
        abort(404)
    response = Response(content, content_type=shown.mime_type, headers=HEADERS)
    response.set_etag(shown.etag)
    return response


def attribute_file(name: str) -> Response:
    """The picture or file that a custom attribute of the shop points to; 404 where none does.

    Those of the demo shop are drawn: an icon as PNG, a sheet as PDF.
    """
    from mockcentra.media import attribute_files

    space: Space = request.environ["mockcentra.space"]
    with space.store.reading() as tx:
        found = pictures.attached(tx, name)
    if found is None:
        abort(404)
    draw = attribute_files.icon if found.mime_type == "image/png" else attribute_files.sheet
    response = Response(found.content or draw(name), content_type=found.mime_type, headers=HEADERS)
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]
