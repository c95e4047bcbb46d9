"""Searching: words in any spelling, with small mistakes, by article number."""

from hypothesis import given
from hypothesis import strategies as st

from mockcentra.commerce.search import Lexicon, Vocabulary, fold, joined, search, within, words

TEXTS = (
    "Höga Coat, warm wool",
    "Café Shirt & tie",
    "Astrid Cardigan of merino",
    "Product ABC-123-M 7391234567895",
)
EVERYTHING = (1 << len(TEXTS)) - 1
VOCABULARY = Vocabulary(
    [
        (word, place)
        for place, text in enumerate(TEXTS)
        for chunk in text.split()
        for word in (joined(chunk), *words(chunk))
    ],
    len(TEXTS),
)


def found(text: str) -> list[int]:
    bits = search(text, [Lexicon([(VOCABULARY, -1)])], EVERYTHING)
    return [place for place in range(len(TEXTS)) if bits >> place & 1]


def test_case_and_accents_make_no_difference():
    assert found("hoga") == found("HÖGA") == found("Höga coat") == [0]
    assert found("café") == found("cafe") == [1]
    assert fold("Grön ØRE straße &amp; co") == "gron ore strasse & co"


def test_every_word_must_occur():
    assert found("astrid cardigan") == [2]
    assert found("astrid shirt") == []


def test_short_words_match_exactly_or_as_a_beginning():
    assert found("tie") == [1]
    assert found("ca") == [1, 2]
    assert found("tia") == []


def test_longer_words_may_be_misspelt():
    assert found("prdct") == [3]
    assert found("cardgian") == [2]
    assert found("astrit") == [2]
    assert found("xqzvkwjxqzvkwj") == []


def test_article_numbers_are_found_with_and_without_their_dashes():
    assert found("ABC-123-M") == found("abc123m") == found("abc-123") == found("7391234567895") == [3]
    assert found("ABC-124-M") == []


def test_a_text_without_words_finds_nothing():
    assert found("?!") == []
    assert found("& shirt") == [1]


@given(st.text(alphabet="abcdefgh", min_size=5, max_size=12), st.data())
def test_one_mistake_is_always_forgiven(word, data):
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefgh"))
    mistakes = {
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
    }
    vocabulary = Vocabulary([(word, 0), ("unrelatedword", 1)], 2)
    for mistake in mistakes:
        assert within(word, mistake, 1)
        assert vocabulary.close(mistake) & 1, mistake


@given(st.text(max_size=30))
def test_any_text_can_be_folded_and_searched(text):
    assert all(words(text))
    found(text)


def test_endless_words_are_cut():
    assert found("astrid" + "-" * 100_000) == [2]
    assert found("zq-" * 500_000) == []
    assert max(len(word) for word, _ in VOCABULARY._kept) <= 64
