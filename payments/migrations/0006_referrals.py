from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_billing")]
    operations: list[migrations.operations.base.Operation] = []
