"""Webshop sessions: how one starts, which context it gives, and what a change of country, market or language does."""

from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import Context
from mockcentra.commerce.reference import Country, Language, Reference, State, reference_of
from mockcentra.commerce.settings import setting, settings_of
from mockcentra.store import Store, Transaction
from mockcentra.store import sessions as rows
from mockcentra.store.sessions import Session, save

__all__ = ["Session", "save"]

TOKEN_LENGTH = 26
_DAY = 86400
_REFRESH_AFTER = 3600  # how old `used_at` may be before a call renews it


def webshop_store_id(reference: Reference) -> int:
    """The DTC store that the webshop APIs serve: the first one."""
    return next(channel.id for channel in reference.channels.values() if channel.type == "dtc")


def fresh(store: Store, start_country: str | None = None) -> Session:
    """A session with the default context, not stored yet (checkout-api.md 4.1).

    `start_country` is an ISO code in which it begins; by default the setting `checkout.start_country`.
    """
    reference = reference_of(store)
    store_id = webshop_store_id(reference)
    session = Session(
        token=None,
        store_id=store_id,
        country_id=None,
        state_id=None,
        market_id=reference.default_market(store_id).id,
        pricelist_id=reference.default_pricelist(store_id).id,
        language_id=reference.default_language.id,
    )
    code = start_country if start_country is not None else settings_of(store)["checkout.start_country"]
    country = reference.find_country(code) if code else None
    if country is not None:
        place(session, reference, country, None, None)
    return session


def default(store: Store) -> Session:
    """What callers without a session see: the default context as one shared object that nobody may change."""
    reference = reference_of(store)
    key = ("default session", settings_of(store)["checkout.start_country"])
    session = reference.memo.get(key)
    if session is None:
        session = reference.memo[key] = fresh(store)
    return session


def begin(tx: Transaction, token: str | None = None) -> Session:
    """A new session, with a new token where none is given; whoever begins it saves it."""
    session = fresh(tx.store)
    session.token = token or tx.token(TOKEN_LENGTH)
    session.created_at = session.used_at = tx.now
    return session


def start(tx: Transaction, token: str | None = None) -> Session:
    """A new stored session, with a new token where none is given."""
    session = begin(tx, token)
    save(tx, session)
    return session


def resume(tx: Transaction, token: str) -> Session | None:
    """The session of that token; None when there is none or when nobody used it for too long."""
    session = rows.load(tx, token)
    if session is None or tx.now - session.used_at > setting(tx, "checkout.token_lifetime") * _DAY:
        return None
    return session


def is_stale(session: Session, now: int) -> bool:
    """Whether the note of its last use should be renewed."""
    return now - session.used_at > _REFRESH_AFTER


def renew(tx: Transaction, token: str) -> Session | None:
    """The session as it is now, with its use noted: another call may have changed it since it was read."""
    session = rows.load(tx, token)
    if session is not None:
        session.used_at = tx.now
        save(tx, session)
    return session


def prune(tx: Transaction) -> None:
    """Deletes the sessions that nobody used for too long, with the empty and dropped carts that they leave."""
    rows.prune(tx, tx.now - setting(tx, "checkout.token_lifetime") * _DAY)


def context_of(store: Store, session: Session, now: int, tax_class_id: int | None = None) -> Context:
    """What the session sees. Markets and pricelists that have gone fall back to the store's defaults."""
    reference = reference_of(store)
    market = reference.markets.get(session.market_id) or reference.default_market(session.store_id)
    pricelist = reference.pricelists.get(session.pricelist_id) or reference.default_pricelist(session.store_id)
    country = reference.countries.get(session.country_id) if session.country_id else None
    return Context(
        store_id=session.store_id,
        market=market,
        pricelist=pricelist,
        currency=reference.currencies[pricelist.currency_id],
        country=country,
        state=reference.states.get(session.state_id) if session.state_id else None,
        language=reference.languages.get(session.language_id) or reference.default_language,
        tax_class_id=tax_class_id,
        now=now,
        reference=reference,
    )


# ------------------------------------------------------------------ changes of the context


def place(
    session: Session, reference: Reference, country: Country, state: State | None, language: Language | None
) -> None:
    """Puts a session into a country: pricelist, market and language follow (checkout-api.md 4.2, steps 1 to 4)."""
    session.country_id = country.id
    session.state_id = state.id if state else None
    pricelist = reference.own_pricelist(session.store_id, country.id) or reference.default_pricelist(session.store_id)
    market = reference.own_market(session.store_id, country.id) or reference.default_market(session.store_id)
    session.pricelist_id, session.market_id = pricelist.id, market.id
    session.campaign_site_id = None
    if language is not None:
        choose_language(session, language)
    elif country.language_id is not None:
        session.language_id = country.language_id


def choose_language(session: Session, language: Language) -> None:
    """Sets the language that the shopper asked for, and that it was asked for."""
    session.language_id = language.id
    session.language_chosen = 1


def set_market(session: Session, reference: Reference, market_id: int | None) -> None:
    """A server sets the market. Raises NotFound."""
    market = reference.markets.get(market_id or 0)
    if market is None or market.store_id != session.store_id:
        raise NotFound("market")
    session.market_id = market.id


def set_pricelist(session: Session, reference: Reference, pricelist_id: int | None) -> None:
    """A server sets the pricelist. Raises NotFound."""
    pricelist = reference.pricelists.get(pricelist_id or 0)
    if pricelist is None or pricelist.store_id != session.store_id:
        raise NotFound("pricelist")
    session.pricelist_id = pricelist.id
    keep_shippable(session, reference)


def keep_shippable(session: Session, reference: Reference) -> None:
    """Back to the country's own pricelist when nothing ships there in the currency (checkout-api.md 2)."""
    if session.country_id is None:
        return
    own = reference.own_pricelist(session.store_id, session.country_id)
    current = reference.pricelists[session.pricelist_id]
    if own is not None and not reference.shipping_to(session.store_id, session.country_id, current.currency_id):
        session.pricelist_id = own.id


def find_place(reference: Reference, country_code: object, state_text: object = None) -> tuple[Country, State | None]:
    """The country and state of two codes. Raises NotFound for `country` or `state`."""
    country = reference.find_country(country_code)
    if country is None:
        raise NotFound("country")
    if state_text is None or state_text == "":
        return country, None
    state = reference.find_state(country, state_text)
    if state is None:
        raise NotFound("state")
    return country, state


def find_language(reference: Reference, code: object) -> Language:
    """The language of that code. Raises NotFound."""
    language = reference.find_language(code)
    if language is None:
        raise NotFound("language")
    return language
