"""The list of orders is narrowed by currency, and offers those there are, without reading all."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # selling goes on while the index is made

    dependencies = [("commerce", "0036_plans_for_full_tables")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["currency", "-placed_at", "-id"], name="commerce_order_currency"
            ),
        ),
    ]
