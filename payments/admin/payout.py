"""Payouts and those they go to."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyInline
from core.admin.when_filter import WhenFilter
from core.audit import record_audit
from core.errors import DomainError
from core.money import Money
from payments.admin.labels import PAYOUT_LABELS
from payments.admin.owed import balances_of_payee, owed_table
from payments.admin.payout_steps import PayoutStepsAdmin
from payments.admin.persons import person
from payments.enums import PayoutState
from payments.models import (
    Payee,
    Payment,
    Payout,
    PayoutItem,
    PayoutRun,
    SubscriptionInvoice,
)
from payments.payout_file import bank_file
from payments.services.payouts.runs import start_run
from payments.services.payouts.steps import draft_payout

UNDER_WAY = [PayoutState.DRAFT, PayoutState.APPROVED, PayoutState.SENT]
CAUSES = {"share": "Share of a sale", "commission": "Commission"}
# how the payer calls what was sold: what stood on the payment, or the invoice's number
SOLD = {
    "sold": Coalesce(
        Subquery(
            Payment.objects.filter(
                purpose=OuterRef("due__sale__type"), purpose_id=OuterRef("due__sale__source_id")
            ).values("description")[:1]
        ),
        Subquery(
            SubscriptionInvoice.objects.filter(pk=OuterRef("due__sale__source_id")).values(
                "number"
            )[:1]
        ),
    )
}
FOR_THE_BANK = [PayoutState.APPROVED, PayoutState.SENT]


class ItemInline(ReadOnlyInline):
    """What a payout pays."""

    model = PayoutItem
    fields = ["cause", "sale", "amount", "released"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    per_page = 50
    verbose_name_plural = "What it pays"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutItem]:
        """With the lines and their sales."""
        return super().get_queryset(request).select_related("due__sale").annotate(**SOLD)

    @display(description="For")
    def cause(self, item: PayoutItem) -> str:
        """Share, commission, or what took back."""
        return CAUSES.get(item.due.cause, "Taken back")

    @display(description="Sale")
    def sale(self, item: Any) -> str:
        """The order or invoice, as its payer knows it."""
        return item.sold or item.due.sale.get_type_display()

    @display(description="Amount")
    def amount(self, item: PayoutItem) -> str:
        """Less than nothing when it took back."""
        return item.due.amount.readable


@admin.register(Payout)
class PayoutAdmin(PayoutStepsAdmin):
    """The queue; money moves by services only."""

    list_display = [
        "reference", "payee", "kind", "amount_shown", "state_shown", "created_at", "sent_at",
    ]  # fmt: skip
    list_filter = [
        "state", "payee__kind", "currency", ("created_at", WhenFilter),
    ]  # fmt: skip
    list_select_related = ["payee"]
    search_fields = ["reference__startswith", "bank_reference__exact", "payee__name__istartswith"]
    search_help_text = "Our reference, the bank's, or how the payee's name begins"
    ordering = ["-id"]
    list_before_template = "payments/admin/payout_queue.html"
    inlines = [ItemInline]
    actions = ["for_the_bank"]
    fields = [
        ("reference", "payee"), ("amount_shown", "state_shown"), "next_steps",
        ("bank_reference", "failure"), ("drafted", "approved"), ("sent_at", "finished_at"),
    ]  # fmt: skip
    readonly_fields = ["amount_shown", "state_shown", "next_steps", "drafted", "approved"]

    def get_urls(self) -> list[URLPattern]:
        """POST to draft payouts for everybody."""
        view = self.admin_site.admin_view(self.draft_all_view)
        return [path("draft-all/", view, name="payments_payout_draft_all"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Under what is under way, and the button."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        runs = list(PayoutRun.objects.order_by("-id")[:1])
        running = [run for run in runs if run.finished_at is None]
        shown = {
            "queue": _queue(),
            "run": running[0] if running else None,
            "last": runs[0] if runs else None,
            "may_draft": request.user.has_perm("payments.add_payout"),
            "draft_url": reverse("admin:payments_payout_draft_all"),
        }
        return super().changelist_view(request, (extra_context or {}) | shown)

    @display(description="Amount", ordering="amount_minor")
    def amount_shown(self, payout: Payout) -> str:
        """With its currency."""
        return payout.amount.readable

    @display(description="State", ordering="state", label=PAYOUT_LABELS)
    def state_shown(self, payout: Payout) -> Labelled:
        """A coloured label."""
        return Labelled(payout.state, payout.get_state_display(), PAYOUT_LABELS)

    @display(description="Drafted by")
    def drafted(self, payout: Payout) -> str:
        """A person, or the house."""
        return person(payout.drafted_by)

    @display(description="Approved by")
    def approved(self, payout: Payout) -> str:
        """Large ones by somebody else than who drafted them."""
        return person(payout.approved_by) if payout.approved_by else "Nobody yet"

    @display(description="Kind")
    def kind(self, payout: Payout) -> str:
        """Vendor or referrer."""
        return payout.payee.get_kind_display()

    def draft_all_view(self, request: HttpRequest) -> HttpResponse:
        """Begin in the background; the queue tells how far it is."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("payments.add_payout"):
            messages.error(request, "You may not draft payouts.")
        else:
            try:
                start_run(started_by=request.user.pk)
            except DomainError as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(request, "Payouts are being drafted. Reload to see how far it is.")
        return redirect(reverse("admin:payments_payout_changelist"))

    @admin.action(description="File for the bank (CSV)", permissions=["step"])
    def for_the_bank(self, request: HttpRequest, queryset: QuerySet[Payout]) -> Any:
        """Approved payouts, one line each; who took the file is kept."""
        chosen = queryset.select_related("payee").order_by("id")
        payouts = list(chosen.filter(state__in=FOR_THE_BANK))
        if not payouts:
            self.message_user(request, "Approve payouts first.", messages.WARNING)
            return None
        for payout in payouts:
            record_audit(action="payout.export", resource=payout)
        answer = HttpResponse(bank_file(payouts), content_type="text/csv; charset=utf-8")
        name = f"payouts-{timezone.now():%Y-%m-%d-%H%M}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "no-store"
        return answer


class PayeeForm(ModelForm):
    """Where the money goes is not changed behind the back of whoever approved that it goes."""

    class Meta:
        model = Payee
        fields = ["bank_account"]

    def clean_bank_account(self) -> Any:
        """An empty box keeps what is stored. Raises ValidationError."""
        given = self.cleaned_data["bank_account"]
        decided = self.instance.payouts.filter(state__in=FOR_THE_BANK)
        if given and decided.exists():
            names = ", ".join(decided.order_by("id").values_list("reference", flat=True)[:5])
            raise ValidationError(
                f"{names} was approved for the account as it is: withdraw it, or wait until it "
                "is paid."
            )
        return given


@admin.register(Payee)
class PayeeAdmin(ModelAdmin):
    """Vendors and referrers: what we owe them, and where it goes."""

    list_display = ["name", "kind", "balance", "has_account"]
    list_filter = ["kind"]
    search_fields = ["name__istartswith"]
    ordering = ["name", "id"]
    fields = [("name", "kind"), "owed", "bank_account"]
    readonly_fields = ["name", "kind", "owed"]
    form = PayeeForm
    compressed_fields = True

    def get_urls(self) -> list[URLPattern]:
        """POST to draft one payout."""
        view = self.admin_site.admin_view(self.draft_view)
        return [
            path("<uuid:payee_id>/draft/", view, name="payments_payee_draft"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come with their first sale."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The books speak of them."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payee]:
        """What the books owe comes with the page, in one query."""
        return super().get_queryset(request).annotate(balances=ArraySubquery(balances_of_payee()))

    @display(description="We owe")
    def balance(self, payee: Any) -> str:
        """By currency, as it stands in the books."""
        owed = [Money(one["minor"], one["currency"]).readable for one in payee.balances]
        return ", ".join(owed) or "Nothing"

    @display(description="Bank account", boolean=True)
    def has_account(self, payee: Payee) -> bool:
        """Whether money can be sent."""
        return bool(payee.bank_account and payee.bank_account.reveal())

    @display(description="What we owe")
    def owed(self, payee: Payee) -> SafeString:
        """By currency, with a button where something is payable."""
        return owed_table(
            payee.pk, draft_url=reverse("admin:payments_payee_draft", args=[payee.pk])
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Who changed where the money goes is kept; the account itself is not in the trail."""
        if form.cleaned_data["bank_account"]:  # an empty box keeps what is stored
            obj.save(update_fields=["bank_account", "updated_at"])
            record_audit(action="payee.bank_account", resource=obj)

    def draft_view(self, request: HttpRequest, payee_id: UUID) -> HttpResponse:
        """Draft what is payable in one currency, and go to it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        back = redirect(reverse("admin:payments_payee_change", args=[payee_id]))
        if not request.user.has_perm("payments.add_payout"):
            messages.error(request, "You may not draft payouts.")
            return back
        try:
            payout = draft_payout(
                payee_id=payee_id,
                currency=request.POST.get("currency", ""),
                drafted_by=request.user.pk,
            )
        except (DomainError, ValueError) as refusal:
            messages.error(request, str(refusal))
            return back
        return redirect(reverse("admin:payments_payout_change", args=[payout.pk]))


def _queue() -> list[dict[str, Any]]:
    """What is under way: sums by state, currencies apart."""
    rows = (
        Payout.objects.filter(state__in=UNDER_WAY)
        .values("state", "currency")
        .annotate(sum=Sum("amount_minor"))
        .order_by("currency")
    )
    sums: dict[str, list[Money]] = {}
    for row in rows:
        sums.setdefault(row["state"], []).append(Money(int(row["sum"]), row["currency"]))
    return [{"state": state.label, "amounts": sums[state]} for state in UNDER_WAY if state in sums]
