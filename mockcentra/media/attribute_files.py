"""Draws the files that custom attributes of the demo shop point to: an icon as PNG, a sheet as PDF."""

import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

ICON_PIXELS = 64
_OVERSAMPLE = 4
_INK = (60, 58, 54)
_STROKE = 12
_GROUNDS = ((238, 240, 240), (243, 238, 236), (239, 241, 235), (240, 238, 242))


def _tub(brush: "ImageDraw") -> None:
    brush.line([(36, 80), (60, 200), (196, 200), (220, 80)], _INK, _STROKE, "curve")
    for left in (54, 103, 152):
        brush.arc((left, 82, left + 49, 118), 0, 180, _INK, _STROKE)


def _warm_tub(brush: "ImageDraw") -> None:
    _tub(brush)
    for x in (108, 148):
        brush.ellipse((x - 11, 148, x + 11, 170), fill=_INK)


def _bristles(brush: "ImageDraw") -> None:
    brush.rounded_rectangle((40, 84, 216, 132), 20, outline=_INK, width=_STROKE)
    for x in range(60, 200, 34):
        brush.line([(x, 132), (x, 190)], _INK, _STROKE)


def _hide(brush: "ImageDraw") -> None:
    outline = [(70, 44), (186, 44), (206, 92), (184, 130), (206, 196), (150, 214), (106, 214), (50, 196), (72, 130)]
    brush.line([*outline, (50, 92), outline[0]], _INK, _STROKE, "curve")


def _ring(brush: "ImageDraw") -> None:
    brush.ellipse((48, 48, 208, 208), outline=_INK, width=_STROKE)


# What is drawn for a word in the name of the file.
_SYMBOLS: tuple[tuple[str, Callable[["ImageDraw"], None]], ...] = (
    ("wash-warm", _warm_tub),
    ("wash", _tub),
    ("brush", _bristles),
    ("leather", _hide),
    ("", _ring),
)


def icon(name: str) -> bytes:
    """A PNG of 64 by 64 pixels; the file's name decides what it shows."""
    from PIL import Image, ImageDraw

    digest = hashlib.sha256(name.encode()).digest()
    side = ICON_PIXELS * _OVERSAMPLE
    canvas = Image.new("RGB", (side, side), _GROUNDS[digest[0] % len(_GROUNDS)])
    draw = next(draw for word, draw in _SYMBOLS if word in name)
    draw(ImageDraw.Draw(canvas))
    buffer = io.BytesIO()
    canvas.reduce(_OVERSAMPLE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def sheet(name: str) -> bytes:
    """A PDF of one page that says what it is: the file's name in words."""
    words = name.rpartition(".")[0].replace("-", " ").replace("_", " ").strip() or name
    title = words.encode("latin-1", "replace").translate(None, b"()\\\r\n").capitalize()
    content = b"BT /F1 24 Tf 72 720 Td (%b) Tj ET" % title
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
    )
    file = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return file + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(file))
    )
