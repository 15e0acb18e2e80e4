"""Staff send a buyer the page to pay on, from the order's page."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from commerce.enums import PaymentStatus
from commerce.models import Order
from commerce.services.orders.payment_request import OVER, ask_for_payment
from commerce.services.orders.settlement import due_of
from core.errors import Invalid, PermissionRefused
from payments.admin.deed import attempt
from payments.enums import GatewayName
from payments.services.offers import takers


def asking(order: Order) -> dict[str, Any] | None:
    """What is to be paid and where it can be; None when nothing is."""
    due = due_of(order)
    unpaid = order.payment_status == PaymentStatus.UNPAID and order.status not in OVER
    amount = due.amount if due else order.total if unpaid else None
    if not amount:
        return None
    return {
        "amount": amount,
        "gateways": [(name, GatewayName(name).label) for name in takers(amount)],
        "url": reverse("order-ask-to-pay", args=[order.pk]),
    }


@transaction.non_atomic_requests  # the gateway opens its page before the mail is written
def ask_to_pay(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Mail the page, and go back to the order."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    may, gateway = _may(request), request.POST.get("pay_at", "")

    def act() -> None:
        if not may:
            raise PermissionRefused("You may not change orders.")
        if gateway not in GatewayName.values:
            raise Invalid("Say where it is to be paid.")
        ask_for_payment(order_id=order_id, gateway=gateway)

    attempt(request, act, done="The page to pay on is in the mail.")
    return redirect(reverse("admin:commerce_order_change", args=[order_id]))


def _may(request: HttpRequest) -> bool:
    with transaction.atomic():
        user = request.user
        return bool(user.is_active and user.is_staff and user.has_perm("commerce.change_order"))
