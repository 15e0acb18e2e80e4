"""Payouts; and whose money an account holds, so that its owner may read it."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import core.ids
import core.money
from core.identity.policies import Rule, protect

NEVER_DELETED = "SELECT INSERT UPDATE"
MINE = "ANY ((SELECT app_my_payees())::uuid[])"
OF_A_VISIBLE_PAYOUT = Rule("EXISTS (SELECT 1 FROM payments_payout p WHERE p.id = payout_id)")

# Payees read their own accounts, and no others: the same books as everybody's, by policy.
OWN_BOOKS = f"""
CREATE FUNCTION app_my_accounts() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(id), '{{}}') FROM payments_ledgeraccount
    WHERE owner_id = {MINE}
$$;
GRANT SELECT ON payments_ledgeraccount, payments_ledgerentry TO tw_shopper;
CREATE POLICY shopper_select ON payments_ledgeraccount FOR SELECT TO tw_shopper
USING (owner_id = {MINE});
CREATE POLICY shopper_select ON payments_ledgerentry FOR SELECT TO tw_shopper
USING (account_id = ANY ((SELECT app_my_accounts())::bigint[]));
"""  # noqa: S608  - our own words
NO_OWN_BOOKS = """
DROP POLICY shopper_select ON payments_ledgerentry;
DROP POLICY shopper_select ON payments_ledgeraccount;
REVOKE SELECT ON payments_ledgeraccount, payments_ledgerentry FROM tw_shopper;
DROP FUNCTION app_my_accounts();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_referrals")]

    operations = [
        migrations.AddField(
            model_name="ledgeraccount",
            name="owner_id",
            field=models.UUIDField(
                blank=True,
                help_text="The vendor or user whose money it is, who may see it",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("reference", models.CharField(editable=False, max_length=20, unique=True)),
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
                ("amount_minor", core.money.MinorUnitsField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("draft", "Draft"),
                            ("approved", "Approved"),
                            ("sent", "Sent to the bank"),
                            ("paid", "Paid"),
                            ("failed", "Failed"),
                            ("cancelled", "Withdrawn"),
                        ],
                        default="draft",
                    ),
                ),
                (
                    "drafted_by",
                    models.UUIDField(blank=True, help_text="Empty: the house", null=True),
                ),
                ("approved_by", models.UUIDField(blank=True, null=True)),
                ("bank_reference", models.CharField(blank=True, max_length=140)),
                ("failure", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="payments.payee",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("approve_payout", "Can approve payouts and say what became of them")
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("released", models.BooleanField(default=False)),
                (
                    "due",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_items",
                        to="payments.due",
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="payments.payout",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["state", "-id"], name="payments_payout_state"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["payee", "-id"], name="payments_payout_payee"),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "approved", "sent", "paid", "failed", "cancelled"])
                ),
                name="payments_payout_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="payments_payout_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sent", "paid"]), _negated=True),
                    models.Q(
                        models.Q(("bank_reference", ""), _negated=True), ("sent_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="payments_payout_sent_has_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released", False)),
                fields=("due",),
                name="payments_payoutitem_paid_once",
            ),
        ),
        migrations.CreateModel(
            name="PayoutRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("started_by", models.UUIDField(blank=True, null=True)),
                (
                    "payees",
                    models.PositiveIntegerField(help_text="With anything due when it began"),
                ),
                ("seen", models.PositiveIntegerField(default=0)),
                ("drafted", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("finished_at__isnull", True)),
                        name="payments_payoutrun_one_at_a_time",
                    )
                ],
            },
        ),
        protect("payments_payout", shopper=Rule(f"payee_id = {MINE}"), wide_verbs=NEVER_DELETED),
        protect("payments_payoutitem", shopper=OF_A_VISIBLE_PAYOUT, wide_verbs=NEVER_DELETED),
        protect("payments_payoutrun", wide_verbs=NEVER_DELETED),
        migrations.RunSQL(OWN_BOOKS, NO_OWN_BOOKS),
    ]
