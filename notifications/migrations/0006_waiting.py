"""Deliveries that wait for quiet hours; added beside running sending."""

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0005_choices")]

    operations = [
        migrations.RemoveConstraint(
            model_name="delivery",
            name="notifications_delivery_state_known",
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.TextField(
                choices=[
                    ("queued", "Queued"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("deferred", "Delayed by the receiver"),
                    ("delivered", "Delivered"),
                    ("bounced", "Came back"),
                    ("complained", "Called spam"),
                    ("failed", "Failed"),
                    ("suppressed", "Not sent on purpose"),
                    ("uncertain", "Perhaps sent"),
                    ("dead", "Given up"),
                    ("waiting", "Waits for quiet hours to end"),
                    ("merged", "Told within a digest"),
                ],
                default="queued",
            ),
        ),
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["waits_for"],
                name="notifications_waiting",
            ),
        ),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "queued",
                            "sending",
                            "sent",
                            "deferred",
                            "delivered",
                            "bounced",
                            "complained",
                            "failed",
                            "suppressed",
                            "uncertain",
                            "dead",
                            "waiting",
                            "merged",
                        ],
                    )
                ),
                name="notifications_delivery_state_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waiting"), _negated=True),
                    models.Q(("waits_for__isnull", False), ("waits_until__isnull", False)),
                    _connector="OR",
                ),
                name="notifications_delivery_waiting_has_end",
            ),
        ),
        ValidateConstraint(model_name="delivery", name="notifications_delivery_state_known"),
        ValidateConstraint(model_name="delivery", name="notifications_delivery_waiting_has_end"),
    ]
