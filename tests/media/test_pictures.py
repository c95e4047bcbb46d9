"""Product pictures: what a storefront's <img> and a search engine's fetcher ask for."""

import io

import httpx
import pytest
from PIL import Image

from mockcentra.pictures.painter import SIZES, picture
from mockcentra.pictures.shapes import SHAPES
from mockcentra.store import Store

PREFIX = "/client/dynamic/images"


@pytest.fixture
def file_name(store: Store) -> str:
    """A picture of the shop: its file name without size and ending."""
    with store.transaction() as tx:
        product = tx.insert("products", name="Picture Cardigan", created_at=0, updated_at=0)
        media = tx.insert("media", product_id=product, file_name="", shape="cardigan", color_hex="7a8f6a", created_at=0)
        name = f"{media}_0a1b2c3d-picture-cardigan"
        tx.update("media", media, file_name=name)
    return name


def opened(response: httpx.Response) -> Image.Image:
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/jpeg"
    return Image.open(io.BytesIO(response.content))


def test_a_picture_is_a_real_jpeg_of_a_few_kilobytes(client: httpx.Client, file_name: str) -> None:
    response = client.get(f"{PREFIX}/{file_name}.jpg")
    image = opened(response)
    assert image.format == "JPEG"
    assert image.size == (600, 800)
    assert len(response.content) < 25_000
    assert client.get(f"{PREFIX}/{file_name}.jpg").content == response.content


def test_it_shows_the_colour_of_the_variant(client: httpx.Client, file_name: str) -> None:
    red, green, blue = opened(client.get(f"{PREFIX}/{file_name}.jpg")).convert("RGB").getpixel((420, 360))
    assert green > red > blue


@pytest.mark.parametrize(("size", "width"), SIZES.items())
def test_every_size_has_its_width(client: httpx.Client, file_name: str, size: str, width: int) -> None:
    suffix = "" if size == "standard" else f"-{size}"
    assert opened(client.get(f"{PREFIX}/{file_name}{suffix}.jpg")).width == width


def test_browsers_keep_it_and_ask_again(client: httpx.Client, file_name: str) -> None:
    first = client.get(f"{PREFIX}/{file_name}.jpg")
    assert "max-age" in first.headers["cache-control"]
    again = client.get(f"{PREFIX}/{file_name}.jpg", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    thumb = client.get(f"{PREFIX}/{file_name}-thumb.jpg", headers={"If-None-Match": first.headers["etag"]})
    assert thumb.status_code == 200


def test_head_works(client: httpx.Client, file_name: str) -> None:
    response = client.head(f"{PREFIX}/{file_name}.jpg")
    assert response.status_code == 200
    assert int(response.headers["content-length"]) > 1000


@pytest.mark.parametrize(
    "name",
    [
        "999999_abc-nothing.jpg",
        "{name}-giant.jpg",
        "{name}x.jpg",
        "{name}.png",
        "{name}",
        "nonsense.jpg",
        "_.jpg",
        "99999999999999999999999_x.jpg",
        "²_x.jpg",
    ],
)
def test_unknown_pictures_are_404_in_json(client: httpx.Client, file_name: str, name: str) -> None:
    response = client.get(f"{PREFIX}/{name.format(name=file_name)}")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


def test_a_space_serves_pictures_as_well(client: httpx.Client, store: Store) -> None:
    with store.reading() as tx:
        seeded = tx.value("SELECT file_name FROM media ORDER BY id LIMIT 1")
    assert opened(client.get(f"/_space/elsewhere{PREFIX}/{seeded}.jpg")).size == (600, 800)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_differs_from_the_others_and_from_its_ground(shape: str) -> None:
    image = Image.open(io.BytesIO(picture(shape, "b5533c", shape, size="small"))).convert("RGB")
    colors = image.getcolors(maxcolors=300 * 400)
    assert colors is not None
    reddish = sum(count for count, (red, _, blue) in colors if red - blue > 50)
    assert 0.05 < reddish / (300 * 400) < 0.7


def test_views_and_colours_make_other_pictures() -> None:
    pictures = {
        picture("tee", color, "one", view, "thumb") for color in ("3f5c7a", "f6f6f4", "101014") for view in range(3)
    }
    assert len(pictures) == 9


def test_unknown_shapes_and_broken_colours_still_show_something() -> None:
    assert picture("spaceship", "not-a-colour", "x", size="thumb").startswith(b"\xff\xd8")
