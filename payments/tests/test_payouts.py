"""Payouts: all that is payable, once, with two people above a set amount, and never more than
what is owed."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.enums import Queue
from core.errors import Conflict, DomainError, Invalid, PermissionRefused
from core.events.worker import work_off
from core.identity import acting_as_system
from core.money import Money
from payments.enums import CommissionState, PayeeKind, PayoutState
from payments.models import Commission, Payee, Payout, PayoutItem, PayoutRun
from payments.payout_file import bank_file
from payments.services.books.balances import balances, trial_balance
from payments.services.payouts import steps as payouts_module
from payments.services.payouts.runs import start_run
from payments.services.payouts.steps import (
    approve_payout,
    draft_payout,
    mark_failed,
    mark_paid,
    mark_sent,
    withdraw_payout,
)
from payments.services.referrals.commissions import earn
from payments.services.sharing.owed import owed_to
from payments.services.sharing.payables import Creditor
from payments.services.sharing.returns import freeze, reverse, unfreeze
from payments.services.sharing.sales import Part, book_sale
from payments.tests.people import brought, rule

CLERK, CHIEF = uuid4(), uuid4()


def vendor(name: str = "Kyoto Iron") -> Creditor:
    return Creditor(PayeeKind.VENDOR, uuid4(), name)


def sold(creditor: Creditor, minor: int = 2000, currency: str = "EUR", days: int = 1) -> UUID:
    """A sale that is all the vendor's."""
    source, amount = uuid4(), Money(minor, currency)
    book_sale(
        source_type="order",
        source_id=source,
        total=amount,
        parts=[Part(creditor.account, amount, creditor)],
        at=timezone.now() - timedelta(days=days),
    )
    return source


def back(source: UUID, minor: int, of: int = 2000, currency: str = "EUR") -> None:
    reverse(
        source_type="order",
        source_id=source,
        part=Money(minor, currency),
        of=Money(of, currency),
        cause=f"refund:{uuid4()}",
    )


def draft(creditor: Creditor, currency: str = "EUR") -> Payout:
    return draft_payout(payee_id=creditor.id, currency=currency, drafted_by=CLERK)


def sent(payout: Payout) -> Payout:
    approve_payout(payout_id=payout.pk, approved_by=CHIEF)
    return mark_sent(payout_id=payout.pk, bank_reference="SEPA-1")


def balance(code: str) -> int:
    return sum(one.amount.minor for one in balances(codes=[code]))


@pytest.fixture
def kyoto(db: None) -> Creditor:
    return vendor()


def test_a_payout_takes_all_that_is_payable_and_no_line_twice(kyoto: Creditor) -> None:
    for _ in range(3):
        sold(kyoto)
    payout = draft(kyoto)
    assert payout.amount == Money(6000, "EUR")
    assert payout.items.count() == 3
    with pytest.raises(Conflict, match=r"0\.00 EUR is payable"):
        draft(kyoto)


def test_currencies_are_paid_out_apart(kyoto: Creditor) -> None:
    sold(kyoto)
    sold(kyoto, 5000, "JPY")
    assert draft(kyoto, "JPY").amount == Money(5000, "JPY")
    assert draft(kyoto, "EUR").amount == Money(2000, "EUR")


def test_too_little_waits_for_more(kyoto: Creditor) -> None:
    sold(kyoto, 999)
    with pytest.raises(Conflict, match=r"payouts begin at 10\.00 EUR"):
        draft(kyoto)
    sold(kyoto, 1)
    assert draft(kyoto).amount_minor == 1000


def test_what_is_held_or_disputed_waits(kyoto: Creditor) -> None:
    sold(kyoto, 1000)
    sold(kyoto, 1000, days=-1)
    disputed = sold(kyoto, 1000)
    freeze(source_type="order", source_id=disputed, currency="EUR")
    owed = owed_to(kyoto.id)["EUR"]
    assert (owed.payable, owed.waiting) == (1000, 2000)
    assert draft(kyoto).amount_minor == 1000
    unfreeze(source_type="order", source_id=disputed)
    assert draft(kyoto).amount_minor == 1000


def test_the_money_goes_from_what_is_owed_through_transit_out_of_the_bank(kyoto: Creditor) -> None:
    sold(kyoto)
    payout = sent(draft(kyoto))
    assert balance(kyoto.account.code) == 0
    assert balance("payouts_in_transit") == -2000
    mark_paid(payout_id=payout.pk)
    assert (balance("payouts_in_transit"), balance("bank")) == (0, -2000)
    assert set(trial_balance().values()) == {0}


def test_a_failed_payout_is_owed_again_and_may_be_drafted_anew(kyoto: Creditor) -> None:
    sold(kyoto)
    payout = sent(draft(kyoto))
    mark_failed(payout_id=payout.pk, reason="account closed")
    assert (balance(kyoto.account.code), balance("payouts_in_transit")) == (-2000, 0)
    again = draft(kyoto)
    assert again.amount_minor == 2000
    assert set(PayoutItem.objects.values_list("payout_id", "released")) == {
        (payout.pk, True),
        (again.pk, False),
    }


def test_what_goes_back_after_it_was_paid_out_is_taken_from_the_next_payout(
    kyoto: Creditor,
) -> None:
    source = sold(kyoto)
    mark_paid(payout_id=sent(draft(kyoto)).pk)
    back(source, 2000)
    assert owed_to(kyoto.id)["EUR"].payable == -2000
    with pytest.raises(Conflict, match=r"-20\.00 EUR is payable"):
        draft(kyoto)
    sold(kyoto, 5000)
    assert draft(kyoto).amount_minor == 3000
    assert balance(kyoto.account.code) == -3000


def test_what_goes_back_between_draft_and_sending_stops_it(kyoto: Creditor) -> None:
    source = sold(kyoto)
    payout = draft(kyoto)
    approve_payout(payout_id=payout.pk, approved_by=CHIEF)
    back(source, 500)
    with pytest.raises(Conflict, match=r"Only 15\.00 EUR is owed by now"):
        mark_sent(payout_id=payout.pk, bank_reference="SEPA-1")
    withdraw_payout(payout_id=payout.pk)
    assert draft(kyoto).amount_minor == 1500


def test_what_is_owed_for_sales_that_must_wait_does_not_pay_for_what_went_back(
    kyoto: Creditor,
) -> None:
    source = sold(kyoto)
    payout = draft(kyoto)
    approve_payout(payout_id=payout.pk, approved_by=CHIEF)
    sold(kyoto, 2000, days=-30)  # held: it may go back too
    back(source, 2000)
    with pytest.raises(Conflict, match=r"Only 0\.00 EUR is owed by now"):
        mark_sent(payout_id=payout.pk, bank_reference="SEPA-1")
    sold(kyoto, 2000)  # payable now: enough stands against it
    assert mark_sent(payout_id=payout.pk, bank_reference="SEPA-1").state == PayoutState.SENT


def test_a_dispute_between_draft_and_sending_stops_it(kyoto: Creditor) -> None:
    source = sold(kyoto)
    payout = draft(kyoto)
    approve_payout(payout_id=payout.pk, approved_by=CHIEF)
    freeze(source_type="order", source_id=source, currency="EUR")
    with pytest.raises(Conflict, match="disputed"):
        mark_sent(payout_id=payout.pk, bank_reference="SEPA-1")


@pytest.mark.parametrize(("minor", "alone"), [(50_000, True), (50_001, False)])
def test_above_a_set_amount_another_person_approves(
    kyoto: Creditor, minor: int, alone: bool
) -> None:
    sold(kyoto, minor)
    payout = draft(kyoto)
    if not alone:
        with pytest.raises(PermissionRefused, match="somebody else"):
            approve_payout(payout_id=payout.pk, approved_by=CLERK)
        payout.refresh_from_db()
        assert payout.state == PayoutState.DRAFT
    by = CLERK if alone else CHIEF
    assert approve_payout(payout_id=payout.pk, approved_by=by).state == PayoutState.APPROVED


def test_no_step_is_skipped_or_taken_twice(kyoto: Creditor) -> None:
    sold(kyoto)
    payout = draft(kyoto)

    def steps(*names: str) -> list[str]:
        refused = []
        for name in names:
            try:
                with transaction.atomic():
                    STEPS[name](payout.pk)
            except DomainError:
                refused.append(name)
        return refused

    assert steps("send", "pay", "fail") == ["send", "pay", "fail"]
    assert steps("approve", "approve", "pay") == ["approve", "pay"]
    assert steps("send", "send", "withdraw") == ["send", "withdraw"]
    assert steps("pay", "pay", "fail") == ["pay", "fail"]
    assert balance("bank") == -2000


STEPS: dict[str, Any] = {
    "approve": lambda pk: approve_payout(payout_id=pk, approved_by=CHIEF),
    "send": lambda pk: mark_sent(payout_id=pk, bank_reference="SEPA-1"),
    "pay": lambda pk: mark_paid(payout_id=pk),
    "fail": lambda pk: mark_failed(payout_id=pk, reason="closed"),
    "withdraw": lambda pk: withdraw_payout(payout_id=pk),
}


def test_sending_needs_the_banks_reference(kyoto: Creditor) -> None:
    sold(kyoto)
    payout = draft(kyoto)
    approve_payout(payout_id=payout.pk, approved_by=CHIEF)
    with pytest.raises(Invalid):
        mark_sent(payout_id=payout.pk, bank_reference=" ")
    with pytest.raises(IntegrityError, match="sent_has_reference"), transaction.atomic():
        Payout.objects.update(state=PayoutState.SENT)


def test_a_commission_is_paid_with_its_payout(db: None) -> None:
    rule(hold_days=0)
    referral = brought()
    earn(
        source_type="invoice",
        source_id=uuid4(),
        user_id=referral.referred_id,
        base=Money(49_000, "EUR"),
        at=timezone.now(),
    )
    payout = draft_payout(payee_id=referral.referrer_id, currency="EUR", drafted_by=None)
    mark_paid(payout_id=sent(payout).pk)
    assert Commission.objects.get().state == CommissionState.PAID


def test_a_run_drafts_for_everybody_who_is_owed_enough(db: None) -> None:
    creditors = [vendor(f"Vendor {n}") for n in range(4)]
    for creditor, minor in zip(creditors, (999, 2000, 3000, 4000), strict=True):
        sold(creditor, minor)
    run = start_run(started_by=CLERK)
    with pytest.raises(Conflict, match="already"):
        start_run(started_by=CLERK)
    work_off(Queue.BULK)
    run.refresh_from_db()
    assert (run.payees, run.seen, run.drafted) == (4, 4, 3)
    assert run.finished_at
    assert set(Payout.objects.values_list("amount_minor", flat=True)) == {2000, 3000, 4000}


def test_a_run_goes_on_batch_by_batch(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.services.payouts.runs.BATCH", 2)
    for n in range(5):
        sold(vendor(f"Vendor {n}"))
    start_run(started_by=None)
    for _ in range(4):
        work_off(Queue.BULK)
    run = PayoutRun.objects.get()
    assert (run.seen, run.drafted) == (5, 5)
    assert run.finished_at


def test_the_banks_file_is_read_by_nothing_as_a_formula(kyoto: Creditor) -> None:
    evil = vendor('=HYPERLINK("http://evil.example";"Kyoto, Iron")')
    sold(evil)
    payout = draft(evil)
    payee = Payee.objects.get(pk=evil.id)
    payee.bank_account = "+DE02120300000000202051"  # type: ignore[assignment]  # becomes a Secret
    payee.save()
    rows = list(csv.reader(StringIO(bank_file(Payout.objects.select_related("payee")))))
    assert rows[1] == [
        payout.reference,
        f"'{evil.name}",
        "'+DE02120300000000202051",
        "20.00",
        "EUR",
    ]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two clerks press the button in the same moment."""

    def twice(self, creditor: Creditor) -> list[Any]:
        from payments.tests.test_at_once import at_once

        return at_once(*[lambda: draft(creditor)] * 2)

    def test_two_drafts_at_once_make_one(self) -> None:
        with acting_as_system("tests"), transaction.atomic():
            creditor = vendor()
            sold(creditor)
        results = self.twice(creditor)
        assert sorted(type(one).__name__ for one in results) == ["Conflict", "Payout"]

    def test_control_without_the_lock_both_are_after_the_same_money(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import threading

        meeting = threading.Barrier(2)

        def unlocked(payee_id: UUID) -> Payee:
            meeting.wait(20)
            return Payee.objects.get(pk=payee_id)

        real = payouts_module.owed_in_books

        def after_all_have_looked(payee: Payee, currency: str) -> Money:
            meeting.wait(20)
            return real(payee, currency)

        monkeypatch.setattr(payouts_module, "lock_payee", unlocked)
        monkeypatch.setattr(payouts_module, "owed_in_books", after_all_have_looked)
        with acting_as_system("tests"), transaction.atomic():
            creditor = vendor()
            sold(creditor)
        results = self.twice(creditor)
        # and still the unique key lets only one of them have it
        assert sorted(type(one).__name__ for one in results) == ["IntegrityError", "Payout"]
