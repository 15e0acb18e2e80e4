"""Event types nobody asked for by name reach whoever keeps the rest of a sender ("stripe.*").

Also the count of webhooks that were refused: per day, sender and reason, written by the intake.
"""

import django.db.models.functions.datetime
from django.db import migrations, models

from core.identity.policies import protect

# Our own news has no rest: who publishes an event knows its name. Both halves are index look-ups
# in a table of some dozens of rows.
FAN_OUT = """
CREATE OR REPLACE FUNCTION core_fan_out() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO core_delivery (event_id, subscriber, queue, subject)
    SELECT told.id, told.subscriber, told.queue, told.subject
    FROM (
        SELECT e.id, s.subscriber, s.queue, e.subject
        FROM new_events e JOIN core_subscription s ON s.event_type = e.type
        UNION ALL
        SELECT e.id, s.subscriber, s.queue, e.subject
        FROM new_events e JOIN core_subscription s ON s.event_type = e.source || '.*'
        WHERE e.source <> 'tradewind'
          AND NOT EXISTS (SELECT 1 FROM core_subscription x WHERE x.event_type = e.type)
    ) AS told
    ORDER BY told.id;
    RETURN NULL;
END $$;
"""
FAN_OUT_BEFORE = """
CREATE OR REPLACE FUNCTION core_fan_out() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO core_delivery (event_id, subscriber, queue, subject)
    SELECT e.id, s.subscriber, s.queue, e.subject
    FROM new_events e JOIN core_subscription s ON s.event_type = e.type
    ORDER BY e.id;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_admin_log")]

    operations = [
        migrations.RunSQL(FAN_OUT, FAN_OUT_BEFORE),
        migrations.CreateModel(
            name="WebhookRefusal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("source", models.TextField()),
                ("reason", models.TextField(help_text="Ours, never words of the sender")),
                ("count", models.PositiveBigIntegerField(default=0)),
                (
                    "last_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                    ),
                ),
            ],
            options={
                "ordering": ["-day", "source", "reason"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "source", "reason"), name="core_webhookrefusal_once"
                    )
                ],
            },
        ),
        protect("core_webhookrefusal"),
    ]
