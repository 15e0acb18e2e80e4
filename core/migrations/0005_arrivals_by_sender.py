"""What arrived from whom and when: the rhythm of a sender is read from this index alone."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0004_unknown_events")]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=models.Index(
                fields=["source", "created_at"],
                name="core_event_arrivals",
                condition=~models.Q(source="tradewind"),
                include=["type", "duplicates"],
            ),
        ),
    ]
