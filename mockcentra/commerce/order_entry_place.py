"""Where orders that integrations bring belong: store, market, pricelist, account, addresses (order-api.md 5.1)."""

from mockcentra.commerce import customers
from mockcentra.commerce.model import Address, Context
from mockcentra.commerce.order_entry_records import MISSING, OTHER, EntryRefused, NewOrder, Place
from mockcentra.commerce.reference import Country, Market, Pricelist, Reference, State, reference_of
from mockcentra.store import Transaction
from mockcentra.store import order_entry as rows
from mockcentra.store.database import Row, from_json


def place_of(tx: Transaction, new: NewOrder) -> Place:
    """Where the order belongs: what it names, else what its account has, else what its country gets.

    Raises EntryRefused: `missing` (address, e-mail, country), `other` for what is named and not there.
    """
    reference = reference_of(tx.store)
    account = None
    if new.account_id is not None:
        account = rows.account(tx, new.account_id)
        if account is None:
            raise EntryRefused(OTHER, f"there is no account {new.account_id}")
    store_id = account["store_id"] if account is not None else _dtc_store(reference)
    address, shipping_address = _addresses(new, account)
    country = _country(reference, shipping_address)
    _country(reference, address)
    state = reference.find_state(country, shipping_address.get("state"))
    for each in (address, shipping_address):
        _keep_codes(reference, each)
    market = _market(reference, store_id, new.market, account, country)
    pricelist = _pricelist(reference, store_id, new.pricelist, account, country)
    window = None
    if new.delivery_window:
        window = rows.delivery_window(tx, store_id, new.delivery_window)
        if window is None:
            raise EntryRefused(OTHER, f"there is no delivery window {new.delivery_window}")
    rule_id = market.allocation_rule_id
    if account is not None and account["allocation_rule_id"] is not None:
        rule_id = account["allocation_rule_id"]
    if window is not None and window["allocation_rule_id"] is not None:
        rule_id = window["allocation_rule_id"]
    if new.allocation_rule:
        rule_id = find_rule(tx, new.allocation_rule)
    context = Context(
        store_id=store_id,
        market=market,
        pricelist=pricelist,
        currency=reference.currency_of(pricelist),
        country=country,
        state=state,
        language=reference.languages.get(country.language_id or 0) or reference.default_language,
        tax_class_id=account["tax_class_id"] if account is not None else _tax_class(tx, new),
        now=tx.now,
        reference=reference,
    )
    return Place(context, account, _buyer(tx, new, account), window, rule_id, address, shipping_address)


def find_rule(tx: Transaction, name: str) -> int:
    """The allocation rule of that name. Raises EntryRefused."""
    found = rows.allocation_rule(tx, name)
    if found is None:
        raise EntryRefused(OTHER, f"there is no warehouse group {name}")
    return found


def _dtc_store(reference: Reference) -> int:
    return next(channel.id for channel in reference.channels.values() if channel.type == "dtc")


def _addresses(new: NewOrder, account: Row | None) -> tuple[Address, Address]:
    """Billing and delivery address; each stands in for the other, an account has its own."""
    if account is not None:
        own = from_json(account["address_json"])
        billing = {**own, **from_json(account["billing_address_json"]), **(new.address or {})}
        shipping = {**own, **from_json(account["shipping_address_json"]), **(new.shipping_address or {})}
        if account["vat_number"]:
            billing.setdefault("vatNumber", account["vat_number"])
        return billing, shipping
    address = new.address or new.shipping_address
    shipping_address = new.shipping_address or new.address
    if address is None or shipping_address is None:
        raise EntryRefused(MISSING, "an address is missing")
    email = address.get("email") or shipping_address.get("email")
    if not email:
        raise EntryRefused(MISSING, "email is missing")
    shipping_address = {key: text for key, text in shipping_address.items() if key != "vatNumber"}
    return {**address, "email": address.get("email") or email}, {
        **shipping_address,
        "email": shipping_address.get("email") or email,
    }


def check_addresses(new: NewOrder) -> None:
    """Raises EntryRefused (`missing`) for a shopper's order without address, e-mail or country."""
    if new.account_id is None:
        for address in _addresses(new, None):
            _check_country(address)


def _check_country(address: Address) -> None:
    if not address.get("country", "").strip():
        raise EntryRefused(MISSING, "country is missing")


def _country(reference: Reference, address: Address) -> Country:
    _check_country(address)
    code = address.get("country", "")
    country = reference.find_country(code)
    if country is None:
        raise EntryRefused(OTHER, f"there is no country {code}")
    return country


def _keep_codes(reference: Reference, address: Address) -> None:
    """Countries and states are kept as codes, however they were written."""
    country = reference.find_country(address.get("country", ""))
    if country is None:
        return
    address["country"] = country.code
    state: State | None = reference.find_state(country, address.get("state"))
    if state is not None:
        address["state"] = state.code


def _market(
    reference: Reference, store_id: int, wanted: int | str | None, account: Row | None, country: Country
) -> Market:
    if wanted is None:
        if account is not None:
            return reference.markets[account["market_id"]]
        return reference.own_market(store_id, country.id) or reference.default_market(store_id)
    for market in reference.markets_of(store_id):
        if wanted in (market.id, market.name):
            return market
    raise EntryRefused(OTHER, f"there is no market {wanted}")


def _pricelist(
    reference: Reference, store_id: int, wanted: int | str | None, account: Row | None, country: Country
) -> Pricelist:
    if wanted is None:
        if account is not None:
            return reference.pricelists[account["pricelist_id"]]
        return reference.own_pricelist(store_id, country.id) or reference.default_pricelist(store_id)
    for pricelist in reference.pricelists_of(store_id):
        if wanted in (pricelist.id, pricelist.name):
            return pricelist
    raise EntryRefused(OTHER, f"there is no pricelist {wanted}")


def _buyer(tx: Transaction, new: NewOrder, account: Row | None) -> int | None:
    if account is None:
        return None
    found = [row["id"] for row in rows.buyers(tx, account["id"])]
    if new.buyer_id is None:
        return found[0] if found else None
    if new.buyer_id not in found:
        raise EntryRefused(OTHER, f"the account has no buyer {new.buyer_id}")
    return new.buyer_id


def _tax_class(tx: Transaction, new: NewOrder) -> int | None:
    if new.customer_id is None:
        return None
    customer = customers.customer_record(tx, new.customer_id)
    return customer.tax_class_id if customer is not None else None
