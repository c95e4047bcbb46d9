"""A PIM brings pictures: with a form, by address, for attributes; whoever looks at the shop sees these very pictures."""

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from PIL import Image

from mockcentra.app import serve_spaces
from mockcentra.commerce import pictures
from mockcentra.control import uploads as uploading
from mockcentra.store import Space, Spaces, Store
from mockcentra.store.template import Template
from tests.apis.graphql.catalogue import Made, new_product, price, show, stock
from tests.apis.graphql.conftest import Integration
from tests.erp import Erp, products, sizes, variation
from tests.erp import product as a_product
from tests.pictures import BLUE, RED, drawn, is_color, seen
from tests.shopper import Shopper
from tests.warehouse import Warehouse

SOURCES = "id altText metaDataJSON source { type url mimeType mediaSize { name maxWidth maxHeight } }"


@pytest.fixture
def shopper(client: httpx.Client) -> Shopper:
    return Shopper(client)


def form(pim: Integration) -> tuple[str, str, dict[str, str]]:
    """(UUID, where to send, fields) of a new form."""
    made = pim.change(
        "createMediaUpload",
        "UUID uploadPolicy { attributes { name value } fields { name value } }",
        input={"mediaType": "IMAGE"},
    )
    attributes, fields = (
        {each["name"]: each["value"] for each in made["uploadPolicy"][part]} for part in ("attributes", "fields")
    )
    assert (attributes["method"], attributes["enctype"]) == ("POST", "multipart/form-data")
    return made["UUID"], attributes["action"], fields


def send(pim: Integration, file: bytes, mime_type: str = "image/png") -> tuple[str, httpx.Response]:
    """Sends a file with a new form; the form's UUID and what was answered."""
    uuid, action, fields = form(pim)
    body = {**fields, "Content-Type": mime_type}
    return uuid, pim.client.post(action, data=body, files={"file": ("a file", file, mime_type)})


def complete(pim: Integration, uuid: str, product: Made, **parts: Any) -> dict[str, Any]:
    given = {"UUID": uuid, "name": "Pot, front.png", "format": "PNG", "objectType": "Product", "objectId": product.id}
    return pim.change("completeMediaUpload", f"productMedia {{ {SOURCES} }}", input={**given, **parts})["productMedia"]


def uploaded(pim: Integration, product: Made, file: bytes, **parts: Any) -> dict[str, Any]:
    uuid, sent = send(pim, file)
    assert (sent.status_code, sent.content) == (204, b"")
    return complete(pim, uuid, product, **parts)


def url_of(media: dict[str, Any], size: str = "standard") -> str:
    return next(source["url"] for source in media["source"] if source["mediaSize"]["name"] == size)


def kept(store: Store) -> int:
    """How many files the shop keeps."""
    with store.reading() as tx:
        return tx.value("SELECT COUNT(*) FROM media_files")


def sold(pim: Integration, product: Made) -> dict[str, Any]:
    display = show(pim, product)
    price(pim, product, 100)
    stock(pim, product, 5)
    return display


def in_shop(shopper: Shopper, display: dict[str, Any]) -> list[str]:
    return shopper.ok("GET", f"/products/{display['displayItems'][0]['id']}")["product"]["media"]["standard"]


# ------------------------------------------------------------------ what was sent is what is shown


def test_an_uploaded_picture_is_the_one_that_shoppers_see(
    erp: Integration, shopper: Shopper, client: httpx.Client
) -> None:
    product = new_product(erp)
    display = sold(erp, product)
    file = drawn("PNG", (1000, 500))
    media = uploaded(erp, product, file, altText="A pot")
    assert media["altText"] == "A pot"
    (url,) = in_shop(shopper, display)
    assert url == url_of(media) and "-pot-front.png" in url
    image = seen(client.get(url), "image/png")
    assert image.size == (600, 300) and is_color(image, RED)
    read = 'query ($id: Int!) { display(id: $id) { media { id source(sizeName: "standard") { url mimeType } } } }'
    assert erp.ask(read, id=display["id"])["display"]["media"] == []
    erp.change("updateDisplay", id=display["id"], input={"addProductMedia": [{"productMedia": {"id": media["id"]}}]})
    assert in_shop(shopper, display) == [url]
    (shown,) = erp.ask(read, id=display["id"])["display"]["media"]
    assert shown["source"] == [{"url": url, "mimeType": "image/png"}]
    (size, *_) = product.variants[0]["productSizes"]
    (row,) = Warehouse(client).get("products", sku=size["SKU"])
    assert row["images"] == [url]


def test_every_size_fits_into_its_box_and_nothing_is_enlarged(erp: Integration, client: httpx.Client) -> None:
    file = drawn("PNG", (1000, 500))
    media = uploaded(erp, new_product(erp), file)
    sizes = {}
    for source in media["source"]:
        response = client.get(source["url"])
        size = source["mediaSize"]
        image = sizes[size["name"]] = seen(response, source["mimeType"]).size
        assert image[0] <= (size["maxWidth"] or 1000) and image[1] <= (size["maxHeight"] or 500)
    assert sizes == {
        "mini": (75, 38), "thumb": (150, 75), "small": (300, 150), "standard": (600, 300), "large": (900, 450),
        "full": (1000, 500), "original": (1000, 500),
    }  # fmt: skip
    for size in ("original", "full"):
        assert client.get(url_of(media, size)).content == file, "what fits is not touched"
    asked = [{"name": each["name"], "maxWidth": each["maxWidth"]} for each in
             erp.ask("{ mediaSizes { name maxWidth } }")["mediaSizes"]]  # fmt: skip
    assert {"name": "original", "maxWidth": None} in asked and {"name": "thumb", "maxWidth": 150} in asked


def test_the_format_says_what_it_is_served_as(erp: Integration, client: httpx.Client) -> None:
    product = new_product(erp)
    see_through = drawn("PNG", (50, 50), (0, 0, 0, 0), "RGBA")
    png = uploaded(erp, product, see_through)
    assert is_color(seen(client.get(url_of(png, "mini")), "image/png"), (0, 0, 0, 0))
    jpg = uploaded(erp, product, see_through, name="cut-out.png", format="JPG")
    assert url_of(jpg).endswith("-cut-out.jpg") and jpg["source"][0]["mimeType"] == "image/jpeg"
    assert is_color(seen(client.get(url_of(jpg)), "image/jpeg"), (255, 255, 255))
    photo = drawn("JPEG", (50, 50), BLUE)
    assert client.get(url_of(uploaded(erp, product, photo, format="JPG"), "original")).content == photo
    moving = drawn("GIF", (40, 30), 0, "P")
    assert seen(client.get(url_of(uploaded(erp, product, moving, format="JPG"))), "image/jpeg").size == (40, 30)


def test_a_photograph_is_turned_as_the_camera_was_held(erp: Integration, client: httpx.Client) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    file = drawn("JPEG", (800, 400), exif=turned)
    media = uploaded(erp, new_product(erp), file, format="JPG")
    assert seen(client.get(url_of(media, "thumb")), "image/jpeg").size == (100, 200)
    assert client.get(url_of(media, "original")).content == file


def test_what_a_camera_wrote_may_be_broken(
    erp: Integration, client: httpx.Client, recwarn: pytest.WarningsRecorder
) -> None:
    file = drawn("JPEG", (800, 400), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x09nonsense")
    media = uploaded(erp, new_product(erp), file, format="JPG")
    answers = [client.get(source["url"]) for source in media["source"]]
    # those of resources come from whatever else is collected meanwhile
    told = [str(each.message) for each in recwarn if not issubclass(each.category, ResourceWarning)]
    assert told == [], "it does not fill the server's log"
    assert all(is_color(seen(answer, "image/jpeg"), RED) for answer in answers)


@pytest.mark.parametrize(
    ("mode", "color", "format"),
    [("L", 128, "PNG"), ("LA", (128, 255), "PNG"), ("P", 3, "PNG"), ("1", 1, "PNG"), ("CMYK", (0, 90, 0, 0), "JPEG"),
     ("I;16", 40_000, "PNG"), ("L", 128, "JPEG"), ("P", 3, "GIF")],
)  # fmt: skip
def test_all_kinds_of_pictures_are_shown(
    erp: Integration, client: httpx.Client, mode: str, color: Any, format: str
) -> None:
    product = new_product(erp)
    file = drawn(format, (700, 700), color, mode)
    for wanted, mime_type in (("PNG", "image/png"), ("JPG", "image/jpeg")):
        media = uploaded(erp, product, file, format=wanted)
        for source in media["source"]:
            seen(client.get(source["url"]), mime_type)
    if mode == "I;16":
        assert is_color(seen(client.get(url_of(media, "small")), "image/jpeg"), (156, 156, 156))


def test_browsers_keep_it_and_ask_again(erp: Integration, client: httpx.Client) -> None:
    url = url_of(uploaded(erp, new_product(erp), drawn()))
    first = client.get(url)
    assert "max-age" in first.headers["cache-control"]
    again = client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.head(url).headers["content-length"] == str(len(first.content))
    for unknown in (url.replace(".png", ".jpg"), url.replace(".png", "-huge.png"), url.replace(".png", "x.png")):
        assert client.get(unknown).status_code == 404


def test_another_picture_never_has_the_address_of_one_before_a_reset(erp: Integration, client: httpx.Client) -> None:
    urls = []
    for color in (RED, BLUE):
        urls.append(url_of(uploaded(erp, new_product(erp), drawn(color=color))))
        client.post("/_mock/reset")
    assert urls[0] != urls[1]


# ------------------------------------------------------------------ whose pictures they are


def test_pictures_belong_to_their_space_and_come_back_with_it(erp: Integration, space: Space) -> None:
    there = Integration(erp.client, path="/_space/kim/graphql")
    product = new_product(there)
    media = uploaded(there, product, drawn())
    url = url_of(media)
    assert "/_space/kim/client/" in url and erp.client.get(url).status_code == 200
    assert erp.client.get(url.replace("/_space/kim", "")).status_code == 404
    assert erp.client.get(url.replace("kim", "lee")).status_code == 404
    assert erp.client.put("/_space/kim/_mock/snapshots/with-picture").status_code == 201
    there.change("deleteProductMedia", id=media["id"])
    assert erp.client.get(url).status_code == 404
    erp.client.post("/_space/kim/_mock/snapshots/with-picture/restore")
    assert is_color(seen(erp.client.get(url), "image/png"), RED)
    pages = erp.client.get("/_space/kim/_mock/store").content
    erp.client.post("/_space/kim/_mock/reset")
    assert erp.client.get(url).status_code == 404
    assert kept(space.store) == 0
    assert erp.client.put("/_space/lee/_mock/store", content=pages).status_code == 200
    assert is_color(seen(erp.client.get(url.replace("kim", "lee")), "image/png"), RED)


def test_a_shop_in_a_file_keeps_its_pictures(
    erp: Integration, shared_app: Flask, template: Template, tmp_path: Path
) -> None:
    serve_spaces(shared_app, Spaces(template, tmp_path / "shop.db"))
    url = url_of(uploaded(erp, new_product(erp), drawn()))
    serve_spaces(shared_app, Spaces(template, tmp_path / "shop.db"))  # as if it had been started again
    assert is_color(seen(erp.client.get(url), "image/png"), RED)
    erp.client.post("/_mock/reset")
    assert erp.client.get(url).status_code == 404


def test_what_nobody_needs_is_forgotten(erp: Integration, store: Store, client: httpx.Client) -> None:
    product = new_product(erp)
    file = drawn()
    one, two = uploaded(erp, product, file), uploaded(erp, product, file)
    other = uploaded(erp, product, drawn(color=BLUE))
    assert kept(store) == 2, "the same bytes are kept once"
    erp.change("deleteProductMedia", id=one["id"])
    assert client.get(url_of(one)).status_code == 404 and client.get(url_of(two)).status_code == 200
    erp.change("removeProductMedia", id=two["id"])
    assert kept(store) == 1
    erp.change("deleteProductMedia", id=other["id"])
    assert kept(store) == 0
    send(erp, file)
    assert kept(store) == 1
    client.post("/_mock/clock/advance", json={"days": 3})
    form(erp)
    assert kept(store) == 0, "an upload that is never completed is dropped after two days"


# ------------------------------------------------------------------ what is not taken


def cut(file: bytes) -> bytes:
    return file[: len(file) * 2 // 3]


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 400 million pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)

    head = (20_000).to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("file", "mime_type", "words"),
    [
        (b"%PDF-1.4", "application/pdf", "Only png, jpg and gif are taken"),
        (drawn("WEBP"), "image/webp", "Only png, jpg and gif are taken"),
        (drawn("WEBP"), "image/png", "The file is no png, jpg or gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "The file is no png, jpg or gif"),
        (b"", "image/png", "The file is empty"),
        (cut(drawn("PNG", (300, 300), mode="L", color=7)), "image/png", "The picture is broken"),
        (cut(drawn("JPEG")), "image/jpeg", "The picture is broken"),
        (bomb(), "image/png", "The picture has more than 50 million pixels"),
        (drawn("GIF", (9000, 9000), 0, "P"), "image/gif",
         "The picture has 9000 x 9000 pixels; 50 million are the most"),
    ],
)  # fmt: skip
def test_what_is_no_good_picture_is_refused_with_the_reason(
    erp: Integration, store: Store, file: bytes, mime_type: str, words: str
) -> None:
    uuid, refused = send(erp, file, mime_type)
    assert (refused.status_code, refused.text) == (400, f"{words}\n")
    assert refused.headers["content-type"].startswith("text/plain")
    assert kept(store) == 0
    (problem,) = erp.refused(
        "completeMediaUpload",
        "productMedia { id }",
        input={"UUID": uuid, "name": "x", "format": "PNG", "objectType": "Product", "objectId": 1},
    )
    assert "UUID" in str(problem["path"])


def test_there_is_an_end_to_what_a_shop_keeps(erp: Integration, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    file = drawn("PNG", (64, 64))
    monkeypatch.setattr(uploading, "MAX_BYTES", len(file) - 1)
    _, refused = send(erp, file)
    assert refused.status_code == 400 and "exceeds the maximum allowed size" in refused.text
    monkeypatch.undo()
    monkeypatch.setattr(pictures, "MAX_KEPT_BYTES", len(file) + 10)
    product = new_product(erp)
    media = uploaded(erp, product, file)
    _, refused = send(erp, drawn("PNG", (64, 64), BLUE))
    assert refused.status_code == 400 and "may take" in refused.text
    uploaded(erp, product, file)  # it takes no more room
    erp.change("deleteProductMedia", id=media["id"])


def test_a_form_is_good_for_one_picture_and_twenty_minutes(erp: Integration, client: httpx.Client) -> None:
    uuid, action, fields = form(erp)
    body = {**fields, "Content-Type": "image/png"}
    product = new_product(erp)

    def post(color: tuple[int, ...] = RED, **changed: str) -> httpx.Response:
        return client.post(action, data={**body, **changed}, files={"file": ("x", drawn(color=color), "image/png")})

    assert post(policy="forged").status_code == 403
    assert post(key="unknown").status_code == 403
    assert client.post(action, content=b"no form").status_code == 400
    sent = post()
    assert sent.status_code == 204 and sent.headers["access-control-allow-origin"] == "*"
    assert post(BLUE).status_code == 204, "until it is completed another one takes its place"
    media = complete(erp, uuid, product)
    assert is_color(seen(client.get(url_of(media)), "image/png"), BLUE)
    assert post().status_code == 403
    uuid, action, fields = form(erp)
    body = {**fields, "Content-Type": "image/png"}
    client.post("/_mock/clock/advance", json={"minutes": 21})
    late = post()
    assert late.status_code == 403 and "expired" in late.text


def test_what_was_uploaded_days_ago_is_gone(erp: Integration, client: httpx.Client) -> None:
    product = new_product(erp)
    uuid, sent = send(erp, drawn())
    assert sent.status_code == 204
    client.post("/_mock/clock/advance", json={"days": 3})
    given = {"UUID": uuid, "name": "x", "format": "PNG", "objectType": "Product", "objectId": product.id}
    assert erp.refused("completeMediaUpload", "productMedia { id }", input=given)


# ------------------------------------------------------------------ by address


def test_a_batch_says_what_stands_behind_its_pictures(erp: Integration, client: httpx.Client) -> None:
    product = new_product(erp)
    wanted = [
        {"productId": product.id, "url": "https://pim.test/pictures/Pot%20f%C3%BCr%20Tee.JPG?size=9", "altText": "Pot"},
        {"productId": product.id, "url": "https://pim.test/1"},
    ]
    queue = erp.change("createMediaBatch", "queueId", input={"productMedia": wanted})["queueId"]
    batch = erp.ask(
        "query ($id: String!) { mediaBatch(queueId: $id)"
        " { status productMedia { productId variantId mediaType url key completed altText } } }",
        id=queue,
    )["mediaBatch"]
    assert batch["status"] == "COMPLETED" and [each["altText"] for each in batch["productMedia"]] == ["Pot", None]
    read = f"query ($id: Int!) {{ product(id: $id) {{ media {{ {SOURCES} }} }} }}"
    first, second = erp.ask(read, id=product.id)["product"]["media"]
    assert "-pot-fuer-tee.jpg" in url_of(first) or "-pot-fur-tee.jpg" in url_of(first)
    assert url_of(second).endswith("-1.jpg")
    for media, given in ((first, wanted[0]), (second, wanted[1])):
        details = json.loads(media["metaDataJSON"])
        original = client.get(url_of(media, "original"))
        assert details == {
            "originalUrl": given["url"],
            "originalSha1": hashlib.sha1(original.content).hexdigest(),
            "originalWidth": 1200,
            "originalHeight": 1600,
        }
        assert seen(original, "image/jpeg").size == (1200, 1600)


def test_an_address_of_this_shop_brings_that_picture(erp: Integration, shopper: Shopper, client: httpx.Client) -> None:
    product = new_product(erp)
    file = drawn("PNG", (320, 200))
    own = uploaded(erp, product, file)
    seeded = shopper.ok("GET", "/products?limit=1")["products"][0]["media"]["standard"][0]
    painted = client.get(seeded).content
    queue = erp.change(
        "createMediaBatch",
        "queueId",
        input={"productMedia": [{"productId": product.id, "url": url} for url in (url_of(own), seeded)]},
    )["queueId"]
    assert queue
    read = f"query ($id: Int!) {{ product(id: $id) {{ media(sort: id_ASC) {{ {SOURCES} }} }} }}"
    _, copy, other = erp.ask(read, id=product.id)["product"]["media"]
    erp.change("deleteProductMedia", id=own["id"])
    assert client.get(url_of(copy, "original")).content == file
    assert json.loads(copy["metaDataJSON"])["originalWidth"] == 320
    assert client.get(url_of(other, "original")).content == painted
    assert json.loads(other["metaDataJSON"])["originalSha1"] == hashlib.sha1(painted).hexdigest()


def test_an_erp_brings_a_picture_of_this_shop_and_replaces_it(
    erp: Integration, client: httpx.Client, store: Store
) -> None:
    soap = Erp(client)
    red, blue = (uploaded(erp, new_product(erp, number=str(color)), drawn(color=color)) for color in (RED, BLUE))
    soap.ok("sizes_Update", sizes())

    def bring(url: str) -> str:
        picture = {"image": {"id": "front", "image": url}}
        soap.ok("products_Update", products(a_product("P9", variation("P9", "Red"), media=picture)))
        read = '{ products(where: {productNumber: {equals: "P9"}}) { media { source(sizeName: "standard") { url } } } }'
        (media,) = erp.ask(read)["products"][0]["media"]
        return media["source"][0]["url"]

    first = bring(url_of(red, "original"))
    assert is_color(seen(client.get(first), "image/png"), RED)
    assert bring(url_of(red, "original")) == first
    second = bring(url_of(blue, "original"))
    assert is_color(seen(client.get(second), "image/png"), BLUE)
    assert client.get(first).status_code == 404, "browsers keep pictures by their addresses"
    third = bring("https://dam.test/front.jpg")
    assert seen(client.get(third), "image/jpeg").size == (600, 800)
    assert kept(store) == 2


def test_a_batch_with_a_mistake_brings_nothing(erp: Integration, store: Store) -> None:
    product = new_product(erp)
    good = {"productId": product.id, "url": "https://pim.test/1.jpg"}
    for broken, path in (
        ({"metaDataJSON": ""}, "metaDataJSON"),
        ({"metaDataJSON": '"text"'}, "metaDataJSON"),
        ({"url": "https://"}, "url"),
        ({"url": "data:image/png;base64,AAAA"}, "url"),
        ({"variantId": 999_999}, "variantId"),
    ):
        problems = erp.refused("createMediaBatch", "queueId", input={"productMedia": [good, {**good, **broken}]})
        assert [problem["path"] for problem in problems] == [["input", "productMedia", "1", path]]
    assert erp.refused("createMediaBatch", "queueId", input={"productMedia": []})
    assert erp.refused("createMediaBatch", "queueId", input={"productMedia": [good] * 101})
    assert erp.ask("query ($id: Int!) { product(id: $id) { media { id } } }", id=product.id)["product"]["media"] == []
    with store.reading() as tx:
        assert tx.value("SELECT COUNT(*) FROM media_batches") == 0


# ------------------------------------------------------------------ order, texts and attributes of pictures


def test_pictures_are_ordered_and_taken_off_a_display(erp: Integration, shopper: Shopper) -> None:
    product = new_product(erp)
    display = sold(erp, product)
    ids = [uploaded(erp, product, drawn(color=(shade, 0, 0)))["id"] for shade in (10, 120, 230)]
    read = "display { media { id } }"

    def order(**change: Any) -> list[int]:
        payload = erp.change("updateDisplay", read, id=display["id"], input=change)
        return [each["id"] for each in payload["display"]["media"]]

    one, two, three = ids
    assert order() == []
    assert order(addProductMedia=[{"productMedia": {"id": each}} for each in ids]) == ids
    put_first = {"productMedia": {"id": three}, "before": {"id": one}}
    assert order(addProductMedia=[put_first], removeProductMedia=[{"id": two}]) == [three, one]
    assert [url.rpartition("/")[2].partition("_")[0] for url in in_shop(shopper, display)] == [str(three), str(one)]
    assert order(addProductMedia=[{"productMedia": {"id": two}}]) == [three, one, two]
    stranger = uploaded(erp, new_product(erp, number="POT"), drawn())["id"]
    assert erp.refused(
        "updateDisplay", id=display["id"], input={"addProductMedia": [{"productMedia": {"id": stranger}}]}
    )


def test_pictures_of_one_variant_show_with_that_variant(erp: Integration, shopper: Shopper) -> None:
    product = new_product(erp, "White", "Blue")
    display = sold(erp, product)
    blue = product.variants[1]["id"]
    of_blue = uploaded(erp, product, drawn(), objectType="ProductVariant", objectId=blue)
    of_all = uploaded(erp, product, drawn(color=BLUE))
    shown = [
        shopper.ok("GET", f"/products/{item['id']}")["product"]["media"]["standard"] for item in display["displayItems"]
    ]
    assert shown == [[url_of(of_all)], [url_of(of_blue), url_of(of_all)]]
    read = "query ($id: Int!) { productVariant(id: $id) { media { id product { id } productVariant { id } } } }"
    assert erp.ask(read, id=blue)["productVariant"]["media"] == [
        {"id": of_blue["id"], "product": {"id": product.id}, "productVariant": {"id": blue}}
    ]


def test_a_picture_has_texts_in_other_languages_and_attributes(erp: Integration, shopper: Shopper) -> None:
    product = new_product(erp)
    display = sold(erp, product)
    media = uploaded(erp, product, drawn(), altText="A pot")
    language = erp.ask("{ languages { id languageCode } }")["languages"]
    swedish = next(each["id"] for each in language if each["languageCode"] == "sv")
    erp.change(
        "setTranslations",
        input={
            "objectType": "ProductMedia", "objectId": media["id"], "language": {"id": swedish},
            "translations": [{"field": "altText", "value": "En kanna"}],
        },
    )  # fmt: skip
    erp.change(
        "assignAttributes",
        input={
            "objectType": "ProductMedia", "objectId": media["id"],
            "dynamicAttributes": [{
                "attributeTypeName": "media_alt", "attributeElementKey": "text", "attributeElementValue": "From above",
            }],
        },
    )  # fmt: skip
    read = """query ($id: Int!) { product(id: $id) { media { altText
        attributes { type { name } elements { ... on AttributeStringElement { value } } }
        translations { language { id } fields { field value } } } } }"""
    (found,) = erp.ask(read, id=product.id)["product"]["media"]
    assert found["attributes"] == [{"type": {"name": "media_alt"}, "elements": [{"value": "From above"}]}]
    texts = {each["language"]["id"]: each["fields"] for each in found["translations"]}
    assert texts[swedish] == [{"field": "altText", "value": "En kanna"}]
    (item,) = display["displayItems"]
    (shown,) = shopper.ok("GET", f"/products/{item['id']}")["product"]["mediaObjects"]
    assert shown["attributes"] == {"media_alt": "From above"}


def test_bringing_pictures_needs_the_permission(erp: Integration) -> None:
    reader = erp.with_token("ProductMedia:read", "Product:read")
    for document in (
        "mutation { createMediaUpload(input: {mediaType: IMAGE}) { UUID userErrors { message } } }",
        "mutation { createMediaBatch(input: {productMedia: []}) { queueId userErrors { message } } }",
        "mutation { deleteProductMedia(id: 1) { userErrors { message } } }",
    ):
        assert "ProductMedia:write" in json.dumps(reader.body(document))


# ------------------------------------------------------------------ pictures of attributes


def test_an_attribute_shows_a_picture_of_the_shop_even_when_the_product_loses_it(
    erp: Integration, shopper: Shopper, client: httpx.Client, store: Store
) -> None:
    product = new_product(erp)
    display = sold(erp, product)
    file = drawn("PNG", (32, 16))
    media = uploaded(erp, product, file)
    shown = "attribute { id elements { key ... on AttributeImageElement { url width height mimeType } ... on AttributeFileElement { url } } }"
    made = erp.change(
        "createAttribute",
        shown,
        input={
            "attributeTypeName": "pr_care", "name": "Pots",
            "stringElements": [{"key": "text", "value": "By hand"}],
            "imageElements": [{"key": "icon", "url": url_of(media, "original")}],
            "fileElements": [{"key": "sheet", "url": "https://pim.test/pots.pdf"}],
        },
    )["attribute"]  # fmt: skip
    elements = {each["key"]: each for each in made["elements"]}
    icon = elements["icon"]
    assert (icon["width"], icon["height"], icon["mimeType"]) == (32, 16, "image/png")
    assert elements["sheet"]["url"] == "https://pim.test/pots.pdf"
    erp.change(
        "assignAttributes",
        input={
            "objectType": "Product", "objectId": product.id,
            "mappedAttributes": [{"attributeTypeName": "pr_care", "attributeId": made["id"]}],
        },
    )  # fmt: skip
    erp.change("deleteProductMedia", id=media["id"])
    (item,) = display["displayItems"]
    care = shopper.ok("GET", f"/products/{item['id']}")["product"]["pr_care"]
    care = care.get(str(made["id"]), care)
    assert care["icon"] == {
        "type": "image", "url": icon["url"], "width": "32", "height": "16", "mimeType": "image/png",
    }  # fmt: skip
    first = client.get(care["icon"]["url"])
    assert first.content == file and seen(first, "image/png").size == (32, 16)
    assert client.get(icon["url"], headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    again = {
        "attributeTypeName": "pr_care",
        "name": "Pots and pans",
        "imageElements": [{"key": "icon", "url": icon["url"]}],
    }
    same = erp.change("updateAttribute", shown, id=made["id"], input=again)["attribute"]
    assert {each["key"]: each for each in same["elements"]}["icon"] == icon
    gone = {**again, "imageElements": [{"key": "icon", "url": None}]}
    erp.change("updateAttribute", shown, id=made["id"], input=gone)
    assert kept(store) == 0 and client.get(icon["url"]).status_code == 404


def test_writing_an_icon_of_the_demo_shop_back_changes_nothing(erp: Integration, client: httpx.Client) -> None:
    read = """{ mappedAttributes(where: {typeName: {equals: "pr_care"}}) { id name
        elements { key ... on AttributeImageElement { url width mimeType } } } }"""
    before = erp.ask(read)["mappedAttributes"]
    icon = next(each for each in before[0]["elements"] if each["key"] == "icon")
    given = {
        "attributeTypeName": "pr_care",
        "name": before[0]["name"],
        "imageElements": [{"key": "icon", "url": icon["url"]}],
    }
    erp.change("updateAttribute", id=before[0]["id"], input=given)
    assert erp.ask(read)["mappedAttributes"] == before
    assert client.get(icon["url"]).headers["content-type"] == "image/png"


def test_elements_are_given_as_what_they_are(erp: Integration) -> None:
    given = {"attributeTypeName": "pr_care", "name": "x", "imageElements": [{"key": "text", "url": "https://a.test/b"}]}
    (problem,) = erp.refused("createAttribute", input=given)
    assert problem["path"] == ["input", "imageElements", "0", "key"]
