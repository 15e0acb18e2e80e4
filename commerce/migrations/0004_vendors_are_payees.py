"""Members of a vendor see what the vendor is owed: the vendors one acts for are one's payees."""

from django.db import migrations

# payments/migrations/0006 knows of users only; policies there ask this function.
WITH_VENDORS = """
CREATE OR REPLACE FUNCTION app_my_payees() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_append(
        ARRAY(SELECT vendor_id FROM commerce_vendormember WHERE user_id = app_uid()), app_uid())
$$;
"""
WITHOUT = """
CREATE OR REPLACE FUNCTION app_my_payees() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY[app_uid()]
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0003_order_news"), ("payments", "0006_referrals")]

    operations = [migrations.RunSQL(WITH_VENDORS, WITHOUT)]
