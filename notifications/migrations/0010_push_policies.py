"""Who sees topics and who joined them; what FCM's answers did is staff's alone."""

from django.db import migrations

from core.identity.policies import Rule, protect

OWN = "user_id = (SELECT app_uid())"

# A person may delete their own device without a right on this table; the database lets go of it.
DEVICE_GOES = """
ALTER TABLE notifications_topicsubscription ADD CONSTRAINT notifications_topic_device
FOREIGN KEY (device_id) REFERENCES notifications_device (id) ON DELETE SET NULL
DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0009_push_devices_topics")]

    operations = [
        protect(
            "notifications_topic",
            agent=Rule(),
            shopper=Rule("open_to_all"),
        ),
        protect("notifications_topicsubscription", agent=Rule(OWN), shopper=Rule(OWN)),
        protect("notifications_pushminute"),
        protect("notifications_deviceverdict"),
        protect("notifications_devicealarm"),
        migrations.RunSQL(
            DEVICE_GOES,
            "ALTER TABLE notifications_topicsubscription DROP CONSTRAINT notifications_topic_device",
        ),
    ]
