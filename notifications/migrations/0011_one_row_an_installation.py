"""One row an installation: the index is built beside running registrations."""

from django.db import migrations, models

INDEX = """
CREATE UNIQUE INDEX CONCURRENTLY notifications_device_installation_once
ON notifications_device (installation_id) WHERE NOT (installation_id = '')
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0010_push_policies")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    INDEX, "DROP INDEX CONCURRENTLY notifications_device_installation_once"
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="device",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("installation_id", ""), _negated=True),
                        fields=("installation_id",),
                        name="notifications_device_installation_once",
                    ),
                )
            ],
        )
    ]
