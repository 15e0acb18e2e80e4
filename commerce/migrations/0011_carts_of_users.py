"""One cart a user and currency, more than one token a cart, and what a reminder must know."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

from core.identity.policies import protect

STATES = [
    ("open", "Open"),
    ("converted", "Ordered"),
    ("abandoned", "Abandoned"),
    ("merged", "Joined with another"),
]
KNOWN = models.CheckConstraint(
    condition=models.Q(("state__in", [value for value, _ in STATES])),
    name="commerce_cart_state_known",
)
MERGED = models.CheckConstraint(
    condition=models.Q(
        models.Q(("merged_into__isnull", False), ("state", "merged")),
        models.Q(
            models.Q(("state", "merged"), _negated=True), ("merged_into__isnull", True)
        ),
        _connector="OR",
    ),
    name="commerce_cart_merged_into_one",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("commerce", "0010_orders_in_base_currency")]

    operations = [
        migrations.RemoveConstraint(model_name="cart", name=KNOWN.name),
        migrations.AlterField(
            model_name="cart",
            name="state",
            field=models.TextField(choices=STATES, db_default="open", default="open"),
        ),
        AddConstraintNotValid(model_name="cart", constraint=KNOWN),
        migrations.AddField(
            model_name="cart",
            name="email",
            field=models.EmailField(
                blank=True,
                db_default="",
                help_text="Where to remind of it; given by the shopper",
                max_length=254,
            ),
        ),
        migrations.AddField(
            model_name="cart",
            name="language",
            field=models.CharField(db_default="en", default="en", max_length=10),
        ),
        migrations.AddField(
            model_name="cart",
            name="reminders",
            field=models.BooleanField(
                help_text="Whether the shopper wants to be reminded; empty: was not asked",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="cart",
            name="abandoned_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="cart",
            name="reminded_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="cart",
            name="merged_into",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="commerce.cart",
            ),
        ),
        AddConstraintNotValid(model_name="cart", constraint=MERGED),
        migrations.CreateModel(
            name="CartKey",
            fields=[
                (
                    "token_hash",
                    models.BinaryField(max_length=32, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="commerce.cart",
                    ),
                ),
            ],
        ),
        # Like the carts themselves: a key opens one through a service that acts for the house.
        protect("commerce_cartkey", readonly=None),
        ValidateConstraint(model_name="cart", name=KNOWN.name),
        ValidateConstraint(model_name="cart", name=MERGED.name),
    ]
