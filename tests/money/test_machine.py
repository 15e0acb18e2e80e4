"""Any story of payments, refunds, disputes, fees, shares, commissions and payouts, in any order and
currency: after every step the books balance and show what the gateways have told; in the end,
what the gateways hold.

Eight stories of thirty steps in a normal run; MONEY_STORIES=500 tells five hundred. A story that
fails is told as it was found, with the blob that repeats it; MONEY_SHRINK=1 looks for the shortest
one first, which takes minutes.
"""

import os
from collections import Counter
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from commerce.tests.shop import make_vendor
from core.enums import Queue
from core.errors import Conflict
from core.events.worker import work_off
from core.models import Delivery
from core.money import Money
from payments.enums import OPEN_ATTEMPTS, PayoutState
from payments.gateways.interface import DisputeSeen, RefundSeen, Seen
from payments.models import (
    Due,
    LedgerTransaction,
    Payee,
    Payment,
    PaymentAttempt,
    Payout,
)
from payments.services import refunds
from payments.services.books.balances import trial_balance
from payments.services.disputes import observing as disputes
from payments.services.payouts.steps import (
    approve_payout,
    draft_payout,
    mark_failed,
    mark_paid,
    mark_sent,
)
from payments.services.referrals.commissions import let_mature
from payments.services.refunds import asking, observing, sending
from payments.services.settle import settle
from payments.services.sharing.owed import owed_in_books
from payments.tests.people import brought, person
from payments.tests.people import rule as commission_rule
from tests.money.books import (
    LEADS_TO,
    PAID,
    SINGLE,
    TAMPERING,
    UNBALANCED,
    a_minute_passes,
    balance,
    documented,
    fields_of,
    sums,
    write_raw,
)  # fmt: skip
from tests.money.orders import another_attempt, owed_payment
from tests.money.till import Page, Till

STORIES = int(os.environ.get("MONEY_STORIES", "8"))
STEPS = 30
SHRINKING = (Phase.shrink, Phase.explain)
PHASES = [
    phase for phase in Phase if os.environ.get("MONEY_SHRINK") == "1" or phase not in SHRINKING
]
GATEWAYS = {"stripe": "EUR", "razorpay": "INR", "paystack": "NGN"}  # what each settles in
CURRENCIES = ["EUR", "JPY", "KWD", "NGN", "INR"]
QUEUES = (Queue.MONEY, Queue.DEFAULT)


class Shop(RuleBasedStateMachine):
    """A shop, its three gateways, and everything that may befall them."""

    pages = Bundle("pages")
    paid = Bundle("paid")
    gone = Bundle("refunds that were made")
    open_disputes = Bundle("disputes")

    @initialize()
    def opens(self) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.tills = {slug: Till(slug) for slug in GATEWAYS}
        for module in (asking, sending):
            module.gateway_named = self.tills.__getitem__  # type: ignore[attr-defined]
        self.vendors = [make_vendor(commission_bps=bps) for bps in (0, 1000, 3333)]
        commission_rule(rate_bps=700, hold_days=0)
        self.referral = brought()
        self.staff = person().pk

    def teardown(self) -> None:
        if not hasattr(self, "outer"):
            return
        try:
            if not connection.needs_rollback:
                self.everything_is_told()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    # -- buying and paying -------------------------------------------------------------------------

    @rule(
        target=pages,
        gateway=st.sampled_from(sorted(GATEWAYS)),
        currency=st.sampled_from(CURRENCIES),
        goods=st.lists(
            st.tuples(st.integers(0, 2), st.integers(100, 10**6)), min_size=1, max_size=4
        ),
        shipping=st.integers(0, 5000),
        tax=st.integers(0, 5000),
        off=st.integers(0, 99),
        referred=st.booleans(),
        rate=st.integers(3, 40_000),
    )
    def buys(self, gateway, currency, goods, shipping, tax, off, referred, rate) -> Page:
        payment = owed_payment(
            currency,
            gateway,
            [(self.vendors[vendor], total) for vendor, total in goods],
            shipping_minor=shipping,
            tax_minor=tax,
            discount_minor=off,
            user=self.referral.referred if referred else None,
        )
        return self.tries(payment, rate)

    def tries(self, payment: Payment, rate: int) -> Page:
        attempt = another_attempt(payment)
        page = Page(attempt.pk, payment.reference, payment.amount, GATEWAYS[payment.gateway], rate)
        return self.tills[payment.gateway].opens(page)

    @rule(target=paid, page=consumes(pages), told=st.booleans())
    def pays(self, page: Page, told: bool) -> Page:
        page.state = Seen.CAPTURED
        if told:
            self.tell(page)
        return page

    @rule(target=pages, page=consumes(pages), again=st.booleans(), rate=st.integers(3, 40_000))
    def is_declined(self, page: Page, again: bool, rate: int) -> Any:
        """The old page may still be paid, late; another one may be opened meanwhile."""
        page.state = Seen.FAILED
        self.tell(page)
        payment = self.attempt(page).payment
        if not again or payment.attempts.filter(state__in=OPEN_ATTEMPTS).exists():
            return page
        return multiple(page, self.tries(payment, rate))

    @rule(page=paid)
    def is_told_again(self, page: Page) -> None:
        self.tell(page)

    @rule(page=paid, minor=st.integers(1, 500), abroad=st.booleans())
    def costs_a_fee(self, page: Page, minor: int, abroad: bool) -> None:
        if page.fee is None:
            page.fee = Money(minor, page.pays_in if abroad else page.amount.currency)

    @rule(page=paid, more=st.integers(1, 10**6))
    def another_amount_is_claimed(self, page: Page, more: int) -> None:
        """A message that does not add up moves nothing."""
        seen = page.seen()
        lie = Money(seen.amount.minor + more, seen.amount.currency)
        wrong = settle(
            attempt_id=page.attempt_id,
            seen=type(seen)(**{**fields_of(seen), "amount": lie, "fee": None, "settled": None}),
            source="lie",
        )
        assert wrong.objections

    # -- going back --------------------------------------------------------------------------------

    @rule(
        page=paid,
        part=st.integers(1, 1000),
        plan=st.sampled_from(list(RefundSeen)),
        ending=st.sampled_from(["answers", "answers", "loses the answer", "refuses"]),
    )
    def staff_refund(self, page: Page, part: int, plan: RefundSeen, ending: str) -> None:
        payment = self.attempt(page).payment
        amount = Money(max(1, page.amount.minor * part // 1000), page.amount.currency)
        try:
            refunds.request_refund(
                payment_id=payment.pk, amount=amount, reason="asked", requested_by=None
            )
        except Conflict:
            return  # not paid as far as we know, or not so much is left
        till = self.till(page)
        till.plan = plan
        till.loses_answer, till.refuses = ending == "loses the answer", ending == "refuses"
        self.work()
        till.plan, till.loses_answer, till.refuses = RefundSeen.SUCCEEDED, False, False

    @rule(target=gone, page=paid, part=st.integers(1, 1000), told=st.booleans())
    def is_refunded_there(self, page: Page, part: int, told: bool) -> Any:
        """Somebody gives money back in the gateway's own dashboard."""
        amount = Money(page.left.minor * part // 1000, page.amount.currency)
        if not amount or not self.is_known(page):
            return multiple()
        ref = self.till(page).refunds(page, amount, RefundSeen.SUCCEEDED)
        if told:
            self.tell_refund(page, ref)
        return page, ref

    @rule(page=paid, state=st.sampled_from(list(RefundSeen)), told=st.booleans(), data=st.data())
    def a_refund_moves(
        self, page: Page, state: RefundSeen, told: bool, data: st.DataObject
    ) -> None:
        """Pending ones arrive or fail, and what arrived may fail days later."""
        moving = [
            ref
            for ref, one in page.refunds.items()
            if one.state in LEADS_TO and state in LEADS_TO[one.state]
        ]
        if not moving:
            return
        ref = data.draw(st.sampled_from(moving))
        page.refunds[ref] = type(page.refunds[ref])(
            **{**fields_of(page.refunds[ref]), "state": state}
        )
        if told:
            self.tell_refund(page, ref)

    @rule(
        target=open_disputes,
        page=paid,
        part=st.integers(1, 1000),
        fee=st.integers(0, 1500),
        told=st.booleans(),
    )
    def is_disputed(self, page: Page, part: int, fee: int, told: bool) -> Any:
        amount = Money(page.amount.minor * part // 1000, page.amount.currency)
        if not amount or not self.is_known(page) or page.disputes:
            return multiple()
        ref = self.till(page).disputed(page, amount, Money(fee, page.pays_in))
        if told:
            self.tell_dispute(page, ref)
        return page, ref

    @rule(dispute=open_disputes, state=st.sampled_from(list(DisputeSeen)), told=st.booleans())
    def a_dispute_moves(self, dispute: Any, state: DisputeSeen, told: bool) -> None:
        page, ref = dispute
        self.till(page).decides(page, ref, state)
        if told:
            self.tell_dispute(page, ref)

    # -- paying out --------------------------------------------------------------------------------

    @rule(data=st.data(), ending=st.sampled_from(["drafted", "sent", "paid", "failed"]))
    @precondition(lambda self: Due.objects.exists())
    def somebody_is_paid_out(self, data: st.DataObject, ending: str) -> None:
        let_mature()
        owed = sorted(Due.objects.values_list("payee_id", "currency").distinct())
        payee, currency = data.draw(st.sampled_from(owed))
        open_ones = Payout.objects.filter(state__in=[PayoutState.DRAFT, PayoutState.APPROVED])
        try:
            payout = open_ones.filter(payee_id=payee, currency=currency).first() or draft_payout(
                payee_id=payee, currency=currency, drafted_by=None
            )
            if ending == "drafted":
                return
            if payout.state == PayoutState.DRAFT:
                approve_payout(payout_id=payout.pk, approved_by=self.staff)
            mark_sent(payout_id=payout.pk, bank_reference="B1")
        except Conflict:
            return  # too little, or less than when it was drafted
        if ending == "paid":
            mark_paid(payout_id=payout.pk)
        elif ending == "failed":
            mark_failed(payout_id=payout.pk, reason="no such account")

    @rule(
        data=st.data(),
        minor=st.integers(-(10**6), 10**6).filter(bool),
        currency=st.sampled_from(CURRENCIES),
    )
    @precondition(lambda self: LedgerTransaction.objects.exists())
    def somebody_tampers(self, data: st.DataObject, minor: int, currency: str) -> None:
        """Raw SQL on whatever was booked: the database refuses it."""
        ids = LedgerTransaction.objects.order_by("id").values_list("id", flat=True)
        booked = data.draw(st.sampled_from(list(ids)))
        for statement in TAMPERING:
            with pytest.raises(DatabaseError):
                write_raw(statement, booked=booked, minor=minor, code=currency)

    @rule()
    def work(self) -> None:
        """Workers do all there is to do, as if every pause were over."""
        for _ in range(20):
            Delivery.objects.filter(state="ready", queue__in=QUEUES).update(due_at=timezone.now())
            a_minute_passes()
            if not sum(work_off(queue) for queue in QUEUES):
                return
        waiting = Delivery.objects.filter(state="ready", queue__in=QUEUES)
        raise AssertionError(f"never done: {list(waiting.values_list('subscriber', 'last_error'))}")

    # -- telling -----------------------------------------------------------------------------------

    def tell(self, page: Page) -> None:
        seen = self.till(page).has_told(page)
        settle(attempt_id=page.attempt_id, seen=seen, source="webhook")

    def tell_refund(self, page: Page, ref: str) -> None:
        seen = self.till(page).has_told_refund(page.refunds[ref])
        observing.observe(attempt_id=page.attempt_id, seen=seen, source="webhook")

    def tell_dispute(self, page: Page, ref: str) -> None:
        seen = self.till(page).has_told_dispute(page.disputes[ref])
        disputes.observe(attempt_id=page.attempt_id, seen=seen, source="webhook")

    def attempt(self, page: Page) -> PaymentAttempt:
        return PaymentAttempt.objects.select_related("payment").get(pk=page.attempt_id)

    def till(self, page: Page) -> Till:
        return next(till for till in self.tills.values() if page.ref in till.pages)

    def is_known(self, page: Page) -> bool:
        """Whether we have heard that it was paid; refunds and disputes come after that."""
        return bool(self.attempt(page).captured)

    # -- what must hold ----------------------------------------------------------------------------

    @invariant()
    def the_database_agrees(self) -> None:
        """Its own checks wait for the commit that never comes here: they are made now."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for wrong in (UNBALANCED, SINGLE):
                cursor.execute(wrong)
                assert cursor.fetchall() == []
        assert not any(trial_balance().values())

    @invariant()
    def the_books_show_what_was_told(self) -> None:
        for slug, till in self.tills.items():
            assert balance(f"gateway:{slug}") == till.told(), slug

    @invariant()
    def nothing_is_below_nothing(self) -> None:
        wrong = Q(refunded_minor__lt=0) | Q(refunded_minor__gt=F("captured_minor"))
        assert not Payment.objects.filter(wrong).exists()
        assert not Payment.objects.filter(captured_minor__lt=0).exists()

    @invariant()
    def payees_are_owed_what_their_lines_say(self) -> None:
        for payee in Payee.objects.all():
            lines = Counter(dict(sums(Due.objects.filter(payee=payee))))
            sent = [PayoutState.SENT, PayoutState.PAID]
            lines.subtract(dict(sums(Payout.objects.filter(payee=payee, state__in=sent))))
            for currency, minor in lines.items():
                assert owed_in_books(payee, currency).minor == minor, (payee.name, currency)

    def everything_is_told(self) -> None:
        """The reconciler has been everywhere and the workers are done: one truth, down to the
        last document."""
        for till in self.tills.values():
            for page in till.pages.values():
                self.tell(page)
                for ref in sorted(
                    page.refunds, key=lambda ref: page.refunds[ref].state != "failed"
                ):
                    self.tell_refund(page, ref)
                for ref in page.disputes:
                    self.tell_dispute(page, ref)
        self.work()
        self.the_database_agrees()
        self.payees_are_owed_what_their_lines_say()
        for slug, till in self.tills.items():
            assert balance(f"gateway:{slug}") == till.held(), slug
        assert not balance("receivable:order"), "every order is shared out, and taken back from"
        for payment in Payment.objects.filter(status__in=PAID):
            assert documented(payment) == payment.amount.minor - payment.refunded_minor
        dead = Delivery.objects.filter(state="dead")
        assert not dead, list(dead.values_list("subscriber", "last_error"))


@pytest.mark.django_db
def test_the_books_hold_in_every_story(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (asking, sending):
        monkeypatch.setattr(module, "gateway_named", module.gateway_named)  # given back afterwards
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
