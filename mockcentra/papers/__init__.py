"""Papers of the shop as PDF: proformas, delivery notes and invoices, at the addresses that the APIs print."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from mockcentra.commerce import papers
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.papers import Paper
from mockcentra.store import Space, Transaction

SOURCE = "Papers"
_HEADERS = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
# Address -> what is asked for there, by which parameter.
_PAPERS: dict[str, tuple[str, Callable[[Transaction, str], Paper]]] = {
    "/proforma": ("shipment", papers.proforma),
    "/delnote": ("shipment", papers.delivery_note),
    "/invoice": ("invoice", papers.invoice),
}


def blueprint() -> Blueprint:
    """`/proforma?shipment=…`, `/delnote?shipment=…` and `/invoice?invoice=…` (order-api.md 4.3)."""
    blueprint = Blueprint("papers", __name__)
    for path in _PAPERS:
        blueprint.add_url_rule(path, path.strip("/"), show)
    return blueprint


def show() -> Response:
    """The PDF of a shipment's or an invoice's number; 404 for one that the shop does not have."""
    from mockcentra.papers.pdf import pdf

    name, write = _PAPERS[request.path.rstrip("/")]
    number = request.args.get(name, "").strip()
    space: Space = request.environ["mockcentra.space"]
    try:
        with space.store.transaction(source=SOURCE) as tx:
            paper = write(tx, number)
    except NotFound:
        return Response(f"There is no {name} {number}.\n", 404, content_type="text/plain; charset=utf-8")
    file_name = f"{paper.title.lower().replace(' ', '-')}-{paper.number}.pdf"
    headers = {**_HEADERS, "Content-Disposition": f'inline; filename="{file_name}"'}
    return Response(pdf(paper), content_type="application/pdf", headers=headers)
