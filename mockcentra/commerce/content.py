"""What a shop shows beside goods: CMS articles, the affiliate that sent a visitor, and the look-up of addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.model import Context
from mockcentra.commerce.reference import Texts
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
