"""Reconciliation: runs, the lines of the gateways' lists, and where we differ from them."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.money
from core.identity.policies import protect


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_payouts")]

    operations = [
        migrations.AddField(
            model_name="paymentattempt",
            name="ask_after",
            field=models.DateTimeField(blank=True, help_text="Not asked about before", null=True),
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="times_asked",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="ReconciliationRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "gateway",
                    models.TextField(
                        choices=[
                            ("stripe", "Stripe"),
                            ("razorpay", "Razorpay"),
                            ("paystack", "Paystack"),
                        ]
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "state",
                    models.TextField(
                        choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="running",
                    ),
                ),
                (
                    "listed",
                    models.JSONField(default=dict, help_text="Per list: taken over up to when"),
                ),
                (
                    "started_by",
                    models.UUIDField(blank=True, help_text="Staff; empty: the night", null=True),
                ),
                (
                    "lines",
                    models.PositiveIntegerField(
                        default=0, help_text="Payments and refunds in the lists"
                    ),
                ),
                ("found", models.PositiveIntegerField(default=0, help_text="Differences found")),
                (
                    "mended",
                    models.PositiveIntegerField(default=0, help_text="Of those, mended by the run"),
                ),
                (
                    "gone",
                    models.PositiveIntegerField(default=0, help_text="Earlier ones that vanished"),
                ),
                (
                    "totals",
                    models.JSONField(default=list, help_text="Per currency: theirs and ours"),
                ),
                ("error", models.TextField(blank=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "reconciliation",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("gateway__in", ["stripe", "razorpay", "paystack"])),
                        name="payments_reconrun_gateway_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "done", "failed"])),
                        name="payments_reconrun_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("since__lt", models.F("until"))),
                        name="payments_reconrun_window_has_length",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("gateway",),
                        name="payments_reconrun_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "gateway",
                    models.TextField(
                        choices=[
                            ("stripe", "Stripe"),
                            ("razorpay", "Razorpay"),
                            ("paystack", "Paystack"),
                        ]
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("missing_here", "Missing here"),
                            ("missing_there", "Missing at the gateway"),
                            ("amount", "Other amount"),
                            ("currency", "Other currency"),
                            ("fee", "Other fee"),
                            ("state", "Other state"),
                            ("refund_missing_here", "Refund missing here"),
                            ("refund_missing_there", "Refund missing at the gateway"),
                            ("refund_amount", "Refund of another amount"),
                            ("refund_state", "Refund in another state"),
                        ]
                    ),
                ),
                (
                    "ref",
                    models.TextField(
                        help_text="The gateway's name of it, or ours where it has none"
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "Open"),
                            ("mended", "Mended"),
                            ("explained", "Explained"),
                            ("written_off", "Written off"),
                            ("gone", "Gone by itself"),
                        ],
                        default="open",
                    ),
                ),
                ("theirs", models.TextField(blank=True, help_text="What the gateway shows")),
                ("ours", models.TextField(blank=True, help_text="What we have")),
                ("unexplained_minor", core.money.MinorUnitsField(default=0)),
                (
                    "currency",
                    core.money.CurrencyField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters."
                            )
                        ],
                    ),
                ),
                ("proposal", models.TextField(blank=True, help_text="What would mend it")),
                (
                    "mendable",
                    models.BooleanField(default=False, help_text="By the button, through settling"),
                ),
                ("payment_id", models.UUIDField(blank=True, null=True)),
                ("attempt_id", models.UUIDField(blank=True, null=True)),
                ("invoice_id", models.UUIDField(blank=True, null=True)),
                ("refund_id", models.UUIDField(blank=True, null=True)),
                ("payment_ref", models.TextField(blank=True, help_text="The money at the gateway")),
                (
                    "happened_at",
                    models.DateTimeField(help_text="The gateway's time where it has one"),
                ),
                ("times_found", models.PositiveIntegerField(default=1)),
                (
                    "decided_by",
                    models.UUIDField(blank=True, help_text="Staff; empty: the run", null=True),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reason",
                    models.TextField(
                        blank=True, help_text="Why it is explained, or how it was mended"
                    ),
                ),
                (
                    "first_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.reconciliationrun",
                    ),
                ),
                (
                    "last_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="payments.reconciliationrun",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("resolve_difference", "Can mend, explain or write off a difference")
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["gateway", "happened_at"],
                        name="payments_difference_open",
                    ),
                    models.Index(fields=["state", "-id"], name="payments_difference_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "kind", "ref"), name="payments_difference_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("gateway__in", ["stripe", "razorpay", "paystack"])),
                        name="payments_difference_gateway_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "missing_here",
                                    "missing_there",
                                    "amount",
                                    "currency",
                                    "fee",
                                    "state",
                                    "refund_missing_here",
                                    "refund_missing_there",
                                    "refund_amount",
                                    "refund_state",
                                ],
                            )
                        ),
                        name="payments_difference_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "mended", "explained", "written_off", "gone"])
                        ),
                        name="payments_difference_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["explained", "written_off"]), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("decided_at__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payments_difference_decision_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField(choices=[("payment", "Payment"), ("refund", "Refund")])),
                ("ref", models.TextField(help_text="The gateway's own name of it")),
                ("state", models.TextField(help_text="In our words, see gateways/interface.py")),
                ("amount_minor", core.money.MinorUnitsField()),
                (
                    "currency",
                    core.money.CurrencyField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters."
                            )
                        ],
                    ),
                ),
                ("fee_minor", core.money.MinorUnitsField(blank=True, null=True)),
                (
                    "fee_currency",
                    core.money.CurrencyField(
                        blank=True,
                        max_length=3,
                        null=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters."
                            )
                        ],
                    ),
                ),
                ("settled_minor", core.money.MinorUnitsField(blank=True, null=True)),
                (
                    "settled_currency",
                    core.money.CurrencyField(
                        blank=True,
                        max_length=3,
                        null=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters."
                            )
                        ],
                    ),
                ),
                ("refunded_minor", core.money.MinorUnitsField(blank=True, null=True)),
                (
                    "reference",
                    models.TextField(blank=True, help_text="Ours, where the gateway gives it back"),
                ),
                ("page_ref", models.TextField(blank=True)),
                ("payment_ref", models.TextField(blank=True)),
                ("attempt_id", models.UUIDField(blank=True, null=True)),
                ("refund_id", models.UUIDField(blank=True, null=True)),
                ("account", models.TextField(blank=True)),
                ("livemode", models.BooleanField()),
                ("happened_at", models.DateTimeField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statement",
                        to="payments.reconciliationrun",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["run", "kind", "id"], name="payments_statementline_page"),
                    models.Index(
                        fields=["run", "kind", "payment_ref"], name="payments_statementline_ref"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "kind", "ref"), name="payments_statementline_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["payment", "refund"])),
                        name="payments_statementline_kind_known",
                    ),
                ],
            },
        ),
        protect("payments_reconciliationrun", wide_verbs="SELECT INSERT UPDATE"),
        protect("payments_statementline", wide_verbs="SELECT INSERT DELETE"),
        protect("payments_difference", wide_verbs="SELECT INSERT UPDATE"),
    ]
