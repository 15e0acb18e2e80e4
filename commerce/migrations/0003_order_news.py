"""Whoever inserts an order or changes its status raises the event and writes the history.

Service, admin, bulk update, import, psql: the database does it in the same transaction, one
statement for however many rows. Settings of the transaction that are read here:

* app.user_id, app.reason: who acts and why (core/database);
* app.status_reason: why this step, in a person's words (services/status.py);
* app.history = 'on': these are old orders coming in; the news says so, nobody is mailed, and each
  step stands at its own time (paid, shipped, delivered) instead of now.
"""

from django.db import migrations

NEWS = """
CREATE FUNCTION commerce_order_news(o commerce_order, was commerce_order) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT jsonb_build_object(
        'order_id', o.id, 'number', o.number,
        'status', o.status, 'previous_status', was.status,
        'payment_status', o.payment_status, 'previous_payment_status', was.payment_status,
        'currency', o.currency, 'total_minor', o.total_minor, 'country', o.country,
        'customer_id', o.customer_id, 'user_id', o.user_id,
        'source', o.source, 'placed_at', o.placed_at,
        'history', coalesce(current_setting('app.history', true), '') = 'on')
$$;
CREATE FUNCTION commerce_step_reason() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(nullif(current_setting('app.status_reason', true), ''),
                    current_setting('app.reason', true), '')
$$;
CREATE FUNCTION commerce_step_time(o commerce_order) RETURNS timestamptz
LANGUAGE sql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN coalesce(current_setting('app.history', true), '') <> 'on'
                THEN clock_timestamp()
                ELSE coalesce(CASE o.status WHEN 'confirmed' THEN o.paid_at
                                            WHEN 'shipped' THEN o.shipped_at
                                            WHEN 'delivered' THEN o.delivered_at END,
                              o.updated_at) END
$$;
CREATE FUNCTION commerce_acting_role() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(nullif(current_setting('role', true), 'none'), session_user::text)
$$;
"""
NO_NEWS = """
DROP FUNCTION commerce_order_news(commerce_order, commerce_order);
DROP FUNCTION commerce_step_reason();
DROP FUNCTION commerce_step_time(commerce_order);
DROP FUNCTION commerce_acting_role();
"""

PLACED = """
CREATE FUNCTION commerce_order_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO commerce_orderstatuschange
           (order_id, customer_id, user_id, previous, status, at, actor_id, role, reason)
    SELECT n.id, n.customer_id, n.user_id, '', n.status, n.placed_at, app_uid(),
           commerce_acting_role(), commerce_step_reason()
    FROM placed n ORDER BY n.id;

    INSERT INTO core_event
           (type, source, subject, data, headers, actor_id, request_id, occurred_at)
    SELECT 'order.placed', 'tradewind', 'order:' || n.id,
           commerce_order_news(n, NULL::commerce_order), '{}', app_uid(), '', n.placed_at
    FROM placed n ORDER BY n.id;
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_order_placed AFTER INSERT ON commerce_order
REFERENCING NEW TABLE AS placed FOR EACH STATEMENT EXECUTE FUNCTION commerce_order_placed();
"""

CHANGED = """
CREATE FUNCTION commerce_order_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM now_rows n JOIN was_rows w USING (id) WHERE n.status <> w.status) THEN
        INSERT INTO commerce_orderstatuschange
               (order_id, customer_id, user_id, previous, status, at, actor_id, role, reason)
        SELECT n.id, n.customer_id, n.user_id, w.status, n.status, commerce_step_time(n::commerce_order),
               app_uid(),
               commerce_acting_role(), commerce_step_reason()
        FROM now_rows n JOIN was_rows w USING (id) WHERE n.status <> w.status ORDER BY n.id;

        INSERT INTO core_event
               (type, source, subject, data, headers, actor_id, request_id, occurred_at)
        SELECT 'order.status_changed', 'tradewind', 'order:' || n.id,
               commerce_order_news(n::commerce_order, w::commerce_order)
                   || jsonb_build_object('reason', commerce_step_reason()),
               '{}', app_uid(), '', commerce_step_time(n::commerce_order)
        FROM now_rows n JOIN was_rows w ON w.id = n.id WHERE n.status <> w.status ORDER BY n.id;
    END IF;
    IF EXISTS (SELECT FROM now_rows n JOIN was_rows w USING (id)
               WHERE (n.customer_id, n.user_id) IS DISTINCT FROM (w.customer_id, w.user_id)) THEN
        UPDATE commerce_orderline c SET customer_id = n.customer_id, user_id = n.user_id
        FROM now_rows n WHERE c.order_id = n.id;
        UPDATE commerce_reservation c SET customer_id = n.customer_id, user_id = n.user_id
        FROM now_rows n WHERE c.order_id = n.id;
        UPDATE commerce_orderstatuschange c SET customer_id = n.customer_id, user_id = n.user_id
        FROM now_rows n WHERE c.order_id = n.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_order_changed AFTER UPDATE ON commerce_order
REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
FOR EACH STATEMENT EXECUTE FUNCTION commerce_order_changed();
"""

WHOSE = """
CREATE FUNCTION commerce_whose_order() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    SELECT o.customer_id, o.user_id INTO NEW.customer_id, NEW.user_id
    FROM commerce_order o WHERE o.id = NEW.order_id;
    RETURN NEW;
END $$;
CREATE TRIGGER commerce_orderline_whose BEFORE INSERT ON commerce_orderline
FOR EACH ROW EXECUTE FUNCTION commerce_whose_order();
CREATE TRIGGER commerce_reservation_whose BEFORE INSERT ON commerce_reservation
FOR EACH ROW EXECUTE FUNCTION commerce_whose_order();
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0002_policies"), ("core", "0002_event_log")]

    operations = [
        migrations.RunSQL(NEWS, NO_NEWS),
        migrations.RunSQL(
            PLACED,
            "DROP TRIGGER commerce_order_placed ON commerce_order; "
            "DROP FUNCTION commerce_order_placed()",
        ),
        migrations.RunSQL(
            CHANGED,
            "DROP TRIGGER commerce_order_changed ON commerce_order; "
            "DROP FUNCTION commerce_order_changed()",
        ),
        migrations.RunSQL(
            WHOSE,
            "DROP TRIGGER commerce_orderline_whose ON commerce_orderline; "
            "DROP TRIGGER commerce_reservation_whose ON commerce_reservation; "
            "DROP FUNCTION commerce_whose_order()",
        ),
    ]
