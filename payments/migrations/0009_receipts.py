"""Receipts and credit notes: numbers without gaps, rows written once."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import core.ids
import core.money
import payments.models.legal_entity
import payments.references
from core.identity.policies import Rule, protect

OF_A_VISIBLE_PAYMENT = Rule("EXISTS (SELECT 1 FROM payments_payment p WHERE p.id = payment_id)")
MINE = Rule(f"user_id = (SELECT app_uid()) OR {OF_A_VISIBLE_PAYMENT.using}")

# Numbers follow each other: the counter hands them out one at a time, and the database refuses
# a receipt whose predecessor is not there.
FOLLOWS = """
CREATE FUNCTION payments_receipt_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.sequence > 1 AND NOT EXISTS (
        SELECT 1 FROM payments_receipt
        WHERE entity_id = NEW.entity_id AND kind = NEW.kind AND year = NEW.year
          AND sequence = NEW.sequence - 1
    ) THEN
        RAISE EXCEPTION 'Receipt % leaves a gap: there is no number % before it.',
            NEW.number, NEW.sequence - 1
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_receipt_follows';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_receipt_follows BEFORE INSERT ON payments_receipt
FOR EACH ROW EXECUTE FUNCTION payments_receipt_follows();
"""
WRITTEN_ONCE = """
CREATE TRIGGER payments_written_once BEFORE UPDATE OR DELETE ON payments_receipt
FOR EACH STATEMENT EXECUTE FUNCTION payments_written_once();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_reconciliation")]

    operations = [
        migrations.CreateModel(
            name="LegalEntity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=120)),
                ("address", models.TextField(blank=True, help_text="Street and town, a line each")),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        help_text="Two letters, such as NL",
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Two capital letters."
                            )
                        ],
                    ),
                ),
                ("tax_id", models.CharField(blank=True, max_length=60, verbose_name="tax number")),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="Where buyers ask about a receipt", max_length=254
                    ),
                ),
                (
                    "prefix",
                    models.CharField(
                        help_text="Begins every number: TW makes TW-R-2026-000001. Fixed once receipts are written",
                        max_length=10,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z][A-Z0-9]{0,9}$",
                                "Capital letters and digits, a letter first.",
                            )
                        ],
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        help_text="Dates on receipts, and the year of a number, are those of this place",
                        max_length=60,
                        validators=[payments.models.legal_entity.time_zone_is_known],
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(default=False, help_text="Issues what nobody else does"),
                ),
            ],
            options={
                "verbose_name_plural": "legal entities",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("is_default",),
                        name="payments_legalentity_one_default",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("prefix__regex", "^[A-Z][A-Z0-9]{0,9}$")),
                        name="payments_legalentity_prefix_plain",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("receipt", "Receipt"),
                            ("credit_note", "Credit note"),
                            ("cancellation", "Cancelled credit note"),
                        ]
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("sequence", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=30, unique=True)),
                ("source", models.TextField(unique=True)),
                (
                    "token",
                    models.CharField(
                        default=payments.references.new_token,
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("user_id", models.UUIDField(blank=True, null=True)),
                ("language", models.CharField(max_length=10)),
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
                ("total_minor", core.money.MinorUnitsField()),
                (
                    "tax_minor",
                    core.money.MinorUnitsField(default=0, help_text="Contained in the total"),
                ),
                ("contents", models.JSONField()),
                ("paid_at", models.DateTimeField(help_text="The money came in, or went back")),
                ("issued_at", models.DateTimeField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="payments.receipt",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="payments.legalentity",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "ordering": ["-issued_at", "-id"],
                "indexes": [
                    models.Index(fields=["-issued_at", "-id"], name="payments_receipt_newest"),
                    models.Index(
                        condition=models.Q(("user_id__isnull", False)),
                        fields=["user_id", "-id"],
                        name="payments_receipt_user",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["receipt", "credit_note", "cancellation"])
                        ),
                        name="payments_receipt_kind_known",
                    ),
                    models.UniqueConstraint(
                        fields=("entity", "kind", "year", "sequence"),
                        name="payments_receipt_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sequence__gte", 1)),
                        name="payments_receipt_counts_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("total_minor__gt", 0)),
                        name="payments_receipt_of_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tax_minor__gte", 0)),
                        name="payments_receipt_tax_minor_gte_0",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tax_minor__lte", models.F("total_minor"))),
                        name="payments_receipt_tax_is_a_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("corrects__isnull", True), ("kind", "receipt")),
                            models.Q(
                                models.Q(("kind", "receipt"), _negated=True),
                                ("corrects__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="payments_receipt_only_corrections_correct",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptCounter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("receipt", "Receipt"),
                            ("credit_note", "Credit note"),
                            ("cancellation", "Cancelled credit note"),
                        ]
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField()),
                ("last_issued_at", models.DateTimeField()),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.legalentity",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["receipt", "credit_note", "cancellation"])
                        ),
                        name="payments_receiptcounter_kind_known",
                    ),
                    models.UniqueConstraint(
                        fields=("entity", "kind", "year"),
                        name="payments_receiptcounter_one_a_series",
                    ),
                ],
            },
        ),
        protect("payments_legalentity", wide_verbs="SELECT INSERT UPDATE"),
        protect("payments_receiptcounter", wide_verbs="SELECT INSERT UPDATE"),
        protect(
            "payments_receipt",
            agent=OF_A_VISIBLE_PAYMENT,
            shopper=MINE,
            wide_verbs="SELECT INSERT",
        ),
        migrations.RunSQL(
            FOLLOWS,
            "DROP TRIGGER payments_receipt_follows ON payments_receipt; "
            "DROP FUNCTION payments_receipt_follows()",
        ),
        migrations.RunSQL(WRITTEN_ONCE, "DROP TRIGGER payments_written_once ON payments_receipt"),
    ]
