"""Everybody of a time zone, found without reading all users."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0003_tier")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                condition=models.Q(("is_active", True)),
                fields=["time_zone", "id"],
                name="accounts_user_zone",
            ),
        )
    ]
