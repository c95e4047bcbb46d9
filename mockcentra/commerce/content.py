"""What a shop shows beside goods: CMS articles, physical shops, who sent a visitor, and the look-up of addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import Context
from mockcentra.commerce.reference import Country, State, Texts, reference_of
from mockcentra.commerce.sessions import Session
from mockcentra.store import Transaction
from mockcentra.store import content as rows
from mockcentra.store import reference as reference_rows
from mockcentra.store import sessions as session_rows
from mockcentra.store.database import from_json


@dataclass(frozen=True, slots=True)
class Article:
    """A CMS article.

    `fields` are its other fields under the names of checkout-models.md 2.7, with ids for brands and categories.
    """

    id: int
    uri: str
    title: str
    section: str
    published_at: int
    fields: Mapping[str, Any]
    texts: Texts

    def titled(self, language_id: int) -> str:
        return self.texts.get(language_id, {}).get("title", self.title)

    @property
    def path(self) -> str:
        """The address of the article: its URI, below that of its section unless that is `pages`."""
        section_uri = self.fields.get("sectionUri", "")
        return f"{section_uri}/{self.uri}" if section_uri else self.uri


def articles_of(
    tx: Transaction, store_id: int, sections: Sequence[str] = (), tags: Sequence[str] = ()
) -> list[Article]:
    """The published articles in any of these sections and with any of these tags, newest first; no list means all."""
    texts = reference_rows.translations(tx, ("article",))
    found = [
        Article(
            row["id"], row["uri"], row["title"], row["section"], row["published_at"], from_json(row["content_json"]),
            texts.get(("article", row["id"]), {}),
        )
        for row in rows.articles(tx, store_id)
    ]  # fmt: skip
    return [
        article
        for article in found
        if (not sections or article.section in sections)
        and (not tags or not set(tags).isdisjoint(article.fields.get("tags", ())))
    ]


def find_article(tx: Transaction, context: Context, uri: str) -> Article | None:
    """The article at a URI, with or without its section in front; a slash at the beginning does not matter."""
    wanted = uri.strip("/")
    for article in articles_of(tx, context.store_id):
        if wanted in (article.uri, article.path):
            return article
    return None


@dataclass(frozen=True, slots=True)
class BrickAndMortar:
    """A physical shop; opening hours as they are kept (checkout-models.md 2.8)."""

    id: int
    name: str
    website_url: str | None
    address: str | None
    longitude: str | None
    latitude: str | None
    country: Country | None
    state: State | None
    type_id: int | None
    type_name: str
    opening_hours: Any
    special_hours: Any
    email: str | None
    phone: str | None
    warehouse_id: int | None
    allocation_rule_id: int | None


def brick_and_mortars(tx: Transaction) -> list[BrickAndMortar]:
    """The physical shops."""
    reference = reference_of(tx.store)
    return [
        BrickAndMortar(
            id=row["id"],
            name=row["name"],
            website_url=row["website_url"],
            address=row["address"],
            longitude=row["longitude"],
            latitude=row["latitude"],
            country=reference.countries.get(row["country_id"]),
            state=reference.states.get(row["state_id"]),
            type_id=row["type_id"],
            type_name=row["type_name"] or "",
            opening_hours=from_json(row["opening_hours_json"]),
            special_hours=from_json(row["special_hours_json"]),
            email=row["email"],
            phone=row["phone"],
            warehouse_id=row["warehouse_id"],
            allocation_rule_id=row["allocation_rule_id"],
        )
        for row in rows.brick_and_mortars(tx)
    ]


def brick_and_mortar(tx: Transaction, shop_id: int | None) -> BrickAndMortar:
    """One physical shop. Raises NotFound for `brickAndMortar`."""
    for shop in brick_and_mortars(tx):
        if shop.id == shop_id:
            return shop
    raise NotFound("brickAndMortar")


def choose_affiliate(tx: Transaction, session: Session, uri: str) -> None:
    """Notes which affiliate sent the visitor; orders of the session carry it. Unknown ones are ignored."""
    affiliate_id = rows.affiliate_id(tx, session.store_id, uri)
    if affiliate_id is not None:
        session.affiliate_id = affiliate_id
        session_rows.save(tx, session)


# The documented test person of the address look-up, by identity number (checkout-api.md 19.2).
_PEOPLE = {
    "4103219202": {
        "firstName": "Testperson-se",
        "lastName": "Approved",
        "address1": "Stårgatan 1",
        "zipCode": "12345",
        "city": "Ankeborg",
        "country": "SE",
    }
}


def address_of_person(identity_number: str) -> dict[str, str]:
    """The registered address of a person, as invoice providers look it up. Raises NotFound."""
    address = _PEOPLE.get(identity_number.strip().replace("-", ""))
    if address is None:
        raise NotFound("identityNumber")
    return address
