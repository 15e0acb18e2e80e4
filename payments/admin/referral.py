"""Who brought whom, and the terms on which that earns something."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.admin.when_filter import WhenFilter
from core.errors import DomainError
from payments.admin.labels import COMMISSION_LABELS
from payments.models import Commission, CommissionRule, Referral, ReferralCode
from payments.services.referrals.attribution import reject
from payments.services.referrals.terms import begin_rule, end_rule

COUNTS = {"counts": "success", "rejected": "danger"}


class CommissionInline(ReadOnlyInline):
    """What a referral earned."""

    model = Commission
    fields = ["state_shown", "amount", "left", "earned_at", "held_until", "explanation"]
    readonly_fields = fields
    hide_title = True
    verbose_name_plural = "Commissions"

    @display(description="State", label=COMMISSION_LABELS)
    def state_shown(self, commission: Commission) -> Labelled:
        """A coloured label."""
        return Labelled(commission.state, commission.get_state_display(), COMMISSION_LABELS)


@admin.register(Referral)
class ReferralAdmin(ReadOnlyAdmin):
    """Read-only; what is no real referral is rejected."""

    list_display = ["referrer", "referred", "code", "counts", "attributed_at", "expires_at"]
    list_filter = ["source", ("attributed_at", WhenFilter)]
    list_select_related = ["referrer", "referred", "code"]
    search_fields = ["code__code__exact", "referrer__email__exact", "referred__email__exact"]
    search_help_text = "Whole code, or whole e-mail address"
    ordering = ["-id"]
    inlines = [CommissionInline]
    fields = [
        ("referrer", "referred"), ("code", "source", "counts"), ("attributed_at", "expires_at"),
        "balance",
    ]  # fmt: skip
    readonly_fields = ["counts", "balance"]
    actions = ["reject_chosen"]

    @display(description="State", label=COUNTS)
    def counts(self, referral: Referral) -> Labelled:
        """Whether it earns anything."""
        key = "rejected" if referral.rejected_at else "counts"
        return Labelled(key, key.capitalize(), COUNTS)

    @display(description="Referrer's balance")
    def balance(self, referral: Referral) -> SafeString:
        """On the payee's page."""
        url = reverse("admin:payments_payee_change", args=[referral.referrer_id])
        if not referral.commissions.exists():
            return format_html("Nothing earned yet.")
        return format_html('<a class="text-primary-600" href="{}">See what we owe them</a>', url)

    def has_reject_permission(self, request: HttpRequest) -> bool:
        """A right of those who may change referrals."""
        return bool(request.user.has_perm("payments.change_referral"))

    @admin.action(description="Reject: no real referral", permissions=["reject"])
    def reject_chosen(self, request: HttpRequest, queryset: QuerySet[Referral]) -> None:
        """They earn nothing from now on; what was earned stays."""
        for referral_id in queryset.values_list("pk", flat=True):
            try:
                referral = reject(referral_id=referral_id, reason="by staff")
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.WARNING)
            else:
                self.message_user(request, f"{referral.code} earns nothing more by it.")


@admin.register(ReferralCode)
class ReferralCodeAdmin(ReadOnlyAdmin):
    """Codes, by whom they are."""

    list_display = ["code", "user", "created_at", "closed_at"]
    list_select_related = ["user"]
    search_fields = ["code__exact", "user__email__exact"]
    search_help_text = "Whole code, or whole e-mail address"
    ordering = ["-id"]


class RuleForm(ModelForm):
    """A new version. Amounts are in minor units of its currency."""

    class Meta:
        model = CommissionRule
        fields = [
            "scope", "currency", "rate_bps", "flat_minor", "cap_minor", "referral_cap_minor",
            "window_days", "hold_days", "valid_from",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The database's own refusals come as sentences beside the field."""
        given: dict[str, Any] = super().clean() or {}
        given["currency"] = given.get("currency") or None
        if given.get("rate_bps") is None and given.get("flat_minor") is None:
            raise forms.ValidationError("Give a rate or a flat amount.")
        starts = given.get("valid_from")
        lane = CommissionRule.objects.filter(
            scope=given.get("scope"), currency=given["currency"], valid_from__gte=starts
        )
        if starts and lane.exists():
            raise ValidationError({"valid_from": "A version begins later than that already."})
        return given


@admin.register(CommissionRule)
class CommissionRuleAdmin(ModelAdmin):
    """Versions are begun and ended, never rewritten: what was earned is explained by them."""

    list_display = ["name", "terms", "currency", "window_days", "hold_days", "valid_from",
                    "valid_to"]  # fmt: skip
    list_filter = ["scope"]
    ordering = ["scope", "currency", "-version"]
    form = RuleForm
    actions = ["end_chosen"]
    compressed_fields = True

    @display(description="Rule")
    def name(self, rule: CommissionRule) -> str:
        """As commissions name it."""
        return str(rule)

    @display(description="Terms")
    def terms(self, rule: CommissionRule) -> str:
        """As people say it."""
        if rule.rate_bps is not None:
            return f"{rule.rate_bps / 100:g} %"
        return f"{rule.flat_minor} minor units"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Begin the next version instead."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Commissions are explained by it."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The service gives it its version and ends the one in force."""
        made = begin_rule(**form.cleaned_data)
        obj.pk, obj.version = made.pk, made.version

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Ending one is changing the terms."""
        return bool(request.user.has_perm("payments.change_commissionrule"))

    @admin.action(description="End now", permissions=["end"])
    def end_chosen(self, request: HttpRequest, queryset: QuerySet[CommissionRule]) -> None:
        """Nothing is earned by them from now on."""
        for rule_id in queryset.values_list("pk", flat=True):
            try:
                ended = end_rule(rule_id=rule_id)
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.WARNING)
            else:
                self.message_user(request, f"{ended} has ended.", messages.SUCCESS)
