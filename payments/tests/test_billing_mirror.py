"""Stories of subscriptions in the database: one row, one tier, one announcement each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Tier
from core.audit import name_of
from core.models import AuditEntry, Event
from payments.billing_enums import SubscriptionState
from payments.gateways.billing import SubscriptionSeen as S
from payments.gateways.interface import NotOurs
from payments.models import PlanPrice, Subscription, SubscriptionEvent
from payments.services.billing import subscriptions
from payments.services.billing.access import review
from payments.tests.lives import DAY, a_customer, a_price, a_user, story, whole_life

pytestmark = pytest.mark.django_db
TIMES = {"created_at", "updated_at", "id", "user_id", "gateway_ref", "customer_ref"}


def now() -> datetime:
    return datetime.now(UTC)


def lived(stories):
    """A new user through these stories; the row and the user."""
    user = a_user()
    customer = a_customer(user)
    a_price(Tier.STARTER, "9.00")
    a_price(Tier.PRO)
    row = None
    for number, one in enumerate(stories):
        seen = replace(one, subscription_ref=f"sub_{user.pk}", customer_ref=customer.customer_ref)
        row = subscriptions.observe(gateway="stripe", seen=seen, source=f"test {number}")
    user.refresh_from_db()
    return row, user


def columns(row):
    kept = {name: getattr(row, name) for name in (f.attname for f in row._meta.concrete_fields)}
    return {name: value for name, value in kept.items() if name not in TIMES}


def told(kind):
    return Event.objects.filter(type=kind).count()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_life_told_in_any_order_ends_in_the_same_row_and_tier(db, data):
    life = whole_life(now() - 46 * DAY)
    upto = life[: data.draw(st.integers(1, len(life)))]
    shuffled = data.draw(st.permutations(upto + data.draw(st.lists(st.sampled_from(upto)))))
    with transaction.atomic():
        straight, one = lived(upto)
        other_way, another = lived(shuffled)
        assert columns(straight) == columns(other_way)
        assert one.tier == another.tier == (straight.tier if straight.grants else Tier.FREE)
        transaction.set_rollback(True)


def test_the_tier_follows_each_step_of_a_life():
    began = now() - 46 * DAY
    life = whole_life(began)
    expected = [
        Tier.FREE,  # a trial that ended long ago, told late: its grace is over too
        Tier.STARTER, Tier.PRO, Tier.PRO, Tier.PRO, Tier.PRO, Tier.PRO, Tier.PRO, Tier.FREE,
    ]  # fmt: skip
    for steps, tier in enumerate(expected, 1):
        _, user = lived(life[:steps])
        assert user.tier == tier, f"after {steps} stories"


def test_news_is_told_once_however_often_a_story_comes():
    began = now() - DAY
    trial = story(S.TRIALING, began, period_end=began + 14 * DAY)
    row, _ = lived([trial, trial, trial])
    assert [told("subscription.created"), told("subscription.updated")] == [1, 0]
    assert SubscriptionEvent.objects.filter(subscription=row).count() == 1


def test_the_end_is_told_once_and_what_comes_late_changes_nothing():
    life = whole_life(now() - 46 * DAY)
    row, user = lived([life[-1], *life])
    assert row.state == SubscriptionState.CANCELLED
    assert told("subscription.cancelled") == 1
    assert user.tier == Tier.FREE


def test_a_tier_change_stands_in_the_audit_trail_with_its_reason():
    _, user = lived([story(S.ACTIVE, now() - DAY)])
    trail = AuditEntry.objects.get(action="user.set_tier", resource=name_of(user))
    assert trail.details["to"] == "starter"
    assert trail.details["why"].startswith("Paid until")


def test_a_strangers_subscription_is_not_ours():
    with pytest.raises(NotOurs, match="none of our users"):
        subscriptions.observe(gateway="stripe", seen=story(S.ACTIVE, now()), source="test")
    assert not Subscription.objects.exists()


def test_the_id_we_gave_along_tells_whose_it_is_before_the_customer_is_known():
    user = a_user()
    a_price(Tier.STARTER)
    seen = story(S.ACTIVE, now(), user_id=user.pk, customer_ref="cus_unknown")
    row = subscriptions.observe(gateway="stripe", seen=seen, source="test")
    assert row.user_id == user.pk


def test_a_price_we_do_not_know_gives_no_tier():
    row, user = lived([story(S.ACTIVE, now(), price_ref="price_made_by_hand")])
    assert (row.price, row.tier, user.tier) == (None, Tier.FREE, Tier.FREE)


class TestTwoAtOnce:
    """Somebody paid on two pages: one counts, the other is shown to staff."""

    def two(self):
        first, user = lived([story(S.ACTIVE, now() - 2 * DAY)])
        second = subscriptions.observe(
            gateway="stripe",
            seen=story(
                S.ACTIVE, now() - DAY, subscription_ref=f"second_{user.pk}", user_id=user.pk,
                price_ref="price_pro_month",
            ),
            source="test",
        )  # fmt: skip
        return first, second, user

    def test_the_older_one_counts(self):
        first, second, user = self.two()
        user.refresh_from_db()
        assert second.surplus
        assert not Subscription.objects.get(pk=first.pk).surplus
        assert user.tier == Tier.STARTER

    def test_the_other_takes_over_when_it_ends(self):
        first, second, user = self.two()
        end = story(S.CANCELLED, now(), subscription_ref=first.gateway_ref, user_id=user.pk)
        subscriptions.observe(gateway="stripe", seen=end, source="test")
        user.refresh_from_db()
        second.refresh_from_db()
        assert (second.surplus, second.grants, user.tier) == (False, True, Tier.PRO)

    def test_the_database_refuses_two_that_count(self):
        _, second, _ = self.two()
        with pytest.raises(IntegrityError), transaction.atomic():
            Subscription.objects.filter(pk=second.pk).update(surplus=False)


def test_access_ends_at_the_second_grace_does():
    began = now() - 3 * DAY
    row, user = lived([story(S.PAST_DUE, began)])
    assert user.tier == Tier.STARTER
    review(user_id=user.pk, now=row.grace_until - timedelta(seconds=1))
    user.refresh_from_db()
    assert user.tier == Tier.STARTER
    review(user_id=user.pk, now=row.grace_until)
    user.refresh_from_db()
    assert user.tier == Tier.FREE


def test_stories_and_used_prices_are_written_once():
    row, _ = lived([story(S.ACTIVE, now())])
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        SubscriptionEvent.objects.filter(subscription=row).update(source="somebody")
    with pytest.raises(IntegrityError, match="make a new one"), transaction.atomic():
        PlanPrice.objects.filter(pk=row.price_id).update(amount_minor=1)
    PlanPrice.objects.filter(pk=row.price_id).update(offered=False)
