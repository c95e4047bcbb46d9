"""Snapshots of a space, and its store as a file (control.md, Snapshots)."""

from flask import Response, request

from mockcentra.control.transport import ControlError, answer, invalid, no_content, not_found, space
from mockcentra.store.clock import iso_text
from mockcentra.store.spaces import Snapshot, is_space_name
from mockcentra.store.template import StoreError, VersionError

MEDIA_TYPE = "application/vnd.sqlite3"


def snapshots() -> Response:
    """`GET /_mock/snapshots`."""
    return answer({"snapshots": [_described(snapshot) for snapshot in sorted_snapshots()]})


def sorted_snapshots() -> list[Snapshot]:
    return sorted(space().snapshots.values(), key=lambda snapshot: snapshot.created_at)


def save_snapshot(name: str) -> Response:
    """`PUT /_mock/snapshots/{name}`: 201, or 200 when it replaces one of that name."""
    if not is_space_name(name):
        raise invalid("a snapshot's name is 1 to 64 of letters, digits, '-', '_' and '.'", "name")
    status = 200 if name in space().snapshots else 201
    return answer(_described(space().save(name)), status)


def restore_snapshot(name: str) -> Response:
    """`POST /_mock/snapshots/{name}/restore`."""
    snapshot = _found(name)
    space().restore(snapshot)
    return answer(_described(snapshot))


def remove_snapshot(name: str) -> Response:
    """`DELETE /_mock/snapshots/{name}`."""
    _found(name)
    space().snapshots.pop(name, None)
    return no_content()


def download_store() -> Response:
    """`GET /_mock/store`: the whole store as an SQLite file."""
    response = Response(space().pages(), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="mockcentra-{space().name}.db"'
    return response


def upload_store() -> Response:
    """`PUT /_mock/store`: 400 when it is no such store, 409 when another version made it."""
    pages = request.get_data()
    try:
        space().replace(pages)
    except VersionError as error:
        raise ControlError(409, "conflict", str(error)) from error
    except StoreError as error:
        raise invalid(str(error)) from error
    return answer({"status": "ok", "bytes": len(pages)})


def _found(name: str) -> Snapshot:
    snapshot = space().snapshots.get(name)
    if snapshot is None:
        raise not_found(f"there is no snapshot {name!r}")
    return snapshot


def _described(snapshot: Snapshot) -> dict[str, str | int]:
    return {"name": snapshot.name, "created_at": iso_text(snapshot.created_at), "bytes": len(snapshot.pages)}


ROUTES = (
    ("/snapshots", ["GET"], snapshots),
    ("/snapshots/<name>", ["PUT"], save_snapshot),
    ("/snapshots/<name>", ["DELETE"], remove_snapshot),
    ("/snapshots/<name>/restore", ["POST"], restore_snapshot),
    ("/store", ["GET"], download_store),
    ("/store", ["PUT"], upload_store),
)
