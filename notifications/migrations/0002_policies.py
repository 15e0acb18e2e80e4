"""Who sees which messages and devices: staff all, everybody else their own."""

from django.db import migrations

from core.identity.policies import Rule, protect

OWN = "user_id = (SELECT app_uid())"
NARROW = "tw_agent, tw_shopper, tw_readonly"

# A person marks their own messages read, and can change nothing else about them.
MARK_READ = f"""
GRANT UPDATE (read_at, updated_at) ON notifications_notification TO {NARROW};
CREATE POLICY own_read ON notifications_notification FOR UPDATE TO {NARROW}
USING ({OWN}) WITH CHECK ({OWN});
"""
# ... and takes their own devices away, also as a read-only colleague.
DROP_DEVICE = f"""
GRANT DELETE ON notifications_device TO {NARROW};
CREATE POLICY own_delete ON notifications_device FOR DELETE TO {NARROW} USING ({OWN});
"""
# Django would empty the column as the person who deletes, who may not; the database may.
DEVICE_GOES = """
ALTER TABLE notifications_delivery ADD CONSTRAINT notifications_delivery_device
FOREIGN KEY (device_id) REFERENCES notifications_device (id) ON DELETE SET NULL
DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("core", "0002_event_log")]

    operations = [
        protect("notifications_notification", agent=Rule(OWN), shopper=Rule(OWN)),
        protect("notifications_device", agent=Rule(OWN), shopper=Rule(OWN)),
        protect("notifications_delivery"),
        migrations.RunSQL(
            DEVICE_GOES,
            "ALTER TABLE notifications_delivery DROP CONSTRAINT notifications_delivery_device",
        ),
        migrations.RunSQL(MARK_READ, "DROP POLICY own_read ON notifications_notification"),
        migrations.RunSQL(DROP_DEVICE, "DROP POLICY own_delete ON notifications_device"),
    ]
