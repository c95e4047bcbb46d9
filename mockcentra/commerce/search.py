"""Free-text search over displays: folded words, prefixes and small mistakes (checkout-api.md 8.2)."""

import html
import re
import threading
import unicodedata
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping

from mockcentra.commerce.facets import bits_of

_WORDS = re.compile(r"[^\W_]+")
_SPECIAL = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d"})
# Beyond these nobody searches; what is longer is cut, for results are kept by the word.
_MAX_WORDS, _MAX_LETTERS, _MAX_CHUNK = 32, 64, 256
_KEPT = 2000


def fold(text: str) -> str:
    """The text without accents, case and HTML entities: `GRÖN` and `gron` fold to the same."""
    if text.isascii() and "&" not in text:
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", html.unescape(text).casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_SPECIAL)


def words(text: str) -> list[str]:
    """The folded words of a text; what is neither letter nor digit parts them."""
    if text.isalnum() and text.isascii():
        return [text.lower()]
    return _WORDS.findall(fold(text))


def joined(text: str) -> str:
    """An article number as one word, without its dashes and blanks; empty when nothing is left."""
    return "".join(words(text))


class Vocabulary:
    """The words of a catalogue and the displays (positions below `size`) in which each occurs.

    They are given one by one, or as the bitmap of a word.
    """

    def __init__(
        self, occurrences: Iterable[tuple[str, int]], size: int, bitmaps: Mapping[str, int] | None = None
    ) -> None:
        found: dict[str, int | list[int]] = {}
        for word, position in occurrences:
            known = found.get(word)
            if known is None:
                found[word] = position
            elif isinstance(known, list):
                if known[-1] != position:
                    known.append(position)
            elif known != position:
                found[word] = [known, position]
        found.pop("", None)
        self._size = size
        # most words, article numbers above all, occur in one display only: a bare number keeps them small,
        # a bitmap those that occur nearly everywhere
        self._positions: dict[str, int | tuple[int, ...] | bytes] = {
            word: places if isinstance(places, int) else self._packed(places) for word, places in found.items()
        }
        for word, bits in (bitmaps or {}).items():
            self._positions[word] = bits.to_bytes((size + 7) // 8, "little")
        self._sorted = sorted(self._positions)
        self._fuzzy = [(word, _letters(word)) for word in self._sorted if len(word) > 2 and word.isalpha()]
        self._kept: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._lock = threading.Lock()

    def _packed(self, places: list[int]) -> tuple[int, ...] | bytes:
        if len(places) * 8 < self._size // 8:
            return tuple(places)
        return bits_of(places, self._size).to_bytes((self._size + 7) // 8, "little")

    def close(self, word: str) -> int:
        """The bitmap of the displays with a word that is or begins with this one, or has one mistake.

        Mistakes are forgiven in words of 4 and more letters.
        """
        return self._kept_or_found(word, 1)

    def far(self, word: str) -> int:
        """The bitmap of the displays with a word that is two mistakes away, for words of 5 and more letters."""
        return self._kept_or_found(word, 2) if len(word) >= 5 and word.isalpha() else 0

    def _kept_or_found(self, word: str, edits: int) -> int:
        key = (word, edits)
        found = self._kept.get(key)
        if found is None:
            matching = list(self._with_prefix(word)) if edits == 1 else []
            if len(word) >= 4 and word.isalpha():
                matching += self._near(word, edits)
            found = self._bits(matching)
            with self._lock:
                self._kept[key] = found
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return found

    def _bits(self, matching: Iterable[str]) -> int:
        bits, positions = 0, []
        for each in matching:
            places = self._positions[each]
            if isinstance(places, bytes):
                bits |= int.from_bytes(places, "little")
            elif isinstance(places, int):
                positions.append(places)
            else:
                positions += places
        return bits | bits_of(positions, self._size)

    def _with_prefix(self, prefix: str) -> Iterator[str]:
        for index in range(bisect_left(self._sorted, prefix), len(self._sorted)):
            if not self._sorted[index].startswith(prefix):
                return
            yield self._sorted[index]

    def _near(self, word: str, edits: int) -> list[str]:
        letters, length = _letters(word), len(word)
        candidates = [
            other
            for other, others_letters in self._fuzzy
            if -edits <= len(other) - length <= edits
            and (letters & ~others_letters).bit_count() <= edits
            and (others_letters & ~letters).bit_count() <= edits
        ]
        return [other for other in candidates if other != word and within(word, other, edits)]


def _letters(word: str) -> int:
    """A bitmap of the letters that occur in the word: each mistake changes at most one each way."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def within(first: str, second: str, edits: int) -> bool:
    """Whether the words differ by at most that many inserted, dropped, changed or swapped letters."""
    if abs(len(first) - len(second)) > edits:
        return False
    before_last: list[int] = []
    last = list(range(len(second) + 1))
    for row, letter in enumerate(first, 1):
        current = [row]
        for column, other in enumerate(second, 1):
            cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == second[column - 2] and other == first[row - 2]:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        if min(current) > edits:
            return False
        before_last, last = last, current
    return last[-1] <= edits


class Lexicon:
    """All the words of a language: vocabularies, each with the displays for which it is to be believed."""

    def __init__(self, parts: Iterable[tuple[Vocabulary, int]]) -> None:
        self._parts = list(parts)

    def match(self, word: str) -> int:
        """The bitmap of the displays with a word that is, begins with or nearly is this one.

        Words of 4 and more letters may have one mistake, from 5 letters on two where nothing fits better.
        """
        bits = 0
        for vocabulary, believed in self._parts:
            bits |= vocabulary.close(word) & believed
        if not bits:
            for vocabulary, believed in self._parts:
                bits |= vocabulary.far(word) & believed
        return bits


def search(text: str, lexicons: Iterable[Lexicon], everything: int) -> int:
    """The bitmap of the displays in which every word of the text occurs somewhere, in any of the lexicons.

    `everything` are the displays to search in. A text without a word matches nothing.
    """
    lexicons = list(lexicons)
    bits, seen = everything, False
    for chunk in text.split()[:_MAX_WORDS]:
        parts = [part[:_MAX_LETTERS] for part in words(chunk[:_MAX_CHUNK])]
        if not parts:
            continue
        seen = True
        together = _any_of(lexicons, "".join(parts)[:_MAX_LETTERS]) if len(parts) > 1 else 0
        apart = everything
        for part in parts:
            apart &= _any_of(lexicons, part)
        bits &= together | apart
        if not bits:
            return 0
    return bits if seen else 0


def _any_of(lexicons: Iterable[Lexicon], word: str) -> int:
    bits = 0
    for lexicon in lexicons:
        bits |= lexicon.match(word)
    return bits
