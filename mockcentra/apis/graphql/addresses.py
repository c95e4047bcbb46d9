"""Addresses as the API shows and takes them: merged when they are changed, states as codes (section 6.6)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockcentra.commerce.company_writing import state_code
from mockcentra.commerce.reference import reference_of
from mockcentra.store import graphql_reading as reading
from mockcentra.store.database import from_json, to_json

if TYPE_CHECKING:
    from mockcentra.apis.graphql.changes import Input
    from mockcentra.apis.graphql.execution import Run

# The API's names of an address's parts: the store's.
PARTS = {
    "firstName": "firstName",
    "lastName": "lastName",
    "companyName": "company",
    "attention": "attention",
    "address1": "address1",
    "address2": "address2",
    "city": "city",
    "zipCode": "zipCode",
    "email": "email",
    "phoneNumber": "phoneNumber",
    "cellPhoneNumber": "cellPhoneNumber",
    "faxNumber": "faxNumber",
    "vatNumber": "vatNumber",
}


def address(run: "Run", written: str | Mapping[str, Any] | None) -> dict[str, Any] | None:
    """An Address of what the store keeps; missing parts are null, as is an address without any."""
    parts: Mapping[str, Any] = (from_json(written) if isinstance(written, str) else written) or {}
    if not any(parts.values()):
        return None
    country = reference_of(run.tx.store).country_by_code.get(parts.get("country") or "")
    state = parts.get("state") or None
    states = run.once("states", lambda: reading.states_by_code(run.tx))
    found: dict[str, Any] = {name: parts.get(ours) or None for name, ours in PARTS.items()}
    found["stateOrProvince"] = state
    found["country"] = country.id if country else None
    found["state"] = states.get((country.id, state)) if country and state else None
    found["otherPhoneNumber"] = found["phoneNumber"]
    return found


def addresses(run: "Run", arguments: Mapping[str, Any], rows: list[tuple[Any, ...]]) -> list[Any]:
    """For `Batch`: the address in a column; where that is empty, the one in the next column."""
    return [next((found for each in row if (found := address(run, each)) is not None), None) for row in rows]


def merged(given: "Input", before: Mapping[str, Any]) -> dict[str, Any]:
    """An address with the parts of an input that are given; notes user errors for a country that is not there."""
    parts = dict(before)
    for name, ours in PARTS.items():
        if name in given:
            parts[ours] = given[name] or ""
    tx = given.run.tx
    reference = reference_of(tx.store)
    if "country" in given:
        named = given["country"]
        if named is None or (named and all(value is None for value in named.values())):
            parts["country"] = ""
        else:
            country_id = given.ref("country", "Country")
            if country_id is not None:
                parts["country"] = reference.countries[country_id].code
    if "stateOrProvince" in given:
        country = reference.country_by_code.get(parts.get("country") or "")
        parts["state"] = state_code(tx, country.id if country else None, given["stateOrProvince"] or "")
    return parts


def merged_json(given: "Input | None", before: str) -> str:
    """The same for a column; without an input it stays."""
    return before if given is None else to_json(merged(given, from_json(before)))
