"""Payments: found, read, asked about. Money is moved by services only."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.admin.when_filter import WhenFilter
from core.audit import record_audit
from core.errors import DomainError
from payments.admin.deed import Button, Words, attempt, deed, given, money_given
from payments.admin.labels import ATTEMPT_LABELS, PAYMENT_LABELS
from payments.admin.receipt import ReceiptInline
from payments.models import Payment, PaymentAttempt
from payments.selectors import timeline
from payments.services.refunds import refundable, request_refund
from payments.services.verify import verify_payment

ASK = "ask_the_gateway"


class AttemptInline(ReadOnlyInline):
    """The tries at the gateway."""

    model = PaymentAttempt
    fields = ["gateway_ref", "gateway_payment_ref", "state_shown", "amount", "fee", "error"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    verbose_name_plural = "Attempts"

    @display(description="State", label=ATTEMPT_LABELS)
    def state_shown(self, attempt: PaymentAttempt) -> Labelled:
        """A coloured label."""
        return Labelled(attempt.state, attempt.get_state_display(), ATTEMPT_LABELS)

    @display(description="Fee")
    def fee(self, attempt: PaymentAttempt) -> str:
        """What the gateway kept."""
        return str(attempt.fee or "not known yet")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Read-only, with the whole story of each payment."""

    list_display = [
        "reference", "status_shown", "amount_shown", "description", "email", "gateway",
        "created_at",
    ]  # fmt: skip
    list_filter = [
        "status", "gateway", "purpose", "currency", ("created_at", WhenFilter),
    ]  # fmt: skip
    search_fields = ["reference__startswith", "email__exact", "attempts__gateway_ref__exact"]
    search_help_text = "Reference, whole e-mail address, or the gateway's own id"
    ordering = ["-id"]
    inlines = [AttemptInline, ReceiptInline]
    actions_detail = [ASK]
    fieldsets: Any = [
        (None, {"fields": ["give_back", ("reference", "status_shown"), "status_reason",
                           ("amount_shown", "gateway"), ("captured", "refunded"),
                           ("description", "email"), ("paid_at", "livemode")]}),
        ("What happened", {"fields": ["story"]}),
        ("What it belongs to", {"classes": ["collapse"],
                                "fields": [("purpose", "purpose_id"),
                                           ("customer_id", "user_id")]}),
    ]  # fmt: skip
    readonly_fields = ["status_shown", "amount_shown", "captured", "refunded", "story", "give_back"]

    def get_urls(self) -> list[URLPattern]:
        """Asking the gateway takes seconds: it runs outside a transaction."""
        urls: list[URLPattern] = super().get_urls()
        for url in urls:
            if url.name and url.name.endswith(ASK):
                url.callback = transaction.non_atomic_requests(url.callback)
        view = self.admin_site.admin_view(self.refund)
        return [path("<uuid:payment_id>/refund/", view, name="payments_payment_refund"), *urls]

    def get_fieldsets(self, request: HttpRequest, obj: Payment | None = None) -> Any:
        """Giving back is for those who may, while there is something to give back."""
        if obj is not None and self.has_refund_permission(request) and refundable(obj):
            return self.fieldsets
        first, *rest = self.fieldsets
        fields = [name for name in first[1]["fields"] if name != "give_back"]
        return [(first[0], {"fields": fields}), *rest]

    def has_refund_permission(self, request: HttpRequest) -> bool:
        """Giving money back is a right of its own."""
        return bool(request.user.has_perm("payments.request_refund"))

    @display(description="Refund")
    def give_back(self, payment: Payment) -> SafeString:
        """An amount, all that is left unless another is typed, and a reason."""
        left = refundable(payment)
        return deed(
            reverse("admin:payments_payment_refund", args=[payment.pk]),
            inputs=[
                Words("refund_amount", f"Amount in {left.currency}", f"{left.decimal:f}", False),
                Words("refund_reason", "Reason, kept in the history"),
            ],
            buttons=[Button("refund", "Refund", ask="Give this money back to the payer?")],
        )

    def refund(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        """Ask for a refund, in the name of who is signed in."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_refund_permission(request):
            raise PermissionDenied
        payment = get_object_or_404(Payment, pk=payment_id)
        currency = refundable(payment).currency
        attempt(
            request,
            lambda: request_refund(
                payment_id=payment.pk,
                amount=money_given(given(request, "refund_amount"), currency),
                reason=given(request, "refund_reason"),
                requested_by=request.user.pk,
            ),
            done="Asked for: it is on the list of refunds.",
        )
        return redirect(reverse("admin:payments_payment_change", args=[payment_id]))

    @display(description="Status", ordering="status", label=PAYMENT_LABELS)
    def status_shown(self, payment: Payment) -> Labelled:
        """A coloured label."""
        return Labelled(payment.status, payment.get_status_display(), PAYMENT_LABELS)

    @display(description="Amount", ordering="amount_minor")
    def amount_shown(self, payment: Payment) -> str:
        """With its currency."""
        return payment.amount.readable

    @display(description="What happened")
    def story(self, payment: Payment) -> SafeString:
        """Gateway, news, reactions, books and messages, in order."""
        return render_to_string("payments/admin/timeline.html", {"lines": timeline(payment)})

    def has_ask_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Asking the gateway is a right of its own."""
        return bool(request.user.has_perm("payments.verify_payment"))

    @action(description="Ask the gateway", icon="sync", permissions=["ask"])
    def ask_the_gateway(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Settle by what the gateway shows now, as a webhook would."""
        with transaction.atomic():
            payment = Payment.objects.get(pk=object_id)
        before = payment.get_status_display()
        try:
            seen = verify_payment(reference=payment.reference, source="staff", again=True)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            with transaction.atomic():
                record_audit(action="payment.verify", resource=payment, details={"was": before})
            now = seen.get_status_display()
            text = f"{payment.gateway} agrees: {now}." if now == before else f"{before}, now {now}."
            self.message_user(request, text, messages.SUCCESS)
        return redirect(reverse("admin:payments_payment_change", args=[object_id]))
