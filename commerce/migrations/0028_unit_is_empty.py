"""A definition that is not saved yet has no unit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0027_archived_orders"),
    ]

    operations = [
        migrations.AlterField(
            model_name="fielddefinition",
            name="unit",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="kg, cm, ml", max_length=20
            ),
        ),
    ]
