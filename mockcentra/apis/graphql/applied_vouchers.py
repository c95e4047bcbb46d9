"""What was taken off orders and their lines, in the words of the API: by vouchers, and by somebody's hand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mockcentra.apis.graphql import words
from mockcentra.apis.graphql.money import money
from mockcentra.apis.graphql.types import hundredths
from mockcentra.commerce.money import ratio
from mockcentra.store import graphql_promotions as rows
from mockcentra.store.database import Row, from_json, to_json

if TYPE_CHECKING:
    from mockcentra.apis.graphql.execution import Run

_KINDS = {"free_shipping": "AppliedVoucherFreeShipping", "free_product": "AppliedVoucherFreeProduct"}


class Placed(NamedTuple):
    """The order that a voucher was used for."""

    id: int
    created_at: int
    currency_id: int
    rate_micro: int | None
    hash: str | None = None


def applied_vouchers(run: "Run", uses: Sequence[tuple[Row, Placed]]) -> list[list[dict[str, Any]]]:
    """What came of each of these uses (rows of `order_vouchers` with `reuse_value` of the voucher): AppliedVouchers."""
    details = [from_json(use["details_json"]) for use, _ in uses]
    gifts = _gifts(run, uses, details)
    found = []
    for (use, order), detail in zip(uses, details, strict=True):
        currency, micro = order.currency_id, order.rate_micro
        entries = []
        for kind, price_off, shipping_off, effect, gift in _parts(use, detail, gifts):
            total = -price_off - shipping_off
            entries.append(
                {
                    "__typename": kind,
                    "value": money(run, total, currency, micro),
                    "shippingValue": money(run, -shipping_off, currency, micro),
                    "amount": total / 100,
                    "date": order.created_at,
                    "paramsJSON": _params(effect),
                    **_named(use),
                    "subvoucher": use["subvoucher_id"],
                    "voucherActionResult": effect.get("result_id"),
                    "order": order.id,
                    "orderHash": order.hash,
                    "product": gift["product_id"] if gift is not None else None,
                    "productVariant": gift["variant_id"] if gift is not None else None,
                }
            )
        found.append(entries)
    return found


def _named(use: Row) -> dict[str, Any]:
    """Which voucher it was, and how the shopper came by it."""
    return {
        "voucher": use["voucher_id"],
        "discount": use["voucher_id"],
        "voucherName": use["name"],
        "voucherMethod": words.VOUCHER_METHOD.get(use["trigger"]),
        "url": use["code"] if use["trigger"] == "url" else None,
        "code": use["code"] if use["trigger"] == "code" else None,
    }


def _gifts(run: "Run", uses: Iterable[tuple[Row, Any]], details: Sequence[Any]) -> dict[str, Any]:
    """Line hash -> (product_id, variant_id) of what vouchers put into these orders."""
    hashes = [each for detail in details for effect in detail.get("effects", ()) for each in effect.get("gifts", ())]
    if not hashes:
        return {}
    return rows.lines_of_hashes(run.tx, {use["order_id"] for use, _ in uses}, hashes)


def _parts(use: Row, detail: Mapping[str, Any], gifts: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """(kind, price_off, shipping_off, effect, gift) of what a voucher did."""
    plain = "AppliedVoucherCredit" if use["reuse_value"] else "AppliedVoucherDiscount"
    parts: list[tuple[Any, ...]] = []
    for effect in detail.get("effects", ()):
        kind = _KINDS.get(effect["type"], plain)
        if effect["type"] == "free_product":
            parts += [(kind, 0, 0, effect, gifts.get(each)) for each in effect["gifts"]]
        else:
            parts.append((kind, sum(effect["lines"].values()), effect["shipping_off"], effect, None))
    return parts


def _params(effect: Mapping[str, Any]) -> str | None:
    if not effect:
        return None
    params = {"type": effect["type"], "applyOn": effect["applied_on"]}
    if effect.get("percent") is not None:
        params["percent"] = hundredths(effect["percent"])
    return to_json(params)


def line_vouchers(
    run: "Run", line_id: int, taken: Iterable[Row], currency: int, micro: int | None
) -> list[dict[str, Any]]:
    """OrderLineVouchers of a line: what each voucher took off one of its pieces, and by which result."""
    entries = []
    for each in taken:
        detail = from_json(each["details_json"]) if each["details_json"] else {}
        effects = [effect for effect in detail.get("effects", ()) if effect["lines"].get(each["hash"])]
        effect = effects[0] if effects else {}
        percent = effect.get("percent") if len(effects) == 1 else None
        applied_on = effect.get("applied_on") or "ORDER_TOTAL"
        entries.append(
            {
                "line": line_id,
                "voucherName": each["name"],
                "voucherType": words.VOUCHER_METHOD.get(each["trigger"], "AUTO"),
                "url": each["code"] if each["trigger"] == "url" else None,
                "code": each["code"] if each["trigger"] == "code" else None,
                "appliedOn": "SELECTED_PRODUCTS" if each["affected_price"] else applied_on,
                "unitPriceReduction": money(run, ratio(-each["amount"], 1, each["quantity"]), currency, micro),
                "configuredPercent": None if percent is None else hundredths(percent),
                "voucherActionResult": effect.get("result_id"),
                "voucher": each["voucher_id"],
            }
        )
    return entries


def applied_voucher(row: Row, value: Any, order: Mapping[str, Any]) -> dict[str, Any]:
    """What a voucher did to a part of an order, all its results together, of the type that says what that was.

    `row` is one of `order_vouchers` with `reuse_value` of the voucher, `order` has the order's `id` and `created_at`.
    """
    details = from_json(row["details_json"])
    kind = "AppliedVoucherDiscount"
    if row["reuse_value"]:
        kind = "AppliedVoucherCredit"
    elif details.get("free_line"):
        kind = "AppliedVoucherFreeProduct"
    elif row["shipping_off"] and not row["price_off"]:
        kind = "AppliedVoucherFreeShipping"
    return {
        "__typename": kind,
        "value": value,
        "date": order["created_at"],
        "paramsJSON": None,
        **_named(row),
        "voucherActionResult": row["result_id"],
        "order": order["id"],
        "product": row["product_id"],
        "productVariant": row["variant_id"],
    }


def admin_discount(value: Any, created_at: int, by_whom: Any) -> dict[str, Any]:
    """What somebody took off by hand; that of an order which came with it is as old as the order."""
    told = {"date": created_at, "adminUser": None}
    if by_whom is not None:
        told = {"date": by_whom["created_at"], "adminUser": by_whom["admin_user_id"]}
    return {"__typename": "AdminDiscount", "value": value, **told}
