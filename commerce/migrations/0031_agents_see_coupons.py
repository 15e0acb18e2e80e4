"""Agents are asked about codes by the customers they serve: they read coupons, and change none.

And percent off without a percentage is refused: a check that compares with nothing passes.
"""

from django.db import migrations, models

TABLES = ("commerce_coupon", "commerce_couponterms", "commerce_couponscope")


def agents_read(table: str) -> migrations.RunSQL:
    """As `protect(agent=Rule())` would have it."""
    return migrations.RunSQL(
        f"GRANT SELECT ON {table} TO tw_agent; "
        f"CREATE POLICY agent_select ON {table} FOR SELECT TO tw_agent USING (true)",
        f"DROP POLICY agent_select ON {table}; REVOKE SELECT ON {table} FROM tw_agent",  # noqa: S608  - our names
    )


class Migration(migrations.Migration):
    dependencies = [("commerce", "0030_price_change_items")]

    operations = [
        *[agents_read(table) for table in TABLES],
        migrations.RemoveConstraint("coupon", "commerce_coupon_percent_where_it_counts"),
        migrations.AddConstraint(
            "coupon",
            models.CheckConstraint(
                name="commerce_coupon_percent_where_it_counts",
                condition=models.Q(
                    models.Q(
                        ("kind", "percent"),
                        ("percent__gt", 0),
                        ("percent__isnull", False),
                        ("percent__lte", 100),
                    ),
                    models.Q(
                        models.Q(("kind", "percent"), _negated=True), ("percent__isnull", True)
                    ),
                    _connector="OR",
                ),
                violation_error_message="Percent off takes a percentage, the others take none.",
            ),
        ),
    ]
