"""Seeds the customers: accounts with a name, many others with made-up ones, consents, subscribers, wishlists."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from mockcentra.commerce.attributes import attributes_of
from mockcentra.commerce.catalogue import first_active_items, records
from mockcentra.commerce.passwords import hashed_cheaply
from mockcentra.commerce.reference import reference_of
from mockcentra.seed.company import ADDRESS
from mockcentra.seed.fixtures import (
    Record,
    choice,
    flag,
    known,
    listed,
    mapping,
    matching,
    moment,
    optional,
    record,
    ref,
    text,
    whole,
)
from mockcentra.seed.world import World
from mockcentra.store.database import to_json

FILES = {"people": ("counts", "password", "countries", "accounts", "consents", "attributes")}

_DAY = 86400
_ACCOUNTS_SINCE = 730 * _DAY  # before the day of the seed
_GUESTS_SINCE = 455 * _DAY
_WORDS = ("name", "text")
_LAST = 14 * _DAY  # nobody is younger than that
_ORDERS_OF_THE_FIXTURES = 176
_DOMAINS = ("example.com", "example.org", "example.net")
_NEWSLETTER_IN_10 = 4
_FAKER_PROVIDERS = ["faker.providers.person", "faker.providers.address"]
_POOL = 250  # so many people are invented in a locale; larger crowds mix their names and addresses

_EMAIL = matching(r"[^@\s]+@example\.(com|org|net)", "an address at example.com, example.org or example.net")
_TEXTS = mapping(text, keys=known("language"))
_COUNTS = record(registered=whole(), guests=whole(), consents=whole(), subscribers=whole())
_COUNTRY = record(
    locale=matching(r"[a-z]{2}_[A-Z]{2}", "a locale such as sv_SE"),
    share=whole(1),
    phone=text,
    states=optional(listed(known("state")), ()),
)
_SUBSCRIPTION = record(
    display=ref("display"),
    plan=ref("subscription_plan"),
    every=matching(r"[1-9]\d{0,2} (day|week|month|year)", "an interval such as 12 month"),
    due=moment,
    status=optional(choice("active", "paused", "cancelled"), "active"),
    quantity=optional(whole(1), 1),
)
_CONTRACT = record(created=moment, payment_method=ref("payment_method"), subscriptions=listed(_SUBSCRIPTION, least=1))
_ACCOUNT = record(
    email=_EMAIL,
    password=text,
    created=moment,
    first_name=text,
    last_name=text,
    gender=optional(choice("f", "m"), ""),
    language=optional(known("language")),
    newsletter=optional(flag, False),
    address=ADDRESS,
    market=optional(ref("market")),
    pricelist=optional(ref("pricelist")),
    tax_class=optional(ref("tax_class")),
    guest_twin=optional(flag, False),
    wishlist=optional(listed(ref("display")), ()),
    contract=optional(_CONTRACT),
)
_CONSENT = record(key=text, version=text, name=_TEXTS, text=_TEXTS)
_ATTRIBUTE = record(name=text, customers=whole(1), texts=optional(listed(text), ()))

_COLUMNS = (
    "id", "store_id", "email", "email_key", "is_registered", "password_hash", "first_name", "last_name", "company",
    "address1", "address2", "zip_code", "city", "state", "country", "phone_number", "gender", "language_id",
    "newsletter", "tax_class_id", "market_id", "pricelist_id", "created_at", "updated_at",
)  # fmt: skip


@dataclass
class Person:
    """A customer to be: `address` has the keys of `commerce.model.Address`. The step `orders` reads these."""

    email: str
    is_registered: bool
    address: Mapping[str, str]
    gender: str
    language: str
    newsletter: bool
    created_at: int
    password: str
    id: int = 0
    entry: Record | None = field(default=None, repr=False)  # of an account with a name


def seed(world: World) -> None:
    """Makes the customers; `world.notes["people"]` lists them in the order of their ids."""
    counts = world.required("people", "counts", _COUNTS)
    growth = max(1.0, (world.orders or 0) / _ORDERS_OF_THE_FIXTURES)
    registered, guests = round(counts["registered"] * growth), round(counts["guests"] * growth)
    password = world.section("people", "password", text, "mockcentra")
    people = _named(world)
    named_accounts = sum(person.is_registered for person in people)
    crowd = _Crowd(world, password)
    people += crowd.people(
        max(0, registered - named_accounts), max(0, guests - (len(people) - named_accounts)), {p.email for p in people}
    )
    people.sort(key=lambda person: person.created_at)
    _insert(world, people)
    world.notes["people"] = people
    _consents(world, people, counts["consents"])
    _subscribers(world, people, crowd, counts["subscribers"])
    _attributes(world, people)
    for person in people:
        if person.entry is not None and person.is_registered:
            _belongings(world, person, person.entry)


def _language_of(world: World, country: str) -> str:
    """The language of a country's customers: its own, else the shop's main one."""
    reference = reference_of(world.store)
    language_id = reference.country_by_code[country].language_id
    return reference.languages[language_id].code if language_id else reference.default_language.code


# ---------------------------------------------------------------- accounts with a name


def _named(world: World) -> list[Person]:
    people = []
    for entry in world.section("people", "accounts", listed(_ACCOUNT, by="email")):
        address = {**entry["address"], "firstName": entry["first_name"], "lastName": entry["last_name"]}
        country = address["country"]
        if country not in world.ids["country"]:
            raise entry.error("address", f"there is no country {country!r}")
        language = entry["language"] or _language_of(world, country)
        person = Person(
            entry["email"], True, address, entry["gender"], language, entry["newsletter"], entry["created"],
            entry["password"], entry=entry,
        )  # fmt: skip
        people.append(person)
        if entry["guest_twin"]:
            since = entry["created"] + 61 * _DAY
            people.append(Person(entry["email"], False, address, entry["gender"], language, False, since, ""))
    return people


def _belongings(world: World, person: Person, entry: Record) -> None:
    """The wishlist and the subscriptions of an account with a name."""
    if entry["wishlist"]:
        wishlist = world.add("wishlists", customer_id=person.id)
        items = first_active_items(world.tx, entry["wishlist"])
        world.add_many(
            "wishlist_items",
            ("wishlist_id", "display_item_id", "created_at"),
            [
                (wishlist, items[display], person.created_at + (40 + 23 * position) * _DAY + 977 * position)
                for position, display in enumerate(entry["wishlist"])
                if display in items
            ],
        )
    if entry["contract"]:
        _contract(world, person, entry["contract"])


def _contract(world: World, person: Person, entry: Record) -> None:
    reference = reference_of(world.store)
    country = reference.country_by_code[person.address["country"]]
    store = world.notes["dtc_store"]
    market = reference.own_market(store, country.id) or reference.default_market(store)
    pricelist = reference.own_pricelist(store, country.id) or reference.default_pricelist(store)
    address = to_json({**person.address, "email": person.email})
    contract = world.add(
        "subscription_contracts",
        store_id=store,
        customer_id=person.id,
        market_id=market.id,
        pricelist_id=pricelist.id,
        country_id=country.id,
        shipping_option_id=pricelist.shipping_option_id,
        payment_method_id=entry["payment_method"],
        address_json=address,
        shipping_address_json=address,
        created_at=entry["created"],
        updated_at=entry["created"],
    )
    items = first_active_items(world.tx, [wanted["display"] for wanted in entry["subscriptions"]])
    sold = records(world.tx, items.values())
    for wanted in entry["subscriptions"]:
        item = sold[items[wanted["display"]]]
        plan = reference.plans[wanted["plan"]]
        if plan.id not in item.plan_ids:
            raise wanted.error("plan", f"the product is not in the plan {plan.name!r}")
        value, _, unit = wanted["every"].partition(" ")
        world.add(
            "subscriptions",
            contract_id=contract,
            status=wanted["status"],
            display_item_id=item.id,
            product_size_id=item.sizes[0].id,
            quantity=wanted["quantity"],
            subscription_plan_id=plan.id,
            interval_value=int(value),
            interval_type=unit,
            percent=plan.percent,
            next_order_at=wanted["due"],
            created_at=entry["created"],
            updated_at=entry["created"],
        )


# ---------------------------------------------------------------- everybody else


@dataclass(frozen=True)
class _Invented:
    """Somebody whom Faker made up."""

    first_name: str
    last_name: str
    latin_name: str  # for the e-mail address
    gender: str
    address: Mapping[str, str]


class _Crowd:
    """Makes people up, each in the locale of a country."""

    def __init__(self, world: World, password: str) -> None:
        self.world = world
        self.password = password
        self.countries: dict[str, Record] = world.required(
            "people", "countries", mapping(_COUNTRY, keys=known("country"))
        )
        self.dice = world.dice("people")
        self._emails: dict[str, int] = {}
        self._moments: dict[int, bool] = {}

    def people(self, registered: int, guests: int, taken: set[str]) -> list[Person]:
        """That many accounts and guests, spread over the countries; none of them has a taken address."""
        self._emails.update(dict.fromkeys(sorted(taken), 1))
        flags = [True] * registered + [False] * guests
        self.dice.shuffle(flags)
        found = []
        total = len(flags)
        for code, count in _spread(total, {code: entry["share"] for code, entry in self.countries.items()}).items():
            invented = self._invented(code, self.countries[code], min(count, _POOL))
            for number in range(count):
                found.append(self._person(code, self._one(invented, number), flags.pop()))
                if len(found) % 1000 == 0:
                    self.world.report(len(found), total)
        return found

    def subscribers(self, count: int) -> list[tuple[str, str]]:
        """E-mail addresses and countries of people who only read the newsletter."""
        code, entry = next(iter(self.countries.items()))
        return [(self._email(one.latin_name), code) for one in self._invented(code, entry, count, "subscribers")]

    def _one(self, invented: Sequence[_Invented], number: int) -> _Invented:
        if number < len(invented):
            return invented[number]
        first, last, place = (self.dice.choice(invented) for _ in range(3))
        name = f"{first.latin_name.partition('.')[0]}.{last.latin_name.partition('.')[2]}"
        return _Invented(first.first_name, last.last_name, name, first.gender, place.address)

    def _person(self, country: str, one: _Invented, is_registered: bool) -> Person:
        entry = self.countries[country]
        phone = re.sub("#", lambda _: str(self.dice.randrange(10)), entry["phone"])
        address = {
            "firstName": one.first_name,
            "lastName": one.last_name,
            **one.address,
            "country": country,
            "phoneNumber": phone,
        }
        return Person(
            email=self._email(one.latin_name),
            is_registered=is_registered,
            address=address,
            gender=one.gender if self.dice.random() < 0.6 else "",
            language=_language_of(self.world, country),
            newsletter=self.dice.randrange(10) < _NEWSLETTER_IN_10,
            created_at=self._moment(_ACCOUNTS_SINCE if is_registered else _GUESTS_SINCE),
            password=self.password if is_registered else "",
        )

    def _moment(self, since: int) -> int:
        """A second in the daytime that nobody else has."""
        days = self.dice.randrange(_LAST // _DAY, since // _DAY)
        at = self.world.as_of - days * _DAY + self.dice.randrange(6 * 3600, 22 * 3600)
        while at in self._moments:
            at += 1
        self._moments[at] = True
        return at

    def _email(self, latin_name: str) -> str:
        number = self._emails.get(latin_name, 0) + 1
        self._emails[latin_name] = number
        local = latin_name if number == 1 else f"{latin_name}{number}"
        return f"{local}@{self.dice.choice(_DOMAINS)}"

    def _invented(self, country: str, entry: Record, count: int, purpose: str = "people") -> list[_Invented]:
        if not count:
            return []
        from faker import Faker

        try:
            fake: Any = Faker(entry["locale"], providers=_FAKER_PROVIDERS)
        except AttributeError:
            raise entry.error("locale", f"Faker has no locale {entry['locale']!r}") from None
        fake.seed_instance(f"{self.world.seed}:{purpose}:{country}")
        return [_invent(fake, country, entry, self.dice) for _ in range(count)]


def _invent(fake: Any, country: str, entry: Record, dice: Random) -> _Invented:
    gender = dice.choice("fm")
    if entry["locale"] == "ja_JP":
        first, _, latin_first = fake.first_name_female_pair() if gender == "f" else fake.first_name_male_pair()
        last, _, latin_last = fake.last_name_pair()
    else:
        first = fake.first_name_female() if gender == "f" else fake.first_name_male()
        last = fake.last_name()
        latin_first, latin_last = first, last
    latin_name = f"{_latin(latin_first)}.{_latin(latin_last)}"
    return _Invented(first, last, latin_name, gender, _address(fake, country, entry, dice))


def _address(fake: Any, country: str, entry: Record, dice: Random) -> dict[str, str]:
    if entry["locale"] == "ja_JP":
        street = f"{fake.town()}{fake.chome()}{fake.ban()}{fake.gou()}"
        return {"address1": street, "zipCode": fake.postcode(), "city": fake.city()}
    street = (
        f"{fake.building_number().lstrip('0') or 1} {fake.street_name()}"
        if entry["locale"].startswith("en_")
        else fake.street_address().replace("\n", ", ")
    )
    if not entry["states"]:
        return {"address1": street, "zipCode": fake.postcode(), "city": fake.city()}
    state = dice.choice(entry["states"]).partition("-")[2]
    zip_code = fake.zipcode_in_state(state) if country == "US" else fake.postcode_in_province(state)
    return {"address1": street, "zipCode": zip_code, "city": fake.city(), "state": state}


_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ü": "u", "œ": "oe", "ð": "d"})


def _latin(name: str) -> str:
    """A name as it may stand in an e-mail address."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-") or "someone"


def _spread(total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """Divides a number in proportion; what is left over goes to the first ones."""
    whole_shares = sum(shares.values())
    counts = {name: total * share // whole_shares for name, share in shares.items()}
    left = total - sum(counts.values())
    return {name: count + (position < left) for position, (name, count) in enumerate(counts.items())}


# ---------------------------------------------------------------- rows


def _insert(world: World, people: Sequence[Person]) -> None:
    """Customers get their ids in the order of their creation; everybody was changed once since."""
    dice = world.dice("customers")
    languages = world.ids["language"]
    rows = []
    for person in people:
        person.id = world.next_id("customers")
        later = person.created_at + dice.randrange(3600, max(7200, world.as_of - person.created_at - _DAY))
        salt = f"{dice.getrandbits(64):016x}"
        entry, address = person.entry if person.entry is not None else {}, person.address
        rows.append(
            (
                person.id, world.notes["dtc_store"], person.email, person.email.lower(), int(person.is_registered),
                hashed_cheaply(person.password, salt) if person.is_registered else "",
                address["firstName"], address["lastName"], address.get("company", ""), address["address1"],
                address.get("address2", ""), address["zipCode"], address["city"], address.get("state", ""),
                address["country"], address.get("phoneNumber", ""), person.gender, languages[person.language],
                int(person.newsletter), entry.get("tax_class"), entry.get("market"), entry.get("pricelist"),
                person.created_at, later,
            )
        )  # fmt: skip
    world.add_many("customers", _COLUMNS, rows)


def _consents(world: World, people: Sequence[Person], count: int) -> None:
    """Consents of the accounts with a name and of others, as they were given when the customers were made."""
    entries = world.section("people", "consents", listed(_CONSENT, by="key"))
    dice = world.dice("consents")
    named = [person for person in people if person.entry is not None]
    others = [person for person in people if person.entry is None and person.is_registered]
    chosen = [*named, *dice.sample(others, min(len(others), max(0, count - len(named))))][:count]
    rows = []
    for person in chosen:
        for entry in entries:
            agreed = person.newsletter if entry["key"] == "newsletter" else dice.random() < 0.5
            wording = {part: entry[part].get(person.language) or next(iter(entry[part].values())) for part in _WORDS}
            rows.append(
                (person.id, entry["key"], int(agreed), wording["name"], wording["text"], entry["version"],
                 person.language, person.created_at, person.created_at)
            )  # fmt: skip
    columns = ("customer_id", "key", "consented", "name", "text", "version", "language", "created_at", "updated_at")
    world.add_many("consents", columns, rows)


def _subscribers(world: World, people: Sequence[Person], crowd: _Crowd, count: int) -> None:
    """The readers of the newsletter: customers who want it, and some who have never bought anything."""
    readers = {
        person.email: (person.address["country"], person.language, person.created_at)
        for person in people
        if person.newsletter
    }
    dice = world.dice("subscribers")
    for email, country in crowd.subscribers(count):
        readers[email] = (country, _language_of(world, country), world.as_of - dice.randrange(_LAST, _GUESTS_SINCE))
    world.add_many(
        "newsletter_subscriptions",
        ("store_id", "email", "email_key", "country", "language", "created_at"),
        [
            (world.notes["dtc_store"], email, email.lower(), country, language, at)
            for email, (country, language, at) in sorted(readers.items(), key=lambda item: (item[1][2], item[0]))
        ],
    )


def _attributes(world: World, people: Sequence[Person]) -> None:
    """Custom attributes of some accounts."""
    world.tx.touch("attributes")
    catalogue = attributes_of(world.store)
    dice = world.dice("customer attributes")
    accounts = [person for person in people if person.is_registered]
    for entry in world.section("people", "attributes", listed(_ATTRIBUTE, by="name")):
        kind = catalogue.by_name.get(entry["name"])
        if kind is None or kind.group != "customer":
            raise entry.error("name", f"there is no attribute {entry['name']!r} for a customer")
        chosen = sorted(person.id for person in dice.sample(accounts, min(len(accounts), entry["customers"])))
        if kind.kind == "mapped":
            entries = [number for number, value in catalogue.entries.items() if value.type_name == kind.name]
            rows: list[Any] = [("customer", who, entries[at % len(entries)]) for at, who in enumerate(chosen)]
            world.add_many("attribute_links", ("object_type", "object_id", "attribute_entry_id"), rows)
            continue
        if not entry["texts"]:
            raise entry.error("name", "a dynamic attribute needs texts")
        element, texts = next(iter(kind.elements.values())), entry["texts"]
        rows = [("customer", who, element.id, texts[at % len(texts)]) for at, who in enumerate(chosen)]
        world.add_many("attribute_values", ("object_type", "object_id", "attribute_element_id", "value"), rows)
