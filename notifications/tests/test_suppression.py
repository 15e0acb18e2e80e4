"""Addresses that are not written to any more: which mail they still get, and for how long."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.errors import Conflict, Invalid
from core.models import AuditEntry
from notifications.enums import Category, SuppressionReason
from notifications.models import Suppression
from notifications.services.suppression import lift_suppression, record_suppression, suppressions_of
from notifications.tests.asking import suppression_of

pytestmark = pytest.mark.django_db

R = SuppressionReason


@pytest.mark.parametrize(
    ("reason", "stopped"),
    [
        (R.HARD_BOUNCE, {"essential", "service", "marketing"}),
        (R.COMPLAINT, {"service", "marketing"}),
        (R.UNSUBSCRIBED, {"marketing"}),
    ],
)
def test_each_reason_stops_its_own_kinds_of_mail(reason: R, stopped: set[str]) -> None:
    record_suppression(email="a@example.com", reason=reason, source="resend")
    assert {one for one in Category.values if suppression_of("a@example.com", one)} == stopped
    assert suppression_of("b@example.com", "marketing") is None


def test_an_address_is_the_same_however_it_is_written_and_is_kept_nowhere() -> None:
    record_suppression(email="Amina@Bücher.example", reason=R.HARD_BOUNCE, source="smtp")
    assert suppression_of(" amina@XN--bcher-kva.example", "essential")
    assert "amina" not in str(Suppression.objects.values()).lower()


def test_a_pause_ends_by_itself() -> None:
    now = timezone.now()
    record_suppression(email="a@example.com", reason=R.SOFT_BOUNCES, source="x", expires_at=now)
    assert suppression_of("a@example.com", "marketing") is None
    record_suppression(
        email="a@example.com", reason=R.SOFT_BOUNCES, source="x",
        expires_at=now + timedelta(days=7),
    )  # fmt: skip
    assert "not before" in str(suppression_of("a@example.com", "essential"))
    assert Suppression.objects.count() == 1


def test_many_addresses_cost_one_query(django_assert_num_queries: Any) -> None:
    record_suppression(email="7@example.com", reason=R.COMPLAINT, source="x")
    asked = [f"{number}@example.com" for number in range(500)]
    with django_assert_num_queries(1):
        assert list(suppressions_of(asked, "marketing")) == ["7@example.com"]


def test_lifting_wants_a_reason_and_leaves_a_trace() -> None:
    row = record_suppression(email="a@example.com", reason=R.HARD_BOUNCE, source="resend")
    with pytest.raises(Invalid):
        lift_suppression(suppression_id=row.pk, because=" ok ")
    lift_suppression(suppression_id=row.pk, because="The box was full, it is emptied")
    assert suppression_of("a@example.com", "essential") is None
    assert AuditEntry.objects.get(action="suppression.lift").resource == f"suppression:{row.pk}"
    with pytest.raises(Conflict):
        lift_suppression(suppression_id=row.pk, because="once more")
    record_suppression(email="a@example.com", reason=R.HARD_BOUNCE, source="resend")
    assert suppression_of("a@example.com", "essential")


def test_an_exchanged_secret_key_still_finds_them(settings: Any) -> None:
    record_suppression(email="a@example.com", reason=R.HARD_BOUNCE, source="resend")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 9
    assert suppression_of("a@example.com", "essential")
    record_suppression(email="a@example.com", reason=R.HARD_BOUNCE, source="resend")
    settings.SECRET_KEY_FALLBACKS = []
    assert suppression_of("a@example.com", "essential")
    assert Suppression.objects.count() == 1
