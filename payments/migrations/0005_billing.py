"""Subscriptions: plans, prices, who subscribed, what was heard and what was charged."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import core.ids
import core.money
from core.identity.policies import Rule, protect

NEVER_DELETED = "SELECT INSERT UPDATE"
APPEND_ONLY = "SELECT INSERT"
MINE = Rule("user_id = (SELECT app_uid())")
# A row shows where its subscription shows: the inner query passes the subscription's own policy.
OF_MY_SUBSCRIPTION = Rule(
    "EXISTS (SELECT 1 FROM payments_subscription s WHERE s.id = subscription_id)"
)
EVERYBODY = {"agent": Rule(), "shopper": Rule(), "anonymous": Rule()}

# Who subscribed to a price goes on paying it: it may stop being offered, and nothing else.
PRICES_STAND = """
CREATE FUNCTION payments_price_stands() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM payments_gatewayprice WHERE price_id = OLD.id)
       OR EXISTS (SELECT 1 FROM payments_subscription WHERE price_id = OLD.id) THEN
        RAISE EXCEPTION 'Price % is known at a gateway: make a new one.', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_price_stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_price_stands
BEFORE UPDATE OF plan_id, "interval", currency, amount_minor ON payments_planprice
FOR EACH ROW WHEN ((OLD.plan_id, OLD."interval", OLD.currency, OLD.amount_minor)
    IS DISTINCT FROM (NEW.plan_id, NEW."interval", NEW.currency, NEW.amount_minor))
EXECUTE FUNCTION payments_price_stands();
"""
STORIES_STAND = """
CREATE TRIGGER payments_written_once BEFORE UPDATE OR DELETE ON payments_subscriptionevent
FOR EACH STATEMENT EXECUTE FUNCTION payments_written_once();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_refunds"),
        ("accounts", "0003_tier"),
        ("core", "0002_event_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=100)),
                ("description", models.TextField(blank=True)),
                (
                    "tier",
                    models.TextField(
                        choices=[
                            ("free", "Free"),
                            ("starter", "Starter"),
                            ("pro", "Pro"),
                            ("expert", "Expert"),
                            ("enterprise", "Enterprise"),
                        ]
                    ),
                ),
                (
                    "features",
                    models.JSONField(blank=True, default=list, help_text="A list of sentences"),
                ),
                ("limits", models.JSONField(blank=True, default=dict, help_text="Name and number")),
                (
                    "trial_days",
                    models.PositiveSmallIntegerField(default=0, help_text="Once per person"),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=7, help_text="Access is kept so long after a renewal was not paid"
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
                        default="draft",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("tier__in", ["free", "starter", "pro", "expert", "enterprise"])
                        ),
                        name="payments_plan_tier_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "active", "retired"])),
                        name="payments_plan_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanPrice",
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
                    "interval",
                    models.TextField(
                        choices=[("month", "Month"), ("year", "Year")], default="month"
                    ),
                ),
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
                ("offered", models.BooleanField(default=True, help_text="May be subscribed to")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="payments.plan",
                    ),
                ),
            ],
            options={
                "ordering": ["plan", "interval", "currency", "-id"],
            },
        ),
        migrations.CreateModel(
            name="GatewayPrice",
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
                ("ref", models.TextField()),
                (
                    "price",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="at_gateways",
                        to="payments.planprice",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="CheckoutSession",
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
                ("gateway_ref", models.TextField(blank=True, null=True)),
                ("url", models.TextField(blank=True)),
                ("trial_days", models.PositiveSmallIntegerField(default=0)),
                ("success_url", models.TextField()),
                ("cancel_url", models.TextField()),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, help_text="The page closes", null=True),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Failures the gateway answered with, and repeats to the same key",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "price",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.planprice",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
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
                ("gateway_ref", models.TextField()),
                ("customer_ref", models.TextField(blank=True)),
                (
                    "price_ref",
                    models.TextField(blank=True, help_text="The gateway's name of the price"),
                ),
                (
                    "tier",
                    models.TextField(
                        choices=[
                            ("free", "Free"),
                            ("starter", "Starter"),
                            ("pro", "Pro"),
                            ("expert", "Expert"),
                            ("enterprise", "Enterprise"),
                        ],
                        default="free",
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("incomplete", "Not paid yet"),
                            ("expired", "Never paid"),
                            ("trialing", "Trial"),
                            ("active", "Active"),
                            ("past_due", "Past due"),
                            ("unpaid", "Unpaid"),
                            ("paused", "Paused"),
                            ("cancelled", "Cancelled"),
                        ]
                    ),
                ),
                ("livemode", models.BooleanField()),
                ("began_at", models.DateTimeField(help_text="When it was first heard of")),
                ("period_start", models.DateTimeField(blank=True, null=True)),
                ("period_end", models.DateTimeField(blank=True, null=True)),
                ("trial_end", models.DateTimeField(blank=True, null=True)),
                ("cancel_at_period_end", models.BooleanField(default=False)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it ended, in the gateway's words"),
                ),
                ("past_due_since", models.DateTimeField(blank=True, null=True)),
                (
                    "grace_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Access is kept until then without a paid renewal",
                        null=True,
                    ),
                ),
                ("as_of", models.DateTimeField(help_text="When the gateway said so")),
                (
                    "surplus",
                    models.BooleanField(default=False, help_text="A second one of the same person"),
                ),
                (
                    "grants",
                    models.BooleanField(default=False, help_text="The user has its tier now"),
                ),
                (
                    "access_until",
                    models.DateTimeField(blank=True, help_text="When to look again", null=True),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Failures the gateway answered with, and repeats to the same key",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When we last asked the gateway without news",
                        null=True,
                    ),
                ),
                (
                    "next_price",
                    models.ForeignKey(
                        blank=True,
                        help_text="A smaller plan, wished for from the next period on",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.planprice",
                    ),
                ),
                (
                    "price",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="payments.planprice",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("steer_subscription", "Can cancel, resume and ask about subscriptions")
                ],
            },
        ),
        migrations.CreateModel(
            name="SubscriptionEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("as_of", models.DateTimeField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("incomplete", "Not paid yet"),
                            ("expired", "Never paid"),
                            ("trialing", "Trial"),
                            ("active", "Active"),
                            ("past_due", "Past due"),
                            ("unpaid", "Unpaid"),
                            ("paused", "Paused"),
                            ("cancelled", "Cancelled"),
                        ]
                    ),
                ),
                ("seen", models.JSONField(help_text="The whole story")),
                ("digest", models.TextField(help_text="Of the story: told twice, it is one")),
                ("source", models.TextField(help_text="Who told us: webhook, staff, a job ...")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stories",
                        to="payments.subscription",
                    ),
                ),
            ],
            options={
                "ordering": ["as_of", "id"],
            },
        ),
        migrations.CreateModel(
            name="SubscriptionInvoice",
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
                ("gateway_ref", models.TextField()),
                ("number", models.TextField(blank=True)),
                (
                    "reason",
                    models.TextField(
                        blank=True, help_text="Why it was made, in the gateway's words"
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("uncollectible", "Given up"),
                            ("void", "Void"),
                            ("paid", "Paid"),
                        ]
                    ),
                ),
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
                ("due_minor", core.money.MinorUnitsField()),
                ("paid_minor", core.money.MinorUnitsField(default=0)),
                ("refunded_minor", core.money.MinorUnitsField(default=0)),
                (
                    "disputed_minor",
                    core.money.MinorUnitsField(
                        default=0, help_text="What the gateway took for disputes"
                    ),
                ),
                (
                    "fee_minor",
                    core.money.MinorUnitsField(
                        blank=True, help_text="What the gateway kept", null=True
                    ),
                ),
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
                ("period_start", models.DateTimeField(blank=True, null=True)),
                ("period_end", models.DateTimeField(blank=True, null=True)),
                (
                    "attempts",
                    models.PositiveIntegerField(default=0, help_text="Tries to collect it"),
                ),
                ("failed", models.BooleanField(default=False, help_text="The last try failed")),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                (
                    "payment_ref",
                    models.TextField(blank=True, help_text="The money at the gateway", null=True),
                ),
                ("hosted_url", models.TextField(blank=True)),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                ("as_of", models.DateTimeField(help_text="When the gateway said so")),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="payments.subscription",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="BillingCustomer",
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
                    "customer_ref",
                    models.TextField(
                        blank=True, help_text="Empty until the gateway said", null=True
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "failures",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Failures the gateway answered with, and repeats to the same key",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("gateway__in", ["stripe", "razorpay", "paystack"])),
                        name="payments_billingcustomer_gateway_known",
                    ),
                    models.UniqueConstraint(
                        fields=("user", "gateway"), name="payments_billingcustomer_one_per_gateway"
                    ),
                    models.UniqueConstraint(
                        fields=("gateway", "customer_ref"), name="payments_billingcustomer_ref_once"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="planprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("interval__in", ["month", "year"])),
                name="payments_planprice_interval_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="planprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)),
                name="payments_planprice_amount_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="planprice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("offered", True)),
                fields=("plan", "interval", "currency"),
                name="payments_planprice_one_offered",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("gateway__in", ["stripe", "razorpay", "paystack"])),
                name="payments_gatewayprice_gateway_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayprice",
            constraint=models.UniqueConstraint(
                fields=("price", "gateway"), name="payments_gatewayprice_one_per_gateway"
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayprice",
            constraint=models.UniqueConstraint(
                fields=("gateway", "ref"), name="payments_gatewayprice_ref_once"
            ),
        ),
        migrations.AddIndex(
            model_name="checkoutsession",
            index=models.Index(fields=["user", "-id"], name="payments_checkoutsession_user"),
        ),
        migrations.AddConstraint(
            model_name="checkoutsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("gateway__in", ["stripe", "razorpay", "paystack"])),
                name="payments_checkoutsession_gateway_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkoutsession",
            constraint=models.UniqueConstraint(
                fields=("gateway", "gateway_ref"), name="payments_checkoutsession_ref_once"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["user", "-id"], name="payments_subscription_user"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["state", "-id"], name="payments_subscription_state"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("grants", True)),
                fields=["access_until"],
                name="payments_subscription_grants",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["trialing", "active", "past_due", "unpaid", "paused"])
                ),
                fields=["period_end"],
                name="payments_subscription_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("gateway__in", ["stripe", "razorpay", "paystack"])),
                name="payments_subscription_gateway_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "incomplete",
                            "expired",
                            "trialing",
                            "active",
                            "past_due",
                            "unpaid",
                            "paused",
                            "cancelled",
                        ],
                    )
                ),
                name="payments_subscription_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tier__in", ["free", "starter", "pro", "expert", "enterprise"])
                ),
                name="payments_subscription_tier_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                fields=("gateway", "gateway_ref"), name="payments_subscription_ref_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["trialing", "active", "past_due", "unpaid", "paused"]),
                    ("surplus", False),
                ),
                fields=("user",),
                name="payments_subscription_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("surplus", False), ("grants", False), _connector="OR"),
                name="payments_subscription_surplus_grants_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptionevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "incomplete",
                            "expired",
                            "trialing",
                            "active",
                            "past_due",
                            "unpaid",
                            "paused",
                            "cancelled",
                        ],
                    )
                ),
                name="payments_subscriptionevent_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptionevent",
            constraint=models.UniqueConstraint(
                fields=("subscription", "digest"), name="payments_subscriptionevent_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptioninvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("gateway__in", ["stripe", "razorpay", "paystack"])),
                name="payments_subscriptioninvoice_gateway_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptioninvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "open", "uncollectible", "void", "paid"])
                ),
                name="payments_subscriptioninvoice_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptioninvoice",
            constraint=models.UniqueConstraint(
                fields=("gateway", "gateway_ref"), name="payments_subscriptioninvoice_ref_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptioninvoice",
            constraint=models.UniqueConstraint(
                fields=("gateway", "payment_ref"), name="payments_subscriptioninvoice_money_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptioninvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_minor__gte", 0), ("refunded_minor__lte", models.F("paid_minor"))
                ),
                name="payments_subscriptioninvoice_refunds_within_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptioninvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "paid"), _negated=True),
                    ("paid_at__isnull", False),
                    _connector="OR",
                ),
                name="payments_subscriptioninvoice_paid_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriptioninvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fee_currency__isnull", True), ("fee_minor__isnull", True)),
                    models.Q(("fee_currency__isnull", False), ("fee_minor__isnull", False)),
                    _connector="OR",
                ),
                name="payments_subscriptioninvoice_fee_has_currency",
            ),
        ),
        protect("payments_plan", **EVERYBODY, wide_verbs=NEVER_DELETED),
        protect("payments_planprice", **EVERYBODY, wide_verbs=NEVER_DELETED),
        protect("payments_gatewayprice", wide_verbs=NEVER_DELETED),
        protect("payments_billingcustomer", agent=MINE, shopper=MINE, wide_verbs=NEVER_DELETED),
        protect("payments_checkoutsession", agent=MINE, shopper=MINE, wide_verbs=NEVER_DELETED),
        protect("payments_subscription", agent=MINE, shopper=MINE, wide_verbs=NEVER_DELETED),
        protect("payments_subscriptionevent", wide_verbs=APPEND_ONLY),
        protect(
            "payments_subscriptioninvoice",
            agent=OF_MY_SUBSCRIPTION,
            shopper=OF_MY_SUBSCRIPTION,
            wide_verbs=NEVER_DELETED,
        ),
        migrations.RunSQL(
            PRICES_STAND,
            "DROP TRIGGER payments_price_stands ON payments_planprice; "
            "DROP FUNCTION payments_price_stands()",
        ),
        migrations.RunSQL(
            STORIES_STAND, "DROP TRIGGER payments_written_once ON payments_subscriptionevent"
        ),
    ]
