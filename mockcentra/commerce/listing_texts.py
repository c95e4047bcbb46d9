"""The words by which an index finds displays, by language: read when first searched, kept while they are right."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from mockcentra.commerce.facets import bits_of
from mockcentra.commerce.listing_index import Changes, Index
from mockcentra.commerce.search import Vocabulary, joined, words
from mockcentra.store import Transaction
from mockcentra.store import listing as rows

_MOST_CHANGED = 200  # displays whose words are read again, until reading all of them is less work


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of displays in a language: those of a moment, and beside them those of displays that changed since."""

    vocabulary: Vocabulary
    changed: frozenset[int]  # displays
    outdated: int  # bits: the places for which the vocabulary is not to be believed any more
    newer: Vocabulary | None = None  # words of the displays that changed, once they have been read

    @property
    def parts(self) -> Iterator[tuple[Vocabulary, int]]:
        """The vocabularies, each with the displays for which it counts."""
        yield self.vocabulary, ~self.outdated
        if self.newer is not None:
            yield self.newer, -1


def read(tx: Transaction, index: Index, language_id: int, is_main: bool) -> Texts:
    """The words of all displays."""
    return Texts(_vocabulary(tx, index, language_id, is_main, None), frozenset(), 0)


def with_newer(tx: Transaction, index: Index, texts: Texts, language_id: int, is_main: bool) -> Texts:
    """The texts with the words of the displays that changed."""
    return replace(texts, newer=_vocabulary(tx, index, language_id, is_main, texts.changed))


def carried(texts: Mapping[int, Texts], changes: Changes, size: int) -> dict[int, Texts]:
    """What stays right of the texts of an index, by language, after changes that made the next one of `size` places."""
    found = {}
    for language_id, each in texts.items():
        changed = each.changed | changes.display_ids
        if len(changed) <= _MOST_CHANGED:
            found[language_id] = Texts(each.vocabulary, changed, each.outdated | bits_of(changes.places, size))
    return found


def _vocabulary(
    tx: Transaction, index: Index, language_id: int, is_main: bool, display_ids: Iterable[int] | None
) -> Vocabulary:
    reader = _main_words if is_main else _translated_words
    return Vocabulary(reader(tx, index, language_id, display_ids), index.size)


def _main_words(tx: Transaction, index: Index, _: int, display_ids: Iterable[int] | None) -> Iterator[tuple[str, int]]:
    """The words of the main language, which has the article numbers, too."""
    for display_id, *texts in rows.texts(tx, index.store_id, display_ids):
        place = index.place_of.get(display_id)
        if place is not None:
            for text in texts:
                for word in words(text):
                    yield word, place
    last: tuple[object, ...] = ()
    for display_id, product, variant_name, variant, size, ean, upc in rows.numbers(tx, index.store_id, display_ids):
        place = index.place_of.get(display_id)
        if place is None:
            continue
        if (display_id, product, variant, variant_name) != last:
            last = (display_id, product, variant, variant_name)
            for text in (variant_name, product, variant):
                for word in words(text):
                    yield word, place
            yield joined(product), place
            yield joined(product + variant), place
        for number in (product + variant + size if size else "", ean, upc):
            if number:
                yield joined(number), place


def _translated_words(
    tx: Transaction, index: Index, language_id: int, display_ids: Iterable[int] | None
) -> Iterator[tuple[str, int]]:
    for display_id, text in rows.translated_texts(tx, index.store_id, language_id, display_ids):
        place = index.place_of.get(display_id)
        if place is not None:
            for word in words(text):
                yield word, place
