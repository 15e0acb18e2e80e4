"""Finding mails by address and by day among a million, and the states checked."""

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0003_mail_news")]

    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                Lower("target"),
                condition=models.Q(("channel", "email")),
                name="notifications_delivery_address",
            ),
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=BrinIndex(
                autosummarize=True,
                fields=["created_at"],
                name="notifications_delivery_days",
                pages_per_range=16,
            ),
        ),
        ValidateConstraint("delivery", "notifications_delivery_state_known"),
    ]
