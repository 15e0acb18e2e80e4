"""Commissions, for reading: what was earned on what, why, and what was taken back."""

from django.contrib import admin
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.admin.when_filter import WhenFilter
from payments.admin.labels import COMMISSION_LABELS
from payments.enums import SaleType
from payments.models import Commission

FROZEN = {"frozen": "danger", "free": "default"}


@admin.register(Commission)
class CommissionAdmin(ReadOnlyAdmin):
    """Each with the sentence that explains it."""

    list_display = [
        "beneficiary", "state_shown", "earned", "left_over", "earned_on", "frozen", "earned_at",
        "held_until",
    ]  # fmt: skip
    list_filter = [
        "state", "source_type", "currency", ("earned_at", WhenFilter),
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
    empty_note = (
        "A commission is earned when somebody whom a customer brought pays for the first time."
    )

    @display(description="Amount", ordering="amount_minor")
    def earned(self, row: Commission) -> str:
        """As earned."""
        return row.amount.readable

    @display(description="Left of it")
    def left_over(self, row: Commission) -> str:
        """What has not been taken back."""
        return row.left.readable

    @display(description="Earned on", ordering="source_type")
    def earned_on(self, row: Commission) -> str:
        """An order, or a subscription's invoice."""
        return SaleType(row.source_type).label

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
