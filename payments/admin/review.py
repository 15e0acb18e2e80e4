"""Held payments side by side: what was asked for, what was seen, and three decisions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from core.admin.page import admin_page
from payments.admin.deed import attempt, given
from payments.enums import PaymentStatus
from payments.models import Payment
from payments.services.review import accept_what_came, cases, close_case, give_it_back

MOST = 50
DECISIONS: dict[str, tuple[Callable[..., object], str]] = {
    "accept": (accept_what_came, "Accepted: what came is booked as payment."),
    "give_back": (give_it_back, "It is given back."),
    "close": (close_case, "Closed: nothing is booked."),
}


@admin_page(
    title="Held for review",
    template="payments/admin/review.html",
    permission="payments.view_payment",
)
def review_queue(request: HttpRequest) -> dict[str, Any]:
    """The oldest first; each can be decided by whoever may approve refunds."""
    held = Payment.objects.filter(status=PaymentStatus.HELD).order_by("id")[:MOST]
    return {
        "cases": cases(list(held)),
        "may_decide": request.user.has_perm("payments.approve_refund"),
    }


@transaction.non_atomic_requests  # the gateway is asked once more before money is booked
def decide(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """One decision on one payment."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not _may_decide(request):
        raise PermissionDenied
    decision = DECISIONS.get(str(request.POST.get("deed")))
    if decision is not None:
        act, done = decision
        by, why = request.user.pk, given(request, "why")
        attempt(request, lambda: act(payment_id=payment_id, decided_by=by, why=why), done=done)
    return redirect(reverse("payment-review"))


def _may_decide(request: HttpRequest) -> bool:
    with transaction.atomic():
        return bool(request.user.is_staff and request.user.has_perm("payments.approve_refund"))
