"""Changes of many prices: looked at, applied, taken back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from commerce.enums import PriceChangeKind, PriceChangeState, PriceEnding
from commerce.models import PriceChange, PriceChangeItem
from commerce.services.catalogue.bulk_prices import (
    apply_price_change,
    plan_price_change,
    undo_price_change,
)
from commerce.services.catalogue.price_rule import Rule
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from core.money import CURRENCIES, Money, MoneyError

LABELS = {
    PriceChangeState.PLANNED: "info",
    PriceChangeState.RUNNING: "warning",
    PriceChangeState.DONE: "success",
    PriceChangeState.UNDOING: "warning",
    PriceChangeState.UNDONE: "default",
}
SAMPLE = 30  # prices that are shown


class PriceRuleForm(forms.Form):
    """By percent or by an amount."""

    percent = forms.DecimalField(
        required=False, min_value=-99, max_value=1000, decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget, help_text="-10 makes it a tenth cheaper",
    )  # fmt: skip
    amount = forms.CharField(
        required=False, max_length=30, widget=UnfoldAdminTextInputWidget,
        help_text="Or so much more (-2.50: less); then choose a currency",
    )  # fmt: skip
    currency = forms.CharField(
        required=False, max_length=3, widget=UnfoldAdminTextInputWidget,
        help_text="Such as EUR; empty: every currency",
    )  # fmt: skip
    ending = forms.ChoiceField(
        choices=PriceEnding.choices, initial=PriceEnding.EXACT, widget=UnfoldAdminSelectWidget
    )

    def clean_currency(self) -> str:
        """A code."""
        code = str(self.cleaned_data["currency"]).strip().upper()
        if code and code not in CURRENCIES:
            raise forms.ValidationError("A currency code such as EUR.")
        return code

    def clean(self) -> dict[str, Any]:
        """One of the two; the amount exact."""
        given: dict[str, Any] = super().clean() or {}
        percent, amount = given.get("percent"), (given.get("amount") or "").strip()
        if self.errors:
            return given
        if (percent is None) == (not amount):
            raise forms.ValidationError("Give either a percentage or an amount.")
        if amount:
            if not given["currency"]:
                raise forms.ValidationError({"currency": "An amount has a currency."})
            try:
                given["amount"] = Money.parse(amount, given["currency"])
            except MoneyError as error:
                raise forms.ValidationError({"amount": str(error)}) from None
        return given


def planned(form: PriceRuleForm, selection: dict[str, Any]) -> PriceChange:
    """The plan of what the form says. Raises DomainError."""
    given = form.cleaned_data
    amount = given["amount"] or None
    rule = Rule(
        kind=PriceChangeKind.AMOUNT if amount else PriceChangeKind.PERCENT,
        percent_bps=int((given["percent"] or 0) * 100),
        amount_minor=amount.minor if amount else 0,
        ending=PriceEnding(given["ending"]),
    )
    return plan_price_change(rule=rule, selection=selection, currency=given["currency"])


@admin.register(PriceChange)
class PriceChangeAdmin(ReadOnlyAdmin):
    """What was planned, what it did, and the way back."""

    list_display = ["created_at", "what", "shown_state", "total", "done", "kept"]
    list_filter = ["state", "kind"]
    ordering = ["-id"]
    empty_note = "Choose products in their list, then “Change prices”."
    readonly_fields = [
        "what", "shown_state", "progress", "steps", "prices", "created_at", "applied_at",
        "undone_at",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["what", "shown_state", "progress", "steps"]}),
        ("Prices", {"fields": ["prices"]}),
        ("When", {"fields": ["created_at", "applied_at", "undone_at"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        """POST `step/` applies or takes back."""
        urls: list[URLPattern] = super().get_urls()
        view = self.admin_site.admin_view(self.step_view)
        return [path("<uuid:change_id>/step/", view, name="commerce_pricechange_step"), *urls]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceChange]:
        """Without what was selected."""
        return super().get_queryset(request).defer("selection")

    def may_change(self, request: HttpRequest) -> bool:
        """As for products themselves."""
        return bool(request.user.has_perm("commerce.change_product"))

    @display(description="What")
    def what(self, change: PriceChange) -> str:
        """In words."""
        if change.kind == PriceChangeKind.PERCENT:
            words = f"{change.percent_bps / 100:+g} %"
            words += f" in {change.currency}" if change.currency else " in every currency"
        else:
            sum_ = Money(change.amount_minor, change.currency)
            words = f"{'+' if sum_.minor > 0 else ''}{sum_}"
        if change.ending != PriceEnding.EXACT:
            words += f", {change.get_ending_display().lower()}"
        return words

    @display(description="State", ordering="state", label=LABELS)
    def shown_state(self, change: PriceChange) -> Labelled:
        """A coloured label."""
        return Labelled(change.state, change.get_state_display(), LABELS)

    @display(description="How far")
    def progress(self, change: PriceChange) -> str:
        """In numbers."""
        words = f"{change.done:,} of {change.total:,} prices"
        return words + (f", {change.kept:,} left as they were" if change.kept else "")

    @display(description="What next")
    def steps(self, change: PriceChange) -> SafeString | str:
        """Apply, or take back."""
        step = {PriceChangeState.PLANNED: "apply", PriceChangeState.DONE: "undo"}.get(
            PriceChangeState(change.state)
        )
        if step is None:
            return "Nothing." if change.state == PriceChangeState.UNDONE else "It is under way."
        url = reverse("admin:commerce_pricechange_step", args=[change.pk])
        return render_to_string(
            "commerce/admin/price_change_steps.html", {"step": step, "url": url, "change": change}
        )

    @display(description="Before and after")
    def prices(self, change: PriceChange) -> SafeString:
        """The first of them."""
        items = PriceChangeItem.objects.filter(change=change).select_related("variant__product")
        return render_to_string(
            "commerce/admin/price_change_items.html",
            {
                "items": [
                    (
                        item.variant, Money(item.before_minor, item.currency),
                        Money(item.after_minor, item.currency), item.get_state_display(),
                    )
                    for item in items.order_by("id")[:SAMPLE]
                ],
                "more": max(change.total - SAMPLE, 0),
            },
        )  # fmt: skip

    def step_view(self, request: HttpRequest, change_id: Any) -> HttpResponse:
        """Begin it and go back to the change."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        deed = {"apply": apply_price_change, "undo": undo_price_change}.get(
            request.POST.get("do", "")
        )
        if not self.may_change(request):
            self.message_user(request, "You may not change prices.", messages.ERROR)
        elif deed is None:
            self.message_user(request, "There is no such step.", messages.ERROR)
        else:
            try:
                deed(change_id=change_id)
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
            else:
                self.message_user(request, "It has begun; load the page again to see more.")
        return redirect(reverse("admin:commerce_pricechange_change", args=[change_id]))
