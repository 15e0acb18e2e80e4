"""Orders add up, whoever writes them; who sees coupons; uses of coupons follow their order.

A deferred trigger compares an order's figures with the sums of its lines' at commit. The order is
looked at once however many of its lines were written: what was found in order is remembered until
the next statement that writes orders or lines. An order without any line (a sum taken over from
elsewhere) is its own word; lines that are taken away must take their figures along.
"""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

from core.identity.policies import Rule, protect

MINE = "customer_id = ANY ((SELECT app_my_customers())::uuid[])"
MY_OWN = "user_id = (SELECT app_uid())"
WRITERS = "tw_admin, tw_manager, tw_system"
FOR_ALL = (
    "commerce_taxrate",
    "commerce_shippingzone",
    "commerce_shippingplace",
    "commerce_shippingmethod",
    "commerce_shippingrate",
)

# Old orders with a discount or tax: shared by their lines as core.money.Money.split does.
SPREAD = """
UPDATE commerce_orderline l
SET discount_minor = s.discount, tax_minor = s.tax
FROM (
    SELECT l.id,
           div(running * o.discount_minor, whole) - div(before * o.discount_minor, whole)
               AS discount,
           div(running * o.tax_minor, whole) - div(before * o.tax_minor, whole) AS tax
    FROM commerce_order o
    JOIN LATERAL (
        SELECT id, sum(total_minor) OVER w AS running,
               sum(total_minor) OVER w - total_minor AS before,
               sum(total_minor) OVER (PARTITION BY order_id) AS whole
        FROM commerce_orderline WHERE order_id = o.id
        WINDOW w AS (PARTITION BY order_id ORDER BY position)
    ) l ON l.whole > 0
    WHERE o.discount_minor > 0 OR o.tax_minor > 0
) s
WHERE s.id = l.id
"""

ADDS_UP = """
CREATE FUNCTION commerce_order_adds_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    which uuid;
    said record;
    sums record;
BEGIN
    IF TG_TABLE_NAME = 'commerce_order' THEN
        which := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        which := OLD.order_id;
    ELSE
        which := NEW.order_id;
        IF TG_OP = 'UPDATE' THEN
            IF OLD.order_id <> which THEN
                RAISE EXCEPTION 'A line stays with its order.' USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'commerce_orderline_stays', TABLE = 'commerce_orderline';
            END IF;
        END IF;
    END IF;
    IF current_setting('app.order_added_up', true) = which::text THEN RETURN NULL; END IF;

    SELECT number, subtotal_minor, discount_minor, included_tax_minor, shipping_included_tax_minor,
           tax_minor, shipping_tax_minor
    INTO said FROM commerce_order WHERE id = which;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT count(*) AS lines, coalesce(sum(total_minor), 0) AS subtotal,
           coalesce(sum(discount_minor), 0) AS discount, coalesce(sum(tax_minor), 0) AS tax,
           coalesce(sum(included_tax_minor), 0) AS included
    INTO sums FROM commerce_orderline WHERE order_id = which;
    IF (sums.lines > 0 OR TG_OP = 'DELETE') AND (
        sums.subtotal <> said.subtotal_minor
        OR sums.discount <> said.discount_minor
        OR sums.tax + said.shipping_tax_minor <> said.tax_minor
        OR sums.included + said.shipping_included_tax_minor <> said.included_tax_minor)
    THEN
        RAISE EXCEPTION 'Order % does not add up.', said.number
        USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_order_adds_up',
              TABLE = 'commerce_order',
              DETAIL = format('It says %s - %s + tax %s (included %s), its lines are %s - %s + %s '
                              '(included %s).', said.subtotal_minor, said.discount_minor,
                              said.tax_minor - said.shipping_tax_minor,
                              said.included_tax_minor - said.shipping_included_tax_minor,
                              sums.subtotal, sums.discount, sums.tax, sums.included);
    END IF;
    PERFORM set_config('app.order_added_up', which::text, true);
    RETURN NULL;
END $$;
CREATE FUNCTION commerce_order_look_again() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('app.order_added_up', '', true);
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_order_look_again
BEFORE INSERT OR UPDATE OR DELETE ON commerce_order
FOR EACH STATEMENT EXECUTE FUNCTION commerce_order_look_again();
CREATE TRIGGER commerce_orderline_look_again
BEFORE INSERT OR UPDATE OR DELETE ON commerce_orderline
FOR EACH STATEMENT EXECUTE FUNCTION commerce_order_look_again();

CREATE CONSTRAINT TRIGGER commerce_order_adds_up_new
AFTER INSERT ON commerce_order DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION commerce_order_adds_up();
CREATE CONSTRAINT TRIGGER commerce_order_adds_up
AFTER UPDATE ON commerce_order DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (
    (OLD.subtotal_minor, OLD.discount_minor, OLD.tax_minor, OLD.included_tax_minor,
     OLD.shipping_tax_minor, OLD.shipping_included_tax_minor)
    IS DISTINCT FROM
    (NEW.subtotal_minor, NEW.discount_minor, NEW.tax_minor, NEW.included_tax_minor,
     NEW.shipping_tax_minor, NEW.shipping_included_tax_minor))
EXECUTE FUNCTION commerce_order_adds_up();
CREATE CONSTRAINT TRIGGER commerce_orderline_adds_up_new
AFTER INSERT OR DELETE ON commerce_orderline DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION commerce_order_adds_up();
CREATE CONSTRAINT TRIGGER commerce_orderline_adds_up
AFTER UPDATE ON commerce_orderline DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (
    (OLD.order_id, OLD.total_minor, OLD.discount_minor, OLD.tax_minor, OLD.included_tax_minor)
    IS DISTINCT FROM
    (NEW.order_id, NEW.total_minor, NEW.discount_minor, NEW.tax_minor, NEW.included_tax_minor))
EXECUTE FUNCTION commerce_order_adds_up();
"""
NO_ADDING_UP = """
DROP TRIGGER commerce_order_look_again ON commerce_order;
DROP TRIGGER commerce_orderline_look_again ON commerce_orderline;
DROP TRIGGER commerce_order_adds_up_new ON commerce_order;
DROP TRIGGER commerce_order_adds_up ON commerce_order;
DROP TRIGGER commerce_orderline_adds_up_new ON commerce_orderline;
DROP TRIGGER commerce_orderline_adds_up ON commerce_orderline;
DROP FUNCTION commerce_order_adds_up();
DROP FUNCTION commerce_order_look_again();
"""

REDEMPTIONS = """
CREATE FUNCTION commerce_order_redemptions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE commerce_couponredemption r SET state = 'given_back', updated_at = now()
    FROM now_rows n JOIN was_rows w USING (id)
    WHERE r.order_id = n.id AND r.state = 'counted' AND n.status <> w.status
      AND n.status = 'cancelled' AND n.payment_status = 'unpaid';
    UPDATE commerce_couponredemption r SET customer_id = n.customer_id, user_id = n.user_id
    FROM now_rows n JOIN was_rows w USING (id)
    WHERE r.order_id = n.id
      AND (n.customer_id, n.user_id) IS DISTINCT FROM (w.customer_id, w.user_id);
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_order_redemptions AFTER UPDATE ON commerce_order
REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
FOR EACH STATEMENT EXECUTE FUNCTION commerce_order_redemptions();
CREATE TRIGGER commerce_couponredemption_whose BEFORE INSERT ON commerce_couponredemption
FOR EACH ROW EXECUTE FUNCTION commerce_whose_order();
"""
NO_REDEMPTIONS = """
DROP TRIGGER commerce_couponredemption_whose ON commerce_couponredemption;
DROP TRIGGER commerce_order_redemptions ON commerce_order;
DROP FUNCTION commerce_order_redemptions();
"""


def staff_writes(table: str) -> migrations.RunSQL:
    """Reading for all, writing for staff and the house, as for the catalogue."""
    return migrations.RunSQL(
        f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM tw_base, tradewind_app; "
        f"GRANT INSERT, UPDATE, DELETE ON {table} TO {WRITERS}",
        f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {WRITERS}; "
        f"GRANT INSERT, UPDATE, DELETE ON {table} TO tw_base, tradewind_app",
    )


class Migration(migrations.Migration):
    dependencies = [("commerce", "0020_figures")]

    operations = [
        ValidateConstraint("order", "commerce_order_shipping_tax_within_tax"),
        ValidateConstraint("order", "commerce_order_included_tax_within_prices"),
        ValidateConstraint("order", "commerce_order_shipping_tax_rate_gte_0"),
        ValidateConstraint("orderline", "commerce_orderline_discount_within_total"),
        ValidateConstraint("orderline", "commerce_orderline_included_tax_within_price"),
        ValidateConstraint("orderline", "commerce_orderline_tax_minor_gte_0"),
        ValidateConstraint("orderline", "commerce_orderline_tax_rate_gte_0"),
        ValidateConstraint("product", "commerce_product_tax_class_known"),
        *[staff_writes(table) for table in FOR_ALL],
        # a code is worth money: whoever does not know it must not read it
        protect("commerce_coupon"),
        protect("commerce_couponterms"),
        protect("commerce_couponscope"),
        protect("commerce_couponredemption", agent=Rule(MINE), shopper=Rule(MY_OWN)),
        migrations.RunSQL(SPREAD, migrations.RunSQL.noop),
        migrations.RunSQL(ADDS_UP, NO_ADDING_UP),
        migrations.RunSQL(REDEMPTIONS, NO_REDEMPTIONS),
    ]
