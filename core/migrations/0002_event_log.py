"""The event log in the database: fan-out, publishing, arriving; and who may see it."""

from django.db import migrations

from core.identity.policies import protect

FAN_OUT = """
CREATE FUNCTION core_fan_out() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO core_delivery (event_id, subscriber, queue, subject)
    SELECT e.id, s.subscriber, s.queue, e.subject
    FROM new_events e JOIN core_subscription s ON s.event_type = e.type
    ORDER BY e.id;
    RETURN NULL;
END $$;
CREATE TRIGGER core_event_fan_out AFTER INSERT ON core_event
REFERENCING NEW TABLE AS new_events FOR EACH STATEMENT EXECUTE FUNCTION core_fan_out();
"""

# Whoever may write the change may announce it; reading the log is for staff and the house.
# A definer's function, because INSERT ... RETURNING would need the right to read. News that moves
# money and goods is the house's alone: whoever else could announce it could pay with words.
PUBLISH = """
CREATE FUNCTION core_publish(
    p_type text, p_subject text, p_data jsonb, p_dedupe_key text DEFAULT NULL,
    p_occurred_at timestamptz DEFAULT clock_timestamp(), p_request_id text DEFAULT '',
    p_cause_id bigint DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE written bigint;
BEGIN
    IF p_type LIKE ANY (ARRAY['payment.%', 'order.%'])
       AND coalesce(current_setting('role', true), '') <> 'tw_system' THEN
        RAISE EXCEPTION 'Only the house announces %.', p_type USING ERRCODE = '42501';
    END IF;
    INSERT INTO core_event (type, source, external_key, subject, data, headers, actor_id,
                            request_id, cause_id, occurred_at)
    VALUES (p_type, 'tradewind', p_dedupe_key, p_subject, p_data, '{}', app_uid(),
            p_request_id, p_cause_id, p_occurred_at)
    ON CONFLICT (source, external_key) DO UPDATE SET duplicates = core_event.duplicates + 1
    RETURNING id INTO written;
    RETURN written;
END $$;
"""

UID = """
CREATE FUNCTION app_uid() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS
$$ SELECT nullif(current_setting('app.user_id', true), '')::uuid $$;
"""

# What arrives from outside, many at once. Sorted by key, so that two batches cannot deadlock.
# Each sender's news is called after it: nothing from outside is written as news of ours.
ARRIVE = """
CREATE FUNCTION core_arrive(
    p_source text[], p_key text[], p_type text[], p_subject text[], p_body bytea[],
    p_headers jsonb[]
) RETURNS TABLE (external_key text, event_id bigint, duplicate boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO core_event AS e (source, external_key, type, subject, body, headers, data,
                                 request_id)
    SELECT DISTINCT ON (a.source, a.key)
           a.source, a.key, a.type, a.subject, a.body, a.headers, '{}'::jsonb, ''
    FROM unnest(p_source, p_key, p_type, p_subject, p_body, p_headers)
         AS a(source, key, type, subject, body, headers)
    WHERE a.source <> 'tradewind' AND starts_with(a.type, a.source || '.')
    ORDER BY a.source, a.key
    ON CONFLICT (source, external_key) DO UPDATE SET duplicates = e.duplicates + 1
    RETURNING e.external_key, e.id, e.duplicates > 0
$$;
"""

# The door writes with the bare login, Django's own view as the house; no person takes mail in.
WHO_TAKES_IN = """
REVOKE EXECUTE ON FUNCTION core_arrive(text[], text[], text[], text[], bytea[], jsonb[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core_arrive(text[], text[], text[], text[], bytea[], jsonb[])
    TO tradewind_app, tw_system;
"""

QUEUE_TABLES_STAY_LEAN = """
ALTER TABLE core_delivery SET (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05
);
ALTER TABLE core_event ALTER COLUMN body SET STORAGE EXTERNAL;
"""

EVERYBODY = "tw_base, tradewind_app"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(UID, "DROP FUNCTION app_uid()"),
        migrations.RunSQL(
            FAN_OUT, "DROP TRIGGER core_event_fan_out ON core_event; DROP FUNCTION core_fan_out()"
        ),
        migrations.RunSQL(
            PUBLISH,
            "DROP FUNCTION core_publish(text, text, jsonb, text, timestamptz, text, bigint)",
        ),
        migrations.RunSQL(
            ARRIVE, "DROP FUNCTION core_arrive(text[], text[], text[], text[], bytea[], jsonb[])"
        ),
        migrations.RunSQL(WHO_TAKES_IN, migrations.RunSQL.noop),
        migrations.RunSQL(
            QUEUE_TABLES_STAY_LEAN,
            "ALTER TABLE core_delivery RESET (fillfactor, autovacuum_vacuum_scale_factor, "
            "autovacuum_analyze_scale_factor)",
        ),
        protect("core_event"),
        protect("core_delivery"),
        protect("core_auditentry", wide_verbs="SELECT INSERT"),
        # every role leaves traces, nobody but staff reads them, nobody changes them
        migrations.RunSQL(
            f"""
            GRANT INSERT ON core_auditentry TO {EVERYBODY};
            CREATE POLICY trace ON core_auditentry FOR INSERT TO {EVERYBODY} WITH CHECK (true);
            """,
            "DROP POLICY trace ON core_auditentry",
        ),
        protect(
            "core_idempotencykey",
            readonly=None,
        ),
    ]
