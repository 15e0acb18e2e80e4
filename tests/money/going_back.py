"""Chapters of the money machine: refunds of ours and of the gateways' own, and disputes."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import multiple, rule

from core.errors import Conflict
from core.money import Money
from payments.gateways.interface import DisputeSeen, RefundSeen
from payments.services import refunds
from tests.money.books import LEADS_TO, fields_of
from tests.money.shop import Shop
from tests.money.till import Page


class GoingBack(Shop):
    """Money that was paid leaves again, or comes back once more."""

    paid, gone, open_disputes = Shop.paid, Shop.gone, Shop.open_disputes

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
