"""Paints product pictures: a shape in a colour on a soft background, the same bytes for the same picture every time."""

import hashlib
import io
import math
from functools import lru_cache
from typing import TYPE_CHECKING

from mockcentra.pictures import BOXES
from mockcentra.pictures.shapes import SHAPES, Layer

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Color = tuple[int, int, int]
Point = tuple[float, float]

WIDTH, HEIGHT = 600, 800
ORIGINAL = (1200, 1600)
# Name of a size: width in pixels; all are three by four.
SIZES = {name: (box or ORIGINAL)[0] for name, box in BOXES.items()}
FALLBACK_SHAPE = "box"
# Soft grounds, and the ones on which light things stand out.
_GROUNDS: tuple[Color, ...] = ((243, 240, 235), (238, 240, 240), (243, 238, 236), (239, 241, 235), (240, 238, 242))
_DEEP_GROUNDS: tuple[Color, ...] = ((205, 198, 188), (188, 197, 200), (206, 192, 186), (192, 198, 184), (198, 192, 204))
# The second and third picture of a variant: closer, then laid at an angle (scale, degrees, shift down).
_VIEWS = ((1.0, 0.0, 0.0), (1.45, -3.0, 120.0), (0.92, 7.0, 0.0))


def picture(shape: str, color_hex: str, variety: str, view: int = 0, size: str = "standard") -> bytes:
    """A JPEG of `SIZES[size]`; `variety` decides the ground, `view` 0 is the whole thing from the front."""
    return _painted(shape, color_hex, _ground_for(variety), view % len(_VIEWS), size)


def original_sha1(shape: str, color_hex: str, variety: str, view: int = 0) -> str:
    """The SHA-1 of that picture in its original size."""
    return _original_sha1(shape, color_hex, _ground_for(variety), view % len(_VIEWS))


@lru_cache(maxsize=64)
def _original_sha1(shape: str, color_hex: str, ground: int, view: int) -> str:
    return hashlib.sha1(_painted(shape, color_hex, ground, view, "original"), usedforsecurity=False).hexdigest()


def _painted(shape: str, color_hex: str, ground: int, view: int, size: str) -> bytes:
    from PIL import Image, ImageDraw

    width = SIZES[size]
    oversample = 2 if width <= WIDTH else 1
    canvas = (width * oversample, width * oversample * HEIGHT // WIDTH)
    scale = canvas[0] / WIDTH
    color = _color(color_hex)
    place = _Placement(scale, *_VIEWS[view])

    cloth = Image.new("RGB", canvas, color)
    mask = Image.new("L", canvas, 0)
    brush, stencil = ImageDraw.Draw(cloth), ImageDraw.Draw(mask)
    for layer in SHAPES.get(shape, SHAPES[FALLBACK_SHAPE]):
        _paint(brush, stencil, layer, color, place)
    if oversample > 1:
        cloth, mask = cloth.reduce(oversample), mask.reduce(oversample)
    finished = _ground(cloth.size, color, ground)
    _cast_shadow(finished, mask, width / WIDTH)
    finished.paste(_lit(cloth), mask=mask)
    buffer = io.BytesIO()
    finished.save(buffer, "JPEG", quality=66, optimize=True)
    return buffer.getvalue()


class _Placement:
    """Where a point of the 600 by 800 square around its middle lies on the canvas."""

    def __init__(self, scale: float, zoom: float, degrees: float, down: float) -> None:
        self.scale = scale * zoom
        angle = math.radians(degrees)
        self.cos, self.sin = math.cos(angle), math.sin(angle)
        self.center = (WIDTH / 2 * scale, (HEIGHT / 2 + down * zoom) * scale)

    def __call__(self, points: list[Point]) -> list[Point]:
        left, top = self.center
        return [
            (
                left + (x * self.cos - (y - HEIGHT / 2) * self.sin) * self.scale,
                top + (x * self.sin + (y - HEIGHT / 2) * self.cos) * self.scale,
            )
            for x, y in points
        ]


def _paint(brush: "ImageDraw", stencil: "ImageDraw", layer: Layer, color: Color, place: _Placement) -> None:
    paint = _tone(color, layer.tone)
    width = max(1, round(layer.width * place.scale))
    if layer.kind == "ribs":
        step, slant = (int(part) for part in layer.points.split(","))
        for left in range(-700, 700, step):
            brush.line(place([(left, -100), (left + slant * 10, 900)]), fill=paint, width=width)
    elif layer.kind == "dots":
        for x, y in place([point for point, _ in _points(layer.points)]):
            radius = layer.width * place.scale
            brush.ellipse((x - radius, y - radius, x + radius, y + radius), fill=paint)
    elif layer.kind in ("seam", "line"):
        for points in _mirrored(layer, closed=False):
            placed = place(points)
            brush.line(placed, fill=paint, width=width, joint="curve")
            if layer.width >= 5:  # straps and tassels reach beyond the outline
                stencil.line(placed, fill=255, width=width, joint="curve")
    else:
        for points in _mirrored(layer, closed=True):
            placed = place(points)
            brush.polygon(placed, fill=paint)
            stencil.polygon(placed, fill=255)


def _mirrored(layer: Layer, closed: bool) -> list[list[Point]]:
    points = _points(layer.points)
    if layer.kind == "fill":
        half = points + [((-x, y), sharp) for (x, y), sharp in reversed(points) if x]
        return [_rounded(half, closed)]
    outline = _rounded(points, closed)
    if layer.kind in ("pair", "seam"):
        return [outline, [(-x, y) for x, y in outline]]
    return [outline]


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[tuple[Point, bool], ...]:
    parsed = []
    for word in text.split():
        x, y = word.rstrip("!").split(",")
        parsed.append(((float(x), float(y)), word.endswith("!")))
    return tuple(parsed)


def _points(text: str) -> list[tuple[Point, bool]]:
    return list(_parsed(text))


def _rounded(points: list[tuple[Point, bool]], closed: bool) -> list[Point]:
    """The outline with its corners cut off again and again, but for the sharp ones (and the ends of an open line)."""
    for _ in range(3):
        cut: list[tuple[Point, bool]] = []
        for index, (point, sharp) in enumerate(points):
            at_end = not closed and index in (0, len(points) - 1)
            if sharp or at_end:
                cut.append((point, True))
                continue
            before, after = points[index - 1][0], points[(index + 1) % len(points)][0]
            cut.append((_between(point, before), False))
            cut.append((_between(point, after), False))
        points = cut
    return [point for point, _ in points]


def _between(point: Point, other: Point) -> Point:
    return (point[0] * 0.75 + other[0] * 0.25, point[1] * 0.75 + other[1] * 0.25)


def _lit(cloth: "Image") -> "Image":
    """The cloth with light from the upper left."""
    from PIL import Image

    slanted = Image.linear_gradient("L").rotate(68, resample=Image.Resampling.BILINEAR)
    falloff = slanted.crop((30, 30, 226, 226)).resize(cloth.size)  # without the corners that turning left empty
    shaded = Image.blend(cloth, Image.new("RGB", cloth.size, (24, 22, 34)), 0.2)
    bright = Image.blend(cloth, Image.new("RGB", cloth.size, (255, 252, 246)), 0.1)
    return Image.composite(bright, shaded, falloff)


def _ground_for(variety: str) -> int:
    return hashlib.sha256(variety.encode()).digest()[0] % len(_GROUNDS)


def _ground(canvas: tuple[int, int], color: Color, pick: int) -> "Image":
    from PIL import Image

    grounds = _DEEP_GROUNDS if _lightness(color) > 200 else _GROUNDS
    top = grounds[pick]
    bottom = _mix(top, (120, 112, 104), 0.16)
    fade = Image.linear_gradient("L").resize(canvas)
    return Image.composite(Image.new("RGB", canvas, bottom), Image.new("RGB", canvas, top), fade)


def _cast_shadow(ground: "Image", mask: "Image", scale: float) -> None:
    from PIL import Image, ImageFilter

    small = mask.resize((WIDTH // 4, HEIGHT // 4), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(4)).point(lambda value: value * 0.34)
    shadow = soft.resize(mask.size, Image.Resampling.BILINEAR)
    offset = (round(7 * scale), round(12 * scale))
    ground.paste((64, 56, 54), offset, shadow.crop((0, 0, mask.width - offset[0], mask.height - offset[1])))


def _tone(color: Color, tone: float) -> Color:
    if tone < 0 and _lightness(color) < 70:  # on black cloth a seam shows by its light
        return _mix(color, (255, 255, 255), -tone * 0.6)
    return _mix(color, (255, 255, 255), tone) if tone > 0 else _mix(color, (18, 16, 26), -tone)


def _mix(color: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return (red, green, blue)


def _lightness(color: Color) -> float:
    return 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]


def _color(text: str) -> Color:
    try:
        value = int(text.lstrip("#")[:6], 16)
    except ValueError:
        value = 0x9AA0A6
    return (value >> 16, value >> 8 & 255, value & 255)
