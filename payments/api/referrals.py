"""Doors of referrals: one's own code, those it brought, and what that earned."""

from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from rest_framework.request import Request

from core.api import ApiView, Input, ListView, Response, Rows, TextField, money
from core.api.schema.shapes import MONEY
from core.identity import Role
from core.money import Money
from payments import limits
from payments.enums import CommissionState, ReferredBy
from payments.models import Commission, Referral
from payments.services.referrals.attribution import attribute, code_of

NOT_AGENTS = {Role.ADMIN, Role.MANAGER, Role.READONLY, Role.SHOPPER}
LATEST = 100

REFERRAL: dict[str, Any] = {
    "type": "object",
    "required": ["id", "source", "attributed_at", "expires_at", "counts"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "source": {"enum": ReferredBy.values},
        "attributed_at": {"type": "string", "format": "date-time"},
        "expires_at": {"type": "string", "format": "date-time"},
        "counts": {"type": "boolean", "description": "False: rejected by staff."},
    },
}
MINE: dict[str, Any] = {
    "type": "object",
    "required": ["code", "referrals", "earnings"],
    "properties": {
        "code": {"type": "string", "examples": ["K7QM-2XWD"]},
        "referrals": {"type": "array", "items": REFERRAL, "description": "The latest hundred."},
        "earnings": {
            "type": "array",
            "description": "One a currency; what was taken back is not in it.",
            "items": {
                "type": "object",
                "required": ["currency", "held", "payable", "paid"],
                "properties": {
                    "currency": {"type": "string"},
                    "held": MONEY,
                    "payable": MONEY,
                    "paid": MONEY,
                },
            },
        },
    },
}

# the words are for the beneficiary: whose purchase it was is not told
COMMISSIONS = Rows(
    columns={
        "id": "id",
        "source_type": "source_type",
        "source_id": "source_id",
        "state": "state",
        "base": money("base_minor"),
        "amount": money("amount_minor"),
        "returned": money("returned_minor"),
        "earned_at": "earned_at",
        "held_until": "held_until",
        "explanation": "explanation",
    }
)


class GivenCode(Input):
    """The code somebody came by."""

    code = TextField(max_length=20)


class ReferralsView(ApiView):
    """One's own code, whom it brought, and what that earned; saying who brought oneself."""

    scopes = {"GET": "referrals:read", "POST": "referrals:write"}
    roles = NOT_AGENTS
    input = {"POST": GivenCode}
    output = {"GET": MINE, "POST": (201, REFERRAL)}

    def get(self, request: Request) -> Response:
        """The code is made when first asked for."""
        me = _me(request)
        made = Referral.objects.filter(referrer_id=me).order_by("-id")[:LATEST]
        return Response(
            {
                "code": code_of(me).code,
                "referrals": [_shown(referral) for referral in made],
                "earnings": _earnings(me),
            }
        )

    def post(self, request: Request) -> Response:
        """Once, soon after signing up; never a code of one's own."""
        me = _me(request)
        limits.REFERRAL_CODE.spend(str(me))
        referral = attribute(user_id=me, code=self.valid()["code"], source=ReferredBy.API)
        return Response(_shown(referral), status=201)


class CommissionsView(ListView):
    """Commissions one may see: one's own, for staff all, each with its explanation."""

    scopes = {"GET": "referrals:read"}
    roles = NOT_AGENTS
    rows = COMMISSIONS
    filters = {
        "state": "state",
        "source_type": "source_type",
        "currency": "currency",
        "amount_minor": "amount_minor",
        "earned_at": "earned_at",
        "held_until": "held_until",
    }
    ordering = ("earned_at", "held_until")
    default_ordering = "-earned_at"

    def queryset_for(self, request: Request) -> QuerySet[Commission]:
        """All that row-level security lets through.."""
        return Commission.objects.all()


def _me(request: Request) -> UUID:
    """Permission was given to a person."""
    assert request.user.pk is not None  # noqa: S101  - strangers are refused before
    return request.user.pk


def _shown(referral: Referral) -> dict[str, Any]:
    return {
        "id": referral.pk,
        "source": referral.source,
        "attributed_at": referral.attributed_at,
        "expires_at": referral.expires_at,
        "counts": referral.rejected_at is None,
    }


def _earnings(user_id: UUID) -> list[dict[str, Any]]:
    rows = (
        Commission.objects.filter(beneficiary_id=user_id)
        .values("currency", "state")
        .annotate(sum=Coalesce(Sum(F("amount_minor") - F("returned_minor")), 0))
        .order_by("currency")
    )
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        sums.setdefault(row["currency"], {})[row["state"]] = int(row["sum"])
    told = (CommissionState.HELD, CommissionState.PAYABLE, CommissionState.PAID)
    return [
        {"currency": currency}
        | {state.value: Money(found.get(state, 0), currency) for state in told}
        for currency, found in sums.items()
    ]
