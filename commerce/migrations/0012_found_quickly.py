"""Indexes of carts and orders, built while the shop goes on selling.

Of several carts a user had in one currency the newest stays theirs; the others are opened by their
tokens as before.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NEWEST_STAYS = """
UPDATE commerce_cart SET user_id = NULL WHERE id IN (
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY user_id, currency
                                                  ORDER BY updated_at DESC, id DESC) AS place
                    FROM commerce_cart
                    WHERE user_id IS NOT NULL AND state IN ('open', 'abandoned')) AS carts
    WHERE place > 1)
"""
LINES_FOLLOW = """
UPDATE commerce_cartline l SET user_id = NULL FROM commerce_cart c
WHERE l.cart_id = c.id AND c.user_id IS NULL AND l.user_id IS NOT NULL
"""
ONE = "commerce_cart_one_of_a_user"
CREATE = f"""
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {ONE} ON commerce_cart (user_id, currency)
WHERE state IN ('open', 'abandoned')
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("commerce", "0011_carts_of_users")]

    operations = [
        migrations.RunSQL([NEWEST_STAYS, LINES_FOLLOW], migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(CREATE, f"DROP INDEX CONCURRENTLY IF EXISTS {ONE}")
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="cart",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("state__in", ["open", "abandoned"])),
                        fields=("user", "currency"),
                        name=ONE,
                    ),
                )
            ],
        ),
        AddIndexConcurrently(
            model_name="cart",
            index=models.Index(
                condition=models.Q(("state__in", ["abandoned", "merged"])),
                fields=["updated_at"],
                name="commerce_cart_left",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("base_total_minor__isnull", True)),
                fields=["currency", "placed_at", "id"],
                name="commerce_order_without_rate",
            ),
        ),
    ]
