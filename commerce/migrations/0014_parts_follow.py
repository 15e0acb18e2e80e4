"""Parts of orders: made from the lines, moved with the order, and the order with them.

Whoever writes a line (checkout, staff, an import, psql), the vendor's part of that order is there
and adds up. Three triggers, one rule each:

* lines changed: the parts of those orders are made and summed;
* an order changed its status: the parts that stood where it stood go along, and those that are
  behind catch up; an end (cancelled, refunded) is the end of all that are not at one;
* parts changed their status: each order is as far as its least far part that still counts.

An order that leads its parts leaves them where the third rule finds nothing to do, and the other
way round: neither wakes the other twice. Locks are taken order first, then parts; SQL that updates
parts by hand holds them before the order, and of two such PostgreSQL may end one.
"""

from django.db import migrations

from commerce.catalogue_policies import OF_MY_VENDORS
from core.identity.policies import Rule, protect

MINE = "customer_id = ANY ((SELECT app_my_customers())::uuid[])"
MY_OWN = "user_id = (SELECT app_uid())"

WORDS = """
CREATE FUNCTION commerce_new_id() RETURNS uuid
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    -- UUIDv7 as core/ids.py makes them; PostgreSQL has its own from 18 on
    SELECT encode(set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
CREATE FUNCTION commerce_how_far(status text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- cancelled and refunded are ends, not places on the way
    SELECT array_position(ARRAY['pending', 'confirmed', 'processing', 'shipped',
                                'out_for_delivery', 'delivered'], status)
$$;
CREATE FUNCTION commerce_status_of_parts(far int, any_refunded boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN far IS NOT NULL
                THEN (ARRAY['pending', 'confirmed', 'processing', 'shipped',
                            'out_for_delivery', 'delivered'])[far]
                WHEN any_refunded THEN 'refunded' ELSE 'cancelled' END
$$;
"""
NO_WORDS = """
DROP FUNCTION commerce_status_of_parts(int, boolean);
DROP FUNCTION commerce_how_far(text);
DROP FUNCTION commerce_new_id();
"""

# Acts with the rights of whoever calls it: the triggers below call it as the tables' owner.
SUMS = """
CREATE FUNCTION commerce_sum_parts(touched uuid[]) RETURNS void
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
        SELECT p.id, count(l.id) AS lines, coalesce(sum(l.total_minor), 0)::bigint AS subtotal,
               0::bigint AS discount, 0::bigint AS tax
        FROM commerce_orderpart p
        LEFT JOIN commerce_orderline l ON l.order_id = p.order_id AND l.vendor_id = p.vendor_id
        WHERE p.order_id = ANY (touched) GROUP BY p.id
    ) s
    WHERE p.id = s.id
      AND (s.lines = 0 OR (p.subtotal_minor, p.discount_minor, p.tax_minor)
                          IS DISTINCT FROM (s.subtotal, s.discount, s.tax));
END $$;
"""

LINES = """
CREATE FUNCTION commerce_lines_make_parts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE touched uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT n.order_id) INTO touched FROM new_lines n;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT w.order_id) INTO touched FROM old_lines w;
    ELSE
        SELECT array_agg(DISTINCT changed.order_id) INTO touched FROM (
            SELECT unnest(ARRAY[n.order_id, w.order_id]) AS order_id
            FROM new_lines n JOIN old_lines w USING (id)
            -- whose the order is may change without its sums
            WHERE to_jsonb(n) - '{customer_id,user_id,updated_at}'::text[]
                  IS DISTINCT FROM to_jsonb(w) - '{customer_id,user_id,updated_at}'::text[]
        ) changed;
    END IF;
    IF touched IS NOT NULL THEN
        PERFORM commerce_sum_parts(touched);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_orderline_parts_insert AFTER INSERT ON commerce_orderline
REFERENCING NEW TABLE AS new_lines
FOR EACH STATEMENT EXECUTE FUNCTION commerce_lines_make_parts();
CREATE TRIGGER commerce_orderline_parts_update AFTER UPDATE ON commerce_orderline
REFERENCING OLD TABLE AS old_lines NEW TABLE AS new_lines
FOR EACH STATEMENT EXECUTE FUNCTION commerce_lines_make_parts();
CREATE TRIGGER commerce_orderline_parts_delete AFTER DELETE ON commerce_orderline
REFERENCING OLD TABLE AS old_lines
FOR EACH STATEMENT EXECUTE FUNCTION commerce_lines_make_parts();
"""
NO_LINES = """
DROP TRIGGER commerce_orderline_parts_insert ON commerce_orderline;
DROP TRIGGER commerce_orderline_parts_update ON commerce_orderline;
DROP TRIGGER commerce_orderline_parts_delete ON commerce_orderline;
DROP FUNCTION commerce_lines_make_parts();
"""

ORDER_LEADS = """
CREATE FUNCTION commerce_order_leads() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM now_rows n JOIN was_rows w USING (id) WHERE n.status <> w.status) THEN
        PERFORM set_config('app.order_leads', 'on', true);
        UPDATE commerce_orderpart p
        SET status = n.status, updated_at = n.updated_at,
            shipped_at = CASE WHEN n.status = 'shipped'
                              THEN coalesce(p.shipped_at, n.shipped_at, clock_timestamp())
                              ELSE p.shipped_at END,
            delivered_at = CASE WHEN n.status = 'delivered'
                                THEN coalesce(p.delivered_at, n.delivered_at, clock_timestamp())
                                ELSE p.delivered_at END,
            carrier = CASE WHEN n.status = 'shipped' AND p.carrier = ''
                           THEN n.carrier ELSE p.carrier END,
            tracking_number = CASE WHEN n.status = 'shipped' AND p.tracking_number = ''
                                   THEN n.tracking_number ELSE p.tracking_number END
        FROM now_rows n JOIN was_rows w USING (id)
        WHERE p.order_id = n.id AND n.status <> w.status AND p.status <> n.status
          AND (p.status = w.status
               OR (commerce_how_far(p.status) IS NOT NULL
                   AND commerce_how_far(p.status)
                       < coalesce(commerce_how_far(n.status), 99)));
        PERFORM set_config('app.order_leads', '', true);
    END IF;
    IF EXISTS (SELECT FROM now_rows n JOIN was_rows w USING (id)
               WHERE (n.customer_id, n.user_id) IS DISTINCT FROM (w.customer_id, w.user_id)) THEN
        UPDATE commerce_orderpart c SET customer_id = n.customer_id, user_id = n.user_id
        FROM now_rows n WHERE c.order_id = n.id;
        UPDATE commerce_orderpartchange c SET customer_id = n.customer_id, user_id = n.user_id
        FROM now_rows n WHERE c.order_id = n.id;
        UPDATE commerce_ordernote c SET customer_id = n.customer_id, user_id = n.user_id
        FROM now_rows n WHERE c.order_id = n.id;
        UPDATE commerce_orderrevision c SET customer_id = n.customer_id, user_id = n.user_id
        FROM now_rows n WHERE c.order_id = n.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_order_leads AFTER UPDATE ON commerce_order
REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
FOR EACH STATEMENT EXECUTE FUNCTION commerce_order_leads();
"""

PARTS_LEAD = """
CREATE FUNCTION commerce_parts_lead() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    order_leads boolean := coalesce(current_setting('app.order_leads', true), '') = 'on';
    history boolean := coalesce(current_setting('app.history', true), '') = 'on';
    orders uuid[];
    stood jsonb;
BEGIN
    SELECT array_agg(DISTINCT n.order_id) INTO orders
    FROM now_parts n JOIN was_parts w USING (id) WHERE n.status <> w.status;
    IF orders IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO commerce_orderpartchange
           (order_id, part_id, vendor_id, customer_id, user_id, previous, status, at, actor_id,
            role, reason, with_order)
    SELECT n.order_id, n.id, n.vendor_id, n.customer_id, n.user_id, w.status, n.status,
           CASE WHEN NOT history THEN clock_timestamp()
                ELSE coalesce(CASE n.status WHEN 'shipped' THEN n.shipped_at
                                            WHEN 'delivered' THEN n.delivered_at END,
                              n.updated_at) END,
           app_uid(), commerce_acting_role(), commerce_step_reason(), order_leads
    FROM now_parts n JOIN was_parts w USING (id)
    WHERE n.status <> w.status ORDER BY n.id;
    IF order_leads THEN
        RETURN NULL;  -- the order's own news says it
    END IF;

    PERFORM FROM commerce_order WHERE id = ANY (orders) ORDER BY id FOR NO KEY UPDATE;
    SELECT jsonb_object_agg(o.id, o.status) INTO stood FROM commerce_order o
    WHERE o.id = ANY (orders);
    UPDATE commerce_order o
    SET status = d.status,
        updated_at = CASE WHEN history THEN d.updated_at ELSE clock_timestamp() END,
        shipped_at = CASE WHEN commerce_how_far(d.status) >= commerce_how_far('shipped')
                          THEN coalesce(o.shipped_at, d.shipped_at) ELSE o.shipped_at END,
        delivered_at = CASE WHEN d.status = 'delivered'
                            THEN coalesce(o.delivered_at, d.delivered_at)
                            ELSE o.delivered_at END,
        -- several parcels are told part by part
        carrier = CASE WHEN d.living = 1 AND o.carrier = '' THEN d.carrier ELSE o.carrier END,
        tracking_number = CASE WHEN d.living = 1 AND o.tracking_number = ''
                               THEN d.tracking_number ELSE o.tracking_number END
    FROM (
        SELECT p.order_id, max(p.updated_at) AS updated_at, max(p.shipped_at) AS shipped_at,
               commerce_status_of_parts(min(commerce_how_far(p.status)),
                                        bool_or(p.status = 'refunded')) AS status,
               max(p.delivered_at) AS delivered_at,
               count(commerce_how_far(p.status)) AS living,
               coalesce(max(p.carrier) FILTER (WHERE commerce_how_far(p.status) > 0), '')
                   AS carrier,
               coalesce(max(p.tracking_number) FILTER (WHERE commerce_how_far(p.status) > 0), '')
                   AS tracking_number
        FROM commerce_orderpart p WHERE p.order_id = ANY (orders) GROUP BY p.order_id
    ) d
    WHERE o.id = d.order_id AND o.status <> d.status;

    INSERT INTO core_event
           (type, source, subject, data, headers, actor_id, request_id, occurred_at)
    SELECT 'order.part_status_changed', 'tradewind', 'order:' || o.id,
           jsonb_build_object(
               'order_id', o.id, 'number', o.number, 'part_id', n.id, 'part_number', n.number,
               'vendor_id', n.vendor_id, 'status', n.status, 'previous_status', w.status,
               'order_status', o.status, 'previous_order_status', stood ->> o.id::text,
               'payment_status', o.payment_status,
               'currency', n.currency, 'total_minor', n.total_minor,
               'customer_id', n.customer_id, 'user_id', n.user_id,
               'reason', commerce_step_reason(), 'history', history),
           '{}', app_uid(), '', CASE WHEN history THEN n.updated_at ELSE clock_timestamp() END
    FROM now_parts n JOIN was_parts w USING (id) JOIN commerce_order o ON o.id = n.order_id
    WHERE n.status <> w.status ORDER BY n.id;
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_parts_lead AFTER UPDATE ON commerce_orderpart
REFERENCING OLD TABLE AS was_parts NEW TABLE AS now_parts
FOR EACH STATEMENT EXECUTE FUNCTION commerce_parts_lead();
"""

WHOSE = """
CREATE TRIGGER commerce_ordernote_whose BEFORE INSERT ON commerce_ordernote
FOR EACH ROW EXECUTE FUNCTION commerce_whose_order();
CREATE TRIGGER commerce_orderrevision_whose BEFORE INSERT ON commerce_orderrevision
FOR EACH ROW EXECUTE FUNCTION commerce_whose_order();
"""

# Members of a vendor see their parts; the order, with whose it is, is its buyer's alone.
SOLD = """
CREATE POLICY shopper_select_sold ON {table} FOR SELECT TO tw_shopper USING ({mine});
"""


def members_read(table: str) -> migrations.RunSQL:
    """The vendor's members read its rows."""
    return migrations.RunSQL(
        SOLD.format(table=table, mine=OF_MY_VENDORS),
        f"DROP POLICY shopper_select_sold ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("commerce", "0013_order_parts"), ("core", "0002_event_log")]

    operations = [
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.RunSQL(SUMS, "DROP FUNCTION commerce_sum_parts(uuid[])"),
        migrations.RunSQL(LINES, NO_LINES),
        migrations.RunSQL(
            ORDER_LEADS,
            "DROP TRIGGER commerce_order_leads ON commerce_order; "
            "DROP FUNCTION commerce_order_leads()",
        ),
        migrations.RunSQL(
            PARTS_LEAD,
            "DROP TRIGGER commerce_parts_lead ON commerce_orderpart; "
            "DROP FUNCTION commerce_parts_lead()",
        ),
        migrations.RunSQL(
            WHOSE,
            "DROP TRIGGER commerce_ordernote_whose ON commerce_ordernote; "
            "DROP TRIGGER commerce_orderrevision_whose ON commerce_orderrevision",
        ),
        # parts come and go with lines, by trigger; people move them and write parcels on them
        protect(
            "commerce_orderpart",
            agent=Rule(MINE, verbs="SELECT UPDATE"),
            shopper=Rule(MY_OWN),
            wide_verbs="SELECT UPDATE",
        ),
        protect(
            "commerce_orderpartchange",
            agent=Rule(MINE),
            shopper=Rule(MY_OWN),
            wide_verbs="SELECT",
        ),
        members_read("commerce_orderpart"),
        members_read("commerce_orderpartchange"),
        protect(
            "commerce_ordernote",
            agent=Rule(MINE, verbs="SELECT INSERT"),
            wide_verbs="SELECT INSERT",
        ),
        protect(
            "commerce_orderrevision",
            agent=Rule(MINE, verbs="SELECT INSERT"),
            wide_verbs="SELECT INSERT",
        ),
    ]
