"""Parts sum discount and tax of their lines, now that each line has its own."""

from django.db import migrations, transaction

SUMS = """
CREATE OR REPLACE FUNCTION commerce_sum_parts(touched uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM commerce_order WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    INSERT INTO commerce_orderpart
           (id, created_at, updated_at, order_id, vendor_id, customer_id, user_id, position,
            number, status, tracking_number, carrier, shipped_at, delivered_at, currency,
            subtotal_minor, total_minor, placed_at)
    SELECT commerce_new_id(), clock_timestamp(), o.updated_at, o.id, fresh.vendor_id,
           o.customer_id, o.user_id, fresh.position, o.number || '-' || fresh.position, o.status,
           o.tracking_number, o.carrier, o.shipped_at, o.delivered_at, o.currency, 0, 0,
           o.placed_at
    FROM (
        SELECT l.order_id, l.vendor_id,
               (SELECT coalesce(max(p.position), 0) FROM commerce_orderpart p
                WHERE p.order_id = l.order_id)
               + row_number() OVER (PARTITION BY l.order_id
                                    ORDER BY min(l.position), l.vendor_id) AS position
        FROM commerce_orderline l
        WHERE l.order_id = ANY (touched)
          AND NOT EXISTS (SELECT FROM commerce_orderpart p
                          WHERE p.order_id = l.order_id AND p.vendor_id = l.vendor_id)
        GROUP BY l.order_id, l.vendor_id
    ) fresh JOIN commerce_order o ON o.id = fresh.order_id
    ORDER BY o.id, fresh.position;

    UPDATE commerce_orderpart p
    SET subtotal_minor = s.subtotal, discount_minor = s.discount, tax_minor = s.tax,
        total_minor = s.subtotal - s.discount + s.tax,
        -- nothing of it is left to send: it is over, unless it went out before
        status = CASE WHEN s.lines = 0 AND commerce_how_far(p.status) < commerce_how_far('shipped')
                      THEN 'cancelled' ELSE p.status END,
        updated_at = clock_timestamp()
    FROM (
        -- lines by their orders first: few vendors have many lines, and the planner may think else
        SELECT p.id, coalesce(l.lines, 0) AS lines, coalesce(l.subtotal, 0) AS subtotal,
               coalesce(l.discount, 0) AS discount, coalesce(l.tax, 0) AS tax
        FROM commerce_orderpart p
        LEFT JOIN (SELECT order_id, vendor_id, count(*) AS lines,
                          sum(total_minor)::bigint AS subtotal,
                          sum(discount_minor)::bigint AS discount, sum(tax_minor)::bigint AS tax
                   FROM commerce_orderline WHERE order_id = ANY (touched)
                   GROUP BY order_id, vendor_id) l
               ON l.order_id = p.order_id AND l.vendor_id = p.vendor_id
        WHERE p.order_id = ANY (touched)
    ) s
    WHERE p.id = s.id
      AND (s.lines = 0 OR (p.subtotal_minor, p.discount_minor, p.tax_minor)
                          IS DISTINCT FROM (s.subtotal, s.discount, s.tax));
END $$;
"""

BEFORE = SUMS.replace("sum(discount_minor)", "0").replace("sum(tax_minor)", "0")
BATCH = 5000
OF_SUCH_LINES = """
SELECT array_agg(order_id) FROM (
    SELECT DISTINCT l.order_id FROM commerce_orderline l
    JOIN commerce_orderpart p ON p.order_id = l.order_id AND p.vendor_id = l.vendor_id
    WHERE (l.discount_minor > 0 OR l.tax_minor > 0)
      AND p.discount_minor = 0 AND p.tax_minor = 0
    LIMIT %s
) batch
"""


def sum_anew(apps, schema_editor):
    connection = schema_editor.connection
    while True:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(OF_SUCH_LINES, [BATCH])
            (some,) = cursor.fetchone()
            if not some:
                return
            cursor.execute("SELECT commerce_sum_parts(%s)", [some])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("commerce", "0024_stock_rules")]

    operations = [
        migrations.RunSQL(SUMS, BEFORE),
        migrations.RunPython(sum_anew, migrations.RunPython.noop, elidable=True),
    ]
