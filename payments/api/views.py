"""Doors of payments. Knowing a reference (128 random bits) is the permission to see and verify."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from rest_framework.request import Request

from core.api import ApiView, ListView, Response, Rows, idempotent, money
from core.errors import UpstreamUnavailable
from core.identity import acting_as_system
from core.ids import new_id
from core.requests.client import client_address
from payments import limits
from payments.api.inputs import NewPayment
from payments.models import Payment
from payments.services.start import open_payment, submit_payment
from payments.services.verify import payment_by_reference, verify_payment

# what whoever knows the reference may see: no address, no person
PUBLIC = Rows(
    columns={
        "reference": "reference",
        "status": "status",
        "amount": money("amount_minor"),
        "refunded": money("refunded_minor"),
        "gateway": "gateway",
        "description": "description",
        "authorization_url": "authorization_url",
        "created_at": "created_at",
        "paid_at": "paid_at",
    },
    model=Payment,
)
PAYMENTS = Rows(
    columns={
        "id": "id",
        "reference": "reference",
        "status": "status",
        "status_reason": "status_reason",
        "purpose": "purpose",
        "purpose_id": "purpose_id",
        "email": "email",
        "customer": "customer_id",
        "user": "user_id",
        "amount": money("amount_minor"),
        "captured": money("captured_minor"),
        "refunded": money("refunded_minor"),
        "gateway": "gateway",
        "description": "description",
        "authorization_url": "authorization_url",
        "created_at": "created_at",
        "paid_at": "paid_at",
    }
)


def shown(reference: str) -> dict[str, Any]:
    """The public row. Raises NotFound."""
    with acting_as_system("payment by reference"), transaction.atomic():
        return PUBLIC.one(Payment.objects.filter(reference=reference))


class PaymentsView(ListView):
    """Payments one may see; starting one without an order."""

    public = {"POST"}
    scopes = {"GET": "payments:read"}
    rows = PAYMENTS
    filters = {
        "status": "status",
        "gateway": "gateway",
        "currency": "currency",
        "purpose": "purpose",
        "purpose_id": "purpose_id",
        "customer": "customer_id",
        "email": "email",
        "amount_minor": "amount_minor",
        "created_at": "created_at",
        "paid_at": "paid_at",
    }
    ordering = ("created_at", "paid_at")
    search = ("reference", "email")
    input = {"POST": NewPayment}
    output = {"POST": (201, PUBLIC)}

    def queryset_for(self, request: Request) -> QuerySet[Payment]:
        """All that row-level security lets through."""
        return Payment.objects.all()

    @idempotent
    @transaction.non_atomic_requests
    def post(self, request: Request) -> Response:
        """A pending row first, then the gateway; after a 502 the same request goes on with it."""
        given = self.valid()
        limits.START.spend(client_address(request.META))
        claim = request.idempotency  # type: ignore[attr-defined]  # set by @idempotent
        if claim.recovered is None:
            with transaction.atomic():
                payment = open_payment(
                    purpose="direct",
                    purpose_id=new_id(),
                    user_id=request.user.pk,
                    language=get_language() or "en",
                    **given,
                )
                claim.remember({"payment": str(payment.pk), "reference": payment.reference})
        try:
            submit_payment(payment_id=claim.recovered["payment"])
        except UpstreamUnavailable as error:
            error.details |= {"reference": [claim.recovered["reference"]]}
            raise
        return Response(shown(claim.recovered["reference"]), status=201)


class PaymentView(ApiView):
    """One payment, by its reference."""

    public = True
    atomic = False
    output = PUBLIC

    def get(self, request: Request, reference: str) -> Response:
        """As we know it."""
        return Response(shown(reference))


class PaymentVerifyView(ApiView):
    """The payer is back: look at the gateway."""

    public = True
    atomic = False
    output = (200, PUBLIC)

    def get(self, request: Request, reference: str) -> Response:
        """For return pages that can only follow a link."""
        return self.post(request, reference)

    def post(self, request: Request, reference: str) -> Response:
        """Brought up to date; safe at the same moment as the webhook, and as often as one likes."""
        limits.VERIFY.spend(client_address(request.META))
        if payment_by_reference(reference).is_paid:
            return Response(shown(reference))
        limits.VERIFY_ONE.spend(reference)
        verify_payment(reference=reference)
        return Response(shown(reference))


class PaymentSubmitView(ApiView):
    """The gateway did not answer when the payment was started: ask it again."""

    public = True
    atomic = False
    output = (200, PUBLIC)

    def post(self, request: Request, reference: str) -> Response:
        """The same page as before, or the one that could not be made."""
        limits.START.spend(client_address(request.META))
        payment = payment_by_reference(reference)
        submit_payment(payment_id=payment.pk)
        return Response(shown(reference))
