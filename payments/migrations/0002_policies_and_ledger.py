"""What the database itself holds: who sees money, a ledger that balances, statuses that advance."""

from django.db import migrations

from core.identity.policies import Rule, protect

APPEND_ONLY = "SELECT INSERT"
NEVER_DELETED = "SELECT INSERT UPDATE"

MY_CUSTOMERS = Rule("customer_id = ANY ((SELECT app_my_customers())::uuid[])")
MINE = Rule("user_id = (SELECT app_uid())")
# Children show what their payment shows: the inner query passes the payment's own policy.
OF_A_VISIBLE_PAYMENT = Rule("EXISTS (SELECT 1 FROM payments_payment p WHERE p.id = payment_id)")
OF_A_VISIBLE_ATTEMPT = Rule(
    "EXISTS (SELECT 1 FROM payments_paymentattempt a WHERE a.id = attempt_id)"
)

# Entries must balance when the transaction commits, per currency, and be two at least.
# A definer's function: at commit the role may be one that cannot read the books.
BALANCED = """
CREATE FUNCTION payments_ledger_balanced() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    booked bigint;
    lines integer;
    off text;
BEGIN
    IF TG_TABLE_NAME = 'payments_ledgertransaction' THEN booked := NEW.id;
    ELSE booked := NEW.transaction_id;
    END IF;
    SELECT coalesce(sum(n), 0), string_agg(currency || ' ' || total, ', ') FILTER (WHERE total <> 0)
    INTO lines, off
    FROM (SELECT currency, sum(amount_minor) AS total, count(*) AS n
          FROM payments_ledgerentry WHERE transaction_id = booked GROUP BY currency) AS sums;
    IF lines < 2 OR off IS NOT NULL THEN
        RAISE EXCEPTION 'Ledger transaction % does not balance: % entries, %',
            booked, lines, coalesce('off by ' || off, 'two are the least')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_ledger_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_ledger_balanced AFTER INSERT ON payments_ledgertransaction
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_ledger_balanced();
CREATE CONSTRAINT TRIGGER payments_ledger_balanced AFTER INSERT ON payments_ledgerentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_ledger_balanced();
"""

# A happening is closed when its database transaction ends: nobody adds entries to an old one.
CLOSED = """
CREATE FUNCTION payments_ledger_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.created_at := transaction_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER payments_ledger_open BEFORE INSERT ON payments_ledgertransaction
FOR EACH ROW EXECUTE FUNCTION payments_ledger_open();

CREATE FUNCTION payments_ledger_closed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM payments_ledgertransaction
    WHERE id = NEW.transaction_id AND created_at = transaction_timestamp();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Ledger transaction % is closed; book another one.', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_ledger_closed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_ledger_closed BEFORE INSERT ON payments_ledgerentry
FOR EACH ROW EXECUTE FUNCTION payments_ledger_closed();
"""

WRITTEN_ONCE = """
CREATE FUNCTION payments_written_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is written once: rows are neither changed nor deleted.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'Book a reversal.';
END $$;
CREATE TRIGGER payments_written_once BEFORE UPDATE OR DELETE ON payments_ledgertransaction
FOR EACH STATEMENT EXECUTE FUNCTION payments_written_once();
CREATE TRIGGER payments_written_once BEFORE UPDATE OR DELETE ON payments_ledgerentry
FOR EACH STATEMENT EXECUTE FUNCTION payments_written_once();
CREATE TRIGGER payments_written_once BEFORE UPDATE OR DELETE ON payments_paymentevent
FOR EACH STATEMENT EXECUTE FUNCTION payments_written_once();
"""

# The same order as payments/enums.py RANK; a test compares the two. Besides a step forward only
# two decisions are known: staff close a held payment, a dispute ends in our favour.
FORWARD_ONLY = """
CREATE FUNCTION payments_status_rank(status text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE status
        WHEN 'pending' THEN 0 WHEN 'processing' THEN 10 WHEN 'failed' THEN 20
        WHEN 'cancelled' THEN 20 WHEN 'held_for_review' THEN 30 WHEN 'success' THEN 40
        WHEN 'partially_refunded' THEN 50 WHEN 'refunded' THEN 60 WHEN 'disputed' THEN 70
    END
$$;
CREATE FUNCTION payments_status_forward() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF payments_status_rank(NEW.status) > payments_status_rank(OLD.status)
       OR (OLD.status = 'held_for_review' AND NEW.status IN ('failed', 'cancelled'))
       OR (OLD.status = 'disputed' AND NEW.status IN ('success', 'partially_refunded', 'refunded'))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Payment % cannot go from % to %.', OLD.reference, OLD.status, NEW.status
        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_status_forward';
END $$;
CREATE TRIGGER payments_status_forward BEFORE UPDATE OF status ON payments_payment
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION payments_status_forward();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
        ("core", "0002_event_log"),
        ("crm", "0002_policies"),  # app_my_customers()
    ]

    operations = [
        protect("payments_payment", agent=MY_CUSTOMERS, shopper=MINE, wide_verbs=NEVER_DELETED),
        protect(
            "payments_paymentattempt",
            agent=OF_A_VISIBLE_PAYMENT,
            shopper=OF_A_VISIBLE_PAYMENT,
            wide_verbs=NEVER_DELETED,
        ),
        protect("payments_paymentevent", agent=OF_A_VISIBLE_ATTEMPT, wide_verbs=APPEND_ONLY),
        protect("payments_ledgeraccount", wide_verbs=NEVER_DELETED),
        protect("payments_ledgertransaction", wide_verbs=APPEND_ONLY),
        protect("payments_ledgerentry", wide_verbs=APPEND_ONLY),
        migrations.RunSQL(
            BALANCED,
            "DROP TRIGGER payments_ledger_balanced ON payments_ledgerentry; "
            "DROP TRIGGER payments_ledger_balanced ON payments_ledgertransaction; "
            "DROP FUNCTION payments_ledger_balanced()",
        ),
        migrations.RunSQL(
            CLOSED,
            "DROP TRIGGER payments_ledger_closed ON payments_ledgerentry; "
            "DROP TRIGGER payments_ledger_open ON payments_ledgertransaction; "
            "DROP FUNCTION payments_ledger_closed(); DROP FUNCTION payments_ledger_open()",
        ),
        migrations.RunSQL(
            WRITTEN_ONCE,
            "DROP TRIGGER payments_written_once ON payments_paymentevent; "
            "DROP TRIGGER payments_written_once ON payments_ledgerentry; "
            "DROP TRIGGER payments_written_once ON payments_ledgertransaction; "
            "DROP FUNCTION payments_written_once()",
        ),
        migrations.RunSQL(
            FORWARD_ONLY,
            "DROP TRIGGER payments_status_forward ON payments_payment; "
            "DROP FUNCTION payments_status_forward(); "
            "DROP FUNCTION payments_status_rank(text)",
        ),
    ]
