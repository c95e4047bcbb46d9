"""Icons and sheets of custom attributes: every address that the shop shows leads to a real file."""

import io

import httpx
from PIL import Image

from mockcentra.control.transport import _OPEN_PATHS
from tests.shopper import Shopper


def pointed_to(client: httpx.Client, base: str = "/api/checkout") -> set[tuple[str, str]]:
    """(kind, address) of all that attributes of products show."""
    products = Shopper(client, base=base).ok("GET", "products")["products"]
    found = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if "/_mock/media/" in str(value.get("url", "")):
                found.add((value["type"], value["url"]))
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(products)
    return found


def test_every_icon_is_a_png_and_every_sheet_a_pdf(client: httpx.Client) -> None:
    found = pointed_to(client)
    assert {kind for kind, _ in found} == {"image", "file"}
    icons = set()
    for kind, url in found:
        response = client.get(url)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == "*"
        if kind == "image":
            assert response.headers["content-type"] == "image/png"
            image = Image.open(io.BytesIO(response.content))
            assert (image.format, image.size) == ("PNG", (64, 64))
            icons.add(response.content)
        else:
            check_pdf(response)
    assert len(icons) == sum(kind == "image" for kind, _ in found), "each icon looks different"


def check_pdf(response: httpx.Response) -> None:
    """The cross-references of a PDF lead to its objects."""
    assert response.headers["content-type"] == "application/pdf"
    file = response.content
    assert file.startswith(b"%PDF-1.")
    assert file.endswith(b"%%EOF\n")
    table = int(file.rpartition(b"startxref\n")[2].split()[0])
    assert file[table:].startswith(b"xref\n0 6\n")
    for number, line in enumerate(file[table:].splitlines()[3:8], 1):
        assert file[int(line.split()[0]) :].startswith(b"%d 0 obj" % number)


def test_spaces_point_to_their_own_files(client: httpx.Client) -> None:
    for _, url in pointed_to(client, "/_space/mine/api/checkout"):
        assert "/_space/mine/_mock/media/" in url
        assert client.get(url).status_code == 200


def test_there_is_nothing_at_other_addresses(client: httpx.Client) -> None:
    for name in ("care-nothing.png", "x.pdf", "%2e%2e", "a" * 3000):
        assert client.get(f"/_mock/media/{name}").status_code == 404


def test_browsers_need_no_control_token_for_them() -> None:
    assert "/_mock/media/" in _OPEN_PATHS
