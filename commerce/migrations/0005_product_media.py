"""Pictures and documents of products: read by all, written like the rest of the catalogue.

The database holds that a row's vendor is its product's and its variant one of the product: the
policies believe `vendor_id`.
"""

import django.db.models.deletion
from django.db import migrations, models

import core.ids

WRITERS = "tw_admin, tw_manager, tw_system"
TABLE = "commerce_productmedia"
GRANTS = migrations.RunSQL(
    f"REVOKE INSERT, UPDATE, DELETE ON {TABLE} FROM tw_base, tradewind_app; "
    f"GRANT INSERT, UPDATE, DELETE ON {TABLE} TO {WRITERS}",
    f"REVOKE INSERT, UPDATE, DELETE ON {TABLE} FROM {WRITERS}; "
    f"GRANT INSERT, UPDATE, DELETE ON {TABLE} TO tw_base, tradewind_app",
)
# Built beside the traffic; the foreign keys below need them, nothing else does.
PAIRS = [
    migrations.RunSQL(
        f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {columns}",
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
    )
    for name, columns in (
        ("commerce_product_of_vendor", "commerce_product (id, vendor_id)"),
        ("commerce_variant_of_product", "commerce_variant (id, product_id)"),
    )
]
SAME_HANDS = [
    migrations.RunSQL(
        f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} FOREIGN KEY {keys}",
        f"ALTER TABLE {TABLE} DROP CONSTRAINT {name}",
    )
    for name, keys in (
        (
            "commerce_productmedia_vendor_is_the_products",
            "(product_id, vendor_id) REFERENCES commerce_product (id, vendor_id) "
            "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ),
        (
            "commerce_productmedia_variant_is_the_products",
            "(variant_id, product_id) REFERENCES commerce_variant (id, product_id) "
            "DEFERRABLE INITIALLY DEFERRED",
        ),
    )
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("commerce", "0004_vendors_are_payees"),
        ("core", "0007_stored_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductMedia",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "kind",
                    models.TextField(choices=[("image", "Picture"), ("document", "Document")]),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "alt",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='What it shows, by language: {"en": "A teapot"}',
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="media",
                        to="commerce.product",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: of the whole product",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="media",
                        to="commerce.variant",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commerce.vendor",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture or document",
                "verbose_name_plural": "pictures and documents",
                "ordering": ["position", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=["product", "position", "id"],
                        name="commerce_productmedia_shown",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["image", "document"])),
                        name="commerce_productmedia_kind_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("product", "variant", "file"),
                        name="commerce_productmedia_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        GRANTS,
        *PAIRS,
        *SAME_HANDS,
    ]
