"""Commissions, for reading: what was earned on what, why, and what was taken back."""

from django.contrib import admin
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from payments.admin.labels import COMMISSION_LABELS
from payments.models import Commission

FROZEN = {"frozen": "danger", "free": "default"}


@admin.register(Commission)
class CommissionAdmin(ReadOnlyAdmin):
    """Each with the sentence that explains it."""

    list_display = [
        "beneficiary", "state_shown", "amount", "left", "source_type", "frozen", "earned_at",
        "held_until",
    ]  # fmt: skip
    list_filter = [
        "state", "source_type", "currency", ("earned_at", RangeDateTimeFilter),
    ]  # fmt: skip
    list_select_related = ["beneficiary", "sale"]
    search_fields = ["beneficiary__email__exact"]
    search_help_text = "Whole e-mail address of who earned it"
    ordering = ["-id"]
    fields = [
        ("beneficiary", "state_shown", "frozen"), ("amount", "left"), "explanation",
        ("source_type", "source_id"), ("rule", "referral"), ("earned_at", "held_until"),
    ]  # fmt: skip
    readonly_fields = ["state_shown", "frozen", "amount", "left"]

    @display(description="State", ordering="state", label=COMMISSION_LABELS)
    def state_shown(self, commission: Commission) -> Labelled:
        """A coloured label."""
        return Labelled(commission.state, commission.get_state_display(), COMMISSION_LABELS)

    @display(description="Sale", label=FROZEN)
    def frozen(self, commission: Commission) -> Labelled:
        """Disputed sales are not paid out."""
        if commission.sale.frozen_at:
            return Labelled("frozen", "Disputed", FROZEN)
        return Labelled("free", "Undisputed", FROZEN)
