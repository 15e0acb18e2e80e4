"""How far an import has come is kept with all bulk jobs (core_bulkjob).

The table stays for one release, with its policies: code of before this migration may still be
running when it is applied.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commerce", "0028_unit_is_empty")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="ImportRun")]
        ),
    ]
