"""Many prices changed at once: looked at first, applied in batches, taken back if it was a mistake.

Each batch is one transaction and one delivery of the event log, so that a change of thousands goes
on where a killed worker left it, tells how far it is, and never changes a price twice.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from commerce import locks
from commerce.enums import (
    PriceChangeKind,
    PriceChangeState,
    PriceEnding,
    PriceItemState,
    ProductStatus,
)
from commerce.models import Category, Price, PriceChange, PriceChangeItem, Product
from commerce.services.catalogue import timeline
from commerce.services.catalogue.price_rows import by_key, now, stretch_of, write_lines
from commerce.services.catalogue.price_rule import Rule
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from core.events.publish import publish
from core.identity import current_identity
from core.money import CURRENCIES, MAX_MINOR

BATCH = 500
MOST_PRICES = 100_000
MOST_PRODUCTS_NAMED = 5_000
STEP = "price_change.step"  # news of ours to ourselves: the next batch waits

_S = PriceChangeState


@transaction.atomic
def plan_price_change(*, rule: Rule, selection: dict[str, Any], currency: str = "") -> PriceChange:
    """What a rule would make of the regular prices of the chosen products; nothing changes yet.

    `selection` holds `products` (ids), or any of vendor, category (id; with all below it), status,
    service. Raises Invalid for a rule that changes nothing, an unknown currency, more than
    MOST_PRICES prices, or no price at all.
    """
    _check_rule(rule, currency)
    chosen = selected_products(selection)
    prices = Price.objects.at().filter(
        variant__product__in=chosen.values("pk"), variant__is_active=True
    )
    if currency:
        prices = prices.filter(currency=currency)
    found = list(prices.order_by("variant_id", "currency")[: MOST_PRICES + 1])
    if len(found) > MOST_PRICES:
        raise Invalid(
            f"That is more than {MOST_PRICES:,} prices. Choose fewer products at a time.",
            details={"selection": ["Too many."]},
        )
    items = [
        PriceChangeItem(
            variant_id=price.variant_id,
            currency=price.currency,
            before_minor=price.regular_minor,
            after_minor=after,
        )
        for price in found
        if (after := rule.applied_to(price.regular_minor, price.currency)) != price.regular_minor
    ]
    if not items:
        raise Invalid(
            "No price would change.", details={"selection": ["Nothing with such a price."]}
        )
    if any(item.after_minor > MAX_MINOR for item in items):
        raise Invalid("A price would be absurd.", details={"rule": ["Too much."]})
    change = PriceChange.objects.create(
        kind=rule.kind,
        percent_bps=rule.percent_bps,
        amount_minor=rule.amount_minor,
        currency=currency,
        ending=rule.ending,
        selection=selection,
        total=len(items),
        actor_id=current_identity().user_id,
    )
    for item in items:
        item.change = change
    PriceChangeItem.objects.bulk_create(items, batch_size=2_000)
    return change


def selected_products(selection: dict[str, Any]) -> QuerySet[Product]:
    """The products a selection means. Raises Invalid."""
    known = {"products", "vendor", "category", "status", "service"}
    strange = set(selection) - known
    if strange:
        raise Invalid("Unknown selection.", details={"selection": sorted(map(str, strange))})
    products = Product.objects.exclude(status=ProductStatus.ARCHIVED)
    if selection.get("products") is not None:
        ids = list(selection["products"])
        if len(ids) > MOST_PRODUCTS_NAMED:
            raise Invalid(
                "Choose by filter instead.", details={"selection": ["Too many products."]}
            )
        products = products.filter(pk__in=ids)
    if selection.get("vendor"):
        products = products.filter(vendor_id=selection["vendor"])
    if selection.get("category"):
        products = products.filter(
            Q(category_id=selection["category"])
            | Q(category__path__startswith=_path(selection["category"]) + "/")
        )
    for name in ("status", "service"):
        if selection.get(name):
            products = products.filter(**{name: selection[name]})
    return products


@transaction.atomic
def apply_price_change(*, change_id: UUID) -> PriceChange:
    """Begin to apply a planned change; batches follow by themselves. Raises Conflict."""
    change = locks.lock_price_change(change_id)
    if change.state != _S.PLANNED:
        raise Conflict(f"It is {change.get_state_display().lower()} already.")
    return _begin(change, _S.RUNNING, "price.bulk_change")


@transaction.atomic
def undo_price_change(*, change_id: UUID) -> PriceChange:
    """Begin to take a change back. A price that was changed again since is kept as it is.

    Raises Conflict for one that was not applied.
    """
    change = locks.lock_price_change(change_id)
    if change.state != _S.DONE:
        raise Conflict(f"Only what is done is taken back; this is {change.get_state_display()}.")
    return _begin(change, _S.UNDOING, "price.bulk_undo")


@transaction.atomic
def do_next_batch(*, change_id: UUID) -> bool:
    """Change the next BATCH prices of a change under way; whether more are left."""
    change = locks.lock_price_change(change_id)
    if change.state not in {_S.RUNNING, _S.UNDOING}:
        return False
    undoing = change.state == _S.UNDOING
    waiting = PriceItemState.APPLIED if undoing else PriceItemState.PLANNED
    items = list(
        PriceChangeItem.objects.filter(change=change, state=waiting).order_by("id")[:BATCH]
    )
    _apply(items, undoing=undoing)
    PriceChangeItem.objects.bulk_update(items, ["state"])
    change.done += len(items)
    change.kept += sum(
        item.state in {PriceItemState.SKIPPED, PriceItemState.KEPT} for item in items
    )
    more = PriceChangeItem.objects.filter(change=change, state=waiting).exists()
    if not more:
        change.state = _S.UNDONE if undoing else _S.DONE
        setattr(change, "undone_at" if undoing else "applied_at", now())
    change.save()
    return more


def _apply(items: Sequence[PriceChangeItem], *, undoing: bool) -> None:
    """Set the regular prices from now to the next planned change, where they still are what the
    plan says."""
    variants = {item.variant_id for item in items}
    locks.lock_variants(variants)
    since = now()
    rows = by_key(
        Price.objects.to_come(since)
        .filter(variant__in=variants)
        .order_by("variant_id", "currency", "valid_from")
    )
    changes = {}
    for item in items:
        before, after = item.before_minor, item.after_minor
        if undoing:
            before, after = after, before
        key = (item.variant_id, item.currency)
        line = [stretch_of(row) for row in rows.get(key, ())]
        held = timeline.at(line, since)
        if held is None or held.regular != before:
            item.state = PriceItemState.KEPT if undoing else PriceItemState.SKIPPED
            continue
        item.state = PriceItemState.UNDONE if undoing else PriceItemState.APPLIED
        until = timeline.next_change(line, since)
        changes[key] = _to_regular(after, since, until)
    write_lines(changes, rows)


def _to_regular(minor: int, since: Any, until: Any) -> Any:
    return lambda line: timeline.with_regular(line, minor, since, until)


def _begin(change: PriceChange, state: PriceChangeState, action: str) -> PriceChange:
    change.state, change.done, change.kept = state, 0, 0
    if state == _S.UNDOING:
        change.total = PriceChangeItem.objects.filter(
            change=change, state=PriceItemState.APPLIED
        ).count()
    change.save()
    record_audit(
        action=action, resource=change, details={"prices": change.total, "kind": change.kind}
    )
    announce_step(change)
    return change


def announce_step(change: PriceChange) -> None:
    """Have a worker do the next batch."""
    publish(
        type=STEP,
        subject=f"price_change:{change.pk}",
        data={"change_id": str(change.pk), "state": change.state, "done": change.done},
    )


def _check_rule(rule: Rule, currency: str) -> None:
    wrong: dict[str, list[str]] = {}
    if currency and currency not in CURRENCIES:
        wrong["currency"] = ["A currency code such as EUR."]
    if rule.kind == PriceChangeKind.PERCENT:
        if rule.percent_bps <= -10_000 or rule.percent_bps > 100_000:
            wrong["percent"] = ["Above -100 and up to 1,000."]
        if not rule.percent_bps and rule.ending == PriceEnding.EXACT:
            wrong["percent"] = ["This changes nothing."]
    else:
        if not currency:
            wrong["currency"] = ["An amount has a currency."]
        if not rule.amount_minor or abs(rule.amount_minor) > MAX_MINOR:
            wrong["amount"] = ["More or less than nothing."]
    if wrong:
        raise Invalid("This is no change of prices.", details=wrong)


def _path(category_id: Any) -> str:
    path = Category.objects.filter(pk=category_id).values_list("path", flat=True).first()
    if path is None:
        raise NotFound("There is no such category.")
    return str(path)
