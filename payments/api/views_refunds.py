"""Refunds of a payment: what there are, and asking for another."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from core.api import Input, ListView, Response, Rows, TextField, idempotent, money
from core.errors import Invalid, NotFound
from core.money import Money, MoneyError
from payments.api.inputs import AmountField
from payments.enums import RefundOrigin
from payments.models import Payment, Refund
from payments.services.refunds import refundable, request_refund

REFUNDS = Rows(
    columns={
        "id": "id",
        "payment": "payment__reference",
        "amount": money("amount_minor"),
        "state": "state",
        "reason": "reason",
        "origin": "origin",
        "gateway": "gateway",
        "gateway_ref": "gateway_ref",
        "needs_approval": "two_people",
        "requested_by": "requested_by",
        "approved_by": "approved_by",
        "failure": "failure",
        "created_at": "created_at",
        "finished_at": "finished_at",
    },
    model=Refund,
)


class NewRefund(Input):
    """How much of a payment goes back; all that is left where no amount is given."""

    amount = AmountField(required=False)
    currency = TextField(max_length=3, required=False)
    reason = TextField(max_length=500)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An amount has a currency."""
        amount, currency = attrs.pop("amount", None), attrs.pop("currency", None)
        if amount is None:
            return attrs | {"amount": None}
        try:
            return attrs | {"amount": Money.parse(amount, currency or "")}
        except MoneyError as error:
            raise serializers.ValidationError({"amount": [str(error)]}) from None


class RefundsView(ListView):
    """Refunds of one payment; a large one waits for somebody else's approval."""

    scopes = {"GET": "payments:refund", "POST": "payments:refund"}
    rows = REFUNDS
    filters = {"state": "state", "origin": "origin", "created_at": "created_at"}
    ordering = ("created_at",)
    input = {"POST": NewRefund}
    output = {"POST": (201, REFUNDS)}

    def queryset_for(self, request: Request) -> QuerySet[Refund]:
        """Of the payment in the address. Raises NotFound."""
        return Refund.objects.filter(payment=self._payment())

    @idempotent
    def post(self, request: Request, reference: str) -> Response:
        """The same key asks once. The gateway is called afterwards, by a worker."""
        given, payment = self.valid(), self._payment()
        amount = given["amount"] or refundable(payment)
        if not amount:
            raise Invalid(_("Nothing of this payment is left to give back."))
        refund = request_refund(
            payment_id=payment.pk,
            amount=amount,
            reason=given["reason"],
            requested_by=request.user.pk,
            key=f"api:{self.claim.token}",
            origin=RefundOrigin.API,
        )
        return Response(REFUNDS.one(Refund.objects.filter(pk=refund.pk)), status=201)

    def _payment(self) -> Payment:
        payment = Payment.objects.filter(reference=self.kwargs["reference"]).first()
        if payment is None:
            raise NotFound("There is no payment with this reference.")
        return payment
