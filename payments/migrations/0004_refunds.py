"""Refunds and disputes, what really came in through a try, and payments that are closed.

What the database itself refuses here: more going back than came in, a refund that skips a step, a
large one that nobody but its asker approved.
"""

import django.core.validators
import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

import core.ids
import core.money
from core.identity.policies import Rule, protect

NEVER_DELETED = "SELECT INSERT UPDATE"
OF_A_VISIBLE_PAYMENT = Rule("EXISTS (SELECT 1 FROM payments_payment p WHERE p.id = payment_id)")

# Until now a try captured exactly what it had asked for.
WHAT_CAME_IN = """
UPDATE payments_paymentattempt SET captured_minor = amount_minor, captured_currency = currency
WHERE state = 'captured' AND captured_minor = 0
"""

# The books know each step of the sums that gateways told so far; each was a refund.
REFUNDS_SO_FAR = """
INSERT INTO payments_refund
       (id, created_at, updated_at, payment_id, attempt_id, gateway, amount_minor, currency,
        owed_back_minor, reason, origin, state, idempotency_key, two_people, tries, key_serial,
        error, failure, is_booked, finished_at)
SELECT gen_random_uuid(), t.created_at, t.created_at, a.payment_id, a.id, a.gateway,
       -e.amount_minor, e.currency, CASE WHEN a.overpaid THEN -e.amount_minor ELSE 0 END, '',
       'gateway', 'succeeded', 'booked:' || t.source, false, 0, 0, '', '', true, t.created_at
FROM payments_ledgertransaction t
JOIN payments_paymentattempt a ON a.id::text = split_part(t.source, ':', 1)
JOIN payments_ledgerentry e ON e.transaction_id = t.id AND e.amount_minor < 0
WHERE t.kind = 'refund'
"""

# Whoever writes a refund holds its payment first, raw SQL included; so two at once add up.
WITHIN_CAPTURED = """
CREATE FUNCTION payments_refund_within_captured() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    came_in bigint;
    came_in_currency text;
    going bigint;
BEGIN
    IF NEW.state IN ('failed', 'rejected') THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM payments_payment WHERE id = NEW.payment_id FOR UPDATE;
    SELECT captured_minor, captured_currency INTO came_in, came_in_currency
    FROM payments_paymentattempt WHERE id = NEW.attempt_id AND payment_id = NEW.payment_id;
    SELECT coalesce(sum(amount_minor), 0) INTO going FROM payments_refund
    WHERE attempt_id = NEW.attempt_id AND id <> NEW.id AND state NOT IN ('failed', 'rejected');
    IF came_in_currency IS DISTINCT FROM NEW.currency OR going + NEW.amount_minor > came_in THEN
        RAISE EXCEPTION 'Refund % of % % is more than is left: % came in, % goes back already.',
            NEW.id, NEW.amount_minor, NEW.currency, came_in, going
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_refund_within_captured';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_refund_within_captured BEFORE INSERT OR UPDATE ON payments_refund
FOR EACH ROW EXECUTE FUNCTION payments_refund_within_captured();
"""

# The same steps as payments/enums.py NEXT_REFUND; a test compares the two.
STEPS = """
CREATE FUNCTION payments_refund_may_become(was text, becomes text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT becomes = ANY (CASE was
        WHEN 'requested' THEN ARRAY['approved', 'rejected']
        WHEN 'approved' THEN ARRAY['submitted', 'rejected']
        WHEN 'submitted' THEN ARRAY['pending', 'needs_attention', 'succeeded', 'failed']
        WHEN 'pending' THEN ARRAY['needs_attention', 'succeeded', 'failed']
        WHEN 'needs_attention' THEN ARRAY['pending', 'succeeded', 'failed']
        WHEN 'succeeded' THEN ARRAY['failed']
        ELSE ARRAY[]::text[]
    END)
$$;
CREATE FUNCTION payments_refund_steps() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT payments_refund_may_become(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'Refund % cannot go from % to %.', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_refund_steps';
    END IF;
    IF (NEW.payment_id, NEW.attempt_id, NEW.amount_minor, NEW.currency, NEW.two_people,
        NEW.requested_by, NEW.idempotency_key)
       IS DISTINCT FROM
       (OLD.payment_id, OLD.attempt_id, OLD.amount_minor, OLD.currency, OLD.two_people,
        OLD.requested_by, OLD.idempotency_key)
    THEN
        RAISE EXCEPTION 'Refund % stays what was asked for.', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_refund_steps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_refund_steps BEFORE UPDATE ON payments_refund
FOR EACH ROW EXECUTE FUNCTION payments_refund_steps();
"""

# One decision more than in 0002: a refund that the bank took back leaves the payment as paid as
# it was before.
FORWARD_ONLY = """
CREATE OR REPLACE FUNCTION payments_status_forward() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF payments_status_rank(NEW.status) > payments_status_rank(OLD.status)
       OR (OLD.status = 'held_for_review' AND NEW.status IN ('failed', 'cancelled'))
       OR (OLD.status = 'disputed' AND NEW.status IN ('success', 'partially_refunded', 'refunded'))
       OR (OLD.status IN ('partially_refunded', 'refunded')
           AND NEW.status IN ('success', 'partially_refunded')
           AND NEW.refunded_minor < OLD.refunded_minor)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Payment % cannot go from % to %.', OLD.reference, OLD.status, NEW.status
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_status_forward';
END $$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION payments_status_forward() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF payments_status_rank(NEW.status) > payments_status_rank(OLD.status)
       OR (OLD.status = 'held_for_review' AND NEW.status IN ('failed', 'cancelled'))
       OR (OLD.status = 'disputed' AND NEW.status IN ('success', 'partially_refunded', 'refunded'))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Payment % cannot go from % to %.', OLD.reference, OLD.status, NEW.status
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_status_forward';
END $$;
"""

REFUNDS_WITHIN_CAPTURED = models.CheckConstraint(
    condition=models.Q(
        ("refunded_minor__gte", 0), ("refunded_minor__lte", models.F("captured_minor"))
    ),
    name="payments_attempt_refunds_within_amount",
)
CAPTURED_HAS_CURRENCY = models.CheckConstraint(
    condition=models.Q(
        ("captured_minor", 0),
        models.Q(("captured_currency__isnull", False), ("captured_minor__gt", 0)),
        _connector="OR",
    ),
    name="payments_attempt_captured_has_currency",
)


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_gateways")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="closing_reason",
            field=models.TextField(
                blank=True, db_default="", help_text="Why nobody shall pay it any more"
            ),
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="captured_currency",
            field=core.money.CurrencyField(
                blank=True,
                max_length=3,
                null=True,
                validators=[
                    django.core.validators.RegexValidator("^[A-Z]{3}$", "Three capital letters.")
                ],
            ),
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="captured_minor",
            field=core.money.MinorUnitsField(
                db_default=0,
                default=0,
                help_text="What came in, also where it is not what we asked for",
            ),
        ),
        migrations.RunSQL(WHAT_CAME_IN, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name="paymentattempt", name="payments_attempt_refunds_within_amount"
        ),
        AddConstraintNotValid(model_name="paymentattempt", constraint=REFUNDS_WITHIN_CAPTURED),
        AddConstraintNotValid(model_name="paymentattempt", constraint=CAPTURED_HAS_CURRENCY),
        migrations.CreateModel(
            name="Dispute",
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
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="payments.paymentattempt",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="payments.payment",
                    ),
                ),
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
                ("gateway_ref", models.TextField(help_text="Its name at the gateway")),
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
                ("reason", models.TextField(blank=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("needs_response", "Needs an answer"),
                            ("under_review", "Under review"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("closed", "Closed"),
                            ("unknown", "Unknown"),
                        ]
                    ),
                ),
                (
                    "said",
                    models.TextField(blank=True, help_text="The gateway's own word for the state"),
                ),
                (
                    "due_by",
                    models.DateTimeField(
                        blank=True, help_text="Answer the gateway by then", null=True
                    ),
                ),
                ("as_of", models.DateTimeField()),
                ("withdrawn_minor", core.money.MinorUnitsField(default=0)),
                (
                    "withdrawn_currency",
                    core.money.CurrencyField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters."
                            )
                        ],
                    ),
                ),
                ("fee_minor", core.money.MinorUnitsField(default=0)),
                (
                    "fee_currency",
                    core.money.CurrencyField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters."
                            )
                        ],
                    ),
                ),
                ("bookings", models.PositiveSmallIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("notes", models.TextField(blank=True, help_text="What staff noted")),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["needs_response", "under_review", "unknown"])
                        ),
                        fields=["due_by"],
                        name="payments_dispute_open",
                    )
                ],
                "permissions": [("note_dispute", "Can write notes on disputes")],
            },
        ),
        migrations.CreateModel(
            name="Refund",
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
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.paymentattempt",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.payment",
                    ),
                ),
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
                    "gateway_ref",
                    models.TextField(blank=True, help_text="Its name at the gateway", null=True),
                ),
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
                ("owed_back_minor", core.money.MinorUnitsField(default=0)),
                (
                    "settled_minor",
                    core.money.MinorUnitsField(
                        blank=True,
                        help_text="What the gateway took from us in its own currency",
                        null=True,
                    ),
                ),
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
                ("reason", models.TextField(blank=True)),
                (
                    "origin",
                    models.TextField(
                        choices=[
                            ("staff", "Staff"),
                            ("api", "API"),
                            ("cancelled", "The order was cancelled"),
                            ("late", "Paid after the order was cancelled"),
                            ("review", "Review of a held payment"),
                            ("gateway", "Made at the gateway"),
                        ],
                        default="staff",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("requested", "Waiting for approval"),
                            ("approved", "Approved"),
                            ("submitted", "Handed to the gateway"),
                            ("pending", "On its way"),
                            ("needs_attention", "Needs attention"),
                            ("succeeded", "Given back"),
                            ("failed", "Failed"),
                            ("rejected", "Rejected"),
                        ],
                        default="requested",
                    ),
                ),
                (
                    "idempotency_key",
                    models.TextField(help_text="The same key is the same refund", unique=True),
                ),
                ("two_people", models.BooleanField(default=False)),
                (
                    "requested_by",
                    models.UUIDField(blank=True, help_text="Empty: the house", null=True),
                ),
                ("approved_by", models.UUIDField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "submitted_at",
                    models.DateTimeField(blank=True, help_text="First handed over", null=True),
                ),
                (
                    "asked_at",
                    models.DateTimeField(blank=True, help_text="Last asked about", null=True),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "key_serial",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Gateways repeat a failure of their own to the same key",
                    ),
                ),
                ("error", models.TextField(blank=True, help_text="Why the last call went wrong")),
                (
                    "failure",
                    models.TextField(blank=True, help_text="Why it failed or was rejected"),
                ),
                ("is_booked", models.BooleanField(default=False)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["succeeded", "rejected"]), _negated=True),
                        fields=["state", "id"],
                        name="payments_refund_in_hand",
                    )
                ],
                "permissions": [
                    ("request_refund", "Can ask for refunds"),
                    ("approve_refund", "Can approve and reject refunds"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("gateway__in", ["stripe", "razorpay", "paystack"])),
                name="payments_dispute_gateway_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["needs_response", "under_review", "won", "lost", "closed", "unknown"],
                    )
                ),
                name="payments_dispute_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 0)),
                name="payments_dispute_amount_minor_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_minor__gte", 0)),
                name="payments_dispute_withdrawn_minor_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee_minor__gte", 0)), name="payments_dispute_fee_minor_gte_0"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", True),
                        ("state__in", ["needs_response", "under_review", "unknown"]),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["needs_response", "under_review", "unknown"]),
                            _negated=True,
                        ),
                        ("closed_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payments_dispute_open_or_closed_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                fields=("gateway", "gateway_ref"), name="payments_dispute_gateway_ref_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("gateway__in", ["stripe", "razorpay", "paystack"])),
                name="payments_refund_gateway_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("origin__in", ["staff", "api", "cancelled", "late", "review", "gateway"])
                ),
                name="payments_refund_origin_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "requested",
                            "approved",
                            "submitted",
                            "pending",
                            "needs_attention",
                            "succeeded",
                            "failed",
                            "rejected",
                        ],
                    )
                ),
                name="payments_refund_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="payments_refund_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("owed_back_minor__gte", 0), ("owed_back_minor__lte", models.F("amount_minor"))
                ),
                name="payments_refund_owed_back_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("two_people", False),
                    ("state__in", ["requested", "rejected"]),
                    models.Q(("approved_by__isnull", False), ("requested_by__isnull", True)),
                    models.Q(
                        ("approved_by__isnull", False),
                        models.Q(("approved_by", models.F("requested_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payments_refund_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_currency__isnull", True), ("settled_minor__isnull", True)),
                    models.Q(("settled_currency__isnull", False), ("settled_minor__isnull", False)),
                    _connector="OR",
                ),
                name="payments_refund_settled_has_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                fields=("gateway", "gateway_ref"), name="payments_refund_gateway_ref_once"
            ),
        ),
        protect("payments_refund", agent=OF_A_VISIBLE_PAYMENT, wide_verbs=NEVER_DELETED),
        protect("payments_dispute", agent=OF_A_VISIBLE_PAYMENT, wide_verbs=NEVER_DELETED),
        migrations.RunSQL(
            WITHIN_CAPTURED,
            "DROP TRIGGER payments_refund_within_captured ON payments_refund; "
            "DROP FUNCTION payments_refund_within_captured()",
        ),
        migrations.RunSQL(
            STEPS,
            "DROP TRIGGER payments_refund_steps ON payments_refund; "
            "DROP FUNCTION payments_refund_steps(); "
            "DROP FUNCTION payments_refund_may_become(text, text)",
        ),
        migrations.RunSQL(FORWARD_ONLY, AS_BEFORE),
        ValidateConstraint(
            model_name="paymentattempt", name="payments_attempt_refunds_within_amount"
        ),
        ValidateConstraint(
            model_name="paymentattempt", name="payments_attempt_captured_has_currency"
        ),
        migrations.RunSQL(REFUNDS_SO_FAR, migrations.RunSQL.noop),
    ]
