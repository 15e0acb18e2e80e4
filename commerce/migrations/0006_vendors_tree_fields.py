"""Vendors may be closed, say why and have owners; categories have an order; custom fields."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import commerce.models.exact_json
import core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0005_product_media"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FieldDefinition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("key", models.CharField(help_text="Small letters, digits and _", max_length=50)),
                (
                    "type",
                    models.TextField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("boolean", "Yes or no"),
                            ("date", "Day"),
                            ("choice", "One of several"),
                            ("multi_choice", "Some of several"),
                        ]
                    ),
                ),
                (
                    "label",
                    models.JSONField(default=dict, help_text='{"en": "Colour", "fr": "Couleur"}'),
                ),
                ("help_text", models.JSONField(blank=True, db_default={}, default=dict)),
                (
                    "required",
                    models.BooleanField(
                        db_default=False, default=False, help_text="A product on sale must say it"
                    ),
                ),
                (
                    "choices",
                    models.JSONField(
                        blank=True,
                        db_default=[],
                        default=list,
                        help_text="[{value, label: {en: ...}}]",
                    ),
                ),
                (
                    "minimum",
                    models.DecimalField(
                        blank=True,
                        decimal_places=10,
                        help_text="Smallest number, shortest text, fewest choices",
                        max_digits=30,
                        null=True,
                    ),
                ),
                (
                    "maximum",
                    models.DecimalField(
                        blank=True,
                        decimal_places=10,
                        help_text="Largest number, longest text, most choices",
                        max_digits=30,
                        null=True,
                    ),
                ),
                ("earliest", models.DateField(blank=True, null=True)),
                ("latest", models.DateField(blank=True, null=True)),
                (
                    "decimals",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Digits after the point of a number; empty: any",
                        null=True,
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True, db_default="", help_text="kg, cm, ml", max_length=20
                    ),
                ),
                ("position", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, help_text="No longer asked; what products hold stays", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["position", "key"],
            },
        ),
        migrations.CreateModel(
            name="ProductFigure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=50)),
                ("value", models.DecimalField(decimal_places=10, max_digits=40)),
            ],
        ),
        migrations.CreateModel(
            name="VendorInvitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("email", models.EmailField(help_text="In lower case", max_length=254)),
                (
                    "role",
                    models.TextField(
                        choices=[("owner", "Owner"), ("member", "Member")],
                        db_default="member",
                        default="member",
                    ),
                ),
                ("token_hash", models.BinaryField(unique=True)),
                ("invited_by_id", models.UUIDField(editable=False, null=True)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="vendor",
            name="commerce_vendor_status_known",
        ),
        migrations.AddField(
            model_name="category",
            name="position",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="Among its siblings; the smallest comes first"
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="custom_fields",
            field=models.JSONField(
                blank=True,
                db_default={},
                decoder=commerce.models.exact_json.ExactDecoder,
                default=dict,
                encoder=commerce.models.exact_json.ExactEncoder,
                help_text="By the definitions of its category",
            ),
        ),
        migrations.AddField(
            model_name="vendor",
            name="status_changed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="vendor",
            name="status_reason",
            field=models.TextField(
                blank=True, db_default="", help_text="Why it stands there; the vendor reads it"
            ),
        ),
        migrations.AddField(
            model_name="vendormember",
            name="role",
            field=models.TextField(
                choices=[("owner", "Owner"), ("member", "Member")],
                db_default="member",
                default="member",
            ),
        ),
        migrations.AlterField(
            model_name="vendor",
            name="status",
            field=models.TextField(
                choices=[
                    ("applied", "Applied"),
                    ("active", "Active"),
                    ("suspended", "Suspended"),
                    ("closed", "Closed"),
                ],
                db_default="applied",
                default="applied",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendor",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["applied", "active", "suspended", "closed"])),
                name="commerce_vendor_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendormember",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["owner", "member"])),
                name="commerce_vendormember_role_known",
            ),
        ),
        migrations.AddField(
            model_name="fielddefinition",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="fields",
                to="commerce.category",
            ),
        ),
        migrations.AddField(
            model_name="productfigure",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="figures",
                to="commerce.product",
            ),
        ),
        migrations.AddField(
            model_name="vendorinvitation",
            name="vendor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="invitations",
                to="commerce.vendor",
            ),
        ),
        migrations.AddIndex(
            model_name="fielddefinition",
            index=models.Index(fields=["key"], name="commerce_field_key"),
        ),
        migrations.AddConstraint(
            model_name="fielddefinition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("type__in", ["text", "number", "boolean", "date", "choice", "multi_choice"])
                ),
                name="commerce_fielddefinition_type_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="fielddefinition",
            constraint=models.UniqueConstraint(
                fields=("category", "key"),
                name="commerce_fielddefinition_key_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="fielddefinition",
            constraint=models.CheckConstraint(
                condition=models.Q(("key__regex", "^[a-z][a-z0-9_]{0,49}$")),
                name="commerce_fielddefinition_key_is_plain",
            ),
        ),
        migrations.AddConstraint(
            model_name="fielddefinition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("type__in", ("choice", "multi_choice")),
                        models.Q(("choices", []), _negated=True),
                    ),
                    models.Q(
                        models.Q(("type__in", ("choice", "multi_choice")), _negated=True),
                        ("choices", []),
                    ),
                    _connector="OR",
                ),
                name="commerce_fielddefinition_choices_to_choose_from",
            ),
        ),
        migrations.AddConstraint(
            model_name="fielddefinition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum__isnull", True),
                    ("maximum__isnull", True),
                    ("minimum__lte", models.F("maximum")),
                    _connector="OR",
                ),
                name="commerce_fielddefinition_range_holds_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="fielddefinition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("earliest__isnull", True),
                    ("latest__isnull", True),
                    ("earliest__lte", models.F("latest")),
                    _connector="OR",
                ),
                name="commerce_fielddefinition_days_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="productfigure",
            index=models.Index(
                fields=["key", "value", "product"], name="commerce_productfigure_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="productfigure",
            constraint=models.UniqueConstraint(
                fields=("product", "key"), name="commerce_productfigure_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorinvitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["owner", "member"])),
                name="commerce_vendorinvitation_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorinvitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("accepted_at__isnull", True)),
                fields=("vendor", "email"),
                name="commerce_vendorinvitation_one_open",
            ),
        ),
    ]
