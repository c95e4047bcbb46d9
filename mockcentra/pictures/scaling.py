"""Reads pictures that users bring, and makes the sizes of them that shops show."""

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from mockcentra.pictures import BOXES

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 50_000_000
QUALITY = 90
# What Pillow calls a format: what files of it end with.
FORMATS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}
_ENDINGS = {ending: name for name, ending in FORMATS.items()}
_ORIENTATION = 0x0112
# One picture at a time is unpacked in this process: a large one takes up to 200 MB.
_unpacking = threading.Lock()


class Unreadable(Exception):
    """The bytes are no picture that can be taken. One line for a person."""


class Facts(Struct, frozen=True):
    """What a picture is: jpg, png or gif, and its pixels as they lie in the file."""

    format: str
    width: int
    height: int


def examine(content: bytes) -> Facts:
    """What the picture is, once all of it has been read. Raises Unreadable."""
    with _unpacking, _opened(content) as image:
        facts = Facts(FORMATS[image.format or ""], *image.size)
        image.draft(None, (1, 1))  # a JPEG is read to its end, but unpacked to an eighth
        image.load()
    return facts


def scaled(content: bytes, ending: str, size: str) -> bytes:
    """The picture as a `jpg` or `png` that fits into the size; it is never enlarged.

    The very bytes where they fit as they are. Transparent parts of a JPEG are white. Raises Unreadable.
    """
    from PIL import Image

    box = BOXES[size]
    with _unpacking, _opened(content) as image:
        if image.format == _ENDINGS[ending] and (box is None or _fits_as_it_is(image, box)):
            return content
        if box is not None:
            image.draft(None, (max(box), max(box)))
        made = _upright(_plain(image))
        if box is not None:
            made.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
        profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
        buffer = io.BytesIO()
        if ending == "png":
            made.save(buffer, "PNG", icc_profile=profile)
        else:
            _on_white(made).save(buffer, "JPEG", quality=QUALITY, icc_profile=profile)
    return buffer.getvalue()


@contextmanager
def _opened(content: bytes) -> Iterator["Image"]:
    """The picture, not yet unpacked. Raises Unreadable, for what goes wrong while it is used as well."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a server's log is no place for what is odd about a user's file
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(content), formats=tuple(FORMATS))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Unreadable(f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels") from None
        except Exception as error:  # its readers raise whatever a broken file makes them stumble over
            raise Unreadable("the file is no png, jpg or gif") from error
        if image.width * image.height > MAX_PIXELS:
            raise Unreadable(
                f"the picture has {image.width} x {image.height} pixels; {MAX_PIXELS // 1_000_000} million are the most"
            )
        try:
            yield image
        except Exception as error:
            raise Unreadable("the picture is broken") from error


def _fits_as_it_is(image: "Image", box: tuple[int, int]) -> bool:
    """Whether it is no larger than the box, and need not be turned."""
    try:
        is_upright = image.getexif().get(_ORIENTATION, 1) == 1
    except Exception:  # what a camera wrote about a picture may be broken where the picture is not
        is_upright = True
    return image.width <= box[0] and image.height <= box[1] and is_upright


def _upright(image: "Image") -> "Image":
    """The picture as the camera was held."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _plain(image: "Image") -> "Image":
    """The picture in eight bits of red, green and blue, with transparency where it has some."""
    if image.mode.startswith(("I", "F")):  # sixteen bits of grey, which a conversion would cut off, not scale
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.info.pop("transparency", None)
    return plain


def _on_white(image: "Image") -> "Image":
    from PIL import Image

    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, (255, 255, 255))
    ground.paste(image, mask=image)
    return ground
