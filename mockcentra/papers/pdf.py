"""Draws papers as PDF pages of A4, in the fonts that every reader has.

Those fonts know the letters of western Europe; what is written in Greek or Cyrillic is spelled in these, other letters
lose their accents, and of scripts that have no such spelling only a `?` is shown.
"""

import io
import unicodedata
from collections.abc import Iterator, Sequence

from mockcentra.commerce.papers import Paper

_WIDTH, _HEIGHT = 595, 842
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 545, 790, 60
_REGULAR, _BOLD = "F1", "F2"
_SMALL, _PLAIN, _LARGE = 8, 9, 18
_LINE = 13
# Where columns end, by their number; the first two begin at the left, all others are set to the right.
_EDGES = {6: (50, 140, 330, 400, 445, 545), 4: (50, 170, 420, 545)}
# How wide letters are, in thousandths of their size; for all others 556 is close enough.
_NARROW = {" ": 278, ",": 278, ".": 278, "-": 333, "i": 222, "l": 222, "j": 222, "t": 278, "f": 278, "r": 333, "I": 278}
_WIDE = {"%": 889, "m": 833, "w": 722, "M": 833, "W": 944}
# How letters are spelled that the fonts do not have, and that are not one of theirs with an accent.
_SPELLED = {
    "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ŋ": "ng", "ŧ": "t", "ĸ": "k",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "ѓ": "g", "д": "d", "ђ": "dj", "е": "e", "ё": "e", "є": "ye",
    "ж": "zh", "з": "z", "ѕ": "dz", "и": "i", "і": "i", "ї": "yi", "й": "y", "ј": "j", "к": "k", "ќ": "k", "л": "l",
    "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "c", "у": "u",
    "ў": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "џ": "dz", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "",
    "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
_SPELLED_PAIRS = {"ου": "u", "ού": "u"}  # the second letter, after the first


def pdf(paper: Paper) -> bytes:
    """The paper as a file."""
    import pydyf

    file = pydyf.PDF()
    fonts = pydyf.Dictionary()
    for name, face in ((_REGULAR, "/Helvetica"), (_BOLD, "/Helvetica-Bold")):
        font = pydyf.Dictionary(
            {"Type": "/Font", "Subtype": "/Type1", "BaseFont": face, "Encoding": "/WinAnsiEncoding"}
        )
        file.add_object(font)
        fonts[name] = font.reference
    pages = [_Page(1)]
    _write(paper, pages)
    for page in pages:
        page.text(_RIGHT, 36, f"{page.number} / {len(pages)}", size=_SMALL, is_right=True)
        stream = pydyf.Stream(page.commands, compress=False)
        file.add_object(stream)
        file.add_page(
            pydyf.Dictionary(
                {
                    "Type": "/Page",
                    "Parent": file.pages.reference,
                    "MediaBox": pydyf.Array([0, 0, _WIDTH, _HEIGHT]),
                    "Contents": stream.reference,
                    "Resources": pydyf.Dictionary({"Font": fonts}),
                }
            )
        )
    file.info["Title"] = pydyf.String(f"{paper.title} {paper.number}")
    written = io.BytesIO()
    file.write(written)
    return written.getvalue()


class _Page:
    """The drawing commands of a page, and how far down it is written."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.y: float = _TOP
        self.commands: list[bytes] = []

    def text(
        self, x: float, y: float, text: str, *, font: str = _REGULAR, size: int = _PLAIN, is_right: bool = False
    ) -> None:
        text = _latin(text)
        encoded = text.encode("cp1252")
        start = x - _width(text, size) if is_right else x
        escaped = encoded.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        self.commands.append(b"BT /%b %d Tf %.2f %.2f Td (%b) Tj ET" % (font.encode(), size, start, y, escaped))

    def rule(self) -> None:
        self.commands.append(b"0.5 w %d %.2f m %d %.2f l S" % (_LEFT, self.y + 4, _RIGHT, self.y + 4))


def _write(paper: Paper, pages: list[_Page]) -> None:
    page = pages[0]
    page.text(_LEFT, page.y, paper.title, font=_BOLD, size=_LARGE)
    for number, line in enumerate(paper.sender):
        page.text(_RIGHT, page.y + 4 - _LINE * number, line, font=_REGULAR if number else _BOLD, is_right=True)
    page.y -= 22
    page.text(_LEFT, page.y, f"No. {paper.number}", size=_PLAIN + 2)
    page.y -= 34
    _heads(paper, page)
    page = _table(paper, pages)
    for label, text in paper.sums:
        page = _room(pages, page)
        font = _BOLD if label == "Total" else _REGULAR
        page.text(330, page.y, label, font=font)
        page.text(_RIGHT, page.y, text, font=font, is_right=True)
        page.y -= _LINE
    page.y -= _LINE
    for remark in paper.remarks:
        for line in _wrapped(remark, _RIGHT - _LEFT):
            page = _room(pages, page)
            page.text(_LEFT, page.y, line)
            page.y -= _LINE


def _heads(paper: Paper, page: _Page) -> None:
    """Addresses at the left, facts beside them."""
    bottom = page.y
    for column, (heading, lines) in enumerate(paper.addresses):
        x, y = _LEFT + 165 * column, page.y
        page.text(x, y, heading, font=_BOLD, size=_SMALL)
        for line in lines:
            y -= _LINE
            page.text(x, y, _cut(line, 158))
        bottom = min(bottom, y)
    y = page.y
    for label, text in paper.facts:
        page.text(385, y, label, font=_BOLD, size=_SMALL)
        page.text(_RIGHT, y, _cut(text, 90), is_right=True)
        y -= _LINE
    page.y = min(bottom, y) - 26


def _table(paper: Paper, pages: list[_Page]) -> _Page:
    page = pages[-1]
    edges = _EDGES[len(paper.columns)]
    _row(page, edges, paper.columns, _BOLD)
    page.rule()
    page.y -= 9
    for row in paper.rows:
        page = _room(pages, page)
        _row(page, edges, row, _REGULAR)
    page.rule()
    page.y -= _LINE
    return page


def _row(page: _Page, edges: Sequence[int], row: Sequence[str], font: str) -> None:
    for number, text in enumerate(row):
        if number < 2:
            page.text(edges[number], page.y, _cut(text, edges[number + 1] - edges[number] - 24 * number), font=font)
        else:
            page.text(edges[number], page.y, text, font=font, is_right=True)
    page.y -= _LINE


def _room(pages: list[_Page], page: _Page) -> _Page:
    """The page, or a new one behind it when it is full."""
    if page.y >= _BOTTOM:
        return page
    pages.append(_Page(len(pages) + 1))
    return pages[-1]


# ------------------------------------------------------------------ letters


def _latin(text: str) -> str:
    """The text in the letters of the fonts, with single blanks."""
    return " ".join("".join(_spelled(word)) for word in unicodedata.normalize("NFC", text).split())


def _spelled(word: str) -> Iterator[str]:
    is_loud = len(word) > 1 and word.isupper()
    for before, letter in zip(f" {word}", word, strict=False):
        if _is_known(letter):
            yield letter
            continue
        pair = _SPELLED_PAIRS.get((before + letter).casefold())
        found = _spelling(letter) if pair is None else pair
        yield found.upper() if is_loud else found.capitalize() if letter.isupper() else found


def _spelling(letter: str) -> str:
    """A letter that the fonts do not know, in small ones that they do."""
    found = _SPELLED.get(letter.lower())
    if found is not None:
        return found
    parts = [part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)]
    known = "".join(part if _is_known(part) else _SPELLED.get(part.lower(), "") for part in parts)
    return known if known or not letter.isprintable() else "?"


def _is_known(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _width(text: str, size: int) -> float:
    return sum(_NARROW.get(letter) or _WIDE.get(letter) or (667 if letter.isupper() else 556) for letter in text) * (
        size / 1000
    )


def _cut(text: str, width: float) -> str:
    """As much of a text as fits."""
    text = _latin(text)
    if _width(text, _PLAIN) <= width:
        return text
    while text and _width(f"{text}…", _PLAIN) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _wrapped(text: str, width: float) -> Iterator[str]:
    """A text in lines."""
    line = ""
    for word in _latin(text).split():
        longer = f"{line} {word}".strip()
        if line and _width(longer, _PLAIN) > width:
            yield line
            longer = word
        line = longer
    if line:
        yield _cut(line, width)
