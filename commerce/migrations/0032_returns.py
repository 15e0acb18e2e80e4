"""Returns: what buyers send back, line by line."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import core.ids
import core.money


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0031_agents_see_coupons"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReturnRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("customer_id", models.UUIDField(editable=False, null=True)),
                ("user_id", models.UUIDField(editable=False, null=True)),
                ("number", models.CharField(editable=False, max_length=32, unique=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("received", "Received"),
                            ("inspected", "Inspected"),
                            ("refunded", "Refunded"),
                            ("closed", "Closed"),
                            ("rejected", "Rejected"),
                            ("cancelled", "Cancelled"),
                        ],
                        db_default="requested",
                        default="requested",
                    ),
                ),
                (
                    "note",
                    models.TextField(blank=True, db_default="", help_text="What the buyer wrote"),
                ),
                ("requested_by", models.UUIDField(blank=True, null=True)),
                (
                    "currency",
                    core.money.CurrencyField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters."
                            )
                        ],
                    ),
                ),
                (
                    "refund_minor",
                    core.money.MinorUnitsField(
                        db_default=0, default=0, help_text="Its lines and shipping"
                    ),
                ),
                (
                    "shipping_minor",
                    core.money.MinorUnitsField(
                        db_default=0, default=0, help_text="Of the refund: shipping, with its tax"
                    ),
                ),
                ("refund_id", models.UUIDField(blank=True, null=True, unique=True)),
                (
                    "refund_state",
                    models.TextField(blank=True, db_default="", help_text="As payments tells it"),
                ),
                ("refund_problem", models.TextField(blank=True, db_default="")),
                ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="commerce.order",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("customer_id", models.UUIDField(editable=False, null=True)),
                ("user_id", models.UUIDField(editable=False, null=True)),
                ("quantity", models.PositiveIntegerField()),
                (
                    "reason",
                    models.TextField(
                        choices=[
                            ("damaged", "Arrived damaged"),
                            ("wrong", "Not what was ordered"),
                            ("not_as_described", "Not as described"),
                            ("too_late", "Came too late"),
                            ("changed_mind", "Changed their mind"),
                            ("other", "Something else"),
                        ]
                    ),
                ),
                ("comment", models.TextField(blank=True, db_default="")),
                (
                    "accepted",
                    models.PositiveIntegerField(
                        blank=True, help_text="Empty: not inspected", null=True
                    ),
                ),
                (
                    "fate",
                    models.TextField(
                        blank=True,
                        choices=[("restock", "Back on the shelf"), ("write_off", "Written off")],
                        null=True,
                    ),
                ),
                ("refund_minor", core.money.MinorUnitsField(db_default=0, default=0)),
                ("tax_minor", core.money.MinorUnitsField(db_default=0, default=0)),
                ("share_minor", core.money.MinorUnitsField(db_default=0, default=0)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="commerce.orderline",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.stocklocation",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.order",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="commerce.vendor",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="commerce.returnrequest",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReturnChange",
            fields=[
                ("customer_id", models.UUIDField(editable=False, null=True)),
                ("user_id", models.UUIDField(editable=False, null=True)),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("previous", models.TextField(blank=True, help_text="Empty: asked for")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("received", "Received"),
                            ("inspected", "Inspected"),
                            ("refunded", "Refunded"),
                            ("closed", "Closed"),
                            ("rejected", "Rejected"),
                            ("cancelled", "Cancelled"),
                        ]
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("actor_id", models.UUIDField(blank=True, null=True)),
                ("note", models.TextField(blank=True, db_default="")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.order",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="commerce.returnrequest",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="returnrequest",
            index=models.Index(fields=["state", "-id"], name="commerce_return_state"),
        ),
        migrations.AddIndex(
            model_name="returnrequest",
            index=models.Index(fields=["customer_id"], name="commerce_return_customer"),
        ),
        migrations.AddIndex(
            model_name="returnrequest",
            index=models.Index(
                condition=models.Q(("user_id__isnull", False)),
                fields=["user_id"],
                name="commerce_return_user",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "requested",
                            "approved",
                            "received",
                            "inspected",
                            "refunded",
                            "closed",
                            "rejected",
                            "cancelled",
                        ],
                    )
                ),
                name="commerce_returnrequest_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund_minor__gte", 0)),
                name="commerce_returnrequest_refund_minor_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shipping_minor__gte", 0), ("shipping_minor__lte", models.F("refund_minor"))
                ),
                name="commerce_returnrequest_shipping_within_refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("shipping_minor__gt", 0)),
                fields=("order",),
                name="commerce_returnrequest_shipping_once",
            ),
        ),
        migrations.AddIndex(
            model_name="returnline",
            index=models.Index(fields=["customer_id"], name="commerce_returnline_customer"),
        ),
        migrations.AddIndex(
            model_name="returnline",
            index=models.Index(fields=["vendor"], name="commerce_returnline_vendor"),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "damaged",
                            "wrong",
                            "not_as_described",
                            "too_late",
                            "changed_mind",
                            "other",
                        ],
                    )
                ),
                name="commerce_returnline_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("fate__in", ["restock", "write_off"])),
                name="commerce_returnline_fate_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="commerce_returnline_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted__isnull", True),
                    ("accepted__lte", models.F("quantity")),
                    _connector="OR",
                ),
                name="commerce_returnline_accepted_within_quantity",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "refund_minor__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("tax_minor"), "+", models.F("share_minor")
                        ),
                    ),
                    ("share_minor__gte", 0),
                    ("tax_minor__gte", 0),
                ),
                name="commerce_returnline_parts_within_refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnline",
            constraint=models.UniqueConstraint(
                fields=("request", "line"), name="commerce_returnline_once"
            ),
        ),
        migrations.AddIndex(
            model_name="returnchange",
            index=models.Index(fields=["customer_id"], name="commerce_returnstep_customer"),
        ),
        migrations.AddConstraint(
            model_name="returnchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "requested",
                            "approved",
                            "received",
                            "inspected",
                            "refunded",
                            "closed",
                            "rejected",
                            "cancelled",
                        ],
                    )
                ),
                name="commerce_returnchange_state_known",
            ),
        ),
    ]
