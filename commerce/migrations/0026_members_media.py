"""Members of a vendor put pictures on its products. Who reads them stays as it was: everybody."""

from django.db import migrations

from commerce.catalogue_policies import OF_MY_VENDORS, public_catalogue

TABLE = "commerce_productmedia"
GRANTS_ONLY = f"""
REVOKE INSERT, UPDATE, DELETE ON {TABLE} FROM tw_base, tradewind_app;
GRANT INSERT, UPDATE, DELETE ON {TABLE} TO tw_admin, tw_manager, tw_system;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0025_parts_sum_figures"),
        ("core", "0009_picture_has_a_size"),
    ]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, GRANTS_ONLY),
        # the row's vendor is its product's: foreign keys of 0005 hold that
        *public_catalogue(TABLE, mine=OF_MY_VENDORS),
    ]
