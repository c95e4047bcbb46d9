"""What the lines of a selection cost in a context: goods, bundles by their parts, gift certificates."""

from collections.abc import Mapping, Sequence

from mockcentra.commerce import catalogue
from mockcentra.commerce.bundles import price_of_choice
from mockcentra.commerce.model import CartLine, Context, LinePart, Price, ProductRecord, SizeRecord
from mockcentra.commerce.money import ratio, shares
from mockcentra.commerce.pricing import plan_price, price_of
from mockcentra.store import Transaction
from mockcentra.store.selections import Line, Part, Selection


def priced_lines(tx: Transaction, context: Context, selection: Selection) -> list[CartLine]:
    """The lines that can be bought in the context, priced. What has gone from the market is left out."""
    records = _records_for(tx, selection.lines)
    priced = (
        _gift_line(context, line) if line.gift_certificate_id else _goods_line(context, line, records)
        for line in selection.lines
    )
    return [line for line in priced if line is not None]


def _records_for(tx: Transaction, lines: Sequence[Line]) -> dict[int, ProductRecord]:
    """The records of everything on the lines, with the parts of their bundles."""
    ids = {line.display_item_id for line in lines if line.display_item_id}
    ids.update(part.display_item_id for line in lines for part in line.parts)
    if not ids:
        return {}
    records = catalogue.records(tx, sorted(ids))
    if any(record.bundle is not None for record in records.values()):
        records = {**catalogue.with_parts(tx, records.values()), **records}
    return records


def _gift_line(context: Context, line: Line) -> CartLine | None:
    gift = context.reference.gift_certificates.get(line.gift_certificate_id or 0)
    if gift is None or not gift.is_active:
        return None
    amount = gift.amounts.get(context.currency.id) if gift.type == "predetermined" else line.gift_amount
    if amount is None:
        return None
    return CartLine(
        id=line.id, hash=line.hash, record=None, size=None, gift_certificate=gift, quantity=1, comment="",
        product_url=None, category_id=None, localization_name="", localized_size=None, plan=None,
        free_voucher_id=None, price_each=amount, price_each_before=amount, total=amount, total_before=amount,
        campaign=None, campaign_discount=0,
    )  # fmt: skip


def _goods_line(context: Context, line: Line, records: Mapping[int, ProductRecord]) -> CartLine | None:
    record = records.get(line.display_item_id or 0)
    size = record.size(line.product_size_id or 0) if record is not None else None
    if record is None or size is None or not is_offered(record, context):
        return None
    quantity = line.quantity
    parts = parts_of(context, quantity, record, size, records, line.parts)
    if parts is None:
        return None
    price = line_price(context, record, parts, quantity)
    each, before = price.amount, price.before
    if each is None or before is None:
        return None
    plan = context.reference.plans.get(line.subscription_plan_id) if line.subscription_plan_id else None
    if plan is not None:
        each = plan_price(each, plan)
    free_voucher_id = None if line.is_kept_gift else line.free_voucher_id
    if free_voucher_id:
        each = line.free_price or 0
    priced = CartLine(
        id=line.id, hash=line.hash, record=record, size=size, gift_certificate=None, quantity=quantity,
        comment=line.comment, product_url=line.product_url, category_id=line.category_id,
        localization_name=line.localization_name, localized_size=line.localized_size, plan=plan,
        free_voucher_id=free_voucher_id, price_each=each, price_each_before=before, total=each * quantity,
        total_before=before * quantity, campaign=price.campaign,
        campaign_discount=(price.amount or 0) - before if price.campaign else 0, parts=parts,
    )  # fmt: skip
    share_out(priced)
    return priced


def is_offered(record: ProductRecord, context: Context) -> bool:
    """Whether the display item exists for somebody in that context, priced or not."""
    return record.store_id == context.store_id and catalogue.is_listed(record, context.market.id)


def parts_of(
    context: Context,
    pieces: int,
    record: ProductRecord,
    size: SizeRecord,
    records: Mapping[int, ProductRecord],
    picked: Sequence[Part],
) -> list[LinePart] | None:
    """What so many pieces of a bundle consist of; [] for no bundle, None when a part has gone."""
    bundle = record.bundle
    if bundle is None:
        return []
    if bundle.type == "fixed":
        chosen = {part.section_id: (part.display_item_id, part.product_size_id) for part in picked}
        fixed = {**bundle.size_parts.get(size.id, {}), **chosen}
        wanted = [
            (section.id, *fixed[section.id], section.quantity) for section in bundle.sections if section.id in fixed
        ]
        if len(wanted) != len(bundle.sections):
            return None
    else:
        wanted = [(part.section_id, part.display_item_id, part.product_size_id, part.quantity) for part in picked]
    parts = []
    for section_id, item_id, size_id, quantity in wanted:
        part_record = records.get(item_id)
        part_size = part_record.size(size_id) if part_record is not None else None
        if part_record is None or part_size is None or not part_record.is_active:
            return None
        price = price_of(part_record, context.market.id, context.pricelist.id, context.now)
        each = price.amount or 0
        before = price.before or 0
        parts.append(LinePart(part_record, part_size, section_id, quantity * pieces, each, before, 0, 0, before))
    return parts


def line_price(context: Context, record: ProductRecord, parts: Sequence[LinePart], quantity: int) -> Price:
    """What one piece of a line costs: a bundle by what was picked for it."""
    place = (context.market.id, context.pricelist.id, context.now)
    if record.bundle is None:
        return price_of(record, *place)
    return price_of_choice(record, [(part.record, part.quantity // quantity) for part in parts], *place)


def share_out(line: CartLine) -> None:
    """Prices a bundle's parts: the line's total in proportion to what the parts cost alone."""
    if not line.parts:
        return
    weights = [part.price_each * part.quantity for part in line.parts]
    if not any(weights):
        weights = [part.quantity for part in line.parts]
    totals = shares(line.total, weights)
    totals_before = shares(line.total_before, weights)
    for part, total, before in zip(line.parts, totals, totals_before, strict=True):
        part.total, part.total_before = total, before
        part.price_each, part.price_each_before = ratio(total, 1, part.quantity), ratio(before, 1, part.quantity)
