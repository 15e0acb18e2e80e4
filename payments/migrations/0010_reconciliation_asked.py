"""Comparisons that staff ask for: who may, which wait, and how far one is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_receipts")]

    operations = [
        migrations.AlterModelOptions(
            name="reconciliationrun",
            options={
                "ordering": ["-id"],
                "permissions": [("run_reconciliation", "Can start a reconciliation")],
                "verbose_name": "reconciliation",
            },
        ),
        migrations.AddField(
            model_name="reconciliationrun",
            name="is_asked_for",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Waits for a worker to begin"
            ),
        ),
        migrations.AddField(
            model_name="reconciliationrun",
            name="doing",
            field=models.TextField(blank=True, db_default="", help_text="How far it is"),
        ),
    ]
