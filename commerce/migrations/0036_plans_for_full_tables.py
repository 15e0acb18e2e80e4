"""What triggers look up is found by index, whatever the planner knew when it made the plan.

A session keeps the plan of a trigger's statement from its first use on. A worker that brings old
orders in makes them while the tables are empty, or while their statistics say so; then any plan
looks as good as another, and one that reads whole tables (or all that a vendor ever sold) for each
order of a batch makes every batch slower than the last. So these functions go order by order: each
table is asked for the rows of one order, and nothing is left to choose. IS NOT DISTINCT FROM asks
no index, so that nobody's lines are found by their vendor.

Parts are also written with their sums at once; they were inserted with zeros and updated before,
which cost a second version of each row and the triggers of that update.
"""

from django.db import migrations

SUMS = """
CREATE OR REPLACE FUNCTION commerce_sum_parts(touched uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE which uuid;
BEGIN
    PERFORM FROM commerce_order WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    FOREACH which IN ARRAY touched LOOP
        INSERT INTO commerce_orderpart
               (id, created_at, updated_at, order_id, vendor_id, customer_id, user_id, position,
                number, status, tracking_number, carrier, shipped_at, delivered_at, currency,
                subtotal_minor, discount_minor, tax_minor, total_minor, placed_at)
        SELECT commerce_new_id(), clock_timestamp(), o.updated_at, o.id, fresh.vendor_id,
               o.customer_id, o.user_id, fresh.position, o.number || '-' || fresh.position,
               o.status, o.tracking_number, o.carrier, o.shipped_at, o.delivered_at, o.currency,
               fresh.subtotal, fresh.discount, fresh.tax,
               fresh.subtotal - fresh.discount + fresh.tax, o.placed_at
        FROM (
            SELECT l.vendor_id, sum(l.total_minor)::bigint AS subtotal,
                   sum(l.discount_minor)::bigint AS discount, sum(l.tax_minor)::bigint AS tax,
                   (SELECT coalesce(max(p.position), 0) FROM commerce_orderpart p
                    WHERE p.order_id = which)
                   + row_number() OVER (ORDER BY min(l.position), l.vendor_id) AS position
            FROM commerce_orderline l
            WHERE l.order_id = which
              AND NOT EXISTS (SELECT FROM commerce_orderpart p
                              WHERE p.order_id = which
                                AND p.vendor_id IS NOT DISTINCT FROM l.vendor_id)
            GROUP BY l.vendor_id
        ) fresh JOIN commerce_order o ON o.id = which
        ORDER BY fresh.position;

        UPDATE commerce_orderpart p
        SET subtotal_minor = s.subtotal, discount_minor = s.discount, tax_minor = s.tax,
            total_minor = s.subtotal - s.discount + s.tax,
            -- nothing of it is left to send: it is over, unless it went out before
            status = CASE WHEN s.lines = 0
                               AND commerce_how_far(p.status) < commerce_how_far('shipped')
                          THEN 'cancelled' ELSE p.status END,
            updated_at = clock_timestamp()
        FROM (
            SELECT q.id, l.lines, l.subtotal, l.discount, l.tax
            FROM commerce_orderpart q CROSS JOIN LATERAL (
                SELECT count(*) AS lines, coalesce(sum(total_minor), 0)::bigint AS subtotal,
                       coalesce(sum(discount_minor), 0)::bigint AS discount,
                       coalesce(sum(tax_minor), 0)::bigint AS tax
                FROM commerce_orderline x
                WHERE x.order_id = which AND x.vendor_id IS NOT DISTINCT FROM q.vendor_id
            ) l WHERE q.order_id = which
        ) s
        WHERE p.order_id = which AND p.id = s.id
          AND (s.lines = 0 OR (p.subtotal_minor, p.discount_minor, p.tax_minor)
                              IS DISTINCT FROM (s.subtotal, s.discount, s.tax));
    END LOOP;
END $$;
"""

# As 0025 left it.
BEFORE = """
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
        status = CASE WHEN s.lines = 0 AND commerce_how_far(p.status) < commerce_how_far('shipped')
                      THEN 'cancelled' ELSE p.status END,
        updated_at = clock_timestamp()
    FROM (
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

BY_INDEX = """
ALTER FUNCTION commerce_order_adds_up() SET enable_seqscan = off;
ALTER FUNCTION commerce_whose_order() SET enable_seqscan = off;
"""
AS_PLANNED = """
ALTER FUNCTION commerce_order_adds_up() RESET enable_seqscan;
ALTER FUNCTION commerce_whose_order() RESET enable_seqscan;
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0035_members_see_returns")]

    operations = [
        migrations.RunSQL(SUMS, BEFORE),
        migrations.RunSQL(BY_INDEX, AS_PLANNED),
    ]
