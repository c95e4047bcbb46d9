"""A PIM builds products, and shoppers buy them; it changes what they show, and shoppers see that at once."""

import json
from typing import Any

import httpx
import pytest

from mockcentra.store import Store
from tests.apis.graphql.catalogue import SEK_MARKET, WEBSHOP, Made, new_chart, new_product, price, show, stock
from tests.apis.graphql.conftest import Integration
from tests.pictures import drawn
from tests.shopper import Shopper, payment


@pytest.fixture
def shopper(client: httpx.Client) -> Shopper:
    return Shopper(client)


def paths(problems: list[dict[str, Any]]) -> list[str]:
    return [".".join(problem["path"]) for problem in problems]


def in_shop(shopper: Shopper, display: dict[str, Any], place: int = 0) -> dict[str, Any]:
    return shopper.ok("GET", f"/products/{display['displayItems'][place]['id']}")["product"]


def found(shopper: Shopper, words: str) -> list[str]:
    return [each["name"] for each in shopper.ok("POST", "/products", {"search": words, "limit": 5})["products"]]


# ------------------------------------------------------------------ building


def test_a_product_built_from_nothing_is_for_sale_one_request_later(erp: Integration, shopper: Shopper) -> None:
    brand = erp.change("createBrand", "brand { id }", input={"name": "Hatter & Hare"})["brand"]
    category = erp.change(
        "createCategory",
        "category { id uri }",
        input={"name": "Tea time", "store": {"id": WEBSHOP}, "status": "ACTIVE"},
    )["category"]
    product = new_product(erp, "White", "Blue", brand={"id": brand["id"]})
    assert [size["SKU"] for size in product.variants[1]["productSizes"]] == ["TEAPOT-2-S", "TEAPOT-2-M"]
    assert found(shopper, "teapot") == []
    display = show(
        erp, product, canonicalCategory={"id": category["id"]}, description="It flies", metaTitle="A teapot that flies"
    )
    shown = in_shop(shopper, display)
    assert (shown["name"], shown["available"], shown["priceAsNumber"]) == ("Flying teapot", False, None)
    price(erp, product, 249.5)
    stock(erp, product, 3)
    shown = in_shop(shopper, display)
    assert shown["available"] and shown["priceAsNumber"] == 249.5
    assert shown["brandName"] == "Hatter & Hare" and shown["description"] == "It flies"
    assert shown["categoryUri"] == category["uri"] and shown["metaTitle"] == "A teapot that flies"
    assert [size["name"] for size in shown["items"]] == ["S", "M"]
    assert [each["product"] for each in shown["relatedProducts"]] == [str(display["displayItems"][1]["id"])]
    assert found(shopper, "flying teapot") == ["Flying teapot"]
    listed = shopper.ok("POST", "/products", {"brands": [brand["id"]]})
    assert listed["productCount"] == 1
    shopper.ok("POST", f"/items/{shown['items'][0]['item']}/quantity/2")
    done = shopper.ok("POST", "/payment", payment())
    assert done["action"] == "success" and done["order"]["items"][0]["product"]["name"] == "Flying teapot"
    totals = erp.ask(
        "query ($id: Int!) { product(id: $id) { variants { productSizes { stockTotals { allocatedQuantity"
        " unshippedQuantity physicalQuantity freeToAllocateQuantity demandQuantity } } } } }",
        id=product.id,
    )["product"]["variants"][0]["productSizes"][0]["stockTotals"]
    assert totals == {
        "allocatedQuantity": 2, "unshippedQuantity": 2, "physicalQuantity": 3, "freeToAllocateQuantity": 1,
        "demandQuantity": 0,
    }  # fmt: skip


def test_what_a_pim_changes_shows_at_once(erp: Integration, shopper: Shopper) -> None:
    product = new_product(erp, "White", "Blue")
    display = show(erp, product)
    price(erp, product, 100)
    stock(erp, product, 1)
    assert found(shopper, "teapot") == ["Flying teapot"]
    item = display["displayItems"][1]["id"]

    def update(**parts: Any) -> dict[str, Any]:
        selection = "display { uri name displayItems { id } markets { id } tags }"
        return erp.change("updateDisplay", selection, id=display["id"], input=parts)["display"]

    update(name="Swimming samovar", tags=["hot", "new", "hot"])
    assert found(shopper, "teapot samovar") == found(shopper, "samovar") == ["Swimming samovar"]
    assert update(uri="")["uri"] == "swimming-samovar"
    assert shopper.ok("POST", "/uri", {"uri": "swimming-samovar", "for": ["product"]})["found"] == "product"
    left = update(removeProductVariants=[{"id": product.variants[1]["id"]}])["displayItems"]
    assert [each["id"] for each in left] == [display["displayItems"][0]["id"]]
    shopper.refused("GET", f"/products/{item}")
    again = update(addProductVariants=[{"productVariant": {"id": product.variants[1]["id"]}}])["displayItems"]
    assert again[1]["id"] > item
    assert shopper.ok("GET", f"/products/{again[1]['id']}")["product"]["priceAsNumber"] == 100
    update(removeMarkets=[{"id": SEK_MARKET}])
    assert found(shopper, "samovar") == []
    update(addMarkets=[{"id": SEK_MARKET}])
    assert found(shopper, "samovar") == ["Swimming samovar"]
    erp.change("updateProductVariant", id=product.variants[0]["id"], input={"status": "INACTIVE"})
    erp.change("updateProductVariant", id=product.variants[1]["id"], input={"status": "INACTIVE"})
    assert found(shopper, "samovar") == []
    erp.change("updateProductVariant", id=product.variants[1]["id"], input={"status": "ACTIVE", "name": "Teal"})
    assert found(shopper, "teal") == ["Swimming samovar"]


def test_variants_before_others_come_first(erp: Integration) -> None:
    product = new_product(erp, "White", "Blue", "Red")
    white, blue, red = ({"id": variant["id"]} for variant in product.variants)
    display = show(erp, product, addProductVariants=[{"productVariant": white}, {"productVariant": blue}])
    added = [{"productVariant": red, "before": white}]
    changed = erp.change(
        "updateDisplay",
        "display { productVariants { id } }",
        id=display["id"],
        input={"addProductVariants": added},
    )
    assert len(changed["display"]["productVariants"]) == 3
    items = erp.ask(
        "query ($id: [Int!]) { displayItems(where: {displayId: $id}, sort: [customOrder_ASC]) { productVariant { id } } }",
        id=[display["id"]],
    )["displayItems"]
    assert [item["productVariant"] for item in items] == [red, white, blue]


def test_a_place_before_what_is_not_there_is_the_end(erp: Integration) -> None:
    product = new_product(erp, "White", "Blue")
    white, blue = ({"id": variant["id"]} for variant in product.variants)
    display = show(erp, product, addProductVariants=[{"productVariant": white}])
    added = [{"productVariant": blue, "before": {"id": 1}}]
    changed = erp.change(
        "updateDisplay",
        "display { displayItems { productVariant { id } } }",
        id=display["id"],
        input={"addProductVariants": added},
    )
    assert [each["productVariant"] for each in changed["display"]["displayItems"]] == [white, blue]
    assert paths(changed["userWarnings"]) == ["input.addProductVariants.0.before"]


def test_a_variant_may_wait_for_its_size_chart(erp: Integration, shopper: Shopper) -> None:
    product = new_product(erp, "White")
    given = {"product": {"id": product.id}, "name": "Bare", "status": "ACTIVE"}
    variant = erp.change(
        "createProductVariant", "productVariant { id sizeChart { id } productSizes { id } }", input=given
    )
    bare = variant["productVariant"]
    assert bare["sizeChart"] is None and bare["productSizes"] == []
    display = show(erp, Made(product.id, product.chart, [bare]))
    assert in_shop(shopper, display)["items"] == []
    size = {"productVariant": {"id": bare["id"]}, "size": {"name": "S"}}
    assert paths(erp.refused("createProductSize", input=size)) == ["input.size"]
    chart = {"sizeChart": {"id": product.chart["id"]}}
    erp.change("updateProductVariant", id=bare["id"], input=chart)
    made = erp.change("createProductSize", "productSize { id size { name } isActive }", input=size)["productSize"]
    assert made["size"]["name"] == "S" and made["isActive"]
    assert paths(erp.refused("createProductSize", input=size)) == ["input.size"]
    other = new_chart(erp, "XL", name="Other")
    refused = erp.refused("updateProductVariant", id=bare["id"], input={"sizeChart": {"id": other["id"]}})
    assert paths(refused) == ["input.sizeChart"]


def test_numbers_of_sizes(erp: Integration) -> None:
    product = new_product(erp)
    first, second = product.variants[0]["productSizes"]
    selection = "productSize { EAN GTIN UPC sizeNumber SKU comment preorder isActive updatedAt shippingSpecifications { weight { value } } }"
    given = {
        "gtin": "7350000000017", "UPC": "123", "sizeNumber": "9", "comment": "fragile", "preorder": True,
        "isActive": False, "shippingSpecifications": {"weight": {"value": 0.25, "unit": "KILOGRAMS"}},
    }  # fmt: skip
    changed = erp.change("updateProductSize", selection, id=first["id"], input=given)["productSize"]
    assert changed["EAN"] == changed["GTIN"] == "7350000000017" and changed["SKU"] == "TEAPOT-1-9"
    assert changed["preorder"] and not changed["isActive"] and changed["comment"] == "fragile"
    assert changed["shippingSpecifications"] == {"weight": {"value": 0.25}}
    taken = erp.refused("updateProductSize", id=second["id"], input={"EAN": "7350000000017"})
    assert paths(taken) == ["input.EAN"]
    both = erp.refused("updateProductSize", id=second["id"], input={"EAN": "1", "gtin": "2"})
    assert paths(both) == ["input.gtin"]
    data = erp.ask(
        """{ a: productSizes(where: {EAN: {equals: "7350000000017"}}) { id }
             b: productSizes(where: {SKU: {equals: "teapot-1-9"}}) { id }
             c: productSizes(where: {SKU: {startsWith: "TEAPOT-1"}, isActive: true}) { id }
             d: productSizeConnection(where: {SKU: {contains: "TEAPOT"}}, first: 1) { totalCount edges { node { id } } } }"""
    )
    assert data["a"] == data["b"] == [{"id": first["id"]}] and data["c"] == [{"id": second["id"]}]
    assert data["d"] == {"totalCount": 2, "edges": [{"node": {"id": first["id"]}}]}


# ------------------------------------------------------------------ errors


def test_errors_name_what_is_wrong_and_nothing_is_written(erp: Integration, store: Store) -> None:
    product, other = new_product(erp, "White"), new_product(erp, "Black", number="OTHER")
    before = store.connection.total_changes
    refused = erp.refused(
        "createProduct",
        "product { id }",
        input={
            "name": " ",
            "status": "ACTIVE",
            "productNumber": "X",
            "brand": {"id": 987654},
            "countryOfOrigin": {"id": 1, "code": "SE"},
            "weight": {"value": -1, "unit": "GRAMS"},
            "addProductVariants": [
                {"name": "One", "status": "ACTIVE", "sizeChart": {"id": product.chart["id"]}, "productSizes": [
                    {"size": {"name": "S"}}, {"size": {"name": "none"}}, {"size": {"id": 1, "name": "S"}},
                ]},
                {"name": "One", "status": "ACTIVE", "unitCost": {"value": 1, "currencyIsoCode": "XXX"}},
            ],
        },
    )  # fmt: skip
    variants = "input.addProductVariants"
    assert paths(refused) == [
        "input.name", "input.brand.id", "input.countryOfOrigin", "input.weight.value",
        f"{variants}.0.productSizes.1.size.name", f"{variants}.0.productSizes.2.size",
        f"{variants}.1.unitCost.currencyIsoCode", f"{variants}.1.name",
    ]  # fmt: skip
    assert refused[1]["message"] == "Could not find Brand with ID 987654"
    refused = erp.refused(
        "createDisplay",
        "display { id }",
        input={
            "store": {"id": 1}, "product": {"id": product.id}, "name": "X", "status": "CANCELLED", "uri": "a/b",
            "minimumOrderQuantity": 0,
            "addMarkets": [{"id": 1}, {"id": 99}], "addCategories": [{"id": 99999}],
            "addProductVariants": [{"productVariant": {"id": other.variants[0]["id"]}}],
            "addProductMedia": [{"productMedia": {"id": 1}}],
        },
    )  # fmt: skip
    assert paths(refused) == [
        "input.status", "input.minimumOrderQuantity", "input.uri", "input.addMarkets.1.id", "input.addCategories.0.id",
        "input.addProductVariants.0.productVariant", "input.addProductMedia.0.productMedia",
    ]  # fmt: skip
    assert store.connection.total_changes == before
    assert erp.ask('{ products(where: {productNumber: {equals: "X"}}) { id } }')["products"] == []
    missing = erp.refused("updateProduct", "product { id }", id=99999, input={"name": "Y"})
    assert missing == [{"message": "Could not find Product with ID 99999", "path": ["id"]}]


def test_weights_measurements_and_doubtful_numbers(erp: Integration, shopper: Shopper) -> None:
    product = new_product(erp, "White", number="DOUBLE")
    display = show(erp, product)
    made = erp.change(
        "createProduct", "product { id }", input={"name": "Copy", "status": "ACTIVE", "productNumber": "DOUBLE"}
    )
    assert paths(made["userWarnings"]) == ["input.productNumber"]
    chart = erp.change(
        "createMeasurementChart",
        "measurementChart { id }",
        input={"name": "Pots", "horizontalLabels": ["S", "M"], "verticalLabels": ["Height"], "values": [
            {"horizontalLabel": "S", "verticalLabel": "Height", "value": "10"}]},
    )["measurementChart"]  # fmt: skip
    table = "product { measurementTable { chart { id } inherited contentJSON values } }"
    own = [{"horizontalLabel": "M", "verticalLabel": "Height", "value": "14"}]
    given = {"measurementTable": {"measurementChart": {"id": chart["id"]}}}
    erp.change("updateProduct", table, id=product.id, input=given)
    shown = erp.change("updateProduct", table, id=product.id, input={"measurementTable": {"values": own}})["product"]
    assert json.loads(shown["measurementTable"]["contentJSON"]) == {"Height": {"S": "10", "M": "14"}}
    in_the_shop = in_shop(shopper, display)["measurementChart"]
    assert [cell["content"] for cell in in_the_shop["contents"]] == ["10", "14"]
    wrong = [{"horizontalLabel": "XXL", "verticalLabel": "Height", "value": "14"}]
    refused = erp.refused("updateProduct", id=product.id, input={"measurementTable": {"values": wrong}})
    assert paths(refused) == ["input.measurementTable.values.0.horizontalLabel"]
    cleared = erp.change(
        "updateProduct", table, id=product.id, input={"measurementTable": {"measurementChart": {"id": None}}}
    )
    assert cleared["product"]["measurementTable"] is None


# ------------------------------------------------------------------ media


def test_dimensions_are_those_of_the_size_else_of_the_variant(erp: Integration) -> None:
    product = new_product(erp, labels=("S",))
    variant, size = product.variants[0]["id"], product.variants[0]["productSizes"][0]["id"]

    def shown(part: str = "") -> dict[str, Any] | None:
        (found,) = erp.ask(
            f"""query ($id: [Int!]) {{ productSizes(where: {{id: $id}}) {{ shippingSpecifications {{
                  dimensions{part} {{ length width height unit }} }} }} }}""",
            id=[size],
        )["productSizes"]
        return found["shippingSpecifications"]["dimensions"]

    whole = {"length": 30, "width": 20.5, "height": 4, "unit": "CENTIMETERS"}
    settings = {"dimensions": {"overridden": False, "dimensions": whole}}
    erp.change("updateProductVariant", id=variant, input={"shippingSpecificationSettings": settings})
    assert shown() is None
    erp.change(
        "updateProductVariant",
        id=variant,
        input={"shippingSpecificationSettings": {"dimensions": {"overridden": True}}},
    )
    assert shown() == whole
    own = {"dimensions": {"length": 9, "unit": "INCHES"}}
    erp.change("updateProductSize", id=size, input={"shippingSpecifications": own})
    assert shown() is None
    assert shown("(includePartial: true)") == {"length": 9, "width": None, "height": None, "unit": "INCHES"}


@pytest.mark.parametrize(
    ("mutation", "arguments", "path"),
    [
        ("updateSizeChartLabels", {"id": 1, "input": {"horizontalLabels": [{"oldValue": "S", "newValue": " "}]}}, "input.horizontalLabels.0.newValue"),
        ("updatePricelist", {"id": 7, "input": {"defaultShippingOption": {"id": 1}}}, "input.defaultShippingOption"),
        ("updateWarehouse", {"id": 1, "input": {"status": "CANCELLED"}}, "input.status"),
        (
            "createProductVariant",
            {"input": {"name": "White", "status": "ACTIVE", "product": {"productNumber": "TWINS"}}},
            "input.name",
        ),
        ("updateDisplay", {"id": 1, "input": {"addMarkets": [{"id": 1}, {"id": 7}]}}, "input.addMarkets.1"),
        ("updateCampaign", {"id": 1, "input": {"addMarkets": [{"id": 1}, {"id": 7}]}}, "input.addMarkets.1"),
        ("updateCollection", {"id": 1, "input": {"status": "CANCELLED"}}, "input.status"),
        ("createSupplier", {"input": {"currencyIsoCode": "SEK", "status": "ACTIVE", "address": {"supplierName": "Fiação do Ave"}}}, "input.address.supplierName"),
    ],
)  # fmt: skip
def test_what_the_catalogue_cannot_be(erp: Integration, mutation: str, arguments: dict[str, Any], path: str) -> None:
    new_product(erp, "White", number="TWINS")
    assert paths(erp.refused(mutation, **arguments)) == [path]


def test_pictures_by_address_and_their_order(erp: Integration, shopper: Shopper, client: httpx.Client) -> None:
    product = new_product(erp, "White", "Blue")
    white, _ = (variant["id"] for variant in product.variants)
    display = show(erp, product)
    queue = erp.change(
        "createMediaBatch",
        "queueId",
        input={"productMedia": [
            {"productId": product.id, "url": "https://pictures.test/teapot.jpg", "metaDataJSON": '{"by": ["me"]}'},
            {"productId": product.id, "variantId": white, "url": "https://pictures.test/white.jpg", "altText": "White"},
        ]},
    )["queueId"]  # fmt: skip
    batch = erp.ask(
        "query ($id: String!) { mediaBatch(queueId: $id) { status productMedia { url completed } } }", id=queue
    )
    assert batch["mediaBatch"]["status"] == "COMPLETED" and len(batch["mediaBatch"]["productMedia"]) == 2
    assert erp.ask('{ mediaBatch(queueId: "no") { status } }')["mediaBatch"] is None
    read = 'query ($id: Int!) { display(id: $id) { media { id altText productVariant { id } metaDataJSON source(sizeName: ["full"]) { url } } } }'
    assert erp.ask(read, id=display["id"])["display"]["media"] == []
    brought = erp.ask("query ($id: Int!) { product(id: $id) { media { id } } }", id=product.id)["product"]["media"]
    added = [{"productMedia": {"id": each["id"]}} for each in brought]
    erp.change("updateDisplay", id=display["id"], input={"addProductMedia": added})
    whole, own = erp.ask(read, id=display["id"])["display"]["media"]
    assert own["altText"] == "White" and own["productVariant"] == {"id": white} and whole["productVariant"] is None
    details = json.loads(whole["metaDataJSON"])
    assert details["by"] == ["me"] and details["originalUrl"] == "https://pictures.test/teapot.jpg"
    assert client.get(whole["source"][0]["url"]).headers["content-type"] == "image/jpeg"
    order = [{"productMedia": {"id": own["id"]}, "before": {"id": whole["id"]}}]
    moved = erp.change("updateDisplay", "display { media { id } }", id=display["id"], input={"addProductMedia": order})[
        "display"
    ]["media"]
    assert [each["id"] for each in moved] == [own["id"], whole["id"]]
    shown = in_shop(shopper, display)["media"]["standard"]
    assert [f"/{own['id']}_" in shown[0], f"/{whole['id']}_" in shown[1]] == [True, True]
    erp.change("deleteProductMedia", id=own["id"])
    assert len(in_shop(shopper, display)["media"]["standard"]) == 1
    assert len(erp.ask(read, id=display["id"])["display"]["media"]) == 1


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"url": "ftp://x/y.jpg"}, "url"),
        ({"url": "no address"}, "url"),
        ({"productId": 99999}, "productId"),
        ({"variantId": 1}, "variantId"),
        ({"metaDataJSON": "[1]"}, "metaDataJSON"),
        ({"metaDataJSON": "{"}, "metaDataJSON"),
        ({"mediaType": "VIDEO"}, "mediaType"),
    ],
)
def test_what_no_batch_of_pictures_takes(erp: Integration, part: dict[str, Any], path: str) -> None:
    product = new_product(erp)
    good = {"productId": product.id, "url": "https://pictures.test/a.jpg"}
    refused = erp.refused("createMediaBatch", "queueId", input={"productMedia": [good, {**good, **part}]})
    assert f"input.productMedia.1.{path}" in paths(refused)
    read = "query ($id: Int!) { product(id: $id) { media { id } } }"
    assert erp.ask(read, id=product.id)["product"]["media"] == []


def test_a_picture_sent_with_a_form(erp: Integration, client: httpx.Client) -> None:
    product = new_product(erp)
    form = erp.change(
        "createMediaUpload",
        "UUID uploadPolicy { attributes { name value } fields { name value } }",
        input={"mediaType": "IMAGE"},
    )
    finish = {
        "UUID": form["UUID"], "name": "pot.png", "format": "PNG", "objectType": "ProductVariant",
        "objectId": product.variants[0]["id"], "altText": "A pot",
    }  # fmt: skip
    assert erp.refused("completeMediaUpload", "productMedia { id }", input=finish)
    action = {entry["name"]: entry["value"] for entry in form["uploadPolicy"]["attributes"]}["action"]
    fields = {entry["name"]: entry["value"] for entry in form["uploadPolicy"]["fields"]}
    file = {"file": ("pot.png", drawn("PNG"), "image/png")}
    assert client.post(action, data={**fields, "policy": "forged"}, files=file).status_code == 403
    assert client.post(action, data={**fields, "Content-Type": "application/pdf"}, files=file).status_code == 400
    assert client.post(action, data=fields).status_code == 400
    sent = client.post(action, data={**fields, "Content-Type": "image/png"}, files=file)
    assert sent.status_code == 204, sent.text
    media = erp.change(
        "completeMediaUpload", "productMedia { altText productVariant { id } product { id } }", input=finish
    )["productMedia"]
    assert media == {
        "altText": "A pot", "productVariant": {"id": product.variants[0]["id"]}, "product": {"id": product.id},
    }  # fmt: skip
    assert erp.refused("completeMediaUpload", "productMedia { id }", input=finish)


# ------------------------------------------------------------------ relations, languages, external ids


def test_displays_are_related_in_one_direction(erp: Integration, shopper: Shopper) -> None:
    first, second = (show(erp, new_product(erp, number=number), uri=number) for number in ("a", "b"))
    pair = {"sourceDisplay": {"id": first["id"]}, "targetDisplay": {"uri": "b"}}
    related = "display { id related { type targetDisplay { id } } }"
    made = erp.change("addDisplayRelation", related, input={**pair, "type": "standard"})["display"]
    assert [each["targetDisplay"]["id"] for each in made["related"]] == [second["id"]]
    assert paths(erp.refused("addDisplayRelation", input={**pair, "type": "nothing"})) == ["input.type"]
    itself = {"sourceDisplay": {"id": first["id"]}, "targetDisplay": {"id": first["id"]}, "type": "standard"}
    assert paths(erp.refused("addDisplayRelation", input=itself)) == ["input.targetDisplay"]
    shown = in_shop(shopper, first)["relatedProducts"]
    assert [each["product"] for each in shown] == [str(second["displayItems"][0]["id"])]
    assert in_shop(shopper, second)["relatedProducts"] == []
    assert erp.change("removeDisplayRelation", related, input=pair)["display"]["related"] == []


def test_a_display_in_another_language(erp: Integration, shopper: Shopper) -> None:
    product = new_product(erp)
    display = show(erp, product)
    german = erp.ask("{ languages { id code } }")["languages"]
    language = next(each["id"] for each in german if each["code"] == "de")
    texts = [{"field": "name", "value": "Fliegende Kanne"}, {"field": "uri", "value": "kanne"}]
    erp.change(
        "setTranslations",
        "object { translations { fields { field value } } }",
        input={"objectType": "Display", "objectId": display["id"], "language": {"id": language}, "translations": texts},
    )
    shopper.ok("PUT", "/languages/de")
    assert in_shop(shopper, display)["name"] == "Fliegende Kanne"
    assert found(shopper, "fliegende") == ["Fliegende Kanne"]


def test_a_shared_attribute_value_in_another_language(erp: Integration, shopper: Shopper) -> None:
    product = new_product(erp, "White")
    display = show(erp, product)
    linked = [{"attributeTypeName": "pr_materials", "attributeId": 61}]
    erp.change("updateProduct", id=product.id, input={"assignMappedAttributes": linked})
    shopper.ok("PUT", "/languages/sv")
    before = json.dumps(in_shop(shopper, display)["pr_materials"])
    given = {
        "objectType": "MappedAttribute", "objectId": 61, "language": {"code": "sv"},
        "translations": [{"field": "text", "value": "Ull från Öland"}],
    }  # fmt: skip
    selection = """object { ... on MappedAttribute { id translations(where: {languageCode: ["sv"]}) { fields { field value } } } }"""
    done = erp.change("setTranslations", selection, input=given)["object"]
    assert done == {"id": 61, "translations": [{"fields": [{"field": "text", "value": "Ull från Öland"}]}]}
    after = json.dumps(in_shop(shopper, display)["pr_materials"], ensure_ascii=False)
    assert after != before and "Ull från Öland" in after
    wrong = {**given, "translations": [{"field": "nothing", "value": "x"}]}
    assert paths(erp.refused("setTranslations", input=wrong)) == ["input.translations.0.field"]
    assert paths(erp.refused("setTranslations", input={**given, "objectId": 9999})) == ["input.objectId"]
    fields = {
        row["objectType"]: row["fields"]
        for row in erp.ask("{ translatableFields { objectType fields } }")["translatableFields"]
    }
    assert "text" in fields["MappedAttribute"]


def test_external_ids_name_products_and_variants(erp: Integration) -> None:
    product = new_product(erp, "White", externalId="pot-1")
    assert erp.ask('{ product(externalId: "pot-1") { id } }')["product"] == {"id": product.id}
    given = {"product": {"externalId": "pot-1"}, "name": "Green", "status": "ACTIVE", "externalId": "pot-1-green"}
    made = erp.change("createProductVariant", "productVariant { id externalId product { id } }", input=given)
    assert made["productVariant"]["product"] == {"id": product.id}
    found = erp.ask('{ productVariants(where: {externalId: ["pot-1-green"]}) { id externalId } }')["productVariants"]
    assert [each["externalId"] for each in found] == ["pot-1-green"]


def test_attributes_of_products_are_filters_of_the_shop(erp: Integration, shopper: Shopper) -> None:
    entries = erp.ask("{ mappedAttributes(limit: 200) { id objectType type { name } } }")["mappedAttributes"]
    entry = next(each for each in entries if each["objectType"] == "Product")
    chosen = {"attributeTypeName": entry["type"]["name"], "attributeId": entry["id"]}
    product = new_product(erp, "White", assignMappedAttributes=[chosen])
    display = show(erp, product)
    shown = in_shop(shopper, display)
    assert shown[entry["type"]["name"]]
    before = shown["modifiedAt"]
    erp.change("updateProduct", id=product.id, input={"unassignMappedAttributes": [chosen]})
    assert entry["type"]["name"] not in in_shop(shopper, display)
    assert before


# ------------------------------------------------------------------ bundles


def test_a_bundle_has_what_its_parts_allow_before_anybody_shows_it(erp: Integration) -> None:
    pots, cups, mugs = (new_product(erp, colour, number=colour) for colour in ("White", "Blue", "Red"))
    stock(erp, pots, 5)
    stock(erp, cups, 3)
    stock(erp, mugs, 9)
    variant_of = {product.id: {"id": product.variants[0]["id"]} for product in (pots, cups, mugs)}
    given = {
        "product": {"name": "Tea set", "status": "ACTIVE", "productNumber": "SET"}, "priceType": "STATIC",
        "sizeChart": {"id": pots.chart["id"]}, "sizes": [{"name": "S"}],
        "addBundleSections": [
            {"quantity": 1, "productVariants": [variant_of[pots.id]]},
            {"quantity": 2, "productVariants": [variant_of[cups.id], variant_of[mugs.id]]},
        ],
    }  # fmt: skip
    sizes = "bundle { product { variants { productSizes { stockTotals { freeToAllocateQuantity } } } } }"
    for kind, sets in (("FIXED", 4), ("FLEXIBLE", 10)):
        bundle = erp.change("createBundle", sizes, input={**given, "type": kind})["bundle"]
        (size,) = bundle["product"]["variants"][0]["productSizes"]
        assert size["stockTotals"] == {"freeToAllocateQuantity": sets}, kind


def test_a_fixed_bundle_takes_the_best_variant_of_a_section(erp: Integration, shopper: Shopper) -> None:
    pots, cups, mugs = (new_product(erp, colour, number=colour) for colour in ("White", "Blue", "Red"))
    for product, pieces in ((pots, 5), (cups, 1), (mugs, 6)):
        show(erp, product)
        price(erp, product, 100)
        stock(erp, product, pieces)
    options = [{"id": cups.variants[0]["id"]}, {"id": mugs.variants[0]["id"]}]
    made = erp.change(
        "createBundle",
        "bundle { id product { id variants { id } } }",
        input={
            "product": {"name": "Tea set", "status": "ACTIVE", "productNumber": "SET"},
            "type": "FIXED", "priceType": "STATIC", "sizeChart": {"id": pots.chart["id"]}, "sizes": [{"name": "S"}],
            "addBundleSections": [
                {"quantity": 1, "productVariants": [{"id": pots.variants[0]["id"]}]},
                {"quantity": 2, "productVariants": options},
            ],
        },
    )["bundle"]  # fmt: skip
    product = Made(made["product"]["id"], pots.chart, made["product"]["variants"])
    display = show(erp, product, name="Tea set")
    price(erp, product, 222)
    ask = (
        "query ($id: Int!) { bundle(id: $id)"
        " { product { variants { productSizes { stockTotals { freeToAllocateQuantity } } } } } }"
    )

    def sets() -> int:
        (size,) = erp.ask(ask, id=made["id"])["bundle"]["product"]["variants"][0]["productSizes"]
        return size["stockTotals"]["freeToAllocateQuantity"]

    assert sets() == 3
    shown = in_shop(shopper, display)
    assert shown["available"]
    shopper.ok("POST", f"/items/{shown['items'][0]['item']}/quantity/3")
    shopper.ok("POST", "payment", payment())
    left = erp.ask(
        "query ($ids: [Int!]) { productVariants(where: {id: $ids}, sort: id_ASC)"
        " { productSizes { stockTotals { freeToAllocateQuantity } } } }",
        ids=[cups.variants[0]["id"], mugs.variants[0]["id"]],
    )["productVariants"]
    free = [variant["productSizes"][0]["stockTotals"]["freeToAllocateQuantity"] for variant in left]
    assert free == [1, 0]
    assert sets() == 0
    assert not in_shop(shopper, display)["available"]


def test_a_bundle_is_sold_in_sets(erp: Integration, shopper: Shopper) -> None:
    pots, cups = new_product(erp, "White", number="POT"), new_product(erp, "Blue", number="CUP")
    for product in (pots, cups):
        show(erp, product)
        price(erp, product, 100)
        stock(erp, product, 5)
    bundle = erp.change(
        "createBundle",
        "bundle { id product { id isBundle variants { id } } sizes { name } sections { id quantity productVariants { id } } }",
        input={
            "product": {"name": "Tea set", "status": "ACTIVE", "productNumber": "SET"},
            "type": "FIXED", "priceType": "STATIC", "sizeChart": {"id": pots.chart["id"]}, "sizes": [{"name": "S"}],
            "addBundleSections": [
                {"quantity": 1, "productVariants": [{"id": pots.variants[0]["id"]}]},
                {"quantity": 2, "productVariants": [{"id": cups.variants[0]["id"]}]},
            ],
        },
    )["bundle"]  # fmt: skip
    assert bundle["product"]["isBundle"] and bundle["sizes"] == [{"name": "S"}]
    product = Made(bundle["product"]["id"], pots.chart, bundle["product"]["variants"])
    display = show(erp, product, name="Tea set")
    price(erp, product, 222)
    shown = in_shop(shopper, display)
    assert shown["available"] and shown["priceAsNumber"] == 222 and shown["bundleInfo"]["type"] == "fixed"
    totals = erp.ask(
        "query ($id: Int!) { bundle(id: $id) { product { variants { productSizes { stockTotals { physicalQuantity } } } }"
        " prices { price { value } } } }",
        id=bundle["id"],
    )["bundle"]
    assert totals["product"]["variants"][0]["productSizes"] == [{"stockTotals": {"physicalQuantity": 2}}]
    assert totals["prices"][0]["price"]["value"] == 222
    shopper.ok("POST", f"/items/{shown['items'][0]['item']}/quantity/2")
    section = bundle["sections"][1]["id"]
    changed = erp.change(
        "updateBundle",
        "bundle { priceType sections { quantity } prices { price { value } } }",
        id=bundle["id"],
        input={"priceType": "DYNAMIC", "updateBundleSections": [{"id": section, "quantity": 3}]},
    )["bundle"]
    assert changed == {
        "priceType": "DYNAMIC", "sections": [{"quantity": 1}, {"quantity": 3}], "prices": [{"price": {"value": 400}}],
    }  # fmt: skip
    assert in_shop(shopper, display)["priceAsNumber"] == 400
    refused = erp.refused(
        "createBundle",
        "bundle { id }",
        input={
            "product": {"name": "Bad", "status": "ACTIVE", "productNumber": "BAD"}, "type": "FIXED",
            "priceType": "STATIC", "sizes": [{"name": "S"}],
            "addBundleSections": [{"quantity": 0, "productVariants": [{"id": product.variants[0]["id"]}]}],
        },
    )  # fmt: skip
    section = "input.addBundleSections.0"
    assert paths(refused) == [
        "input.sizeChart",
        "input.sizes.0",
        f"{section}.quantity",
        f"{section}.productVariants",
    ]
