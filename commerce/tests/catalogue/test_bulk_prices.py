"""Many prices at once: looked at, applied in batches, taken back."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.enums import PriceChangeKind, PriceChangeState, PriceEnding
from commerce.models import Price, PriceChange, PriceChangeItem, Variant, Vendor
from commerce.services.carts import prices_today
from commerce.services.catalogue import bulk_prices
from commerce.services.catalogue.bulk_prices import (
    apply_price_change,
    do_next_batch,
    plan_price_change,
    undo_price_change,
)
from commerce.services.catalogue.price_rule import Rule
from commerce.services.catalogue.prices import put_on_sale, set_price
from commerce.tests.shop import make_variant
from core.errors import Conflict, Invalid
from core.money import Money

pytestmark = pytest.mark.django_db
TENTH_LESS = Rule(PriceChangeKind.PERCENT, percent_bps=-1000)


def of(*variants: Variant) -> dict[str, Any]:
    return {"products": [str(variant.product_id) for variant in variants]}


def work_off(change: PriceChange) -> PriceChange:
    while do_next_batch(change_id=change.pk):
        pass
    change.refresh_from_db()
    return change


def euros(variant: Variant) -> int:
    return prices_today([variant.pk], "EUR")[variant.pk].minor


@pytest.mark.parametrize(
    ("rule", "before", "currency", "after"),
    [
        (TENTH_LESS, 1255, "EUR", 1130),
        (TENTH_LESS, 1254, "EUR", 1129),
        (Rule(PriceChangeKind.PERCENT, percent_bps=1), 5000, "EUR", 5001),
        (Rule(PriceChangeKind.AMOUNT, amount_minor=-2000), 1500, "EUR", 0),
        (Rule(PriceChangeKind.AMOUNT, amount_minor=250), 1500, "EUR", 1750),
        (Rule(PriceChangeKind.PERCENT, 700, 0, PriceEnding.NINETY_NINE), 1000, "EUR", 1099),
        (Rule(PriceChangeKind.PERCENT, 700, 0, PriceEnding.NINETY_FIVE), 1000, "EUR", 1095),
        (Rule(PriceChangeKind.PERCENT, 700, 0, PriceEnding.FIVE), 1003, "EUR", 1075),
        (Rule(PriceChangeKind.PERCENT, 700, 0, PriceEnding.WHOLE), 1000, "EUR", 1100),
        (Rule(PriceChangeKind.PERCENT, 700, 0, PriceEnding.NINETY_NINE), 1000, "JPY", 1070),
        (Rule(PriceChangeKind.PERCENT, 700, 0, PriceEnding.NINETY_NINE), 10_000, "KWD", 10_990),
        (Rule(PriceChangeKind.PERCENT, -5000, 0, PriceEnding.WHOLE), 60, "EUR", 30),
    ],
)
def test_a_price_becomes_another(rule: Rule, before: int, currency: str, after: int) -> None:
    assert rule.applied_to(before, currency) == after


def test_a_plan_changes_nothing_and_says_what_it_would(variant: Variant) -> None:
    change = plan_price_change(rule=TENTH_LESS, selection=of(variant))
    item = PriceChangeItem.objects.get()
    assert (change.total, item.before_minor, item.after_minor) == (1, 1250, 1125)
    assert euros(variant) == 1250


def test_batches_bring_every_price_there_once(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_prices, "BATCH", 2)
    variants = [make_variant(vendor) for _ in range(5)]
    change = plan_price_change(rule=TENTH_LESS, selection={"vendor": str(vendor.pk)})
    apply_price_change(change_id=change.pk)
    assert do_next_batch(change_id=change.pk)
    change.refresh_from_db()
    assert (change.state, change.done, change.total) == (PriceChangeState.RUNNING, 2, 5)
    assert work_off(change).state == PriceChangeState.DONE
    assert [euros(variant) for variant in variants] == [1125] * 5
    assert not do_next_batch(change_id=change.pk)  # a delivery that came twice
    assert [euros(variant) for variant in variants] == [1125] * 5


def test_taking_back_keeps_what_was_changed_again(vendor: Vendor) -> None:
    first, second = make_variant(vendor), make_variant(vendor)
    change = plan_price_change(rule=TENTH_LESS, selection=of(first, second))
    work_off(apply_price_change(change_id=change.pk))
    set_price(variant_id=second.pk, price=Money(999, "EUR"))
    undone = work_off(undo_price_change(change_id=change.pk))
    assert (undone.state, undone.done, undone.kept) == (PriceChangeState.UNDONE, 2, 1)
    assert (euros(first), euros(second)) == (1250, 999)
    assert Price.objects.filter(variant=first).count() == 3  # history is kept


def test_what_changed_since_the_plan_is_skipped(variant: Variant) -> None:
    change = plan_price_change(rule=TENTH_LESS, selection=of(variant))
    set_price(variant_id=variant.pk, price=Money(999, "EUR"))
    done = work_off(apply_price_change(change_id=change.pk))
    assert (done.state, done.kept, euros(variant)) == (PriceChangeState.DONE, 1, 999)


def test_the_regular_price_changes_and_the_sale_stays(variant: Variant) -> None:
    put_on_sale(variant_id=variant.pk, price=Money(1000, "EUR"))
    change = plan_price_change(rule=TENTH_LESS, selection=of(variant))
    work_off(apply_price_change(change_id=change.pk))
    price = Price.objects.at().get(variant=variant)
    assert (price.amount_minor, price.compare_at_minor) == (1000, 1125)


def test_a_change_is_made_once_and_taken_back_once(variant: Variant) -> None:
    change = plan_price_change(rule=TENTH_LESS, selection=of(variant))
    with pytest.raises(Conflict):
        undo_price_change(change_id=change.pk)
    apply_price_change(change_id=change.pk)
    with pytest.raises(Conflict):
        apply_price_change(change_id=change.pk)


@pytest.mark.parametrize(
    ("rule", "currency"),
    [
        (Rule(PriceChangeKind.PERCENT), ""),
        (Rule(PriceChangeKind.PERCENT, percent_bps=-10_000), ""),
        (Rule(PriceChangeKind.AMOUNT, amount_minor=5), ""),
        (Rule(PriceChangeKind.AMOUNT), "EUR"),
        (TENTH_LESS, "XXX"),
        (TENTH_LESS, "USD"),
    ],
)
def test_a_rule_that_changes_nothing_or_nobody_is_refused(
    variant: Variant, rule: Rule, currency: str
) -> None:
    with pytest.raises(Invalid):
        plan_price_change(rule=rule, selection=of(variant), currency=currency)
    assert not PriceChange.objects.exists()


def test_a_batch_costs_the_same_for_one_price_or_ten(vendor: Vendor) -> None:
    def cost(count: int) -> int:
        variants = [make_variant(vendor) for _ in range(count)]
        change = plan_price_change(rule=TENTH_LESS, selection=of(*variants))
        apply_price_change(change_id=change.pk)
        with CaptureQueriesContext(connection) as queries:
            do_next_batch(change_id=change.pk)
        return len(queries)

    assert cost(1) == cost(10)
