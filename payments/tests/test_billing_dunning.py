"""Who is told what and when, once; and what happens when nobody tells us anything."""

from datetime import timedelta

import pytest

from accounts.enums import Tier
from core.events import Ignore
from core.schedule import JOBS
from notifications.models import Notification
from payments.gateways.billing import SubscriptionSeen as S
from payments.services.billing import dunning
from payments.tests.lives import DAY, story
from payments.tests.test_billing_mirror import lived, now

pytestmark = pytest.mark.django_db


def told(kind):
    return list(Notification.objects.filter(kind=kind))


@pytest.mark.parametrize(
    ("days", "more", "kind"),
    [
        (2, {}, "subscription_trial_ending"),
        (4, {}, None),
        (2, {"state": S.ACTIVE, "cancel_at_period_end": True}, "subscription_ending"),
        (2, {"state": S.ACTIVE}, None),
    ],
)
def test_the_last_three_days_are_announced_once(days, more, kind):
    wanted = {"state": S.TRIALING, "period_end": now() + days * DAY} | more
    lived([story(wanted.pop("state"), now() - DAY, **wanted)])
    dunning.tell_what_ends_soon()
    dunning.tell_what_ends_soon()
    sent = Notification.objects.filter(kind__startswith="subscription_")
    assert [one.kind for one in sent] == ([kind] if kind else [])


def test_the_end_of_what_never_began_is_nobodys_business():
    row, _ = lived([story(S.INCOMPLETE, now() - DAY), story(S.EXPIRED, now())])
    with pytest.raises(Ignore):
        dunning.tell_ended(str(row.pk))
    assert not told("subscription_cancelled")


def test_access_runs_out_by_the_clock_alone():
    row, user = lived([story(S.ACTIVE, now() - DAY, period_end=now() + DAY)])
    assert dunning.end_access() == 0
    assert dunning.end_access(now=row.grace_until - timedelta(seconds=1)) == 0
    user.refresh_from_db()
    assert user.tier == Tier.STARTER
    assert dunning.end_access(now=row.grace_until) == 1
    user.refresh_from_db()
    assert user.tier == Tier.FREE


def test_what_was_cancelled_has_no_grace():
    end = now() + DAY
    _, user = lived([story(S.ACTIVE, now() - DAY, period_end=end, cancel_at_period_end=True)])
    assert dunning.end_access(now=end) == 1
    user.refresh_from_db()
    assert user.tier == Tier.FREE


def test_a_gateway_that_does_not_answer_is_asked_again_later(settings):
    settings.STRIPE_SECRET_KEY = ""
    row, user = lived([story(S.ACTIVE, now() - 31 * DAY, period_end=now() - DAY)])
    assert dunning.ask_about_silent() == 0
    row.refresh_from_db()
    assert row.asked_at is not None
    user.refresh_from_db()
    assert user.tier == Tier.STARTER, "their silence is no reason to shut the door"


def test_the_jobs_say_what_they_are_for():
    for name in ("payments.subscriptions", "payments.subscriptions_ending", "payments.prices"):
        assert JOBS[name].purpose
