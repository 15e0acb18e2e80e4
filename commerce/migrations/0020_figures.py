"""What orders cost: tax, shipping, coupons, and the figures of each line.

Constraints of large tables are checked for old rows in the next migration, without locking them.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import commerce.models.order_figures
import core.ids
import core.money

# A place and class as a range of one number: exclusion without btree_gist, as in payments/0006.
TAX_LANE = """
CREATE FUNCTION commerce_tax_lane(country text, region text, tax_class text) RETURNS int8range
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT int8range(lane, lane, '[]')
    FROM (SELECT hashtextextended(country || '|' || region || '|' || tax_class, 0) >> 1)
         AS lanes(lane)
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0019_product_words"),
        ("crm", "0003_contact_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(TAX_LANE, "DROP FUNCTION commerce_tax_lane(text, text, text)"),
        migrations.CreateModel(
            name="Coupon",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("code", models.CharField(max_length=40, unique=True)),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="What it is for; buyers do not see it",
                        max_length=120,
                    ),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("percent", "Percent off"),
                            ("fixed", "Amount off"),
                            ("free_shipping", "Free shipping"),
                        ],
                        default="percent",
                    ),
                ),
                (
                    "percent",
                    commerce.models.order_figures.PercentField(
                        blank=True,
                        decimal_places=4,
                        help_text="For percent off",
                        max_digits=7,
                        null=True,
                    ),
                ),
                ("is_active", models.BooleanField(db_default=True, default=True)),
                (
                    "is_combinable",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Both codes must allow it",
                        verbose_name="with others",
                    ),
                ),
                (
                    "most_uses",
                    models.PositiveIntegerField(blank=True, help_text="Empty: no limit", null=True),
                ),
                (
                    "most_uses_each",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of one buyer, known by e-mail address",
                        null=True,
                        verbose_name="most uses each",
                    ),
                ),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="Codes that were made together",
                        max_length=60,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="CouponRedemption",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("customer_id", models.UUIDField(editable=False, null=True)),
                ("user_id", models.UUIDField(editable=False, null=True)),
                (
                    "email",
                    models.EmailField(
                        help_text="Small letters: what most uses each is counted by", max_length=254
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
                ("amount_minor", core.money.MinorUnitsField(verbose_name="saved")),
                (
                    "state",
                    models.TextField(
                        choices=[("counted", "Used"), ("given_back", "Given back")],
                        db_default="counted",
                        default="counted",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CouponScope",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="CouponTerms",
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
                    "off_minor",
                    core.money.MinorUnitsField(blank=True, null=True, verbose_name="amount off"),
                ),
                (
                    "least_order_minor",
                    core.money.MinorUnitsField(db_default=0, default=0, verbose_name="least order"),
                ),
                (
                    "most_off_minor",
                    core.money.MinorUnitsField(blank=True, null=True, verbose_name="at most"),
                ),
            ],
            options={
                "verbose_name_plural": "coupon terms",
                "ordering": ["currency"],
            },
        ),
        migrations.CreateModel(
            name="ShippingMethod",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("code", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                (
                    "names",
                    models.JSONField(
                        blank=True,
                        db_default={},
                        default=dict,
                        help_text='In other languages: {"fr": "..."}',
                    ),
                ),
                (
                    "tax_class",
                    models.TextField(
                        choices=[
                            ("standard", "Standard"),
                            ("reduced", "Reduced"),
                            ("super_reduced", "Super reduced"),
                            ("untaxed", "Not taxed"),
                        ],
                        db_default="standard",
                        default="standard",
                    ),
                ),
                (
                    "min_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="fastest (days)"
                    ),
                ),
                (
                    "max_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="slowest (days)"
                    ),
                ),
                (
                    "max_weight_grams",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Heavier orders go another way",
                        null=True,
                        verbose_name="heaviest (g)",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("is_active", models.BooleanField(db_default=True, default=True)),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["zone", "position", "code"],
            },
        ),
        migrations.CreateModel(
            name="ShippingPlace",
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
                    "country",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="Empty: everywhere that nobody names",
                        max_length=2,
                    ),
                ),
                ("region", models.CharField(blank=True, db_default="", max_length=100)),
                ("postal_prefix", models.CharField(blank=True, db_default="", max_length=20)),
            ],
            options={
                "ordering": ["country", "region", "postal_prefix"],
            },
        ),
        migrations.CreateModel(
            name="ShippingRate",
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
                    "from_weight_grams",
                    models.PositiveIntegerField(
                        db_default=0, default=0, verbose_name="from weight (g)"
                    ),
                ),
                (
                    "from_order_minor",
                    core.money.MinorUnitsField(
                        db_default=0, default=0, verbose_name="from order value"
                    ),
                ),
                ("price_minor", core.money.MinorUnitsField(verbose_name="price")),
                (
                    "free_from_minor",
                    core.money.MinorUnitsField(
                        blank=True,
                        help_text="Goods worth as much or more go for nothing",
                        null=True,
                        verbose_name="free from",
                    ),
                ),
            ],
            options={
                "ordering": ["currency", "from_weight_grams", "from_order_minor"],
            },
        ),
        migrations.CreateModel(
            name="ShippingZone",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=100, unique=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("country", models.CharField(help_text="Where the goods go: DE", max_length=2)),
                (
                    "region",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="Empty: the whole country",
                        max_length=100,
                    ),
                ),
                (
                    "region_spellings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        blank=True,
                        db_default=[],
                        default=list,
                        help_text="How addresses may name the region too: California",
                        size=None,
                    ),
                ),
                (
                    "tax_class",
                    models.TextField(
                        choices=[
                            ("standard", "Standard"),
                            ("reduced", "Reduced"),
                            ("super_reduced", "Super reduced"),
                            ("untaxed", "Not taxed"),
                        ],
                        default="standard",
                    ),
                ),
                ("name", models.CharField(help_text="As receipts name it: VAT", max_length=60)),
                (
                    "percent",
                    commerce.models.order_figures.PercentField(decimal_places=4, max_digits=7),
                ),
                (
                    "is_included",
                    models.BooleanField(
                        default=True,
                        help_text="Off: it is added on top of prices",
                        verbose_name="included in prices",
                    ),
                ),
                (
                    "is_on_shipping",
                    models.BooleanField(default=True, verbose_name="on shipping too"),
                ),
                (
                    "treatment",
                    models.TextField(
                        choices=[
                            ("taxed", "Taxed"),
                            ("zero_rated", "Zero-rated"),
                            ("exempt", "Exempt"),
                            ("reverse_charge", "Reverse charge"),
                        ],
                        default="taxed",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        db_default="",
                        help_text="What a receipt must say about it",
                        max_length=300,
                    ),
                ),
                ("valid_from", models.DateField()),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="The last day; empty: no end", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["country", "region", "tax_class", "-valid_from"],
            },
        ),
        migrations.AddField(
            model_name="cart",
            name="coupon_codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="cart",
            name="destination",
            field=models.JSONField(
                blank=True, help_text="Where it shall go: country, region, postal_code", null=True
            ),
        ),
        migrations.AddField(
            model_name="cart",
            name="shipping_method",
            field=models.CharField(blank=True, db_default="", help_text="Code", max_length=60),
        ),
        migrations.AddField(
            model_name="cart",
            name="shown",
            field=models.JSONField(
                blank=True, editable=False, help_text="The figures the shopper saw last", null=True
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="coupon_code",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Several are separated by commas",
                max_length=250,
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="included_tax_minor",
            field=core.money.MinorUnitsField(
                db_default=0,
                default=0,
                help_text="Contained in prices and shipping, not added to them",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="shipping_included_tax_minor",
            field=core.money.MinorUnitsField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="order",
            name="shipping_method",
            field=models.CharField(blank=True, db_default="", help_text="Code", max_length=60),
        ),
        migrations.AddField(
            model_name="order",
            name="shipping_method_name",
            field=models.CharField(
                blank=True, db_default="", help_text="As the buyer read it", max_length=120
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="shipping_tax_minor",
            field=core.money.MinorUnitsField(
                db_default=0, default=0, help_text="Part of the order's tax that is on shipping"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="shipping_tax_name",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
        migrations.AddField(
            model_name="order",
            name="shipping_tax_rate",
            field=commerce.models.order_figures.PercentField(
                db_default=0, decimal_places=4, default=0, max_digits=7
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="tax_note",
            field=models.TextField(
                blank=True,
                db_default="",
                help_text="Why no tax is charged, as the receipt must say",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="discount_minor",
            field=core.money.MinorUnitsField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="included_tax_minor",
            field=core.money.MinorUnitsField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax_minor",
            field=core.money.MinorUnitsField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax_name",
            field=models.CharField(
                blank=True, db_default="", help_text="VAT, GST ...", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax_rate",
            field=commerce.models.order_figures.PercentField(
                db_default=0, decimal_places=4, default=0, help_text="Percent", max_digits=7
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="tax_class",
            field=models.TextField(
                choices=[
                    ("standard", "Standard"),
                    ("reduced", "Reduced"),
                    ("super_reduced", "Super reduced"),
                    ("untaxed", "Not taxed"),
                ],
                db_default="standard",
                default="standard",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="requires_shipping",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Off for what is not sent, such as a download",
            ),
        ),
        AddConstraintNotValid(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shipping_tax_minor__gte", 0),
                    ("shipping_tax_minor__lte", models.F("tax_minor")),
                ),
                name="commerce_order_shipping_tax_within_tax",
            ),
        ),
        AddConstraintNotValid(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("included_tax_minor__gte", models.F("shipping_included_tax_minor")),
                    ("shipping_included_tax_minor__gte", 0),
                    ("shipping_included_tax_minor__lte", models.F("shipping_minor")),
                ),
                name="commerce_order_included_tax_within_prices",
            ),
        ),
        AddConstraintNotValid(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("shipping_tax_rate__gte", 0)),
                name="commerce_order_shipping_tax_rate_gte_0",
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount_minor__gte", 0), ("discount_minor__lte", models.F("total_minor"))
                ),
                name="commerce_orderline_discount_within_total",
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("included_tax_minor__gte", 0),
                    (
                        "included_tax_minor__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("total_minor"), "-", models.F("discount_minor")
                        ),
                    ),
                ),
                name="commerce_orderline_included_tax_within_price",
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax_minor__gte", 0)), name="commerce_orderline_tax_minor_gte_0"
            ),
        ),
        AddConstraintNotValid(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax_rate__gte", 0)), name="commerce_orderline_tax_rate_gte_0"
            ),
        ),
        AddConstraintNotValid(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax_class__in", ["standard", "reduced", "super_reduced", "untaxed"])
                ),
                name="commerce_product_tax_class_known",
            ),
        ),
        migrations.AddIndex(
            model_name="coupon",
            index=models.Index(
                condition=models.Q(("batch", ""), _negated=True),
                fields=["batch"],
                name="commerce_coupon_batch",
            ),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["percent", "fixed", "free_shipping"])),
                name="commerce_coupon_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("code", django.db.models.functions.text.Upper("code")),
                    ("code__regex", "^\\S+$"),
                ),
                name="commerce_coupon_code_in_capitals",
                violation_error_message="Capitals, without spaces.",
            ),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "percent"), ("percent__gt", 0), ("percent__lte", 100)),
                    models.Q(
                        models.Q(("kind", "percent"), _negated=True), ("percent__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="commerce_coupon_percent_where_it_counts",
                violation_error_message="Percent off takes a percentage, the others take none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="coupon",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_to__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="commerce_coupon_ends_after_it_begins",
                violation_error_message="It ends before it begins.",
            ),
        ),
        migrations.AddField(
            model_name="couponredemption",
            name="coupon",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redemptions",
                to="commerce.coupon",
            ),
        ),
        migrations.AddField(
            model_name="couponredemption",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="redemptions",
                to="commerce.order",
            ),
        ),
        migrations.AddField(
            model_name="couponscope",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="commerce.category",
            ),
        ),
        migrations.AddField(
            model_name="couponscope",
            name="coupon",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scopes",
                to="commerce.coupon",
            ),
        ),
        migrations.AddField(
            model_name="couponscope",
            name="product",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="commerce.product",
            ),
        ),
        migrations.AddField(
            model_name="couponscope",
            name="vendor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="commerce.vendor",
            ),
        ),
        migrations.AddField(
            model_name="couponterms",
            name="coupon",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="terms",
                to="commerce.coupon",
            ),
        ),
        migrations.AddField(
            model_name="shippingrate",
            name="method",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rates",
                to="commerce.shippingmethod",
            ),
        ),
        migrations.AddField(
            model_name="shippingplace",
            name="zone",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="places",
                to="commerce.shippingzone",
            ),
        ),
        migrations.AddField(
            model_name="shippingmethod",
            name="zone",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="methods",
                to="commerce.shippingzone",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax_class__in", ["standard", "reduced", "super_reduced", "untaxed"])
                ),
                name="commerce_taxrate_tax_class_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("treatment__in", ["taxed", "zero_rated", "exempt", "reverse_charge"])
                ),
                name="commerce_taxrate_treatment_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                name="commerce_taxrate_percent_sane",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("treatment", "taxed"), ("percent", 0), _connector="OR"),
                name="commerce_taxrate_only_taxed_costs",
                violation_error_message="Only what is taxed has a rate above zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="commerce_taxrate_ends_after_it_begins",
                violation_error_message="It ends before it begins.",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^[A-Z]{2}$")),
                name="commerce_taxrate_country_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxrate",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("country"),
                            models.F("region"),
                            models.F("tax_class"),
                            function="commerce_tax_lane",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="commerce_taxrate_one_at_a_time",
                violation_error_message="Another rate of this place and class is valid then.",
            ),
        ),
        migrations.AddIndex(
            model_name="couponredemption",
            index=models.Index(
                condition=models.Q(("state", "counted")),
                fields=["coupon", "email"],
                name="commerce_redemption_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="couponredemption",
            index=models.Index(fields=["customer_id"], name="commerce_redemption_customer"),
        ),
        migrations.AddIndex(
            model_name="couponredemption",
            index=models.Index(fields=["user_id"], name="commerce_redemption_user"),
        ),
        migrations.AddConstraint(
            model_name="couponredemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["counted", "given_back"])),
                name="commerce_couponredemption_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="couponredemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 0)),
                name="commerce_couponredemption_amount_minor_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="couponredemption",
            constraint=models.UniqueConstraint(
                fields=("order", "coupon"), name="commerce_couponredemption_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="couponscope",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("category__isnull", True),
                        ("product__isnull", True),
                        ("vendor__isnull", False),
                    ),
                    models.Q(
                        ("category__isnull", False),
                        ("product__isnull", True),
                        ("vendor__isnull", True),
                    ),
                    models.Q(
                        ("category__isnull", True),
                        ("product__isnull", False),
                        ("vendor__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="commerce_couponscope_names_one",
                violation_error_message="A vendor, a category or a product: one of them.",
            ),
        ),
        migrations.AddConstraint(
            model_name="couponscope",
            constraint=models.UniqueConstraint(
                fields=("coupon", "vendor", "category", "product"),
                name="commerce_couponscope_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="couponterms",
            constraint=models.UniqueConstraint(
                fields=("coupon", "currency"), name="commerce_couponterms_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="couponterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("least_order_minor__gte", 0)),
                name="commerce_couponterms_least_order_minor_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="couponterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("off_minor__isnull", True), ("off_minor__gt", 0), _connector="OR"),
                    models.Q(
                        ("most_off_minor__isnull", True), ("most_off_minor__gt", 0), _connector="OR"
                    ),
                ),
                name="commerce_couponterms_off_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingrate",
            constraint=models.UniqueConstraint(
                fields=("method", "currency", "from_weight_grams", "from_order_minor"),
                name="commerce_shippingrate_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_minor__gte", 0)),
                name="commerce_shippingrate_price_minor_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_order_minor__gte", 0)),
                name="commerce_shippingrate_from_order_minor_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("free_from_minor__gte", 0)),
                name="commerce_shippingrate_free_from_minor_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingplace",
            constraint=models.UniqueConstraint(
                fields=("country", "region", "postal_prefix"), name="commerce_shippingplace_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingplace",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^([A-Z]{2})?$")),
                name="commerce_shippingplace_country_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingplace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("country", ""), _negated=True),
                    models.Q(("postal_prefix", ""), ("region", "")),
                    _connector="OR",
                ),
                name="commerce_shippingplace_part_of_a_country",
                violation_error_message="A region or postal code belongs to a country.",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tax_class__in", ["standard", "reduced", "super_reduced", "untaxed"])
                ),
                name="commerce_shippingmethod_tax_class_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingmethod",
            constraint=models.UniqueConstraint(
                fields=("zone", "code"), name="commerce_shippingmethod_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("min_days__isnull", True),
                    ("max_days__isnull", True),
                    ("max_days__gte", models.F("min_days")),
                    _connector="OR",
                ),
                name="commerce_shippingmethod_days_in_order",
                violation_error_message="The slowest is faster than the fastest.",
            ),
        ),
        migrations.AddConstraint(
            model_name="shippingmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_to__isnull", True),
                    ("valid_to__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="commerce_shippingmethod_ends_after_it_begins",
                violation_error_message="It ends before it begins.",
            ),
        ),
    ]
