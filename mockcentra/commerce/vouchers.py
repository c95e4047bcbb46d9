"""Vouchers and automatic discounts: who may use one, which go together, how they are redeemed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockcentra.commerce.attributes import object_attributes
from mockcentra.commerce.emails import email_key
from mockcentra.commerce.errors import Invalid, NotFound
from mockcentra.commerce.model import AppliedVoucher, Cart, CartLine, Context
from mockcentra.store import Transaction
from mockcentra.store import vouchers as rows
from mockcentra.store.database import Row, from_json

ONCE, NEW_CUSTOMER, SIGNED_IN = "once", "new_customer", "signed_in"
"""Conditions on the shopper: types of `Step`."""
MOST_KEPT = 1_000
"""How many vouchers are kept in memory."""
SELECTS = "selects"
"""The condition that there are goods of some kind, which are then what the result is for."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A value of a voucher in a pricelist or, without one, in a currency."""

    id: int
    pricelist_id: int | None
    currency_id: int | None
    amount: int
    remaining: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """A condition or a result: its type and its configuration (see schema.sql, voucher_conditions).

    A condition may belong to one result (`result_id`) only. A result with an `entry_id` is tried after that one, and
    what comes after a result depends on its `strategy`.
    """

    type: str
    config: dict[str, Any]
    id: int = 0
    result_id: int | None = None
    entry_id: int | None = None
    strategy: str = "ALWAYS"


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A code (or an address) that was made for one voucher: it counts between its moments, and as often as the voucher.

    One with an e-mail address, or a domain of them, counts for that one only.
    """

    id: int
    code: str
    email: str
    domain: str
    start_at: int | None
    stop_at: int | None
    used: int

    def is_of(self, emails: Iterable[str]) -> bool:
        """Whether somebody with these addresses may use it."""
        if self.email:
            return email_key(self.email) in emails
        return not self.domain or _domain(self.domain) in {_domain(email) for email in emails}


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher, or one by a code that was made for it (`own`): then `code` and `amounts` are that code's."""

    id: int
    store_id: int
    name: str
    trigger: str
    code: str
    is_active: bool
    priority: int
    is_exclusive: bool
    start_at: int | None
    stop_at: int | None
    usage_limit: int
    used: int
    reuse_value: bool
    affects_items: bool
    on_original: bool
    market_ids: frozenset[int]
    conditions: tuple[Step, ...]
    results: tuple[Step, ...]
    amounts: tuple[Amount, ...]
    stops_after_first: bool = False  # only the first of its entries that holds counts
    is_for_owners: bool = False  # by its own means only for those whom it names
    own: OwnCode | None = None

    def amount_in(self, context: Context) -> Amount | None:
        """The value for the pricelist, else for its currency."""
        by_pricelist = next((a for a in self.amounts if a.pricelist_id == context.pricelist.id), None)
        return by_pricelist or next(
            (a for a in self.amounts if a.pricelist_id is None and a.currency_id == context.currency.id), None
        )


def is_usable(voucher: Voucher, context: Context) -> bool:
    """Active, of this store and market, within its dates, not used up; its own code too, where it is used by one."""
    own = voucher.own
    used = voucher.used if own is None else own.used
    return (
        voucher.is_active
        and voucher.store_id == context.store_id
        and context.market.id in voucher.market_ids
        and _is_within(voucher.start_at, voucher.stop_at, context.now)
        and (own is None or _is_within(own.start_at, own.stop_at, context.now))
        and (not voucher.usage_limit or used < voucher.usage_limit)
    )


def _is_within(start_at: int | None, stop_at: int | None, now: int) -> bool:
    return (start_at is None or start_at <= now) and (stop_at is None or now <= stop_at)


# ------------------------------------------------------------------ reading


def by_ids(tx: Transaction, voucher_ids: Sequence[int] | Mapping[int, int | None]) -> list[Voucher]:
    """The vouchers with these ids, in the order in which they apply: priority, then id.

    A mapping says by which of the codes that were made for it a voucher is used; None: by its own means. A voucher
    whose code has gone is left out.
    """
    if not voucher_ids:
        return []
    kept = _kept(tx)
    found = {each: kept[each] for each in voucher_ids if each in kept}
    for voucher in _read(tx, [each for each in voucher_ids if each not in found]):
        found[voucher.id] = voucher
        if len(kept) < MOST_KEPT:
            kept[voucher.id] = voucher
    vouchers = list(found.values())
    if isinstance(voucher_ids, Mapping):
        vouchers = _by_own_codes(tx, vouchers, voucher_ids)
    return in_order(vouchers)


def _kept(tx: Transaction) -> dict[int, Voucher]:
    """The vouchers that were read since one of them changed, by id; nothing is kept of a transaction's own changes."""
    return {} if "vouchers" in tx.touched else tx.store.derived("vouchers", lambda _: ({}, {}))[0]


def _read(tx: Transaction, voucher_ids: Sequence[int]) -> list[Voucher]:
    found = rows.by_ids(tx, voucher_ids)
    if not found:
        return []
    ids = [row["id"] for row in found]
    market_ids: dict[int, set[int]] = defaultdict(set)
    for row in rows.markets(tx, ids):
        market_ids[row["voucher_id"]].add(row["market_id"])
    conditions, results = _steps(rows.conditions(tx, ids)), _steps(rows.results(tx, ids))
    amounts: dict[int, list[Amount]] = defaultdict(list)
    for row in rows.amounts(tx, ids):
        amounts[row["voucher_id"]].append(_amount(row))
    return [
        Voucher(
            row["id"], row["store_id"], row["name"], row["trigger"], row["code"], row["status"] == "active",
            row["priority"], bool(row["is_exclusive"]), row["start_at"], row["stop_at"], row["usage_limit"],
            row["used"], bool(row["reuse_value"]), bool(row["affects_items"]), bool(row["on_original"]),
            frozenset(market_ids[row["id"]]), tuple(conditions[row["id"]]), tuple(results[row["id"]]),
            tuple(amounts[row["id"]]), row["entry_strategy"] == "FIRST", bool(row["is_for_owners"]),
        )
        for row in found
    ]  # fmt: skip


def in_order(found: Iterable[Voucher]) -> list[Voucher]:
    """The vouchers in the order in which they apply: priority, then id."""
    return sorted(found, key=lambda voucher: (voucher.priority, voucher.id))


def _by_own_codes(tx: Transaction, found: list[Voucher], wanted: Mapping[int, int | None]) -> list[Voucher]:
    ids = [own_id for own_id in wanted.values() if own_id is not None]
    if not ids:
        return found
    codes = {
        row["id"]: OwnCode(
            row["id"], row["code"] or row["url"], row["email"], row["domain"], row["start_at"], row["stop_at"],
            row["used"],
        )
        for row in rows.subvouchers(tx, ids)
    }  # fmt: skip
    rests: dict[int, list[Amount]] = defaultdict(list)
    for row in rows.amounts_of_codes(tx, list(codes)):
        rests[row["subvoucher_id"]].append(_amount(row))
    made = []
    for voucher in found:
        own_id = wanted[voucher.id]
        if own_id is None:
            made.append(voucher)
        elif own_id in codes:
            own = codes[own_id]
            amounts = tuple(rests[own_id]) or voucher.amounts
            made.append(replace(voucher, own=own, code=own.code, amounts=amounts))
    return made


def _amount(row: Row) -> Amount:
    return Amount(row["id"], row["pricelist_id"], row["currency_id"], row["amount"], row["remaining"])


def _steps(step_rows: Sequence[Row]) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    for row in step_rows:
        found[row["voucher_id"]].append(Step(row["type"], from_json(row["config_json"]), *_links(row)))
    return found


def _links(row: Row) -> tuple[int, int | None, int | None, str]:
    """The id of a condition or a result, and what it hangs on."""
    if "result_id" in row.keys():  # noqa: SIM118  (a row is no dict: `in` looks at its values)
        return row["id"], row["result_id"], None, "ALWAYS"
    return row["id"], None, row["entry_id"], row["strategy"]


def automatic(tx: Transaction, store_id: int) -> list[Voucher]:
    """The automatic vouchers of a store; kept until a transaction touches `vouchers`."""
    if "vouchers" in tx.touched:
        return by_ids(tx, rows.automatic_ids(tx, store_id))
    by_store: dict[int, list[Voucher]] = tx.store.derived("vouchers", lambda _: ({}, {}))[1]
    if store_id not in by_store:
        by_store[store_id] = by_ids(tx, rows.automatic_ids(tx, store_id))
    return by_store[store_id]


def find_code(tx: Transaction, store_id: int, code: str) -> Voucher:
    """The code or URL voucher of that code, usable or not; of a URL voucher the address does, too. Raises NotFound.

    A code that was made for one voucher among many leads to it, too.
    """
    tail = code.rstrip("/ ").rpartition("/")[2]
    for sought in dict.fromkeys((code, tail)):
        if not sought.strip():
            continue
        row = rows.by_code(tx, store_id, sought)
        if row is not None and (sought == code or row["trigger"] == "url"):
            return by_ids(tx, [row["id"]])[0]
        row = rows.by_own_code(tx, store_id, sought)
        if row is not None and (sought == code or row["trigger"] == "url"):
            return by_ids(tx, {row["voucher_id"]: row["id"]})[0]
    raise NotFound("voucher")


def put_attributes(tx: Transaction, notes: Sequence[AppliedVoucher]) -> None:
    """Gives vouchers on a cart their custom attributes."""
    if notes:
        attributes = object_attributes(tx, "voucher", [note.voucher_id for note in notes])
        for note in notes:
            note.attributes = attributes.get(note.voucher_id, ())


# ------------------------------------------------------------------ which go together


def together(added: Sequence[Voucher]) -> list[Voucher]:
    """What is left of vouchers that are added one after another: one that stands alone replaces those before it, and
    another replaces it (checkout-api.md 11.1)."""
    left: list[Voucher] = []
    for voucher in added:
        left = [
            other for other in left if not voucher.is_exclusive and not other.is_exclusive and other.id != voucher.id
        ]
        left.append(voucher)
    return left


def with_automatic(tx: Transaction, context: Context, added: Sequence[Voucher]) -> list[Voucher]:
    """The usable ones of added vouchers and, unless one of them stands alone, the automatic ones, in their order."""
    usable = together([voucher for voucher in added if is_usable(voucher, context)])
    if any(voucher.is_exclusive for voucher in usable):
        return usable
    named = {voucher.id for voucher in usable}
    own = [v for v in automatic(tx, context.store_id) if v.id not in named and is_usable(v, context)]
    return in_order((*usable, *own)) if own or len(usable) > 1 else usable


# ------------------------------------------------------------------ whose cart it is


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who buys, as far as that is known: by an account, by an e-mail address, or for a company."""

    customer_id: int | None = None
    email: str = ""
    is_signed_in: bool = False
    account_id: int | None = None


NOBODY = Shopper()


@dataclass(frozen=True, slots=True)
class Facts:
    """What vouchers ask about the shopper and the goods beside the cart itself.

    `used`: vouchers that were used before. `emails`: the shopper's addresses. `owned`: voucher -> what among the codes
    made for it names the shopper. `folders`: product -> the folders that it is in.
    """

    is_signed_in: bool = False
    has_ordered: bool = False
    used: frozenset[int] = frozenset()
    emails: frozenset[str] = frozenset()
    owned: Mapping[int, int] = field(default_factory=dict)
    folders: Mapping[int, frozenset[int]] = field(default_factory=dict)


NO_FACTS = Facts()


def facts_for(
    tx: Transaction, found: Sequence[Voucher], store_id: int, shopper: Shopper, lines: Sequence[CartLine]
) -> Facts:
    """What these vouchers need to know; nothing is read for those that do not ask.

    Whom nobody knows yet is taken for a new customer who used no voucher: what is wrong about it shows as soon as the
    e-mail address is known. A cancelled order counts neither as an order nor as a use.
    """
    if not found:
        return NO_FACTS
    asked = {step.type for voucher in found for step in voucher.conditions}
    once = [voucher.id for voucher in found if any(step.type == ONCE for step in voucher.conditions)]
    for_owners = [voucher.id for voucher in found if voucher.is_for_owners and voucher.own is None]
    is_personal = bool(for_owners) or any(v.own is not None and (v.own.email or v.own.domain) for v in found)
    emails: set[str] = {email_key(shopper.email)} - {""}
    customer_ids: list[int] = []
    if (shopper.customer_id is not None or emails) and (once or NEW_CUSTOMER in asked or is_personal):
        known = rows.shoppers(tx, store_id, shopper.customer_id, sorted(emails))
        customer_ids = [row["id"] for row in known]
        emails |= {row["email_key"] for row in known}
    is_known = bool(customer_ids) or shopper.account_id is not None
    has_ordered, used = False, set[int]()
    if is_known and NEW_CUSTOMER in asked:
        has_ordered = rows.has_ordered(tx, customer_ids, shopper.account_id)
    if is_known and once:
        used = rows.used_by(tx, once, customer_ids, shopper.account_id)
    owned = _owned(tx, for_owners, emails) if for_owners and emails else {}
    folders = _folders(tx, lines) if any(_asks_for_folders(voucher) for voucher in found) else {}
    return Facts(shopper.is_signed_in, has_ordered, frozenset(used), frozenset(emails), owned, folders)


def _asks_for_folders(voucher: Voucher) -> bool:
    return any(step.type == SELECTS and step.config.keys() & {"folders", "not_folders"} for step in voucher.conditions)


def _owned(tx: Transaction, voucher_ids: Sequence[int], emails: Iterable[str]) -> dict[int, int]:
    """Voucher -> what names somebody with these addresses: the address itself before its domain."""
    addresses = sorted(emails)
    found: dict[int, int] = {}
    for row in rows.owned_by(tx, voucher_ids, addresses, sorted({_domain(email) for email in addresses})):
        found.setdefault(row["voucher_id"], row["id"])
    return found


def _domain(text: str) -> str:
    """The domain of an e-mail address, or the domain itself, as it is compared."""
    return text.strip().lower().rpartition("@")[2]


def _folders(tx: Transaction, lines: Sequence[CartLine]) -> dict[int, frozenset[int]]:
    above: dict[int, set[int]] = defaultdict(set)
    for row in rows.folders_of(tx, sorted({line.record.product_id for line in lines if line.record is not None})):
        above[row["product_id"]].add(row["folder_id"])
    return {product_id: frozenset(found) for product_id, found in above.items()}


def is_for(voucher: Voucher, facts: Facts) -> bool:
    """Whether the shopper is one of those for whom the voucher, or the code by which it is used, was made."""
    if voucher.own is not None:
        return voucher.own.is_of(facts.emails)
    return not voucher.is_for_owners or voucher.id in facts.owned


# ------------------------------------------------------------------ redeeming


def redeem(tx: Transaction, cart: Cart) -> None:
    """Counts the use of every voucher that does something for the cart, and takes what it used off a credit.

    Raises Invalid (`voucher`) when one was used up meanwhile.
    """
    used = [note for note in (*cart.vouchers, *cart.automatic) if note.effects]
    if not used:
        return
    entered = {note.voucher_id: note.subvoucher_id for note in used}
    by_id = {voucher.id: voucher for voucher in by_ids(tx, entered)}
    for note in used:
        voucher = by_id.get(note.voucher_id)
        if voucher is None:
            raise Invalid({"voucher": "used up"})
        value = voucher.amount_in(cart.context) if voucher.reuse_value else None
        if value is not None:
            spent = sum(effect.spent for effect in note.effects)
            if not rows.spend(tx, value.id, spent):
                raise Invalid({"voucher": "used up"})
            if (value.amount if value.remaining is None else value.remaining) > spent:
                continue  # a credit with something left is not used up
        counted = (
            rows.count_use(tx, voucher.id)
            if note.subvoucher_id is None
            else rows.count_use_of_code(tx, voucher.id, note.subvoucher_id)
        )
        if not counted:
            raise Invalid({"voucher": "used up"})
    tx.touch("vouchers")
