"""Goods lie at locations, are sold before they leave the shelf, and are held for a time."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0021_figures_hold"),
    ]

    operations = [
        migrations.CreateModel(
            name="StockLocation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=120, unique=True)),
                (
                    "country",
                    models.CharField(blank=True, help_text="ISO code, such as FR", max_length=2),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        db_default=100,
                        default=100,
                        help_text="Lower serves first; among equals the nearest to the buyer",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        db_default=True, default=True, help_text="Off: nothing is sold from here"
                    ),
                ),
                ("is_default", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "ordering": ["priority", "name"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="reservation",
            name="commerce_reservation_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="reservation",
            name="commerce_reservation_once",
        ),
        migrations.RemoveConstraint(
            model_name="stockitem",
            name="commerce_stockitem_reserved_within_on_hand",
        ),
        migrations.RemoveConstraint(
            model_name="stockmovement",
            name="commerce_stockmovement_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="stockmovement",
            name="commerce_stockmovement_changes_something",
        ),
        migrations.AddField(
            model_name="reservation",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reservation",
            name="shipped",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="allocated",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="backorder_limit",
            field=models.IntegerField(
                db_default=0, default=0, help_text="So many more may be sold than there are"
            ),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="low_at",
            field=models.IntegerField(
                blank=True, help_text="Few from here on; empty: the shop's usual number", null=True
            ),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="low_since",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="out_since",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="allocated_change",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="reason",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="reservation",
            name="state",
            field=models.TextField(
                choices=[
                    ("active", "Held"),
                    ("expired", "Hold ran out"),
                    ("waiting", "Paid, not in stock"),
                    ("allocated", "Sold, to be shipped"),
                    ("shipped", "Shipped"),
                    ("released", "Given back"),
                ],
                db_default="active",
                default="active",
            ),
        ),
        migrations.AlterField(
            model_name="stockitem",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="stock_items",
                to="commerce.variant",
            ),
        ),
        migrations.AlterField(
            model_name="stockmovement",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="commerce.stockitem",
            ),
        ),
        migrations.AlterField(
            model_name="stockmovement",
            name="kind",
            field=models.TextField(
                choices=[
                    ("receive", "Received"),
                    ("adjust", "Counted"),
                    ("correct", "Corrected"),
                    ("move_out", "Moved to another location"),
                    ("move_in", "Moved from another location"),
                    ("reserve", "Held for an order"),
                    ("expire", "Hold ran out"),
                    ("release", "Given back"),
                    ("allocate", "Sold"),
                    ("ship", "Shipped"),
                    ("restock", "Back on the shelf"),
                    ("write_off", "Written off"),
                    ("commit", "Taken at payment"),
                ]
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("state__in", ["active", "waiting"])),
                fields=["state", "expires_at"],
                name="commerce_reservation_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("shipped__lte", models.F("quantity"))),
                name="commerce_reservation_shipped_within_quantity",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "receive",
                            "adjust",
                            "correct",
                            "move_out",
                            "move_in",
                            "reserve",
                            "expire",
                            "release",
                            "allocate",
                            "ship",
                            "restock",
                            "write_off",
                            "commit",
                        ],
                    )
                ),
                name="commerce_stockmovement_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("on_hand_change", 0), _negated=True),
                    models.Q(("reserved_change", 0), _negated=True),
                    models.Q(("allocated_change", 0), _negated=True),
                    _connector="OR",
                ),
                name="commerce_stockmovement_changes_something",
            ),
        ),
        migrations.AddField(
            model_name="stocklocation",
            name="vendor",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose place it is; empty: the house's, for every vendor's goods",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stock_locations",
                to="commerce.vendor",
            ),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="location",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="commerce.stocklocation",
            ),
        ),
        migrations.AddIndex(
            model_name="stockitem",
            index=models.Index(
                condition=models.Q(("low_since__isnull", False)),
                fields=["low_since"],
                name="commerce_stockitem_low",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockitem",
            constraint=models.UniqueConstraint(
                fields=("variant", "location"), name="commerce_stockitem_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("allocated__gte", 0)), name="commerce_stockitem_allocated_gte_0"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("backorder_limit__gte", 0)),
                name="commerce_stockitem_backorder_limit_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("low_at__isnull", True), ("low_at__gte", 0), _connector="OR"),
                name="commerce_stockitem_low_at_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "on_hand__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("reserved"), "+", models.F("allocated")
                            ),
                            "-",
                            models.F("backorder_limit"),
                        ),
                    )
                ),
                name="commerce_stockitem_promised_within_stock",
            ),
        ),
        migrations.AddConstraint(
            model_name="stocklocation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("is_default",),
                name="commerce_stocklocation_one_default",
            ),
        ),
        migrations.AddConstraint(
            model_name="stocklocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_default", False),
                    models.Q(("is_active", True), ("vendor__isnull", True)),
                    _connector="OR",
                ),
                name="commerce_stocklocation_default_is_open",
            ),
        ),
    ]
