"""Staff ask for a comparison: it is carried out by the job, and its page tells how far it is."""

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import Conflict, Invalid
from core.ids import new_id
from core.models import AuditEntry
from core.schedule import JOBS
from payments.models import Difference, ReconciliationRun
from payments.services.reconcile import run as runs
from payments.services.reconcile.asked import ask_for_run
from payments.tests.house import House
from payments.tests.reconciling import foreign_charge
from payments.tests.test_admin import signed_in

pytestmark = pytest.mark.django_db
LIST = "admin:payments_reconciliationrun_changelist"


def press(staff: Client, gateway: str = "stripe", days: str = "3") -> str:
    url = reverse("admin:payments_reconciliationrun_compare")
    return staff.post(url, {"gateway": gateway, "days": days}, follow=True).content.decode()


def work() -> None:
    JOBS["payments.reconcile_asked"].work()


def page_of(run: ReconciliationRun) -> str:
    return reverse("admin:payments_reconciliationrun_change", args=[run.pk])


def test_what_is_asked_for_waits_is_carried_out_and_shows_its_result(house: House) -> None:
    foreign_charge(house)
    staff = signed_in("manager")
    assert "Compare now" in staff.get(reverse(LIST)).content.decode()
    assert "Waits for a worker" in press(staff, days="7")
    run = ReconciliationRun.objects.get()
    assert (run.until - run.since).days == 7
    assert run.started_by is not None
    assert AuditEntry.objects.filter(action="reconciliation.ask").count() == 1
    assert staff.get(page_of(run))["Refresh"]
    work()
    run.refresh_from_db()
    assert (run.state, run.lines, run.found) == ("done", 1, 1)
    assert Difference.objects.count() == 1
    after = staff.get(page_of(run))
    assert "Refresh" not in after
    assert "Ended" in after.content.decode()


def test_while_it_works_the_page_says_how_far_it_is(house: House, monkeypatch) -> None:
    house.paid()
    monkeypatch.setattr(runs, "PULSE_SECONDS", 0.0)
    told: list[str] = []
    listed = runs.take_over

    def watched(run: ReconciliationRun, *args: object, **more: object) -> None:
        listed(run, *args, **more)  # type: ignore[arg-type]
        told.append(staff.get(page_of(run)).content.decode())

    monkeypatch.setattr(runs, "take_over", watched)
    staff = signed_in("manager")
    press(staff)
    work()
    assert "Payments listed: 1" in told[0]


def test_a_second_press_waits_for_the_first(house: House) -> None:
    staff = signed_in("manager")
    press(staff)
    assert "being compared already" in press(staff)
    assert ReconciliationRun.objects.count() == 1


@pytest.mark.parametrize("days", ["0", "93", "-1", "three", "99999999"])
def test_a_number_of_days_that_is_none_is_refused(house: House, days: str) -> None:
    assert "days can be compared at once" in press(signed_in("manager"), days=days)
    assert not ReconciliationRun.objects.exists()


def test_a_gateway_we_do_not_have_is_refused(house: House) -> None:
    for name in ("paypal", ""):
        with pytest.raises(Invalid):
            ask_for_run(gateway=name, days=3, started_by=new_id())


@pytest.mark.parametrize("role", ["readonly", "agent"])
def test_who_may_not_compare_is_not_offered_it_and_refused(house: House, role: str) -> None:
    staff = signed_in(role)
    assert "Compare now" not in staff.get(reverse(LIST)).content.decode()
    press(staff)
    assert not ReconciliationRun.objects.exists()


def test_a_gateway_that_is_away_is_told_on_its_page_and_gone_on_with(house: House) -> None:
    house.stripe.add_fault("status", face="stripe", status=503)
    run = ask_for_run(gateway="stripe", days=3, started_by=new_id())
    work()
    run.refresh_from_db()
    assert (run.state, bool(run.error)) == ("failed", True)
    assert runs.failed_lately() == ["stripe"]
    work()  # nothing waits any more
    ask_for_run(gateway="stripe", days=3, started_by=new_id())
    with pytest.raises(Conflict):
        ask_for_run(gateway="stripe", days=3, started_by=new_id())
