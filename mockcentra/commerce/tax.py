"""Which tax applies: the rule for a tax group, a place and a customer, and who is exempt (domain.md 2.7)."""

import re

from mockcentra.commerce.model import Context
from mockcentra.commerce.reference import Reference, TaxRule

_VAT_NUMBER = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}")


def is_vat_number(text: str) -> bool:
    """Whether a text has the form of a VAT number: a country prefix and at least two more characters."""
    return _VAT_NUMBER.fullmatch(re.sub(r"[\s.-]", "", text.upper())) is not None


def rule_for(context: Context, tax_group_id: int | None, zip_code: str = "") -> TaxRule | None:
    """The rule that taxes goods of a group shipped to the context's country; None where nothing is taxed.

    `tax_group_id` None means the store's default group. A rule for the state or the zip code goes before one for the
    country, a rule for the customer's tax class before one for every class.
    """
    if context.country is None:
        return None
    reference = context.reference
    group = tax_group_id or reference.channels[context.store_id].default_tax_group_id
    state_id = context.state.id if context.state else None
    if zip_code not in _taxed_zip_codes(reference):  # codes are the callers' own: what is kept may not grow with them
        zip_code = ""
    key = ("tax", context.store_id, group, context.country.id, state_id, context.tax_class_id, zip_code)
    if key not in reference.memo:
        reference.memo[key] = _find(reference, context, group, state_id, zip_code)
    return reference.memo[key]


def _taxed_zip_codes(reference: Reference) -> frozenset[str]:
    """The zip codes that any rule names."""
    key = ("taxed zip codes",)
    if key not in reference.memo:
        reference.memo[key] = frozenset(
            code for rule in reference.tax_rules.values() for _, _, codes in rule.places for code in codes
        )
    return reference.memo[key]


def _find(
    reference: Reference, context: Context, group: int | None, state_id: int | None, zip_code: str
) -> TaxRule | None:
    best: tuple[int, TaxRule] | None = None
    for rule in reference.tax_rules.values():
        if rule.tax_group_id != group or rule.store_id not in (None, context.store_id):
            continue
        if not _is_for(reference, rule, context.tax_class_id):
            continue
        for country_id, rule_state, zip_codes in rule.places:
            if country_id != context.country.id or (rule_state is not None and rule_state != state_id):  # type: ignore[union-attr]
                continue
            if zip_codes and zip_code not in zip_codes:
                continue
            rank = 4 * bool(zip_codes) + 2 * (rule_state is not None) + bool(rule.tax_class_ids)
            if best is None or rank > best[0]:
                best = (rank, rule)
    return best[1] if best else None


def _is_for(reference: Reference, rule: TaxRule, tax_class_id: int | None) -> bool:
    """Whether a rule counts for a tax class; a buyer without one is an ordinary buyer."""
    if not rule.tax_class_ids:
        return True
    if tax_class_id is not None:
        return tax_class_id in rule.tax_class_ids
    return any(not reference.tax_classes[class_id].is_exempt for class_id in rule.tax_class_ids)


def is_exempt(context: Context, vat_number: str) -> bool:
    """Whether the buyer owes no VAT (checkout-api.md 6.2): an exempt class, or a VAT number of another EU country."""
    reference = context.reference
    tax_class = reference.tax_classes.get(context.tax_class_id or 0)
    if tax_class is not None and tax_class.is_exempt:
        return True
    if not vat_number or context.country is None or not context.country.eu:
        return False
    return context.country.id != reference.channels[context.store_id].home_country_id and is_vat_number(vat_number)


def needs_zip_code(context: Context) -> bool:
    """Whether the store has rules by zip code in the context's country, so that the code must be valid."""
    country = context.country
    return country is not None and any(
        zip_codes and country_id == country.id
        for rule in context.reference.tax_rules.values()
        for country_id, _, zip_codes in rule.places
    )
