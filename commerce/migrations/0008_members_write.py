"""Members of a vendor write what is theirs in the catalogue, and see what was sold of it.

Until now whoever was no staff could write nothing there, and the tables had grants only. Reading
stays open to all (commerce/catalogue_policies.py says why that costs nothing). A sold line is seen
by its buyer and by its vendor's members; the order itself, with whose it is, by its buyer alone.
"""

from django.db import migrations

from commerce.catalogue_policies import (
    MY_VENDORS,
    OF_MY_VARIANTS,
    OF_MY_VENDORS,
    members_write,
    public_catalogue,
)
from core.identity.policies import protect

MINE = """
CREATE FUNCTION app_my_vendors() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(SELECT vendor_id FROM commerce_vendormember WHERE user_id = app_uid())
$$;
"""
GRANTS_ONLY = """
REVOKE INSERT, UPDATE, DELETE ON {table} FROM tw_base, tradewind_app;
GRANT INSERT, UPDATE, DELETE ON {table} TO tw_admin, tw_manager, tw_system;
"""

# Contact and language are the vendor's own affair; name, terms and status are agreed with staff.
CONTACT = f"""
GRANT UPDATE (contact_name, contact_email, contact_phone, language, updated_at)
    ON commerce_vendor TO tw_shopper;
CREATE POLICY shopper_update ON commerce_vendor FOR UPDATE TO tw_shopper
    USING (id = {MY_VENDORS}) WITH CHECK (id = {MY_VENDORS});
"""
NO_CONTACT = """
DROP POLICY shopper_update ON commerce_vendor;
REVOKE UPDATE (contact_name, contact_email, contact_phone, language, updated_at)
    ON commerce_vendor FROM tw_shopper;
"""
COLLEAGUES = f"""
ALTER POLICY shopper_select ON commerce_vendormember USING (vendor_id = {MY_VENDORS});
"""
ONLY_ONESELF = """
ALTER POLICY shopper_select ON commerce_vendormember USING (user_id = (SELECT app_uid()));
"""
SOLD = f"""
CREATE POLICY shopper_select_sold ON commerce_orderline FOR SELECT TO tw_shopper
    USING ({OF_MY_VENDORS});
"""
MY_MOVEMENTS = f"""EXISTS (
    SELECT 1 FROM commerce_stockitem i JOIN commerce_variant v ON v.id = i.variant_id
    WHERE i.id = commerce_stockmovement.item_id AND v.vendor_id = {MY_VENDORS})"""  # noqa: S608  - our names
MOVEMENTS = f"""
GRANT SELECT ON commerce_stockmovement TO tw_shopper;
CREATE POLICY shopper_select ON commerce_stockmovement FOR SELECT TO tw_shopper
    USING ({MY_MOVEMENTS});
"""
NO_MOVEMENTS = """
DROP POLICY shopper_select ON commerce_stockmovement;
REVOKE SELECT ON commerce_stockmovement FROM tw_shopper;
"""

FIGURES = """
CREATE FUNCTION commerce_product_figures() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM commerce_productfigure WHERE product_id = NEW.id;
    END IF;
    INSERT INTO commerce_productfigure (product_id, key, value)
    SELECT NEW.id, e.key, CASE jsonb_typeof(e.value)
               WHEN 'number' THEN e.value::numeric
               ELSE replace(e.value #>> '{}', '-', '')::numeric END
    FROM jsonb_each(NEW.custom_fields) e
    WHERE jsonb_typeof(e.value) = 'number'
       OR jsonb_typeof(e.value) = 'string'
          AND e.value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_product_figures_new AFTER INSERT ON commerce_product
FOR EACH ROW WHEN (NEW.custom_fields <> '{}'::jsonb)
EXECUTE FUNCTION commerce_product_figures();
CREATE TRIGGER commerce_product_figures_changed AFTER UPDATE OF custom_fields ON commerce_product
FOR EACH ROW WHEN (NEW.custom_fields IS DISTINCT FROM OLD.custom_fields)
EXECUTE FUNCTION commerce_product_figures();
"""
NO_FIGURES = """
DROP TRIGGER commerce_product_figures_new ON commerce_product;
DROP TRIGGER commerce_product_figures_changed ON commerce_product;
DROP FUNCTION commerce_product_figures();
"""

# A variant repeats its product's vendor: nobody hangs one of theirs on a product of others.
VENDOR_OF_ITS_PRODUCT = """EXISTS (
    SELECT 1 FROM commerce_product p
    WHERE p.id = commerce_variant.product_id AND p.vendor_id = commerce_variant.vendor_id)"""
TABLES = {
    "commerce_vendor": "",
    "commerce_category": "",
    "commerce_product": OF_MY_VENDORS,
    "commerce_variant": f"{OF_MY_VENDORS} AND {VENDOR_OF_ITS_PRODUCT}",
    "commerce_price": OF_MY_VARIANTS.format(table="commerce_price"),
    "commerce_stockitem": OF_MY_VARIANTS.format(table="commerce_stockitem"),
}


class Migration(migrations.Migration):
    dependencies = [("commerce", "0007_custom_fields_index")]

    operations = [
        migrations.RunSQL(MINE, "DROP FUNCTION app_my_vendors()"),
        *[
            migrations.RunSQL(migrations.RunSQL.noop, GRANTS_ONLY.format(table=table))
            for table in TABLES
        ],
        *[
            operation
            for table, mine in TABLES.items()
            for operation in public_catalogue(table, mine=mine)
        ],
        migrations.RunSQL(CONTACT, NO_CONTACT),
        *public_catalogue("commerce_fielddefinition"),
        *public_catalogue("commerce_productfigure", wide_verbs="SELECT DELETE"),
        protect("commerce_vendorinvitation"),
        migrations.RunSQL(COLLEAGUES, ONLY_ONESELF),
        migrations.RunSQL(SOLD, "DROP POLICY shopper_select_sold ON commerce_orderline"),
        migrations.RunSQL(MOVEMENTS, NO_MOVEMENTS),
        members_write("commerce_stockmovement", mine=MY_MOVEMENTS, verbs="INSERT"),
        migrations.RunSQL(FIGURES, NO_FIGURES),
    ]
