"""Two more gateways may be named. Checked rows are read without blocking writers.

Backwards only while nobody has paid through the new ones: the narrower check refuses their rows.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

GATEWAYS = [("stripe", "Stripe"), ("razorpay", "Razorpay"), ("paystack", "Paystack")]
KNOWN = models.Q(("gateway__in", ["stripe", "razorpay", "paystack"]))
TABLES = [
    ("payment", "payments_payment_gateway_known"),
    ("paymentattempt", "payments_attempt_gateway_known"),
]


def wider(model: str, name: str) -> list[migrations.operations.base.Operation]:
    """Swap one table's constraint for the wider one."""
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        migrations.AlterField(
            model_name=model, name="gateway", field=models.TextField(choices=GATEWAYS)
        ),
        AddConstraintNotValid(
            model_name=model, constraint=models.CheckConstraint(condition=KNOWN, name=name)
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_policies_and_ledger")]

    operations = [
        *(operation for model, name in TABLES for operation in wider(model, name)),
        *(ValidateConstraint(model_name=model, name=name) for model, name in TABLES),
    ]
