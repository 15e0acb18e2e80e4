"""Chapters of the money machine: those who are owed something get it, and somebody tampers."""

import pytest
from django.db import DatabaseError
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from core.errors import Conflict
from payments.enums import PayoutState
from payments.models import Due, LedgerTransaction, Payout
from payments.services.payouts.steps import (
    approve_payout,
    draft_payout,
    mark_failed,
    mark_paid,
    mark_sent,
)
from payments.services.referrals.commissions import let_mature
from tests.money.books import TAMPERING, write_raw
from tests.money.shop import CURRENCIES, Shop


class PayingOut(Shop):
    """Payouts from draft to paid, or not."""

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
