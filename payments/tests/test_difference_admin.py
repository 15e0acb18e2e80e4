"""Staff see what is unexplained, and decide it; whoever may only look may not."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry
from payments.models import Difference, ReconciliationRun
from payments.services.reconcile.run import reconcile
from payments.tests.house import House
from payments.tests.reconciling import foreign_charge, money_of, paid_unheard
from payments.tests.test_admin import signed_in

pytestmark = pytest.mark.django_db
LIST = "admin:payments_difference_changelist"


def page_of(row: Difference) -> str:
    return reverse("admin:payments_difference_change", args=[row.pk])


def decide(client: Client, row: Difference, what: str, reason: str = "") -> str:
    url = reverse("admin:payments_difference_decide", args=[row.pk])
    words = {"decision": what, "decision_reason": reason}
    return client.post(url, words, follow=True).content.decode()


@pytest.fixture
def foreign(house: House) -> Difference:
    """Money nobody here asked for."""
    foreign_charge(house)
    reconcile(gateway="stripe")
    return Difference.objects.get()


def test_the_list_begins_with_the_unexplained_money(foreign: Difference) -> None:
    shown = signed_in("manager").get(reverse(LIST)).content.decode()
    for part in ("Unexplained at Stripe", "9.99 EUR", foreign.ref, "Missing here"):
        assert part in shown, part


def test_an_empty_list_says_that_all_agrees(db) -> None:
    shown = signed_in("readonly").get(reverse(LIST)).content.decode()
    assert "Our book and the gateways&#x27; lists agree" in shown or "lists agree" in shown


def test_staff_explain_and_the_money_is_explained(foreign: Difference) -> None:
    staff = signed_in("manager")
    assert "Say why" in decide(staff, foreign, "explain")
    assert "Explained." in decide(staff, foreign, "explain", "The old shop still charges.")
    foreign.refresh_from_db()
    assert (foreign.state, foreign.reason) == ("explained", "The old shop still charges.")
    assert foreign.decided_by is not None
    assert AuditEntry.objects.filter(action="difference.explained").count() == 1
    assert "None" in staff.get(reverse(LIST)).content.decode()


def test_staff_mend_and_the_payment_is_paid(house: House, monkeypatch) -> None:
    payment = paid_unheard(house)
    monkeypatch.setattr("payments.services.reconcile.mending.mend_listed", lambda *_: False)
    reconcile(gateway="stripe")
    row = Difference.objects.get()
    staff = signed_in("manager")
    assert "Mend: settle" in staff.get(page_of(row)).content.decode()
    assert "Mended." in decide(staff, row, "mend")
    payment.refresh_from_db()
    assert payment.status == "success"
    assert AuditEntry.objects.filter(action="difference.mend").count() == 1
    assert "Mend: settle" not in staff.get(page_of(row)).content.decode()


@pytest.mark.parametrize("role", ["readonly", "agent"])
def test_who_may_only_look_may_not_decide(foreign: Difference, role: str) -> None:
    url = reverse("admin:payments_difference_decide", args=[foreign.pk])
    signed_in(role).post(url, {"decision": "explain", "decision_reason": "Fine."})
    foreign.refresh_from_db()
    assert foreign.state == "open"


def test_a_gateway_that_is_away_is_told(house: House, monkeypatch) -> None:
    paid_unheard(house)
    monkeypatch.setattr("payments.services.reconcile.mending.mend_listed", lambda *_: False)
    reconcile(gateway="stripe")
    house.stripe.add_fault("status", face="stripe", status=503)
    shown = decide(signed_in("manager"), Difference.objects.get(), "mend")
    assert "try again in a moment" in shown


def test_a_run_shows_that_the_sums_agree(house: House) -> None:
    house.paid()
    run = reconcile(gateway="stripe")
    page = reverse("admin:payments_reconciliationrun_change", args=[run.pk])
    shown = signed_in("readonly").get(page).content.decode()
    for part in ("Captured, EUR", "42.50 EUR", "0.00 EUR", "Differences it found"):
        assert part in shown, part


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_for_one_row_or_many(
    foreign: Difference, rows: int, django_assert_max_num_queries
) -> None:
    for number in range(rows - 1):
        foreign.pk, foreign.ref = None, f"pi_{number}"
        Difference.objects.bulk_create(
            [Difference(**{f.attname: getattr(foreign, f.attname)
                           for f in Difference._meta.concrete_fields if f.name != "id"})]
        )  # fmt: skip
    staff = signed_in("manager")
    staff.get(reverse(LIST))  # what a process asks once is asked
    with django_assert_max_num_queries(16):
        staff.get(reverse(LIST))


def test_the_command_compares_and_says_what_is_left(house: House, capsys) -> None:
    lost = paid_unheard(house)
    foreign_charge(house)
    call_command("reconcile")
    told = capsys.readouterr().out
    assert "2 lines, 2 differences, 1 mended" in told
    assert "Unexplained at stripe: 9.99 EUR" in told
    assert money_of(lost) not in told


def test_the_command_takes_a_gateway_and_a_window(house: House, capsys) -> None:
    foreign_charge(house)
    call_command("reconcile", "--gateway", "stripe", "--from", "2026-01-01", "--to", "2026-01-02")
    assert "Unexplained money: none" in capsys.readouterr().out
    run = ReconciliationRun.objects.get()
    assert (run.since.isoformat(), run.until.isoformat()) == (
        "2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00",
    )  # fmt: skip
    for words in (["--from", "soon"], ["--from", "2026-01-02", "--to", "2026-01-01"]):
        with pytest.raises(CommandError):
            call_command("reconcile", *words)


def test_the_command_fails_where_a_gateway_does(house: House, capsys) -> None:
    house.stripe.add_fault("status", face="stripe", status=503)
    with pytest.raises(CommandError, match="stripe"):
        call_command("reconcile")
