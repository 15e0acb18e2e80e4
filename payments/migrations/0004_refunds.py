from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_gateways")]
    operations: list[migrations.operations.base.Operation] = []
