"""Who brought whom: once, within the time, never oneself, no rings; and what invoices earn."""

import itertools
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.emails import same_mailbox
from accounts.models import User
from core.enums import Queue
from core.errors import Conflict, DomainError, Invalid
from core.events import publish
from core.events.worker import work_off
from core.identity import acting_as_system
from core.models import Event
from notifications.models import Notification
from payments.enums import ReferredBy
from payments.models import Commission, Referral, ReferralCode
from payments.models.referral import CODE
from payments.services.referrals import attribution as referrals_module
from payments.services.referrals.attribution import ENTERED_WITHIN, attribute, code_of, new_code
from payments.tests.people import brought, person, rule

pytestmark = pytest.mark.django_db


def by_code(user: User, code: str) -> Referral:
    return attribute(user_id=user.pk, code=code, source=ReferredBy.API)


def test_a_code_is_readable_and_ones_own() -> None:
    owner = person()
    code = code_of(owner.pk)
    assert code_of(owner.pk) == code
    assert code_of(person().pk).code != code.code
    drawn = {new_code() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(re.fullmatch(CODE, one) for one in drawn)


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1}", "{2}"])
def test_a_code_is_taken_as_people_type_it(written: str) -> None:
    owner, friend = person(), person()
    code = code_of(owner.pk).code
    given = written.format(code, code.lower(), code.replace("-", ""))
    assert by_code(friend, given).referrer_id == owner.pk


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "'; DROP TABLE", "O0I1"])
def test_a_code_nobody_has_is_refused(code: str) -> None:
    with pytest.raises(Invalid, match="Nobody has this code"):
        by_code(person(), code)


def test_a_closed_code_brings_nobody() -> None:
    code = code_of(person().pk)
    ReferralCode.objects.update(closed_at=timezone.now())
    with pytest.raises(Invalid):
        by_code(person(), code.code)


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("ada@example.com", "ada+shop@example.com"),
        ("ada.byron@gmail.com", "adabyron+2@googlemail.com"),
        ("ada@example.com", None),
    ],
)
def test_nobody_brings_themselves_under_whatever_address(mine: str, other: str | None) -> None:
    owner = person(mine)
    with pytest.raises(Conflict, match="Nobody brings themselves"):
        by_code(person(other) if other else owner, code_of(owner.pk).code)


def test_addresses_of_different_people_stay_different() -> None:
    assert not same_mailbox("a.b@example.com", "ab@example.com")
    assert not same_mailbox("ada@gmail.com", "ada@example.com")


def test_somebody_is_brought_once() -> None:
    first, second, friend = person(), person(), person()
    kept = by_code(friend, code_of(first.pk).code)
    assert by_code(friend, code_of(first.pk).code) == kept
    with pytest.raises(Conflict, match="another code"):
        by_code(friend, code_of(second.pk).code)


@pytest.mark.parametrize("between", [0, 1, 3])
def test_a_ring_is_refused_however_long(between: int) -> None:
    ring = [person() for _ in range(between + 2)]
    for referrer, referred in itertools.pairwise(ring):
        brought(referrer, referred)
    with pytest.raises(Conflict, match="cannot bring you"):
        by_code(ring[0], code_of(ring[-1].pk).code)


def test_the_database_refuses_a_pair_that_brings_each_other() -> None:
    referral = brought()
    with pytest.raises(IntegrityError, match="pair_once"), transaction.atomic():
        Referral.objects.create(
            code=code_of(referral.referred_id),
            referrer=referral.referred,
            referred=referral.referrer,
            source=ReferredBy.API,
            attributed_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=1),
        )


def test_a_code_is_entered_soon_after_signing_up_or_never() -> None:
    friend, code = person(), code_of(person().pk).code
    User.objects.filter(pk=friend.pk).update(created_at=timezone.now() - ENTERED_WITHIN)
    with pytest.raises(Conflict, match="within 30 days"):
        by_code(friend, code)


def sign_up(client: Client, **more: Any) -> Any:
    body = {"email": "new@people.example", "password1": "correct horse 42 battery"}
    body |= {"password2": body["password1"], **more}
    return client.post("/api/v1/auth/registration/", body, content_type="application/json")


def test_signing_up_with_a_code_attributes(client: Client) -> None:
    owner = person()
    answer = sign_up(client, referral_code=code_of(owner.pk).code)
    assert answer.status_code == 201, answer.content
    work_off(Queue.DEFAULT)
    referral = Referral.objects.get()
    assert (referral.referrer, referral.source) == (owner, ReferredBy.REGISTRATION)


@pytest.mark.parametrize("more", [{}, {"referral_code": ""}, {"referral_code": "NOBODY"}])
def test_a_code_that_does_not_count_stops_nobody(client: Client, more: dict[str, str]) -> None:
    assert sign_up(client, **more).status_code == 201
    work_off(Queue.DEFAULT)
    assert not Referral.objects.exists()


def tell(kind: str, referral: Referral, **more: Any) -> None:
    data = {
        "invoice_id": str(INVOICE),
        "user_id": str(referral.referred_id),
        "paid_minor": 4900,
        "currency": "EUR",
    }
    publish(type=kind, subject="subscription:1", data=data | more)
    work_off(Queue.MONEY)


INVOICE = uuid4()


def test_an_invoice_earns_once_and_tells_the_referrer_once() -> None:
    rule()
    referral = brought(person(language="fr", full_name="Ada"))
    for _ in range(3):
        tell("invoice.paid", referral)
    for _ in range(2):
        work_off(Queue.DEFAULT)
    commission = Commission.objects.get()
    assert (commission.source_type, commission.amount_minor) == ("invoice", 490)
    (told,) = Notification.objects.filter(kind="referral_commission")
    assert told.user_id == referral.referrer_id
    assert told.context["amount"] == {"amount": "4.90", "currency": "EUR"}
    assert re.fullmatch(r"\d+ \w+ \d{4}", told.context["payable_on"])


def test_a_refunded_invoice_takes_back_its_part() -> None:
    rule()
    referral = brought()
    tell("invoice.paid", referral)
    for _ in range(2):  # told by two events, it is one refund
        tell("invoice.refunded", referral, refund_minor=2450, refund_ref="re_1")
    assert Commission.objects.get().left.minor == 245


def test_a_refund_of_an_invoice_that_fails_gives_again_what_it_took() -> None:
    rule()
    referral = brought()
    tell("invoice.paid", referral)
    for ref in ("re_1", "re_2"):
        tell("invoice.refunded", referral, refund_minor=4900, refund_ref=ref)
        assert Commission.objects.get().left.minor == 0
        tell("invoice.refund_failed", referral, refund_minor=4900, refund_ref=ref)
        assert Commission.objects.get().left.minor == 490


def test_disputed_money_is_taken_back_until_it_is_ours_again() -> None:
    rule()
    referral = brought()
    tell("invoice.paid", referral)
    tell("invoice.disputed", referral, disputed_minor=4900)
    assert Commission.objects.get().left.minor == 0
    tell("invoice.disputed", referral, disputed_minor=0)
    assert Commission.objects.get().left.minor == 490
    assert Event.objects.filter(type="commission.reversed").count() == 1


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two people enter each other's code in the same moment."""

    def both(self) -> list[Any]:
        from payments.tests.test_at_once import at_once

        with acting_as_system("tests"), transaction.atomic():
            ada, bob = person(), person()
            codes = code_of(ada.pk).code, code_of(bob.pk).code
        return at_once(lambda: by_code(ada, codes[1]), lambda: by_code(bob, codes[0]))

    def test_only_one_of_them_was_brought(self) -> None:
        results = self.both()
        assert sorted(type(one).__name__ for one in results) == ["Conflict", "Referral"]

    def test_control_without_the_lock_only_the_database_refuses(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import threading

        meeting = threading.Barrier(2)
        real = referrals_module._refuse

        def after_both_have_looked(*people: User) -> None:
            real(*people)
            meeting.wait(20)

        monkeypatch.setattr(referrals_module, "ONE_AT_A_TIME", "SELECT 1")
        monkeypatch.setattr(referrals_module, "_refuse", after_both_have_looked)
        results = self.both()
        assert sorted(type(one).__name__ for one in results) == ["IntegrityError", "Referral"]
        assert not [one for one in results if isinstance(one, DomainError)]
