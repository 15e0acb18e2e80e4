"""Nobody sends back more than was sent to them; who sees which return."""

from django.db import migrations

from commerce.catalogue_policies import OF_MY_VENDORS
from core.identity.policies import Rule, protect

MINE = Rule("customer_id = ANY ((SELECT app_my_customers())::uuid[])")
MY_OWN = Rule("user_id = (SELECT app_uid())")

WHOSE = """
CREATE TRIGGER commerce_returnrequest_whose BEFORE INSERT ON commerce_returnrequest
FOR EACH ROW EXECUTE FUNCTION commerce_whose_order();
CREATE TRIGGER commerce_returnline_whose BEFORE INSERT ON commerce_returnline
FOR EACH ROW EXECUTE FUNCTION commerce_whose_order();
CREATE TRIGGER commerce_returnchange_whose BEFORE INSERT ON commerce_returnchange
FOR EACH ROW EXECUTE FUNCTION commerce_whose_order();

CREATE FUNCTION commerce_returns_follow_order() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE commerce_returnrequest c SET customer_id = NEW.customer_id, user_id = NEW.user_id
    WHERE c.order_id = NEW.id;
    UPDATE commerce_returnline c SET customer_id = NEW.customer_id, user_id = NEW.user_id
    WHERE c.order_id = NEW.id;
    UPDATE commerce_returnchange c SET customer_id = NEW.customer_id, user_id = NEW.user_id
    WHERE c.order_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER commerce_returns_follow_order AFTER UPDATE OF customer_id, user_id ON commerce_order
FOR EACH ROW WHEN ((NEW.customer_id, NEW.user_id) IS DISTINCT FROM (OLD.customer_id, OLD.user_id))
EXECUTE FUNCTION commerce_returns_follow_order();
"""
NOT_WHOSE = """
DROP TRIGGER commerce_returns_follow_order ON commerce_order;
DROP FUNCTION commerce_returns_follow_order();
DROP TRIGGER commerce_returnchange_whose ON commerce_returnchange;
DROP TRIGGER commerce_returnline_whose ON commerce_returnline;
DROP TRIGGER commerce_returnrequest_whose ON commerce_returnrequest;
"""

# The lock on the order's line lets two requests for its last piece come one after the other.
NOT_MORE = """
CREATE FUNCTION commerce_return_within_sent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sold commerce_orderline;
    sent boolean;
    back bigint;
BEGIN
    SELECT * INTO sold FROM commerce_orderline WHERE id = NEW.line_id FOR NO KEY UPDATE;
    IF sold.order_id <> NEW.order_id OR sold.vendor_id <> NEW.vendor_id
       OR NOT EXISTS (SELECT FROM commerce_returnrequest r
                      WHERE r.id = NEW.request_id AND r.order_id = NEW.order_id) THEN
        RAISE EXCEPTION 'Line % is not of this order.', NEW.line_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_return_of_its_order';
    END IF;
    SELECT p.shipped_at IS NOT NULL
           OR p.status IN ('shipped', 'out_for_delivery', 'delivered') INTO sent
    FROM commerce_orderpart p WHERE p.order_id = NEW.order_id AND p.vendor_id = NEW.vendor_id;
    SELECT coalesce(sum(coalesce(l.accepted, l.quantity)), 0) INTO back
    FROM commerce_returnline l JOIN commerce_returnrequest r ON r.id = l.request_id
    WHERE l.line_id = NEW.line_id AND l.id <> NEW.id
      AND r.state NOT IN ('rejected', 'cancelled');
    IF NOT coalesce(sent, false)
       OR back + coalesce(NEW.accepted, NEW.quantity) > sold.quantity THEN
        RAISE EXCEPTION 'Of line % no more than what was sent can come back.', NEW.line_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_return_within_sent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER commerce_return_within_sent
BEFORE INSERT OR UPDATE OF quantity, accepted, line_id, order_id, vendor_id, request_id
ON commerce_returnline FOR EACH ROW EXECUTE FUNCTION commerce_return_within_sent();

CREATE FUNCTION commerce_return_stays_over() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Return % is %: it does not come to life again.', OLD.number, OLD.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'commerce_return_stays_over';
END $$;
CREATE TRIGGER commerce_return_stays_over BEFORE UPDATE OF state ON commerce_returnrequest
FOR EACH ROW WHEN (OLD.state IN ('rejected', 'cancelled') AND NEW.state <> OLD.state)
EXECUTE FUNCTION commerce_return_stays_over();
"""
MORE = """
DROP TRIGGER commerce_return_stays_over ON commerce_returnrequest;
DROP FUNCTION commerce_return_stays_over();
DROP TRIGGER commerce_return_within_sent ON commerce_returnline;
DROP FUNCTION commerce_return_within_sent();
"""
SOLD = f"""
CREATE POLICY shopper_select_sold ON commerce_returnline FOR SELECT TO tw_shopper
    USING ({OF_MY_VENDORS});
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0032_returns"), ("core", "0002_event_log")]

    operations = [
        migrations.RunSQL(WHOSE, NOT_WHOSE),
        migrations.RunSQL(NOT_MORE, MORE),
        protect(
            "commerce_returnrequest", agent=MINE, shopper=MY_OWN, wide_verbs="SELECT INSERT UPDATE"
        ),
        protect(
            "commerce_returnline", agent=MINE, shopper=MY_OWN, wide_verbs="SELECT INSERT UPDATE"
        ),
        protect("commerce_returnchange", agent=MINE, shopper=MY_OWN, wide_verbs="SELECT INSERT"),
        # members see what of theirs comes back; whose it is stays with the buyer's own row
        migrations.RunSQL(SOLD, "DROP POLICY shopper_select_sold ON commerce_returnline"),
    ]
