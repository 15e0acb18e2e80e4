"""Staff's pages of payouts and referrals: they show all, and move money through services."""

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services.demo import create_demo_users
from core.enums import Queue
from core.events.worker import work_off
from core.models import AuditEntry
from core.money import Money
from payments.enums import PayoutState
from payments.models import CommissionRule, Payee, Payout, Referral
from payments.services.payouts.steps import draft_payout
from payments.services.referrals.commissions import earn
from payments.services.sharing.payables import Creditor
from payments.tests.people import brought, rule
from payments.tests.test_payouts import back, sold, vendor
from tests.cost import queries_of

pytestmark = pytest.mark.django_db
MODELS = ["payout", "payee", "referral", "referralcode", "commission", "commissionrule"]


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return create_demo_users()


@pytest.fixture
def desk(client: Client, people: dict[str, User]) -> Client:
    """The manager's browser."""
    client.force_login(people["manager"])
    return client


@pytest.fixture
def kyoto(db: None) -> Creditor:
    return vendor()


def page(model: str, *args: Any, kind: str = "changelist") -> str:
    return reverse(f"admin:payments_{model}_{kind}", args=args)


def seen(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.content[:2000]
    return answer.content.decode()


def step(client: Client, payout: Payout, to: str, words: str = "") -> str:
    url = reverse("admin:payments_payout_step", args=[payout.pk])
    return seen(client.post(url, {"to": to, "step_words": words}, follow=True))


def act(client: Client, model: str, action: str, *rows: Any) -> Any:
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(page(model), chosen, follow=True)


def earned(referral: Referral | None = None) -> None:
    referral = referral or brought()
    earn(
        source_type="invoice",
        source_id=uuid4(),
        user_id=referral.referred_id,
        base=Money(49_000, "EUR"),
        at=timezone.now(),
    )


@pytest.mark.parametrize("role", ["admin", "manager", "readonly"])
@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_empty_and_full(
    client: Client, people: dict[str, User], kyoto: Creditor, role: str, model: str
) -> None:
    client.force_login(people[role])
    seen(client.get(page(model)))
    rule()
    earned()
    sold(kyoto)
    draft_payout(payee_id=kyoto.id, currency="EUR", drafted_by=None)
    shown = seen(client.get(page(model)))
    assert "0 results" not in shown


@pytest.mark.parametrize("model", MODELS)
def test_agents_have_no_business_here(client: Client, people: dict[str, User], model: str) -> None:
    client.force_login(people["agent"])
    assert client.get(page(model)).status_code == 403


def test_a_payout_goes_its_way_by_buttons_each_on_record(desk: Client, kyoto: Creditor) -> None:
    sold(kyoto)
    shown = seen(desk.get(page("payee", kyoto.id, kind="change")))
    assert "20.00 EUR" in shown
    drafted = desk.post(
        reverse("admin:payments_payee_draft", args=[kyoto.id]), {"currency": "EUR"}, follow=True
    )
    payout = Payout.objects.get()
    assert payout.reference in seen(drafted)
    assert "reference is missing" in step(desk, payout, "approved") + step(desk, payout, "sent")
    for to, words in (("sent", "SEPA-77"), ("paid", "")):
        step(desk, payout, to, words)
    payout.refresh_from_db()
    assert (payout.state, payout.bank_reference) == (PayoutState.PAID, "SEPA-77")
    told = AuditEntry.objects.filter(resource=f"payout:{payout.pk}").order_by("id")
    assert list(told.values_list("action", flat=True)) == [
        "payout.draft",
        "payout.approved",
        "payout.sent",
        "payout.paid",
    ]
    assert {entry.actor_id for entry in told} == {payout.drafted_by}


def test_the_account_stays_while_money_is_approved_to_go_to_it(
    desk: Client, kyoto: Creditor
) -> None:
    sold(kyoto)
    at = page("payee", kyoto.id, kind="change")
    desk.post(at, {"bank_account": "JP-1"})
    payout = draft_payout(payee_id=kyoto.id, currency="EUR", drafted_by=None)
    step(desk, payout, "approved")
    assert f"{payout.reference} was approved" in seen(desk.post(at, {"bank_account": "THIEF-1"}))
    assert desk.post(at, {"bank_account": ""}).status_code == 302
    step(desk, payout, "sent", "SEPA-77")
    assert f"{payout.reference} was approved" in seen(desk.post(at, {"bank_account": "THIEF-1"}))
    assert kept_account(kyoto) == "JP-1"
    step(desk, payout, "paid")
    assert desk.post(at, {"bank_account": "JP-2"}).status_code == 302
    assert kept_account(kyoto) == "JP-2"
    assert AuditEntry.objects.filter(action="payee.bank_account").count() == 2


def kept_account(creditor: Creditor) -> str:
    kept = Payee.objects.get(pk=creditor.id).bank_account
    return str(kept.reveal()) if kept else ""


def test_above_the_limit_the_drafter_is_refused_and_a_colleague_is_not(
    client: Client, people: dict[str, User], kyoto: Creditor
) -> None:
    sold(kyoto, 50_001)
    payout = draft_payout(payee_id=kyoto.id, currency="EUR", drafted_by=people["manager"].pk)
    client.force_login(people["manager"])
    assert "somebody else approves" in step(client, payout, "approved")
    client.force_login(people["admin"])
    assert "approved" in step(client, payout, "approved")


def test_who_may_only_read_moves_nothing(
    client: Client, people: dict[str, User], kyoto: Creditor
) -> None:
    sold(kyoto)
    payout = draft_payout(payee_id=kyoto.id, currency="EUR", drafted_by=None)
    client.force_login(people["readonly"])
    step(client, payout, "approved")
    act(client, "payout", "move_to_approved", payout)
    client.post(reverse("admin:payments_payout_draft_all"))
    client.post(reverse("admin:payments_payee_draft", args=[kyoto.id]), {"currency": "EUR"})
    payout.refresh_from_db()
    assert payout.state == PayoutState.DRAFT
    assert Payout.objects.count() == 1


def test_a_refusal_in_bulk_is_told_and_the_others_go_on(desk: Client, kyoto: Creditor) -> None:
    source = sold(kyoto)
    other = vendor("Lyon Paper")
    sold(other)
    payouts = [
        draft_payout(payee_id=one.id, currency="EUR", drafted_by=None) for one in (kyoto, other)
    ]
    act(desk, "payout", "move_to_approved", *payouts)
    back(source, 500)
    shown = seen(act(desk, "payout", "move_to_sent", *payouts))
    assert "Only 15.00 EUR is owed by now" in shown
    states = {one.payee_id: one.state for one in Payout.objects.all()}
    assert states == {kyoto.id: PayoutState.APPROVED, other.id: PayoutState.SENT}


def test_everybody_is_drafted_for_in_the_background(desk: Client, kyoto: Creditor) -> None:
    sold(kyoto)
    assert "No payout is under way" in seen(desk.get(page("payout")))
    shown = seen(desk.post(reverse("admin:payments_payout_draft_all"), follow=True))
    assert "Drafting: 0 of 1 looked at" in shown
    work_off(Queue.BULK)
    shown = seen(desk.get(page("payout")))
    assert "Last time: 1 drafted for 1 payees" in shown
    assert "20.00 EUR" in shown


def test_the_banks_file_holds_approved_payouts_and_is_on_record(
    desk: Client, kyoto: Creditor
) -> None:
    sold(kyoto)
    payout = draft_payout(payee_id=kyoto.id, currency="EUR", drafted_by=None)
    assert "Approve payouts first" in seen(act(desk, "payout", "for_the_bank", payout))
    step(desk, payout, "approved")
    answer = act(desk, "payout", "for_the_bank", payout)
    assert answer["Content-Type"].startswith("text/csv")
    assert f"{payout.reference},Kyoto Iron,,20.00,EUR" in answer.content.decode()
    assert AuditEntry.objects.filter(action="payout.export").exists()


def test_the_bank_account_is_never_shown_again(desk: Client, kyoto: Creditor) -> None:
    sold(kyoto)
    url = page("payee", kyoto.id, kind="change")
    desk.post(url, {"bank_account": "DE02120300000000202051"})
    account = Payee.objects.get(pk=kyoto.id).bank_account
    assert account
    assert account.reveal() == "DE02120300000000202051"
    assert "DE0212" not in seen(desk.get(url))
    assert AuditEntry.objects.filter(action="payee.bank_account").count() == 1


def test_a_rule_begins_where_the_one_in_force_ends(desk: Client) -> None:
    old = rule(version=1)
    fields = {"scope": "all", "rate_bps": 500, "window_days": 90, "hold_days": 7}
    fields |= {"valid_from_0": "2026-11-01", "valid_from_1": "00:00:00"}
    assert desk.post(page("commissionrule", kind="add"), fields).status_code == 302
    old.refresh_from_db()
    new = CommissionRule.objects.get(version=2)
    assert old.valid_to == new.valid_from
    shown = seen(desk.post(page("commissionrule", kind="add"), fields))
    assert "A version begins later than that already." in shown
    act(desk, "commissionrule", "end_chosen", new)
    new.refresh_from_db()
    assert new.valid_to


def test_a_referral_is_rejected_from_the_list(desk: Client) -> None:
    referral = brought()
    shown = seen(act(desk, "referral", "reject_chosen", referral))
    assert "earns nothing more" in shown
    referral.refresh_from_db()
    assert referral.rejected_at


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_for_one_row_or_many(desk: Client, model: str) -> None:
    rule(currency="EUR")

    def more() -> None:
        creditor = vendor()
        sold(creditor)
        draft_payout(payee_id=creditor.id, currency="EUR", drafted_by=None)
        earned()
        rule(currency=CURRENCIES.pop())

    more()
    one = len(queries_of(lambda: desk.get(page(model))))
    for _ in range(4):
        more()
    assert len(queries_of(lambda: desk.get(page(model)))) == one


CURRENCIES = ["USD", "JPY", "KWD", "GBP", "CHF"] * len(MODELS)
