"""What a gateway kept of a subscription's money is compared with what we booked of it."""

from dataclasses import replace

import pytest

from core.money import Money
from payments.gateways.stripe.adapter import StripeGateway
from payments.models import Difference, LedgerTransaction, SubscriptionInvoice
from payments.services.fees import FeeNotKnown
from payments.services.reconcile.mending import mend
from payments.services.reconcile.run import reconcile
from payments.tests.house import House
from payments.tests.reconciling import found
from payments.tests.test_billing_stripe import Subscriber, amina, plans

__all__ = ["amina", "plans"]  # fixtures

pytestmark = pytest.mark.django_db


def fees_booked() -> int:
    return LedgerTransaction.objects.filter(kind="invoice_fee").count()


def not_known(_invoice: SubscriptionInvoice) -> None:
    raise FeeNotKnown


@pytest.fixture
def unheard_fee(amina: Subscriber, monkeypatch) -> SubscriptionInvoice:
    """The invoice is booked, its fee is not: nobody could be asked at the time."""
    monkeypatch.setattr("payments.services.billing.invoice_fees.booked", not_known)
    monkeypatch.setattr("payments.gateways.stripe.billing._with_fee", lambda seen, _fee: seen)
    amina.subscribe("pro")
    row = SubscriptionInvoice.objects.get()
    assert (row.state, row.fee, fees_booked()) == ("paid", None, 0)
    return row


def test_where_the_fee_is_booked_nothing_is_found_and_the_sums_agree(amina: Subscriber) -> None:
    amina.subscribe("pro")
    run = reconcile(gateway="stripe")
    assert (found(), run.lines) == (set(), 1)
    fees = [row for row in run.totals if row["what"] == "fees"]
    assert fees
    assert all(row["agrees"] for row in run.totals), run.totals


def test_a_fee_that_was_never_booked_is_booked_once(unheard_fee: SubscriptionInvoice) -> None:
    run = reconcile(gateway="stripe")
    assert found() == {("fee", unheard_fee.payment_ref, "mended")}
    assert (run.mended, fees_booked()) == (1, 1)
    unheard_fee.refresh_from_db()
    assert unheard_fee.fee
    assert all(row["agrees"] for row in run.totals), run.totals
    assert reconcile(gateway="stripe").found == 0
    assert fees_booked() == 1


def test_staff_may_have_it_booked(unheard_fee: SubscriptionInvoice, monkeypatch) -> None:
    monkeypatch.setattr("payments.services.reconcile.mending.mend_listed", lambda *_: False)
    run = reconcile(gateway="stripe")
    (row,) = Difference.objects.all()
    assert (row.state, row.mendable, row.invoice_id) == ("open", True, unheard_fee.pk)
    assert all(row["agrees"] for row in run.totals), run.totals
    assert mend(difference_id=row.pk, by=None).state == "mended"
    assert fees_booked() == 1


def test_another_fee_than_the_booked_one_waits_for_a_person(
    amina: Subscriber, house: House, monkeypatch
) -> None:
    amina.subscribe("pro")
    invoice = SubscriptionInvoice.objects.get()
    known = invoice.fee
    assert known is not None
    listed = StripeGateway.payments_between

    def dearer(self, since, until):
        for seen in listed(self, since, until):
            yield replace(seen, fee=known + Money(7, known.currency))

    monkeypatch.setattr(StripeGateway, "payments_between", dearer)
    run = reconcile(gateway="stripe")
    (row,) = Difference.objects.all()
    assert (row.kind, row.state, row.mendable) == ("fee", "open", False)
    assert row.unexplained == Money(7, known.currency)
    assert all(row["agrees"] for row in run.totals), run.totals
