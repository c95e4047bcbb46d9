"""Making and changing the codes that a voucher has in numbers (section 23)."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.areas.voucher_changes import voucher_row
from mockcentra.apis.graphql.changes import Change, Input, Refusal
from mockcentra.apis.graphql.registry import mutation
from mockcentra.commerce import voucher_writing
from mockcentra.commerce.emails import is_email
from mockcentra.store import graphql_reading as reading
from mockcentra.store import records
from mockcentra.store import voucher_writing as rows

_IDENTIFIERS = ("code", "url", "email", "domain")


def _identifier(value: Mapping[str, Any]) -> dict[str, str]:
    return {name: (value.get(name) or "").strip() for name in _IDENTIFIERS}


def _method_of(change: Change, voucher_id: int | None) -> str | None:
    row = records.get(change.tx, "vouchers", voucher_id) if voucher_id is not None else None
    return words.VOUCHER_METHOD[row["trigger"]] if row is not None else None


def _check_identifier(given: Input, identifier: Mapping[str, str], method: str | None) -> None:
    """User errors for what is no code, address or owner of one, or none for the voucher's method."""
    if not any(identifier.values()):
        given.error("One of code, url, email and domain is needed")
    for name, wanted in (("code", "CODE"), ("url", "URL")):
        if identifier[name] and method not in (None, wanted):
            given.error(f"{name} is for vouchers with the method {wanted}", name)
        elif len(identifier[name]) > voucher_writing.MAX_CODE:
            given.error(f"{name} must have at most {voucher_writing.MAX_CODE} characters", name)
    if identifier["email"] and not is_email(identifier["email"]):
        given.error("email is no e-mail address", "email")
    if identifier["domain"] and not is_email(f"a@{identifier['domain'].lstrip('@')}"):
        given.error("domain is no domain", "domain")


def _check_free(
    change: Change, voucher_id: int, parts: Sequence[Input], identifiers: Sequence[Mapping[str, str]]
) -> None:
    """User errors for codes and addresses that somebody has, or that are given twice."""
    keys = [voucher_writing.key_of(each) for each in identifiers]
    taken = rows.taken_codes(change.tx, voucher_row(change, voucher_id)["store_id"], filter(None, keys))
    for part, each, key in zip(parts, identifiers, keys, strict=True):
        if key in taken:
            name = "code" if each["code"] else "url"
            part.error(f"{each[name]} is taken", name)
        elif key:
            taken.add(key)


@mutation("addSubvouchers")
def add_subvouchers(change: Change) -> dict[str, Any]:
    """Codes of their own for a voucher."""
    given = change.input
    voucher_id = given.ref("voucher", "Voucher")
    method = _method_of(change, voucher_id)
    identifiers = [_identifier(each) for each in given["subvouchers"]]
    parts = given.parts("subvouchers")
    for part, each in zip(parts, identifiers, strict=True):
        _check_identifier(part, each, method)
    if voucher_id is not None:
        _check_free(change, voucher_id, parts, identifiers)
    if len(identifiers) > voucher_writing.MAX_MADE:
        given.error(f"At most {voucher_writing.MAX_MADE} at once", "subvouchers")
    change.check()
    assert voucher_id is not None
    ids = voucher_writing.add_subvouchers(
        change.tx, voucher_id, identifiers, given.moment("startAt"), given.moment("stopAt")
    )
    return {"subvoucherIds": ids}


@mutation("generateSubvouchers")
def generate_subvouchers(change: Change) -> dict[str, Any]:
    """Codes of random characters: so many, or one for each e-mail address or domain."""
    given = change.input
    voucher_id = given.ref("voucher", "Voucher")
    named = given.get("identifiers") or {}
    owners = [("email", each.strip()) for each in named.get("emails") or ()]
    owners += [("domain", each.strip()) for each in named.get("domains") or ()]
    if owners and given.get("generateCount") is not None:
        given.error("generateCount is left out when identifiers are given", "generateCount")
    for kind, owner in owners:
        if not is_email(owner if kind == "email" else f"a@{owner.lstrip('@')}"):
            given.error(f"{owner} is no {'e-mail address' if kind == 'email' else kind}", "identifiers", f"{kind}s")
    count = len(owners) or given.get("generateCount") or 0
    if not 1 <= count <= voucher_writing.MAX_MADE:
        given.error(f"1 to {voucher_writing.MAX_MADE} codes can be made at once", "generateCount")
    length, characters = given["codeLength"], given["codeCharacters"]
    if not 1 <= length <= 60:
        given.error("codeLength must be between 1 and 60", "codeLength")
    characters = {"UPPERCASE": characters.upper(), "LOWERCASE": characters.lower()}.get(
        given["letterCasing"], characters
    )
    if not characters.strip() or len(characters) > 200:
        given.error("codeCharacters must name 1 to 200 characters", "codeCharacters")
    method = _method_of(change, voucher_id)
    if method == "AUTO":
        given.error("An automatic voucher has no codes", "voucher")
    around = [given["codePrefix"], "\0", given["codeSuffix"]]
    shape = given["dividerSymbol"].join(part for part in around if part)
    if length + len(shape) > 100:
        given.error("The codes would be longer than 100 characters", "codeLength")
    change.check()
    assert voucher_id is not None
    shape = shape.replace("{", "{{").replace("}", "}}").replace("\0", "{}")
    codes = voucher_writing.made_codes(
        change.tx, voucher_row(change, voucher_id)["store_id"], count, length, characters, shape
    )
    empty = dict.fromkeys(_IDENTIFIERS, "")
    identifiers = [{**empty, "url" if method == "URL" else "code": code} for code in codes]
    for each, (name, owner) in zip(identifiers, owners, strict=False):
        each[name] = owner
    ids = voucher_writing.add_subvouchers(
        change.tx, voucher_id, identifiers, given.moment("startAt"), given.moment("stopAt")
    )
    return {"subvoucherIds": ids}


@mutation("removeSubvouchers")
def remove_subvouchers(change: Change) -> dict[str, Any]:
    """Takes codes of a voucher away, named by id or by what they are."""
    given = change.input
    voucher_id = given.ref("voucher", "Voucher")
    change.check()
    assert voucher_id is not None
    known = rows.subvouchers_of(change.tx, voucher_id)
    gone: list[int] = []
    for part in given.parts("subvouchers"):
        way = part.exactly_one("subvoucher", "identifier")
        if way is None:
            continue
        wanted = part[way]
        fits = [
            row["id"]
            for row in known
            if any(value is not None for value in wanted.values())
            and all(row[name] == value for name, value in wanted.items() if value is not None)
        ]
        if not fits:
            part.error("The voucher has no such code", way)
        gone += fits
    change.check()
    voucher_writing.remove_subvouchers(change.tx, voucher_id, gone)
    return {}


@mutation("updateSubvoucher")
def update_subvoucher(change: Change) -> dict[str, Any]:
    """Other dates, another code. The payload's subvoucher is never null: after user errors it shows what there is."""
    try:
        subvoucher_id = change.target("Subvoucher")
    except Refusal as refusal:
        raise GraphQLError(change.problems.errors[0]["message"]) from refusal
    change.unchanged = {"subvoucher": subvoucher_id}
    given = change.input
    (row,) = reading.by_ids(change.tx, "subvouchers", ("voucher_id", "code_key"), [subvoucher_id])
    columns: dict[str, Any] = {}
    for name, column in (("startAt", "start_at"), ("stopAt", "stop_at")):
        if name in given:
            columns[column] = given.moment(name)
    part = given.part("identifier")
    if part is not None:
        identifier = _identifier(part.value)
        _check_identifier(part, identifier, _method_of(change, row["voucher_id"]))
        columns |= identifier
    change.check()
    voucher_writing.change_subvoucher(change.tx, subvoucher_id, row["voucher_id"], row["code_key"], **columns)
    return {"subvoucher": subvoucher_id}
