"""events_Get, events_GetByMarkets and events_Done: the event queue (soap-api.md 5.3, 7.1 to 7.3)."""

from collections import defaultdict
from collections.abc import Sequence

from mockcentra.apis.soap.calls import Call, Content, listed
from mockcentra.apis.soap.envelope import SoapFault
from mockcentra.apis.soap.objects import OBJECTS
from mockcentra.commerce import soap_queue
from mockcentra.commerce.external_ids import is_number
from mockcentra.store.clock import local_text
from mockcentra.store.database import Row

_EVERYTHING = ("", "all")


def events_Get(call: Call, content: Content) -> Content:
    """The oldest events, at most 100, each with its object as it is now. They stay until they are reported done."""
    return _answer(call, soap_queue.oldest(call.tx, _kind(content)))


def events_GetByMarkets(call: Call, content: Content) -> Content:
    """The oldest events of some markets; unknown markets have none."""
    kind = _kind(content)
    found = [call.ids.resolve("market", entry.get("id", "")) for entry in listed(content, "markets", "market")]
    return _answer(call, soap_queue.oldest_of_markets(call.tx, kind, [market for market in found if market]))


def events_Done(call: Call, content: Content) -> None:
    """Takes events out of the queue for good."""
    soap_queue.done(call.tx, [int(text) for text in content.get("event", ()) if is_number(text)])


def _kind(content: Content) -> str | None:
    """The type that is asked for; None for all of them. Case matters."""
    kind: str = content.get("type", "")
    if kind in _EVERYTHING:
        return None
    if kind not in soap_queue.TYPES:
        raise SoapFault(f"Unknown event type: {kind}")
    return kind


def _answer(call: Call, events: Sequence[Row]) -> Content:
    wanted: dict[str, list[int]] = defaultdict(list)
    for event in events:
        wanted[event["object_type"]].append(event["object_id"])
    found = {kind: OBJECTS[kind][2](call, list(dict.fromkeys(object_ids))) for kind, object_ids in wanted.items()}
    shown = {kind: call.ids.shown(OBJECTS[kind][1], object_ids) for kind, object_ids in wanted.items()}
    return {"events": {"event": [_event(event, found, shown) for event in events]}}


def _event(event: Row, found: dict[str, dict[int, Content]], shown: dict[str, dict[int, str]]) -> Content:
    kind, object_id = event["object_type"], event["object_id"]
    element = OBJECTS[kind][0]
    thing = found[kind].get(object_id)
    is_gone = event["mission"] == "delete" or thing is None
    if is_gone or thing is None:
        thing = {"id": shown[kind][object_id]}
    return {
        "id": str(event["id"]),
        "type": kind,
        "entry": thing.get("ordernumber") or str(object_id),
        "mission": "delete" if is_gone else "update",
        "date": local_text(event["created_at"]),
        "data": {element: thing},
    }
