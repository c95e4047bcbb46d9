"""Newsletter subscriptions, some of them for a product."""

from mockcentra.apis.graphql.areas.terms import always
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.types import Among, Batch, Column, Moment, One, Text, Type, define
from mockcentra.commerce.reference import reference_of


def _countries(run: Run, arguments: object, picked: list[tuple[str]]) -> list[int | None]:
    known = reference_of(run.tx.store).country_by_code
    return [known[code].id if code in known else None for (code,) in picked]


define(
    Type(
        "NewsletterSubscription",
        "newsletter_subscriptions",
        fields={
            "email": Column("email"),
            "isActive": always(True),
            "createdAt": Moment("created_at"),
            "country": Batch(_countries, "country"),
            "productSize": One("product_size_id"),
            "productVariant": One("display_item_id>display_items.variant_id"),
            "store": One("store_id"),
        },
        filters={"email": Text("email"), "storeId": Among("store_id")},
        sorts={"createdAt": "created_at"},
        search=("email",),
        store="store_id",
    )
)
