"""Prices never overlap, combinations are sold once; what broke these rules before is mended first.

An exclusion constraint on a UUID needs an extension (btree_gist) that a host may not have. Ranges
have GiST of their own: a value stands in it as the range that holds nothing else.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

TYPES = """
CREATE TYPE commerce_idrange AS RANGE (subtype = uuid);
CREATE TYPE commerce_wordrange AS RANGE (subtype = text, collation = "C");
"""
NO_TYPES = "DROP TYPE commerce_idrange; DROP TYPE commerce_wordrange"

# Prices that were never in force go; one that ran into the next ends where that one begins.
MEND_PRICES = """
DELETE FROM commerce_price WHERE valid_to <= valid_from;
DELETE FROM commerce_price p USING commerce_price q
WHERE q.variant_id = p.variant_id AND q.currency = p.currency AND q.valid_from = p.valid_from
  AND (q.valid_to IS NULL, q.id) > (p.valid_to IS NULL, p.id);
UPDATE commerce_price p SET valid_to = n.following
FROM (SELECT id, lead(valid_from) OVER (PARTITION BY variant_id, currency ORDER BY valid_from)
             AS following
      FROM commerce_price) n
WHERE n.id = p.id AND n.following IS NOT NULL AND (p.valid_to IS NULL OR p.valid_to > n.following);
"""
# Options are names with one text each; variants that could not be told apart are by their SKU.
MEND_OPTIONS = """
UPDATE commerce_variant SET options = '{}' WHERE jsonb_typeof(options) <> 'object';
UPDATE commerce_variant v SET options =
    (SELECT jsonb_object_agg(key, value #>> '{}') FROM jsonb_each(v.options))
WHERE EXISTS (SELECT FROM jsonb_each(v.options) WHERE jsonb_typeof(value) <> 'string');
UPDATE commerce_variant v SET options = options || jsonb_build_object('Variant', sku)
FROM (SELECT id, count(*) OVER (PARTITION BY product_id, options) AS alike
      FROM commerce_variant WHERE is_active) n
WHERE n.id = v.id AND n.alike > 1;
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0017_products")]

    operations = [
        migrations.RunSQL(TYPES, NO_TYPES),
        migrations.RunSQL(MEND_PRICES, migrations.RunSQL.noop),
        migrations.RunSQL(MEND_OPTIONS, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name="price",
            name="commerce_price_one_current",
        ),
        migrations.AddIndex(
            model_name="price",
            index=models.Index(
                fields=["variant", "currency", "-valid_from"], name="commerce_price_history"
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("compare_at_minor__isnull", True),
                    ("compare_at_minor__gt", models.F("amount_minor")),
                    _connector="OR",
                ),
                name="commerce_price_sale_is_below_regular",
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="commerce_price_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("variant"),
                            models.F("variant"),
                            models.Value("[]"),
                            function="commerce_idrange",
                            output_field=models.TextField(),
                        ),
                        "=",
                    ),
                    (
                        models.Func(
                            models.F("currency"),
                            models.F("currency"),
                            models.Value("[]"),
                            function="commerce_wordrange",
                            output_field=models.TextField(),
                        ),
                        "=",
                    ),
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            function="tstzrange",
                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="commerce_price_one_at_a_time",
                violation_error_message="Another price is in force then.",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    models.Func(
                        models.F("options"),
                        function="jsonb_typeof",
                        output_field=models.TextField(),
                    ),
                    "object",
                ),
                name="commerce_variant_options_are_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.UniqueConstraint(
                models.F("product"),
                django.db.models.functions.text.MD5(
                    django.db.models.functions.comparison.Cast("options", models.TextField())
                ),
                condition=models.Q(("is_active", True)),
                name="commerce_variant_combination_once",
                violation_error_message="Another variant has these options.",
            ),
        ),
    ]
