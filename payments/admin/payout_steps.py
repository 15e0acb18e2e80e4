"""The steps of payouts in the admin: buttons on one, actions on many. Services move the money."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from payments.enums import PAYOUT_NEXT, PayoutState
from payments.models import Payout
from payments.services.payouts.steps import (
    approve_payout,
    mark_failed,
    mark_paid,
    mark_sent,
    withdraw_payout,
)

Step = Callable[[HttpRequest, UUID, str], Payout]
ENDS = (PayoutState.FAILED, PayoutState.CANCELLED)
ASKS = {
    PayoutState.APPROVED: "The bank's reference, when it is sent",
    PayoutState.SENT: "Why it came back, when it failed",
}
# what stands on a button, and what it asks before it is done
BUTTONS: dict[PayoutState, tuple[str, str]] = {
    PayoutState.APPROVED: ("Approve", "Approve this payout of {}?"),
    PayoutState.SENT: ("Mark as sent", "Has the bank been told to send {}?"),
    PayoutState.PAID: ("Mark as paid", "Did {} arrive? It cannot be taken back."),
    PayoutState.FAILED: ("It came back", "Did {} come back? It is owed again."),
    PayoutState.CANCELLED: ("Withdraw", "Withdraw this payout of {}?"),
}
# In bulk our own reference stands for the bank's: it is what the file told the bank.
STEPS: dict[PayoutState, Step] = {
    PayoutState.APPROVED: lambda request, pk, words: approve_payout(
        payout_id=pk, approved_by=request.user.pk
    ),
    PayoutState.SENT: lambda request, pk, words: mark_sent(payout_id=pk, bank_reference=words),
    PayoutState.PAID: lambda request, pk, words: mark_paid(payout_id=pk),
    PayoutState.FAILED: lambda request, pk, words: mark_failed(payout_id=pk, reason=words),
    PayoutState.CANCELLED: lambda request, pk, words: withdraw_payout(payout_id=pk),
}


class PayoutStepsAdmin(ReadOnlyAdmin):
    """Each refusal is told, payout by payout."""

    def get_urls(self) -> list[URLPattern]:
        """POST here takes one step of one payout."""
        urls: list[URLPattern] = super().get_urls()
        view = self.admin_site.admin_view(self.step_view)
        return [path("<uuid:payout_id>/step/", view, name="payments_payout_step"), *urls]

    def has_step_permission(self, request: HttpRequest) -> bool:
        """A right of its own."""
        return bool(request.user.has_perm("payments.approve_payout"))

    @display(description="Next step")
    def next_steps(self, payout: Payout) -> SafeString:
        """Buttons that submit the page's own form (and its CSRF token) to `step_view`."""
        state = PayoutState(payout.state)
        following = [step for step in PayoutState if step in PAYOUT_NEXT[state]]
        return render_to_string(
            "payments/admin/payout_steps.html",
            {
                "steps": [
                    (
                        step,
                        step in ENDS,
                        *(words.format(payout.amount.readable) for words in BUTTONS[step]),
                    )
                    for step in following
                ],
                "asks": ASKS.get(state, ""),
                "url": reverse("admin:payments_payout_step", args=[payout.pk]),
            },
        )

    def step_view(self, request: HttpRequest, payout_id: UUID) -> HttpResponse:
        """Take the step and go back to the payout."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        to = request.POST.get("to", "")
        if not self.has_step_permission(request) or to not in STEPS:
            messages.error(request, "You may not move payouts on.")
        else:
            self.step(request, payout_id, PayoutState(to), request.POST.get("step_words", "")[:140])
        return redirect(reverse("admin:payments_payout_change", args=[payout_id]))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One action a step that needs no words, for whoever may."""
        actions: dict[str, Any] = super().get_actions(request)
        if self.has_step_permission(request):
            for to in (PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID,
                       PayoutState.CANCELLED):  # fmt: skip
                name = f"move_to_{to}"
                actions[name] = (_bulk(to), name, f"Move to: {to.label}")
        return actions

    def step(self, request: HttpRequest, payout_id: UUID, to: PayoutState, words: str) -> None:
        """Ask the service, and say what it answered."""
        try:
            payout = STEPS[to](request, payout_id, words)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{payout}: {payout.get_state_display().lower()}.")


def _bulk(to: PayoutState) -> Any:
    """The action that moves the chosen payouts to `to`."""

    @admin.action(description=f"Move to: {to.label}")
    def move(page: PayoutStepsAdmin, request: HttpRequest, chosen: QuerySet[Payout]) -> None:
        for payout_id, reference in chosen.order_by("id").values_list("pk", "reference"):
            page.step(request, payout_id, to, reference)

    return move
