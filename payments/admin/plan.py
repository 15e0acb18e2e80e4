"""Plans: their words and terms are edited; a new price is a new row, made by a service."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from core.admin.badge import Labelled
from core.money import Money, MoneyError
from payments.admin.billing_labels import PLAN_LABELS
from payments.models import Plan, PlanPrice
from payments.services.billing.plans import set_price, withdraw_price


class PriceForm(forms.ModelForm):
    """A price as people write it. One that is there can only stop being offered."""

    price = forms.CharField(
        label="Amount", max_length=40, required=False, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = PlanPrice
        fields = ["interval", "currency", "offered"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.created_at is not None:
            self.initial["price"] = f"{self.instance.amount.decimal:f}"
            for name in ("interval", "currency", "price"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Amount and currency make money."""
        given: dict[str, Any] = super().clean() or {}
        if self.instance.created_at is None:
            try:
                money = Money.parse(given.get("price") or "", given.get("currency") or "")
            except MoneyError as error:
                raise forms.ValidationError({"price": str(error)}) from None
            if money.minor <= 0:
                raise forms.ValidationError({"price": "More than nothing."})
            self.instance.amount_minor = money.minor
        return given

    def validate_unique(self) -> None:
        """The service takes the former price's place."""

    def validate_constraints(self) -> None:
        """Likewise."""


class PriceInline(TabularInline):
    """What a period costs, per currency; the former prices below."""

    model = PlanPrice
    form = PriceForm
    extra = 0
    fields = ["interval", "currency", "price", "offered", "known_at", "subscribed"]
    readonly_fields = ["known_at", "subscribed"]
    ordering = ["-offered", "interval", "currency", "-id"]
    can_delete = False
    verbose_name_plural = "Prices"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanPrice]:
        """With where they are known, and who pays them."""
        rows = super().get_queryset(request).prefetch_related("at_gateways").select_related("plan")
        live = Q(subscriptions__grants=True)
        return rows.annotate(people=Count("subscriptions", filter=live))

    @display(description="Known at")
    def known_at(self, price: PlanPrice) -> str:
        """Gateways at which it can be subscribed to."""
        if price.created_at is None:
            return ""
        return ", ".join(sorted(one.gateway for one in price.at_gateways.all())) or "nowhere yet"

    @display(description="Subscribed")
    def subscribed(self, price: PlanPrice) -> int | str:
        """How many have access by it."""
        return getattr(price, "people", "")


@admin.register(Plan)
class PlanAdmin(ModelAdmin):
    """Terms apply to news from now on; prices that are used stay as they are."""

    list_display = ["name", "code", "tier", "shown_state", "trial_days", "grace_days", "people"]
    list_filter = ["state", "tier"]
    search_fields = ["name__icontains", "code__startswith"]
    ordering = ["code"]
    inlines = [PriceInline]
    compressed_fields = True
    fieldsets = [
        (None, {"fields": [("name", "code"), ("tier", "state"), "description"]}),
        ("Terms", {"fields": [("trial_days", "grace_days"), "features", "limits"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        """With how many have it."""
        live = Q(prices__subscriptions__grants=True)
        return (
            super()
            .get_queryset(request)
            .annotate(having=Count("prices__subscriptions", filter=live))
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Gateways know the plan by its code; tiers do not change under people's feet."""
        return ["code", "tier"] if obj else []

    @display(description="State", ordering="state", label=PLAN_LABELS)
    def shown_state(self, plan: Plan) -> Labelled:
        """A coloured label."""
        return Labelled(plan.state, plan.get_state_display(), PLAN_LABELS)

    @display(description="Subscribed", ordering="having")
    def people(self, plan: Plan) -> int:
        """How many have access by it."""
        return int(getattr(plan, "having", 0))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Prices through services."""
        for row in formset.save(commit=False):
            if row.created_at is None:
                set_price(plan=form.instance, interval=row.interval, amount=row.amount)
            elif not row.offered:
                withdraw_price(price=row)
        formset.save_m2m()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Retired, never deleted: subscriptions speak of them."""
        return False
