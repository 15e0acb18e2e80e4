"""Payouts one may see: one's own and those of vendors one acts for; for staff all."""

from django.db.models import QuerySet
from rest_framework.request import Request

from core.api import ListView, Rows, money
from payments.api.referrals import NOT_AGENTS
from payments.models import Payout

PAYOUTS = Rows(
    columns={
        "id": "id",
        "reference": "reference",
        "payee": "payee_id",
        "name": "payee__name",
        "kind": "payee__kind",
        "amount": money("amount_minor"),
        "state": "state",
        "bank_reference": "bank_reference",
        "failure": "failure",
        "created_at": "created_at",
        "sent_at": "sent_at",
        "finished_at": "finished_at",
    }
)


class PayoutsView(ListView):
    """Newest first."""

    scopes = {"GET": "ledger:read"}
    roles = NOT_AGENTS
    rows = PAYOUTS
    filters = {
        "state": "state",
        "currency": "currency",
        "payee": "payee_id",
        "kind": "payee__kind",
        "amount_minor": "amount_minor",
        "created_at": "created_at",
        "sent_at": "sent_at",
    }
    ordering = ("created_at", "sent_at")
    default_ordering = "-created_at"

    def queryset_for(self, request: Request) -> QuerySet[Payout]:
        """All that row-level security lets through."""
        return Payout.objects.all()
