"""The form for the payer's bank account on the page of a refund that waits for one."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.readonly import ReadOnlyAdmin
from payments.admin.deed import Button, Words, attempt, deed, given
from payments.models import Refund
from payments.services.refunds.bank_details import send_to_account

NOTE = (
    "The money found no way back to the payer. Ask them for an account; it goes to the gateway and "
    "is not kept here."
)


class RefundAccountAdmin(ReadOnlyAdmin):
    """What RefundAdmin does about bank details."""

    def get_urls(self) -> list[URLPattern]:
        """POST here hands an account over. The gateway is called outside a transaction."""
        view = transaction.non_atomic_requests(self.admin_site.admin_view(self.account_view))
        here = path("<uuid:refund_id>/account/", view, name="payments_refund_account")
        return [here, *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Approving is a right of its own, and so is saying where the money goes."""
        return bool(request.user.has_perm("payments.approve_refund"))

    def account_view(self, request: HttpRequest, refund_id: UUID) -> HttpResponse:
        """To the gateway, and back to the refund."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        with transaction.atomic():
            allowed = self.has_decide_permission(request)
        if not allowed:
            raise PermissionDenied
        attempt(
            request,
            lambda: send_to_account(
                refund_id=refund_id,
                number=given(request, "account_number"),
                bank_id=given(request, "bank_id"),
            ),
            done="The gateway has the account and tries again.",
        )
        return redirect(reverse("admin:payments_refund_change", args=[refund_id]))

    @display(description="Bank details")
    def bank_details(self, refund: Refund) -> SafeString:
        """Two lines to type and a button."""
        return deed(
            reverse("admin:payments_refund_account", args=[refund.pk]),
            inputs=[
                Words("account_number", "Account number of the payer"),
                Words("bank_id", "Id of the bank at the gateway (its list of banks)"),
            ],
            buttons=[Button("send", "Send to this account")],
            note=NOTE,
        )
