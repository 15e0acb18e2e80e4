"""Subscriptions: found, read, steered. The gateway does what is asked; the row follows it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from unfold.decorators import action, display

from accounts.admin.refusals import ask_first, back_to
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.errors import DomainError
from payments import subscription_figures as figures
from payments.admin.billing_labels import INVOICE_LABELS, SUBSCRIPTION_LABELS
from payments.billing_enums import LIVE_SUBSCRIPTIONS, SubscriptionState
from payments.models import Subscription, SubscriptionEvent, SubscriptionInvoice
from payments.services.billing import steps
from payments.services.billing.access import entitlement_of

SOON = timedelta(days=7)
STEPS = ["ask_the_gateway", "cancel_at_the_end", "cancel_now", "take_back"]


class AttentionFilter(admin.SimpleListFilter):
    """What staff come to look for."""

    title = "attention"
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The questions."""
        return [
            ("trial", "On trial"), ("past_due", "Past due"), ("ends", "Ends within a week"),
            ("surplus", "Second of a person"), ("unknown", "Price not known"),
        ]  # fmt: skip

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Subscription]
    ) -> QuerySet[Subscription]:
        """The rows of the question asked."""
        ends = Q(cancel_at_period_end=True, period_end__lte=datetime.now(UTC) + SOON)
        wanted = {
            "trial": Q(state=SubscriptionState.TRIALING),
            "past_due": Q(state=SubscriptionState.PAST_DUE),
            "ends": ends & Q(state__in=LIVE_SUBSCRIPTIONS),
            "surplus": Q(surplus=True),
            "unknown": Q(price=None, state__in=LIVE_SUBSCRIPTIONS),
        }.get(self.value() or "")
        return queryset.filter(wanted) if wanted else queryset


class InvoiceInline(ReadOnlyInline):
    """What was charged."""

    model = SubscriptionInvoice
    fields = ["number", "state_shown", "due", "paid", "refunded", "attempts", "paid_at"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True

    @display(description="State", label=INVOICE_LABELS)
    def state_shown(self, invoice: SubscriptionInvoice) -> Labelled:
        """A coloured label."""
        return Labelled(invoice.state, invoice.get_state_display(), INVOICE_LABELS)


class StoryInline(ReadOnlyInline):
    """What was told of it, in its own order."""

    model = SubscriptionEvent
    fields = ["as_of", "state_shown", "source", "created_at"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    verbose_name_plural = "What was told"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SubscriptionEvent]:
        """Without the whole stories."""
        return super().get_queryset(request).defer("seen")

    @display(description="State", label=SUBSCRIPTION_LABELS)
    def state_shown(self, story: SubscriptionEvent) -> Labelled:
        """A coloured label."""
        return Labelled(story.state, story.get_state_display(), SUBSCRIPTION_LABELS)


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """Read-only, with what it allows in a sentence, its invoices and what was told of it."""

    list_display = ["user", "plan", "state_shown", "amount", "period_end", "allows", "gateway"]
    list_filter = [AttentionFilter, "state", "tier", "gateway"]
    list_select_related = ["user", "price__plan"]
    search_fields = ["user__email__startswith", "gateway_ref__exact", "customer_ref__exact"]
    search_help_text = "E-mail address, or the gateway's own id of subscription or customer"
    ordering = ["-id"]
    list_before_template = "payments/admin/subscription_figures.html"
    inlines = [InvoiceInline, StoryInline]
    actions_detail = STEPS
    fieldsets = [
        (None, {"fields": [("user", "state_shown"), ("plan", "amount"), "entitlement", "surplus",
                           ("period_start", "period_end"), ("trial_end", "cancel_at_period_end"),
                           ("past_due_since", "grace_until"), "next_price"]}),
        ("At the gateway", {"fields": [("gateway", "livemode"), "gateway_ref", "customer_ref",
                                       "price_ref", ("as_of", "asked_at"),
                                       ("cancelled_at", "ended_at"), "reason"]}),
    ]  # fmt: skip
    readonly_fields = ["state_shown", "plan", "amount", "entitlement"]

    def get_urls(self) -> list[URLPattern]:
        """Steps take seconds at the gateway: they run outside a transaction."""
        urls: list[URLPattern] = super().get_urls()
        for url in urls:
            if url.name and url.name.endswith(tuple(STEPS)):
                url.callback = transaction.non_atomic_requests(url.callback)
        return urls

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list under its figures."""
        shown = {
            "revenue": figures.monthly_revenue(),
            "tiers": figures.by_tier(),
            "waiting": figures.waiting(),
        }
        return super().changelist_view(request, (extra_context or {}) | shown)

    @display(description="State", ordering="state", label=SUBSCRIPTION_LABELS)
    def state_shown(self, row: Subscription) -> Labelled:
        """A coloured label."""
        return Labelled(row.state, row.get_state_display(), SUBSCRIPTION_LABELS)

    @display(description="Plan", ordering="tier")
    def plan(self, row: Subscription) -> str:
        """By its name."""
        return row.price.plan.name if row.price else f"not known: {row.price_ref}"

    @display(description="Price")
    def amount(self, row: Subscription) -> str:
        """For one period."""
        return f"{row.price.amount} a {row.price.interval}" if row.price else ""

    @display(description="Access", boolean=True, ordering="grants")
    def allows(self, row: Subscription) -> bool:
        """Whether it gives its tier now."""
        return not row.surplus and entitlement_of(row).allowed

    @display(description="What it allows")
    def entitlement(self, row: Subscription) -> str:
        """The sentence people are told, too."""
        if row.surplus:
            return "Nothing: this person has another subscription. Cancel one of the two."
        return entitlement_of(row).reason

    def has_steer_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Steering is a right of its own."""
        return bool(request.user.has_perm("payments.steer_subscription"))

    @action(
        description="Ask the gateway",
        permissions=["steer"],
        dialog=ask_first("The gateway is asked how it stands, and the row follows.", "Ask"),
    )
    def ask_the_gateway(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        """Bring it up to date."""
        return self._step(
            request, object_id, lambda row: steps.ask(subscription=row, source="staff")
        )

    @action(
        description="Cancel at the period's end",
        permissions=["steer"],
        dialog=ask_first("What is paid for stays until the period ends.", "Cancel at the end"),
    )
    def cancel_at_the_end(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        """No renewal."""
        return self._step(
            request,
            object_id,
            lambda row: steps.cancel(subscription=row, at_period_end=True, source="staff"),
        )

    @action(
        description="Cancel now",
        permissions=["steer"],
        dialog=ask_first("Access ends at once. Nothing is given back by this.", "Cancel now"),
    )
    def cancel_now(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        """At once."""
        return self._step(
            request,
            object_id,
            lambda row: steps.cancel(subscription=row, at_period_end=False, source="staff"),
        )

    @action(
        description="Resume",
        permissions=["steer"],
        dialog=ask_first("The subscription goes on after the period's end.", "Resume"),
    )
    def take_back(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        """Take a cancellation back."""
        return self._step(
            request, object_id, lambda row: steps.resume(subscription=row, source="staff")
        )

    def _step(
        self, request: HttpRequest, object_id: str, do: Callable[[Subscription], Subscription]
    ) -> HttpResponse:
        """One step, and how it stands afterwards; a refusal in its own words."""
        with transaction.atomic():
            row = Subscription.objects.select_related("price__plan").get(pk=object_id)
        try:
            after = do(row)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            told = f"{after.get_state_display()}. {entitlement_of(after).reason}"
            self.message_user(request, told, messages.SUCCESS)
        return back_to(request, reverse("admin:payments_subscription_change", args=[object_id]))
