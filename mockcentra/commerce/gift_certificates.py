"""What a gift certificate becomes when it is bought: a credit voucher with a code of its own (checkout-api.md 11.4)."""

from mockcentra.commerce.money import ratio
from mockcentra.commerce.reference import Currency, GiftCertificate, Reference, reference_of
from mockcentra.store import Transaction
from mockcentra.store import vouchers as rows

_CODE_LENGTH = 12


def issue(tx: Transaction, store_id: int, gift: GiftCertificate, amount: int, currency: Currency, number: int) -> str:
    """Makes a credit voucher of that amount (hundredths of the currency) for an order's number; returns its code.

    It is worth something in the currency of the sale, and in all others too where the certificate says so.
    """
    reference = reference_of(tx.store)
    code = tx.token(_CODE_LENGTH).upper()
    voucher_id = rows.add_credit(
        tx, store_id, f"{gift.name} {number}", code, [market.id for market in reference.markets_of(store_id)]
    )
    for currency_id, value in _values(reference, gift, amount, currency).items():
        rows.add_amount(tx, voucher_id, currency_id, value)
    tx.touch("vouchers")
    tx.event("voucher", voucher_id, "created")
    return code


def _values(reference: Reference, gift: GiftCertificate, amount: int, sold_in: Currency) -> dict[int, int]:
    if gift.currency_of_sale_only:
        return {sold_in.id: amount}
    return {
        currency.id: ratio(amount, sold_in.rate_micro, currency.rate_micro)
        for currency in reference.currencies.values()
    }
