"""Staff see what a subscription allows and steer it; prices are made by hand, once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Tier
from payments.gateways.billing import SubscriptionSeen as S
from payments.models import PlanPrice, Subscription
from payments.tests.lives import DAY, a_price, story
from payments.tests.test_admin import signed_in
from payments.tests.test_billing_mirror import lived, now
from payments.tests.test_billing_stripe import Subscriber, amina, plans

__all__ = ["amina", "plans"]
pytestmark = pytest.mark.django_db

SUBMIT = {"_form_submitted": "on"}  # what the dialog's button sends
LIST = "admin:payments_subscription_changelist"


def page_of(row):
    return reverse("admin:payments_subscription_change", args=[row.pk])


def test_the_list_shows_what_a_month_brings_and_who_has_what(db):
    lived([story(S.ACTIVE, now() - DAY)])
    lived([story(S.ACTIVE, now() - DAY, price_ref="price_pro_month")])
    shown = signed_in("manager").get(reverse(LIST)).content.decode()
    for part in ("38.00 EUR", "Starter", "Pro", "Worth a look"):
        assert part in shown, part


@pytest.mark.parametrize("attention", ["trial", "past_due", "ends", "surplus", "unknown"])
def test_each_filter_finds_its_rows(db, attention):
    row, _ = lived([story(S.TRIALING, now() - DAY)])
    found = signed_in("manager").get(reverse(LIST), {"attention": attention}).content.decode()
    assert (page_of(row) in found) == (attention == "trial")


def test_the_list_asks_no_more_for_more_rows(db):
    staff = signed_in("manager")

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert staff.get(reverse(LIST)).status_code == 200
        return len(queries)

    lived([story(S.ACTIVE, now() - DAY)])
    asked()
    one = asked()
    for _ in range(4):
        lived([story(S.ACTIVE, now() - DAY)])
    assert asked() == one


def test_an_empty_list_says_where_to_begin(db):
    assert "under Plans" in signed_in("readonly").get(reverse(LIST)).content.decode()


def test_the_page_says_in_a_sentence_what_is_allowed(amina: Subscriber):
    row = amina.subscribe("pro")
    shown = signed_in("manager").get(page_of(row)).content.decode()
    for part in ("Paid until", row.gateway_ref, "29.00 EUR", "What was told"):
        assert part in shown, part


@pytest.mark.parametrize(
    ("steps", "state", "ends"),
    [
        (["ask_the_gateway"], "active", False),
        (["cancel_at_the_end"], "active", True),
        (["cancel_at_the_end", "take_back"], "active", False),
        (["cancel_now"], "cancelled", False),
    ],
)
def test_buttons_steer_at_the_gateway(amina: Subscriber, steps, state, ends):
    row = amina.subscribe("pro")
    staff = signed_in("manager")
    for step in steps:
        answer = staff.post(reverse(f"admin:payments_subscription_{step}", args=[row.pk]), SUBMIT)
        assert answer.status_code in (200, 302), answer.content
    row = Subscription.objects.get(pk=row.pk)
    assert (row.state, row.cancel_at_period_end) == (state, ends)


def test_readers_steer_nothing(amina: Subscriber):
    row = amina.subscribe("pro")
    answer = signed_in("readonly").post(
        reverse("admin:payments_subscription_cancel_now", args=[row.pk]), SUBMIT
    )
    assert answer.status_code == 403
    assert Subscription.objects.get(pk=row.pk).state == "active"


def test_a_new_price_takes_the_place_of_the_former(db):
    old = a_price(Tier.PRO)
    url = reverse("admin:payments_plan_change", args=[old.plan_id])
    staff = signed_in("manager")
    assert "29.00" in staff.get(url).content.decode()
    posted = {
        "name": "Pro", "state": "active", "description": "", "trial_days": "0",
        "grace_days": "7", "features": "[]", "limits": "{}",
        "prices-TOTAL_FORMS": "2", "prices-INITIAL_FORMS": "1",
        "prices-0-id": str(old.pk), "prices-0-plan": str(old.plan_id), "prices-0-offered": "on",
        "prices-1-plan": str(old.plan_id), "prices-1-interval": "month",
        "prices-1-currency": "EUR", "prices-1-price": "39.00", "prices-1-offered": "on",
    }  # fmt: skip
    answer = staff.post(url, posted)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    offered = PlanPrice.objects.get(plan=old.plan, offered=True)
    assert (str(offered.amount), PlanPrice.objects.count()) == ("39.00 EUR", 2)
