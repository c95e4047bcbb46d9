"""CMS articles, the address look-up, and the affiliate of a session (checkout-api.md 19)."""

from typing import Any

from mockcentra.apis import values
from mockcentra.apis.checkout.cart import changed
from mockcentra.apis.checkout.transport import Call, endpoint
from mockcentra.commerce import content
from mockcentra.commerce.content import Article
from mockcentra.commerce.errors import NotFound
from mockcentra.commerce.reference import Reference
from mockcentra.store.clock import local_text


@endpoint("POST /cms/articles")
def list_articles(call: Call) -> dict[str, Any]:
    """The published articles, newest first, of the sections and with the tags that were asked for."""
    body, reference = call.body, call.reference
    language_id = call.session.language_id
    if call.server and body.get("language") not in (None, ""):
        language = reference.find_language(body["language"])
        if language is None:
            raise NotFound("language")
        language_id = language.id
    with call.store.reading() as tx:
        found = content.articles_of(
            tx, call.session.store_id, values.texts(body.get("section")), values.texts(body.get("tags"))
        )
    first = max(values.whole(body.get("skipFirst")) or 0, 0)
    limit = values.positive(body.get("limit")) or len(found)
    return {
        "articles": [article_json(article, reference, language_id) for article in found[first : first + limit]],
        "articleCount": len(found),
    }


def article_json(article: Article, reference: Reference, language_id: int) -> dict[str, Any]:
    """A CmsArticleModel (checkout-models.md 2.7)."""
    fields = article.fields
    brands = [reference.brands[brand_id] for brand_id in fields.get("brands", ()) if brand_id in reference.brands]
    categories = [
        reference.categories[found] for found in fields.get("categories", ()) if found in reference.categories
    ]
    return {
        "article": str(article.id),
        "title": article.titled(language_id),
        "listTitle": fields.get("listTitle", article.title),
        "listImage": fields.get("listImage", ""),
        "uri": article.uri,
        "date": local_text(article.published_at),
        "author": fields.get("author", ""),
        "authorName": fields.get("authorName", ""),
        "authorDescription": fields.get("authorDescription", ""),
        "authorImageUrl": fields.get("authorImageUrl", ""),
        "section": article.section,
        "sectionUri": fields.get("sectionUri", ""),
        "metaKeywords": fields.get("metaKeywords", ""),
        "metaDescription": fields.get("metaDescription", ""),
        "preHeading": fields.get("preHeading", ""),
        "subHeading": fields.get("subHeading", ""),
        "tags": fields.get("tags", []),
        "relatedArticles": fields.get("relatedArticles", []),
        "products": [],
        "brands": [{"brand": str(brand.id), "name": brand.name} for brand in brands],
        "categories": [
            {"category": str(category.id), "name": reference.category_names(category, language_id)[-1]}
            for category in categories
        ],
        "parts": fields.get("parts", []),
    }


@endpoint("POST /address-search")
def search_address(call: Call) -> dict[str, Any]:
    """The address of the documented test person."""
    return {"address": content.address_of_person(values.text(call.body.get("identityNumber")) or "")}


@endpoint("PUT /affiliates/<affiliate>")
def choose_affiliate(call: Call, affiliate: str) -> dict[str, Any]:
    """Notes which affiliate sent the visitor, by its URI."""
    return changed(call, lambda tx, session: content.choose_affiliate(tx, session, affiliate))
