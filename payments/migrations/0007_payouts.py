from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_referrals")]
    operations: list[migrations.operations.base.Operation] = []
