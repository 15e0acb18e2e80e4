"""Figures that outlive the messages they count."""

from django.db import migrations, models

from core.identity.policies import protect


class Migration(migrations.Migration):
    dependencies = [("notifications", "0007_wording")]

    operations = [
        migrations.CreateModel(
            name="DayFigure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("channel", models.TextField()),
                ("kind", models.TextField()),
                ("state", models.TextField()),
                ("why", models.TextField(blank=True)),
                ("number", models.PositiveIntegerField()),
                ("opened", models.PositiveIntegerField()),
                ("clicked", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "channel", "kind", "state", "why"),
                        name="notifications_dayfigure_once",
                    ),
                ],
            },
        ),
        protect("notifications_dayfigure"),
    ]
