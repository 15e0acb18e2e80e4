"""How far an import has come is kept with all bulk jobs (core_bulkjob)."""

from django.db import migrations

from core.identity.policies import protect

PROTECTED = protect("commerce_importrun")


class Migration(migrations.Migration):
    dependencies = [("commerce", "0024_stock_rules")]

    operations = [
        migrations.RunSQL(PROTECTED.reverse_sql, PROTECTED.sql),
        migrations.DeleteModel(name="ImportRun"),
    ]
