"""Referrals, commissions, and whose part of a sale is whose."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import core.encryption.field
import core.ids
import core.money
from core.identity.policies import Rule, protect

APPEND_ONLY = "SELECT INSERT"
NEVER_DELETED = "SELECT INSERT UPDATE"
MY_OWN = "(SELECT app_uid())"
MINE = "ANY ((SELECT app_my_payees())::uuid[])"

# Whose money the caller may see. This floor knows of users only; commerce adds the vendors one
# acts for (commerce/migrations/0004). A definer's function: its tables are protected themselves.
MY_PAYEES = """
CREATE FUNCTION app_my_payees() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY[app_uid()]
$$;
"""

# One rule at a time for a scope and currency. btree_gist would let the constraint compare text;
# without extensions a one-number range, which GiST knows, stands for the two.
ONE_RULE_AT_A_TIME = """
CREATE FUNCTION payments_rule_lane(scope text, currency text) RETURNS int8range
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT int8range(lane, lane, '[]')
    FROM (SELECT hashtextextended(scope || ':' || coalesce(currency, ''), 0) >> 1) AS lanes(lane)
$$;
ALTER TABLE payments_commissionrule ADD CONSTRAINT payments_commissionrule_one_at_a_time
EXCLUDE USING gist (
    payments_rule_lane(scope, currency) WITH &&,
    tstzrange(valid_from, valid_to) WITH &&
);
"""

# Terms are never rewritten: what was earned under a version must be explained by it for ever.
TERMS_STAY = """
CREATE FUNCTION payments_terms_stay() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF to_jsonb(NEW) - '{valid_to,updated_at}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{valid_to,updated_at}'::text[] THEN
        RAISE EXCEPTION 'Commission rules are not rewritten: end this version, make the next.'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payments_terms_stay';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_terms_stay BEFORE UPDATE ON payments_commissionrule
FOR EACH ROW EXECUTE FUNCTION payments_terms_stay();
"""

WRITTEN_ONCE = """
CREATE TRIGGER payments_written_once BEFORE UPDATE OR DELETE ON payments_due
FOR EACH STATEMENT EXECUTE FUNCTION payments_written_once();
"""
NOT_WRITTEN_ONCE = "DROP TRIGGER payments_written_once ON payments_due"


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_billing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CommissionRule",
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
                    "scope",
                    models.TextField(
                        choices=[
                            ("all", "Orders and invoices"),
                            ("order", "Orders"),
                            ("invoice", "Subscription invoices"),
                        ],
                        default="all",
                    ),
                ),
                ("version", models.PositiveIntegerField(editable=False)),
                (
                    "currency",
                    core.money.CurrencyField(
                        blank=True,
                        help_text="Empty: every currency",
                        max_length=3,
                        null=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters."
                            )
                        ],
                    ),
                ),
                (
                    "rate_bps",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Basis points: 1000 = 10 %",
                        null=True,
                        verbose_name="rate (bps)",
                    ),
                ),
                (
                    "flat_minor",
                    core.money.MinorUnitsField(
                        blank=True,
                        help_text="In minor units",
                        null=True,
                        verbose_name="flat amount",
                    ),
                ),
                (
                    "cap_minor",
                    core.money.MinorUnitsField(
                        blank=True,
                        help_text="In minor units",
                        null=True,
                        verbose_name="cap per commission",
                    ),
                ),
                (
                    "referral_cap_minor",
                    core.money.MinorUnitsField(
                        blank=True,
                        help_text="In minor units, all commissions",
                        null=True,
                        verbose_name="cap per referral",
                    ),
                ),
                (
                    "window_days",
                    models.PositiveIntegerField(
                        default=365,
                        help_text="Earned on what is bought this long after the referral",
                    ),
                ),
                (
                    "hold_days",
                    models.PositiveIntegerField(default=14, help_text="Payable this long after"),
                ),
                ("valid_from", models.DateTimeField()),
                (
                    "valid_to",
                    models.DateTimeField(
                        blank=True, help_text="Empty: until further notice", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["scope", "currency", "-version"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["all", "order", "invoice"])),
                        name="payments_commissionrule_scope_known",
                    ),
                    models.UniqueConstraint(
                        fields=("scope", "currency", "version"),
                        name="payments_commissionrule_version_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("flat_minor__isnull", True), ("rate_bps__isnull", False)),
                            models.Q(("flat_minor__isnull", False), ("rate_bps__isnull", True)),
                            _connector="OR",
                        ),
                        name="payments_commissionrule_rate_or_flat",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rate_bps__isnull", True), ("rate_bps__lte", 10000), _connector="OR"
                        ),
                        name="payments_commissionrule_rate_within_sale",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("currency__isnull", False),
                            models.Q(
                                ("cap_minor__isnull", True),
                                ("flat_minor__isnull", True),
                                ("referral_cap_minor__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="payments_commissionrule_amounts_have_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("flat_minor__isnull", True), ("flat_minor__gt", 0), _connector="OR"
                            ),
                            models.Q(
                                ("cap_minor__isnull", True), ("cap_minor__gt", 0), _connector="OR"
                            ),
                            models.Q(
                                ("referral_cap_minor__isnull", True),
                                ("referral_cap_minor__gt", 0),
                                _connector="OR",
                            ),
                        ),
                        name="payments_commissionrule_amounts_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="payments_commissionrule_ends_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payee",
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
                    "kind",
                    models.TextField(choices=[("vendor", "Vendor"), ("referrer", "Referrer")]),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "bank_account",
                    core.encryption.field.EncryptedTextField(
                        blank=True,
                        help_text="IBAN, or account and bank; goes into the bank's file",
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["vendor", "referrer"])),
                        name="payments_payee_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Due",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("cause", models.TextField(help_text="share, commission, or what took it back")),
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
                ("available_at", models.DateTimeField(help_text="Paid out from then on")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dues",
                        to="payments.payee",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "dues",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReferralCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("code", models.CharField(max_length=9, unique=True)),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, help_text="Brings nobody any more", null=True),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral_code",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Referral",
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
                    "source",
                    models.TextField(
                        choices=[("registration", "Sign-up"), ("api", "Entered later")]
                    ),
                ),
                ("attributed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "rejected_at",
                    models.DateTimeField(
                        blank=True, help_text="Staff: no real referral", null=True
                    ),
                ),
                (
                    "referred",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referral",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="payments.referralcode",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Sale",
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
                    "type",
                    models.TextField(
                        choices=[("order", "Order"), ("invoice", "Subscription invoice")]
                    ),
                ),
                ("source_id", models.UUIDField(help_text="The id of the order or invoice")),
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
                (
                    "returned_minor",
                    core.money.MinorUnitsField(default=0, help_text="What went back to the payer"),
                ),
                (
                    "frozen_at",
                    models.DateTimeField(
                        blank=True, help_text="Disputed since: nothing of it is paid out", null=True
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ["order", "invoice"])),
                        name="payments_sale_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned_minor__gte", 0)),
                        name="payments_sale_returned_minor_gte_0",
                    ),
                    models.UniqueConstraint(
                        fields=("type", "source_id"), name="payments_sale_once"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="due",
            name="sale",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="dues", to="payments.sale"
            ),
        ),
        migrations.CreateModel(
            name="Commission",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("source_type", models.TextField(help_text="As in the sale: order, invoice")),
                ("source_id", models.UUIDField()),
                ("level", models.PositiveSmallIntegerField(default=1)),
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
                ("base_minor", core.money.MinorUnitsField(help_text="On what it was earned")),
                ("amount_minor", core.money.MinorUnitsField()),
                (
                    "returned_minor",
                    core.money.MinorUnitsField(default=0, help_text="What was taken back"),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("held", "Held"),
                            ("payable", "Payable"),
                            ("paid", "Paid out"),
                            ("reversed", "Taken back"),
                        ],
                        default="held",
                    ),
                ),
                ("earned_at", models.DateTimeField()),
                ("held_until", models.DateTimeField()),
                ("explanation", models.TextField()),
                (
                    "beneficiary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissions",
                        to="payments.commissionrule",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissions",
                        to="payments.referral",
                    ),
                ),
                (
                    "sale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissions",
                        to="payments.sale",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="SalePart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("account", models.TextField(help_text="Its account in the books")),
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
                ("returned_minor", core.money.MinorUnitsField(default=0)),
                ("base_minor", core.money.MinorUnitsField(blank=True, null=True)),
                ("rate_bps", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="payments.payee",
                    ),
                ),
                (
                    "sale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="payments.sale",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SaleReturn",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("cause", models.TextField(help_text="refund:<id>, dispute:<id>: counted once")),
                ("amount_minor", core.money.MinorUnitsField()),
                ("of_minor", core.money.MinorUnitsField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "sale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="payments.sale",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="referralcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$")),
                name="payments_referralcode_readable",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["registration", "api"])),
                name="payments_referral_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("referrer", models.F("referred")), _negated=True),
                name="payments_referral_not_of_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("attributed_at"))),
                name="payments_referral_expires_later",
            ),
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                fields=["payee", "currency", "available_at"], name="payments_due_payee"
            ),
        ),
        migrations.AddConstraint(
            model_name="due",
            constraint=models.UniqueConstraint(
                fields=("payee", "sale", "cause"), name="payments_due_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="due",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True),
                name="payments_due_amount_not_zero",
            ),
        ),
        migrations.AddIndex(
            model_name="commission",
            index=models.Index(fields=["beneficiary", "-id"], name="payments_commission_owner"),
        ),
        migrations.AddIndex(
            model_name="commission",
            index=models.Index(
                condition=models.Q(("state", "held")),
                fields=["held_until"],
                name="payments_commission_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="commission",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["held", "payable", "paid", "reversed"])),
                name="payments_commission_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="commission",
            constraint=models.UniqueConstraint(
                fields=("source_type", "source_id", "beneficiary", "level"),
                name="payments_commission_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="commission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0),
                    ("returned_minor__gte", 0),
                    ("returned_minor__lte", models.F("amount_minor")),
                ),
                name="payments_commission_returned_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="commission",
            constraint=models.CheckConstraint(
                condition=models.Q(("level", 1)), name="payments_commission_first_level_only"
            ),
        ),
        migrations.AddConstraint(
            model_name="salepart",
            constraint=models.UniqueConstraint(
                fields=("sale", "account"), name="payments_salepart_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="salepart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("returned_minor__gte", 0), ("returned_minor__lte", models.F("amount_minor"))
                ),
                name="payments_salepart_returned_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="salereturn",
            constraint=models.UniqueConstraint(
                fields=("sale", "cause"), name="payments_salereturn_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="salereturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0), ("amount_minor__lte", models.F("of_minor"))
                ),
                name="payments_salereturn_within_the_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Least("referrer", "referred"),
                django.db.models.functions.comparison.Greatest("referrer", "referred"),
                name="payments_referral_pair_once",
            ),
        ),
        migrations.RunSQL(MY_PAYEES, "DROP FUNCTION app_my_payees()"),
        migrations.RunSQL(
            ONE_RULE_AT_A_TIME,
            "ALTER TABLE payments_commissionrule "
            "DROP CONSTRAINT payments_commissionrule_one_at_a_time; "
            "DROP FUNCTION payments_rule_lane(text, text)",
        ),
        migrations.RunSQL(
            TERMS_STAY,
            "DROP TRIGGER payments_terms_stay ON payments_commissionrule; "
            "DROP FUNCTION payments_terms_stay()",
        ),
        migrations.RunSQL(WRITTEN_ONCE, NOT_WRITTEN_ONCE),
        protect("payments_payee", shopper=Rule(f"id = {MINE}"), wide_verbs=NEVER_DELETED),
        protect("payments_sale", wide_verbs=NEVER_DELETED),
        protect("payments_salereturn", wide_verbs=NEVER_DELETED),
        protect("payments_salepart", shopper=Rule(f"payee_id = {MINE}"), wide_verbs=NEVER_DELETED),
        protect("payments_due", shopper=Rule(f"payee_id = {MINE}"), wide_verbs=APPEND_ONLY),
        protect(
            "payments_referralcode", shopper=Rule(f"user_id = {MY_OWN}"), wide_verbs=NEVER_DELETED
        ),
        protect(
            "payments_referral", shopper=Rule(f"referrer_id = {MY_OWN}"), wide_verbs=NEVER_DELETED
        ),
        protect("payments_commissionrule", wide_verbs=NEVER_DELETED),
        protect(
            "payments_commission",
            shopper=Rule(f"beneficiary_id = {MY_OWN}"),
            wide_verbs=NEVER_DELETED,
        ),
    ]
