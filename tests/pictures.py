"""Pictures as people bring them: drawn here, and looked at again when they come back."""

import io
from typing import Any

import httpx
from PIL import Image

RED, BLUE = (220, 30, 30), (20, 40, 200)


def drawn(
    format: str = "PNG", size: tuple[int, int] = (900, 600), color: tuple[int, ...] = RED, mode: str = "RGB", **how: Any
) -> bytes:
    """A file that is one colour all over."""
    buffer = io.BytesIO()
    Image.new(mode, size, color).save(buffer, format, **how)
    return buffer.getvalue()


def seen(response: httpx.Response, mime_type: str) -> Image.Image:
    """The picture in an answer of that type."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == mime_type
    image = Image.open(io.BytesIO(response.content))
    image.load()
    assert Image.MIME[image.format or ""] == mime_type
    return image


def is_color(image: Image.Image, color: tuple[int, ...]) -> bool:
    """Whether the middle of the picture is about that colour."""
    found = image.convert("RGBA" if len(color) == 4 else "RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(found, tuple)
    return all(abs(one - other) < 12 for one, other in zip(found, color, strict=True))
