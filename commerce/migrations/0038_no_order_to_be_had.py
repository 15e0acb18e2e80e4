"""No index of another order tempts the planner when the sums of an order's parts are made.

Where statistics say "no rows" (a table that was emptied and looked at) every index costs the same,
and one that gives rows in an order that is wanted further up wins: by vendor for a GROUP BY, by key
for a join, each read to its end for every order. So lines are fetched behind a fence (OFFSET 0),
and joined by IS NOT DISTINCT FROM, of which no order is of use.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("commerce.migrations.0036_plans_for_full_tables").SUMS
SUMS = BEFORE.replace(
    """            FROM commerce_orderline l
            WHERE l.order_id = which
              AND NOT EXISTS""",
    """            FROM (SELECT * FROM commerce_orderline x WHERE x.order_id = which OFFSET 0) l
            WHERE NOT EXISTS""",
).replace("p.id = s.id", "p.id IS NOT DISTINCT FROM s.id")


class Migration(migrations.Migration):
    dependencies = [("commerce", "0037_orders_by_currency")]

    operations = [migrations.RunSQL(SUMS, BEFORE)]
