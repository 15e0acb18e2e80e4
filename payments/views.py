"""The page a payer sees when the gateway lets go of him."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import NotFound, RateLimited, UpstreamUnavailable
from core.requests.client import client_address
from payments import limits
from payments.enums import OPEN_STATUSES, PaymentStatus
from payments.models import Payment
from payments.services.verify import payment_by_reference, verify_payment

WORDS = {
    PaymentStatus.PENDING: "waiting",
    PaymentStatus.PROCESSING: "waiting",
    PaymentStatus.HELD: "waiting",
    PaymentStatus.FAILED: "failed",
    PaymentStatus.CANCELLED: "failed",
    PaymentStatus.PARTIALLY_REFUNDED: "refunded",
    PaymentStatus.REFUNDED: "refunded",
}


@never_cache
@require_safe
@transaction.non_atomic_requests
def payment_page(request: HttpRequest, reference: str) -> HttpResponse:
    """How the payment stands; asks the gateway while it is open, so that nobody waits for news."""
    try:
        payment = _up_to_date(request, reference)
    except NotFound:
        raise Http404 from None
    shown = {
        "payment": payment,
        "word": WORDS.get(PaymentStatus(payment.status), "paid"),
        "waits": payment.status in OPEN_STATUSES,
    }
    return render(request, "payments/page.html", shown)


def _up_to_date(request: HttpRequest, reference: str) -> Payment:
    """Verified where that is possible now; otherwise as we know it."""
    payment = payment_by_reference(reference)
    if payment.status not in OPEN_STATUSES:
        return payment
    try:
        limits.VERIFY.spend(client_address(request.META))
        limits.VERIFY_ONE.spend(reference)
        return verify_payment(reference=reference)
    except (RateLimited, UpstreamUnavailable):
        return payment
