"""Staff ask for refunds, decide on them, answer disputes and review what is held."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.money import Money
from payments.enums import PaymentStatus, RefundState
from payments.gateways.interface import DisputeSeen
from payments.models import Dispute, Payment, Refund
from payments.services.refunds import request_refund
from payments.tests.house import House
from payments.tests.test_admin import page_of, signed_in
from payments.tests.test_disputes import seen as disputed
from payments.tests.test_disputes import shown as dispute
from payments.tests.test_review import held
from payments.tests.test_settle import seen_of, told

pytestmark = pytest.mark.django_db
LARGE = Money.parse("900", "EUR")


@pytest.fixture
def paid(house: House) -> Payment:
    payment = house.opened(LARGE)
    return told(payment, seen_of(payment))


def ask(client: Client, payment: Payment, amount: str = "10.00") -> str:
    """Type an amount, press Refund; what the page says then."""
    url = reverse("admin:payments_payment_refund", args=[payment.pk])
    words = {"deed": "refund", "refund_amount": amount, "refund_reason": "Broken."}
    return client.post(url, words, follow=True).content.decode()


def decide(client: Client, refund: Refund, deed: str) -> str:
    url = reverse("admin:payments_refund_decide", args=[refund.pk])
    return client.post(url, {"deed": deed, "refund_why": "No."}, follow=True).content.decode()


class TestRefunds:
    def test_the_payment_page_offers_what_is_left_and_asks_for_it(self, paid: Payment) -> None:
        staff = signed_in("manager")
        assert 'value="900.00"' in staff.get(page_of(paid)).content.decode()
        assert "Asked for" in ask(staff, paid)
        refund = Refund.objects.get()
        user = User.objects.get(email="manager@staff.example.com")
        assert (refund.amount, refund.requested_by) == (Money(1000, "EUR"), user.pk)
        assert 'value="890.00"' in staff.get(page_of(paid)).content.decode()

    @pytest.mark.parametrize(
        ("amount", "said"),
        [("900.01", "can be given back"), ("ten", "not a decimal"), ("0", "more than nothing")],
    )
    def test_what_cannot_be_is_said_on_the_page(
        self, paid: Payment, amount: str, said: str
    ) -> None:
        assert said in ask(signed_in("manager"), paid, amount)
        assert not Refund.objects.exists()

    def test_who_may_only_look_is_offered_nothing_and_refused(self, paid: Payment) -> None:
        staff = signed_in("readonly")
        assert "refund_amount" not in staff.get(page_of(paid)).content.decode()
        ask(staff, paid)
        assert not Refund.objects.exists()

    def test_a_large_one_is_approved_by_somebody_else(self, paid: Payment) -> None:
        asker, other = signed_in("manager"), signed_in("admin")
        ask(asker, paid, "900.00")
        refund = Refund.objects.get()
        assert "other than who asked" in decide(asker, refund, "approve")
        assert "goes to the gateway" in decide(other, refund, "approve")
        refund.refresh_from_db()
        assert refund.state == RefundState.APPROVED

    def test_a_rejected_one_says_why(self, paid: Payment) -> None:
        ask(signed_in("manager"), paid, "900.00")
        decide(signed_in("admin"), Refund.objects.get(), "reject")
        refund = Refund.objects.get()
        assert (refund.state, refund.failure) == (RefundState.REJECTED, "No.")

    @pytest.mark.parametrize("queue", ["approval", "on_its_way", "attention", "failed"])
    def test_queues_open_and_the_sidebar_counts(self, paid: Payment, queue: str) -> None:
        staff = signed_in("manager")
        ask(staff, paid, "900.00")
        url = reverse("admin:payments_refund_changelist")
        page = staff.get(url, {"queue": queue}).content.decode()
        assert ("900.00 EUR" in page) is (queue == "approval")

    @pytest.mark.parametrize("refunds", [1, 4])
    def test_the_list_costs_the_same_for_one_or_four(
        self, paid: Payment, refunds: int, django_assert_max_num_queries
    ) -> None:
        for _ in range(refunds):
            request_refund(
                payment_id=paid.pk, amount=Money(100, "EUR"), reason="", requested_by=uuid4()
            )
        staff = signed_in("manager")
        with django_assert_max_num_queries(16):
            staff.get(reverse("admin:payments_refund_changelist"))


class TestDisputes:
    def test_what_is_due_first_comes_first_with_the_days_left(self, paid: Payment) -> None:
        now = timezone.now()
        for ref, days in (("dp_late", 9), ("dp_soon", 2)):
            due = now + timedelta(days=days, hours=1)
            disputed(paid, dispute(DisputeSeen.NEEDS_RESPONSE, dispute_ref=ref, due_by=due))
        disputed(paid, dispute(DisputeSeen.LOST, dispute_ref="dp_over"))
        url = reverse("admin:payments_dispute_changelist")
        page = signed_in("manager").get(url).content.decode()
        places = [page.index(ref) for ref in ("dp_soon", "dp_late", "dp_over")]
        assert places == sorted(places)
        assert "2 days" in page

    def test_a_note_is_kept(self, paid: Payment) -> None:
        disputed(paid, dispute(DisputeSeen.NEEDS_RESPONSE))
        row = Dispute.objects.get()
        url = reverse("admin:payments_dispute_note", args=[row.pk])
        page = signed_in("manager").post(url, {"dispute_notes": "Invoice sent."}, follow=True)
        assert "Invoice sent." in page.content.decode()
        assert signed_in("readonly").post(url, {"dispute_notes": "x"}).status_code == 403


class TestReview:
    def queue(self, client: Client) -> str:
        return client.get(reverse("payment-review")).content.decode()

    def test_an_empty_queue_says_what_comes_here(self, db) -> None:
        assert "Nothing is held" in self.queue(signed_in("manager"))

    def test_a_case_is_shown_side_by_side_and_decided(self, house: House) -> None:
        payment = held(house)
        staff = signed_in("manager")
        page = self.queue(staff)
        assert "The gateway shows 40.00 EUR instead of 42.50 EUR." in page
        url = reverse("payment-review-decide", args=[payment.pk])
        assert (
            "booked as payment"
            in staff.post(url, {"deed": "accept", "why": "Fine."}, follow=True).content.decode()
        )
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.SUCCESS

    def test_who_may_only_look_decides_nothing(self, house: House) -> None:
        payment = held(house)
        staff = signed_in("readonly")
        assert 'value="accept"' not in self.queue(staff)
        url = reverse("payment-review-decide", args=[payment.pk])
        assert staff.post(url, {"deed": "close"}).status_code == 403
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.HELD
        assert Client().post(url, {"deed": "close"}).status_code in (302, 403)
        assert settings.AUTH_USER_MODEL


def test_the_trial_balance_of_any_day(paid: Payment) -> None:
    staff = signed_in("manager")
    page = staff.get(reverse("trial-balance")).content.decode()
    assert "Debits less credits: 0.00 EUR" in page
    assert page.count("900.00") >= 4
    before = staff.get(reverse("trial-balance"), {"day": "2020-01-01"}).content.decode()
    assert "Nothing had been booked by then" in before
    assert staff.get(reverse("trial-balance"), {"day": "2020-13-45"}).status_code == 200
