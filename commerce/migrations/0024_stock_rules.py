"""Every item has its location, movements are written once, and who may change locations."""

import django.db.models.deletion
from django.db import migrations, models

from commerce.catalogue_policies import OF_MY_VENDORS, public_catalogue

STATES = ["active", "expired", "waiting", "allocated", "shipped", "released"]

WRITTEN_ONCE = """
CREATE FUNCTION commerce_written_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is written once: rows are neither changed nor deleted.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'Write another movement.';
END $$;
CREATE TRIGGER commerce_written_once BEFORE UPDATE OR DELETE ON commerce_stockmovement
FOR EACH STATEMENT EXECUTE FUNCTION commerce_written_once();
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0023_stock_at_the_default_location")]

    operations = [
        migrations.AlterField(
            model_name="stockitem",
            name="location",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="commerce.stocklocation",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", STATES)), name="commerce_reservation_state_known"
            ),
        ),
        # the house's places are set by staff; a vendor's members set their own
        *public_catalogue("commerce_stocklocation", mine=OF_MY_VENDORS),
        migrations.RunSQL(
            WRITTEN_ONCE,
            "DROP TRIGGER commerce_written_once ON commerce_stockmovement; "
            "DROP FUNCTION commerce_written_once()",
        ),
    ]
