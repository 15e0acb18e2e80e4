"""Our book against Stripe's own list: all is found, nothing made up, mends are settled."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.enums import Queue, RunState
from core.errors import Conflict, Invalid, UpstreamUnavailable
from core.events.worker import work_off
from core.ids import new_id
from core.money import Money
from payments.gateways.stripe.adapter import StripeGateway
from payments.models import (
    Difference,
    LedgerTransaction,
    LineKind,
    Payment,
    PaymentAttempt,
    ReconciliationRun,
    StatementLine,
)
from payments.services.reconcile.book import unexplained_money
from payments.services.reconcile.compare import compare_lines
from payments.services.reconcile.mending import explain, mend, write_off
from payments.services.reconcile.run import quietly, reconcile
from payments.tests.house import House, booked
from payments.tests.reconciling import foreign_charge, found, money_of, paid_unheard

pytestmark = pytest.mark.django_db


def compared(**more) -> ReconciliationRun:
    return reconcile(gateway="stripe", **more)


def all_agree(run: ReconciliationRun) -> bool:
    off = [row for row in run.totals if not row["agrees"]]
    assert not off
    return True


def test_everything_that_went_wrong_is_found_in_one_pass_and_nothing_else(house: House) -> None:
    """5 % of the webhooks lost, amounts altered, payments we never asked for; once is enough."""
    well = [house.paid(Money.parse(f"{10 + n}.50", "EUR")) for n in range(16)]
    well += [house.paid(Money(4_000 + n, "JPY")) for n in range(2)]
    lost = [paid_unheard(house), paid_unheard(house)]
    altered = well[:2]
    for payment in altered:
        house.stripe.alter_payment(money_of(payment), payment.amount_minor + 7, tell_fee=False)
    invented = [foreign_charge(house, 990 + n) for n in range(3)]
    house.lose()

    run = compared()

    refs = {payment.pk: money_of(payment) for payment in [*lost, *altered]}
    assert found() == {
        *(("state", refs[payment.pk], "mended") for payment in lost),
        *(("amount", refs[payment.pk], "open") for payment in altered),
        *(("missing_here", ref, "open") for ref in invented),
    }
    assert (run.lines, run.found, run.mended, run.state) == (23, 7, 2, RunState.DONE)
    for payment in lost:
        payment.refresh_from_db()
        assert (payment.status, booked(payment)) == ("success", 1)
    assert unexplained_money() == {"stripe": [Money(2 * 7 + 990 + 991 + 992, "EUR")]}
    assert all_agree(run)


def test_where_all_is_well_nothing_is_found(house: House) -> None:
    for amount in (Money(4_250, "EUR"), Money(500, "JPY"), Money(12_340, "KWD")):
        house.paid(amount)
    declined = house.submitted()
    house.stripe.decline(house.session_of(declined))
    house.submitted()
    house.deliver()
    house.work()
    run = compared()
    assert (found(), run.lines, run.found, run.gone) == (set(), 3, 0, 0)
    assert unexplained_money() == {}
    assert all_agree(run)
    assert {(row["what"], row["currency"]) for row in run.totals} >= {
        ("captured", "EUR"), ("captured", "JPY"), ("captured", "KWD"),
    }  # fmt: skip


def test_a_second_run_finds_the_same_rows_again_and_no_more(house: House) -> None:
    foreign_charge(house)
    compared()
    run = compared()
    (row,) = Difference.objects.all()
    assert (row.times_found, row.last_run_id, run.found) == (2, run.pk, 1)
    assert row.first_run_id != run.pk


def test_what_was_lost_and_altered_is_held_for_a_person_and_stays_unexplained(
    house: House,
) -> None:
    payment = paid_unheard(house)
    (charge,) = house.stripe.stripe_book()["charges"]
    house.stripe.alter_payment(charge["payment_intent"], 4_000)
    compared()
    payment.refresh_from_db()
    (row,) = Difference.objects.all()
    assert payment.status == "held_for_review"
    assert (row.kind, row.state, row.unexplained) == ("amount", "open", Money(4_000, "EUR"))
    assert "held" in row.ours
    assert not row.mendable


def test_a_fee_that_was_never_booked_is_booked(house: House) -> None:
    payment = house.submitted()
    house.stripe.pay(house.session_of(payment))
    house.deliver()
    work_off(Queue.MONEY)
    run = compared()
    assert [(kind, state) for kind, _, state in found()] == [("fee", "mended")]
    assert booked(payment, "gateway_fee") == 1
    assert all_agree(run)


def test_a_fee_that_changed_afterwards_waits_for_a_person(house: House) -> None:
    payment = house.paid()
    before = payment.attempts.get().fee
    PaymentAttempt.objects.filter(payment=payment).update(fee_minor=before.minor - 5)
    compared()
    (row,) = Difference.objects.all()
    assert (row.kind, row.state, row.unexplained) == ("fee", "open", Money(5, "EUR"))
    assert not row.mendable


def test_what_the_gateway_does_not_know_is_missing_there(house: House) -> None:
    payment = house.paid()
    money = money_of(payment)
    house.stripe.reset(books=True)
    compared()
    assert found() == {("missing_there", money, "open")}
    assert unexplained_money() == {"stripe": [payment.amount]}


@pytest.mark.django_db(transaction=True)  # the books are dated by their transaction
def test_what_was_begun_before_the_window_and_paid_in_it_is_looked_for_too(house: House) -> None:
    began = house.submitted()
    since = datetime.now(UTC)
    house.stripe.pay(house.session_of(began))
    house.deliver()
    house.work()
    window = {"since": since, "until": since + timedelta(hours=1)}
    assert compared(**window).found == 0
    house.stripe.reset(books=True)
    assert compared(**window).found == 1
    with transaction.atomic():
        (row,) = Difference.objects.all()
        assert (row.kind, row.ref, row.state) == ("missing_there", money_of(began), "open")
        assert row.happened_at >= since  # else no later run of this window could close it


def test_what_only_a_list_left_out_is_no_difference(house: House, monkeypatch) -> None:
    """The edge of a window, a payment made while the list was read: the gateway is asked."""
    house.paid()
    monkeypatch.setattr(StripeGateway, "payments_between", lambda *_: iter(()))
    assert (compared().found, found()) == (0, set())


def test_a_demo_payment_never_was_at_a_gateway(house: House) -> None:
    payment = house.paid()
    PaymentAttempt.objects.filter(payment=payment).update(account="demo")
    house.stripe.reset(books=True)
    assert compared().found == 0


def test_a_difference_that_vanished_closes_itself(house: House) -> None:
    payment = house.paid()
    house.stripe.alter_payment(money_of(payment), 4_251, tell_fee=False)
    compared()
    house.stripe.alter_payment(money_of(payment), 4_250, tell_fee=False)
    run = compared()
    (row,) = Difference.objects.all()
    assert (row.state, run.gone) == ("gone", 1)
    house.stripe.alter_payment(money_of(payment), 4_251, tell_fee=False)
    compared()
    row.refresh_from_db()
    assert (row.state, row.times_found) == ("open", 2)


def test_an_explanation_holds_while_the_figures_are_the_same(house: House) -> None:
    payment, clerk = house.paid(), new_id()
    house.stripe.alter_payment(money_of(payment), 4_251, tell_fee=False)
    compared()
    (row,) = Difference.objects.all()
    explain(difference_id=row.pk, by=clerk, reason="Rounded by their bank.")
    compared()
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.times_found) == ("explained", clerk, 2)
    assert unexplained_money() == {}
    house.stripe.alter_payment(money_of(payment), 4_300, tell_fee=False)
    run = compared()
    row.refresh_from_db()
    assert (row.state, row.reason, row.unexplained) == ("open", "", Money(50, "EUR"))
    assert all_agree(run)


def test_a_decision_needs_a_reason_and_an_open_difference(house: House) -> None:
    foreign_charge(house)
    compared()
    (row,) = Difference.objects.all()
    with pytest.raises(Invalid):
        write_off(difference_id=row.pk, by=new_id(), reason="  ")
    write_off(difference_id=row.pk, by=new_id(), reason="Ten cents.")
    with pytest.raises(Conflict):
        explain(difference_id=row.pk, by=new_id(), reason="Known.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Difference.objects.filter(pk=row.pk).update(reason="")


def test_money_nobody_asked_for_cannot_be_settled(house: House) -> None:
    foreign_charge(house)
    compared()
    (row,) = Difference.objects.all()
    assert row.ours.startswith("not started by Tradewind")
    with pytest.raises(Invalid):
        mend(difference_id=row.pk, by=new_id())


def test_staff_mend_what_settling_mends(house: House, monkeypatch) -> None:
    payment = paid_unheard(house)
    monkeypatch.setattr("payments.services.reconcile.mending.mend_listed", lambda *_: False)
    compared()
    (row,) = Difference.objects.all()
    assert (row.state, row.mendable) == ("open", True)
    mend(difference_id=row.pk, by=new_id())
    row.refresh_from_db()
    payment.refresh_from_db()
    assert (row.state, payment.status) == ("mended", "success")


def test_a_gateway_that_fails_in_the_middle_mends_nothing_and_is_gone_on_with(
    house: House,
) -> None:
    payment = paid_unheard(house)
    house.stripe.add_fault("status", face="stripe", path="/v1/refunds", status=503)
    with pytest.raises(UpstreamUnavailable):
        compared()
    (failed,) = ReconciliationRun.objects.all()
    assert (failed.state, failed.mended, failed.lines) == (RunState.FAILED, 0, 1)
    assert found() == set()
    payment.refresh_from_db()
    assert payment.status == "pending"

    house.stripe.clear_faults()
    asked = len(house.stripe.call("GET", "/control/stripe/requests")["requests"])
    run = compared()
    paths = [
        line["path"]
        for line in house.stripe.call("GET", "/control/stripe/requests")["requests"][asked:]
    ]
    assert run.pk == failed.pk
    assert (run.state, run.mended) == (RunState.DONE, 1)
    assert not [path for path in paths if path == "/v1/charges"], "listed before"
    payment.refresh_from_db()
    assert payment.status == "success"


def test_a_slice_that_is_listed_twice_counts_once(house: House) -> None:
    house.paid()
    since = datetime.now(UTC) - timedelta(hours=1)
    run = compared(since=since, until=since + timedelta(hours=2))
    ReconciliationRun.objects.filter(pk=run.pk).update(state="failed", listed={})
    again = compared()
    assert (again.pk, again.lines, again.found) == (run.pk, 1, 0)


def test_one_run_of_a_gateway_at_a_time_and_a_dead_one_is_taken_over(house: House) -> None:
    since = datetime.now(UTC) - timedelta(days=1)
    running = ReconciliationRun.objects.create(
        gateway="stripe", since=since, until=datetime.now(UTC)
    )
    with pytest.raises(Conflict):
        compared()
    ReconciliationRun.objects.filter(pk=running.pk).update(
        updated_at=datetime.now(UTC) - timedelta(hours=1)
    )
    assert compared().pk == running.pk


def test_a_gateway_without_a_key_is_refused(house: House, settings) -> None:
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(Invalid):
        compared()


@pytest.mark.parametrize("lines", [2, 60])
def test_a_page_costs_the_same_for_two_lines_or_sixty(house: House, lines: int) -> None:
    now = datetime.now(UTC)
    run = ReconciliationRun.objects.create(
        gateway="stripe", since=now - timedelta(days=1), until=now
    )
    StatementLine.objects.bulk_create(
        StatementLine(
            run=run, kind="payment", ref=f"pi_{n}", payment_ref=f"pi_{n}", state="captured",
            amount_minor=100, currency="EUR", livemode=False, happened_at=now,
            attempt_id=new_id(), reference=f"tw-{n}", page_ref=f"cs_{n}",
        )
        for n in range(lines)
    )  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(list(compare_lines(run, LineKind.PAYMENT, progress=quietly))) == lines
    asked = [q for q in queries if q["sql"].startswith(("SELECT", "INSERT", "UPDATE"))]
    assert len(asked) <= 14, [q["sql"][:90] for q in asked]


def test_the_books_are_checked_apart_from_the_attempts(house: House) -> None:
    """An attempt that says captured, and nothing was booked: lines agree, sums do not."""
    payment = house.submitted()
    house.stripe.pay(house.session_of(payment))
    money = house.stripe.stripe_book()["charges"][0]["payment_intent"]
    PaymentAttempt.objects.filter(payment=payment).update(
        state="captured", captured_minor=4_250, captured_currency="EUR", gateway_payment_ref=money
    )
    Payment.objects.filter(pk=payment.pk).update(
        status="success", captured_minor=4_250, paid_at=datetime.now(UTC)
    )
    run = compared()
    assert LedgerTransaction.objects.filter(kind="payment").count() == 0
    off = {(row["what"], row["left"]) for row in run.totals if not row["agrees"]}
    assert ("captured", "42.50 EUR") in off
