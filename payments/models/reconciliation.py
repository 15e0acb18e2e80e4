"""Our book against a gateway's: one run, the lines of the gateway's list, and where we differ."""

from django.db import models
from django.db.models import F, Q

from core.constraints import choice_is_known
from core.enums import RunState
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from payments.enums import GatewayName


class LineKind(models.TextChoices):
    """What a line of the gateway's list is about."""

    PAYMENT = "payment", "Payment"
    REFUND = "refund", "Refund"


class DifferenceKind(models.TextChoices):
    """In what the gateway and we differ."""

    MISSING_HERE = "missing_here", "Missing here"
    MISSING_THERE = "missing_there", "Missing at the gateway"
    AMOUNT = "amount", "Other amount"
    CURRENCY = "currency", "Other currency"
    FEE = "fee", "Other fee"
    STATE = "state", "Other state"
    REFUND_MISSING_HERE = "refund_missing_here", "Refund missing here"
    REFUND_MISSING_THERE = "refund_missing_there", "Refund missing at the gateway"
    REFUND_AMOUNT = "refund_amount", "Refund of another amount"
    REFUND_STATE = "refund_state", "Refund in another state"


class DifferenceState(models.TextChoices):
    """What became of a difference. Gone: a later run did not find it any more."""

    OPEN = "open", "Open"
    MENDED = "mended", "Mended"
    EXPLAINED = "explained", "Explained"
    WRITTEN_OFF = "written_off", "Written off"
    GONE = "gone", "Gone by itself"


class ReconciliationRun(BaseModel):
    """One comparison with one gateway over [since, until) of the gateway's own clock.

    `listed` says up to when each list has been taken over: a run that failed in the middle of a
    list goes on from there. Only a list that is whole is compared.
    """

    gateway = models.TextField(choices=GatewayName.choices)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.TextField(choices=RunState.choices, default=RunState.RUNNING)
    listed = models.JSONField(default=dict, help_text="Per list: taken over up to when")
    started_by = models.UUIDField(null=True, blank=True, help_text="Staff; empty: the night")
    is_asked_for = models.BooleanField(
        default=False, db_default=False, help_text="Waits for a worker to begin"
    )
    doing = models.TextField(blank=True, db_default="", help_text="How far it is")
    lines = models.PositiveIntegerField(default=0, help_text="Payments and refunds in the lists")
    found = models.PositiveIntegerField(default=0, help_text="Differences found")
    mended = models.PositiveIntegerField(default=0, help_text="Of those, mended by the run")
    gone = models.PositiveIntegerField(default=0, help_text="Earlier ones that vanished")
    totals = models.JSONField(default=list, help_text="Per currency: theirs and ours")
    error = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            choice_is_known("gateway", GatewayName, table="payments_reconrun"),
            choice_is_known("state", RunState, table="payments_reconrun"),
            models.CheckConstraint(
                name="payments_reconrun_window_has_length", condition=Q(since__lt=F("until"))
            ),
            # two at once would mend the same difference twice
            models.UniqueConstraint(
                fields=["gateway"],
                name="payments_reconrun_one_at_a_time",
                condition=Q(state=RunState.RUNNING),
            ),
        ]
        verbose_name = "reconciliation"
        permissions = [("run_reconciliation", "Can start a reconciliation")]

    def __str__(self) -> str:
        return f"{self.get_gateway_display()}, {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}"


class StatementLine(models.Model):
    """One line of the gateway's list as it stood during the run. Goes when the run is old."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ReconciliationRun, on_delete=models.CASCADE, related_name="statement")
    kind = models.TextField(choices=LineKind.choices)
    ref = models.TextField(help_text="The gateway's own name of it")
    state = models.TextField(help_text="In our words, see gateways/interface.py")
    amount_minor = MinorUnitsField()
    currency = CurrencyField()
    fee_minor = MinorUnitsField(null=True, blank=True)
    fee_currency = CurrencyField(null=True, blank=True)
    settled_minor = MinorUnitsField(null=True, blank=True)
    settled_currency = CurrencyField(null=True, blank=True)
    refunded_minor = MinorUnitsField(null=True, blank=True)
    reference = models.TextField(blank=True, help_text="Ours, where the gateway gives it back")
    page_ref = models.TextField(blank=True)
    payment_ref = models.TextField(blank=True)
    attempt_id = models.UUIDField(null=True, blank=True)
    refund_id = models.UUIDField(null=True, blank=True)
    account = models.TextField(blank=True)
    livemode = models.BooleanField()
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "kind", "ref"], name="payments_statementline_once"
            ),
            choice_is_known("kind", LineKind, table="payments_statementline"),
        ]
        indexes = [
            # pages of one list, in order
            models.Index(fields=["run", "kind", "id"], name="payments_statementline_page"),
            # is this one of ours in the list?
            models.Index(fields=["run", "kind", "payment_ref"], name="payments_statementline_ref"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @property
    def amount(self) -> Money:
        """What the gateway shows."""
        return Money(self.amount_minor, self.currency)

    @property
    def fee(self) -> Money | None:
        """What the gateway kept, where the list says."""
        return _money(self.fee_minor, self.fee_currency)

    @property
    def settled(self) -> Money | None:
        """What the gateway turned the amount into where it pays us in another currency."""
        return _money(self.settled_minor, self.settled_currency)

    @property
    def refunded(self) -> Money | None:
        """What of a payment went back, where the list says."""
        return _money(self.refunded_minor, self.currency)


class Difference(BaseModel):
    """Something in which the gateway and we differ: one row however many runs find it.

    `unexplained_minor` is the money nobody accounts for while it is open: theirs less ours.
    """

    gateway = models.TextField(choices=GatewayName.choices)
    kind = models.TextField(choices=DifferenceKind.choices)
    ref = models.TextField(help_text="The gateway's name of it, or ours where it has none")
    state = models.TextField(choices=DifferenceState.choices, default=DifferenceState.OPEN)
    theirs = models.TextField(blank=True, help_text="What the gateway shows")
    ours = models.TextField(blank=True, help_text="What we have")
    unexplained_minor = MinorUnitsField(default=0)
    currency = CurrencyField()
    proposal = models.TextField(blank=True, help_text="What would mend it")
    mendable = models.BooleanField(default=False, help_text="By the button, through settling")
    payment_id = models.UUIDField(null=True, blank=True)
    attempt_id = models.UUIDField(null=True, blank=True)
    invoice_id = models.UUIDField(null=True, blank=True)
    refund_id = models.UUIDField(null=True, blank=True)
    payment_ref = models.TextField(blank=True, help_text="The money at the gateway")
    happened_at = models.DateTimeField(help_text="The gateway's time where it has one")
    first_run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="+")
    last_run = models.ForeignKey(
        ReconciliationRun, on_delete=models.PROTECT, related_name="differences"
    )
    times_found = models.PositiveIntegerField(default=1)
    decided_by = models.UUIDField(null=True, blank=True, help_text="Staff; empty: the run")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it is explained, or how it was mended")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "kind", "ref"], name="payments_difference_once"
            ),
            choice_is_known("gateway", GatewayName, table="payments_difference"),
            choice_is_known("kind", DifferenceKind, table="payments_difference"),
            choice_is_known("state", DifferenceState, table="payments_difference"),
            models.CheckConstraint(
                name="payments_difference_decision_has_reason",
                condition=~Q(state__in=[DifferenceState.EXPLAINED, DifferenceState.WRITTEN_OFF])
                | (Q(decided_by__isnull=False) & Q(decided_at__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [
            # what is unexplained, and what a run has to look at again
            models.Index(
                fields=["gateway", "happened_at"],
                name="payments_difference_open",
                condition=Q(state=DifferenceState.OPEN),
            ),
            models.Index(fields=["state", "-id"], name="payments_difference_state"),
        ]
        permissions = [("resolve_difference", "Can mend, explain or write off a difference")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.ref}"

    @property
    def unexplained(self) -> Money:
        """Theirs less ours."""
        return Money(self.unexplained_minor, self.currency)


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)
