"""Generators of gift certificates: what shoppers buy to give away, and the vouchers that come of it."""

from collections.abc import Mapping
from typing import Any

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.execution import Run
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.types import Among, Batch, Column, One, Text, Through, Type, define, flag, word
from mockcentra.store import graphql_promotions as rows

TYPES_ = {"predetermined": "PRICE_OFF", "any": "DYNAMIC_PRICE_OFF"}


def _values(run: Run, arguments: Mapping[str, Any], picked: list[tuple[Any, ...]]) -> list[list[Any]]:
    found = rows.amounts_of_generators(run.tx, [row[0] for row in picked])
    return [
        [money(run, amount, currency_id) for currency_id, amount in found.get(generator_id, ())]
        if kind == "predetermined"
        else []
        for generator_id, kind in picked
    ]


define(
    Type(
        "GiftCertificateGenerator",
        "gift_certificates",
        fields={
            "name": Column("name"),
            "status": Column("status", word(words.STATUS)),
            "type": Column("type", word(TYPES_)),
            "onlyInCurrencyOfSale": Column("currency_of_sale_only", flag),
            "showGiftValue": Column("show_amount", flag),
            "values": Batch(_values, "id", "type"),
            "store": One("store_id"),
            "vouchers": Through(rows.VOUCHERS_OF_GENERATORS),
        },
        filters={
            "name": Text("name"),
            "status": Among("status", words.stored(words.STATUS)),
            "type": Among("type", words.stored(TYPES_)),
            "storeId": Among("store_id"),
        },
        search=("name", "uri"),
        store="store_id",
        translations=("gift_certificate", {"name": "name"}),
    )
)
