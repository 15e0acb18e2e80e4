"""Which payments and bookings belong to some days, without reading all others."""

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0010_reconciliation_asked")]

    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(fields=["created_at"], name="payments_payment_created"),
        ),
        AddIndexConcurrently(
            model_name="paymentattempt",
            index=models.Index(fields=["created_at"], name="payments_attempt_created"),
        ),
        AddIndexConcurrently(
            model_name="ledgertransaction",
            index=BrinIndex(
                fields=["created_at"],
                name="payments_ledger_days",
                autosummarize=True,
                pages_per_range=16,
            ),
        ),
    ]
