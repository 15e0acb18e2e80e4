"""A vendor's people see how far the return of their things is: its number and state, and no more.

Whose return it is, what else comes back and what the buyer wrote stays the buyer's and the staff's.
"""

from django.db import migrations

TOLD = """
CREATE FUNCTION commerce_return_told(line uuid) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY[r.number, r.state]
    FROM commerce_returnline l JOIN commerce_returnrequest r ON r.id = l.request_id
    WHERE l.id = line AND l.vendor_id = ANY ((SELECT app_my_vendors())::uuid[])
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0034_order_settlements")]

    operations = [
        migrations.RunSQL(TOLD, "DROP FUNCTION commerce_return_told(uuid)"),
    ]
