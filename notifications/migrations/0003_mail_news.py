"""News of mails, and addresses that are not written to any more."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import core.ids
from core.identity.policies import protect

KNOWN = models.CheckConstraint(
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
            ],
        )
    ),
    name="notifications_delivery_state_known",
)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeliveryEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("queued", "Queued again"),
                            ("sent", "Handed over"),
                            ("later", "To be tried again"),
                            ("uncertain", "Answer lost"),
                            ("suppressed", "Not sent on purpose"),
                            ("failed", "Refused"),
                            ("given_up", "Given up"),
                            ("deferred", "Delayed by the receiver"),
                            ("delivered", "Delivered"),
                            ("soft_bounce", "Came back for now"),
                            ("hard_bounce", "Came back for good"),
                            ("complained", "Called spam"),
                            ("opened", "Opened"),
                            ("clicked", "Link followed"),
                            ("unsubscribed", "Unsubscribed at the provider"),
                            ("other", "Something else"),
                        ]
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        help_text="When it happened, by the clock of whoever tells"
                    ),
                ),
                (
                    "source",
                    models.TextField(help_text="worker, staff, or the mail provider's name"),
                ),
                (
                    "detail",
                    models.TextField(
                        blank=True, help_text="In the provider's words, without addresses"
                    ),
                ),
                ("key", models.TextField()),
                (
                    "arrival_id",
                    models.BigIntegerField(
                        blank=True,
                        help_text="The webhook it came with, as it is in the event log",
                        null=True,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("address_hash", models.BinaryField(max_length=32)),
                (
                    "scope",
                    models.TextField(
                        choices=[
                            ("all", "All mail"),
                            ("not_essential", "All but essential mail"),
                            ("marketing", "Marketing"),
                        ]
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        choices=[
                            ("hard_bounce", "Mail came back for good"),
                            ("soft_bounces", "Mail came back three times in a week"),
                            ("complaint", "Called spam"),
                            ("unsubscribed", "Unsubscribed at the mail provider"),
                            ("staff", "Stopped by staff"),
                        ]
                    ),
                ),
                (
                    "source",
                    models.TextField(help_text="Who says so: the mail provider, smtp, or staff"),
                ),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, help_text="Empty: until lifted", null=True),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_because", models.TextField(blank=True)),
            ],
            options={
                "permissions": [("lift_suppression", "Can let an address be written to again")],
            },
        ),
        migrations.RemoveConstraint(
            model_name="delivery",
            name="notifications_delivery_state_known",
        ),
        migrations.AddField(
            model_name="delivery",
            name="clicked_at",
            field=models.DateTimeField(blank=True, help_text="First link followed", null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="opened_at",
            field=models.DateTimeField(blank=True, help_text="First opened, as told", null=True),
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
                ],
                default="queued",
            ),
        ),
        AddConstraintNotValid(model_name="delivery", constraint=KNOWN),
        migrations.AddField(
            model_name="deliveryevent",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="notifications.delivery",
            ),
        ),
        migrations.AddField(
            model_name="suppression",
            name="delivery",
            field=models.ForeignKey(
                blank=True,
                help_text="The message it began with",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="notifications.delivery",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryevent",
            constraint=models.UniqueConstraint(
                fields=("delivery", "key"), name="notifications_deliveryevent_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "queued",
                            "sent",
                            "later",
                            "uncertain",
                            "suppressed",
                            "failed",
                            "given_up",
                            "deferred",
                            "delivered",
                            "soft_bounce",
                            "hard_bounce",
                            "complained",
                            "opened",
                            "clicked",
                            "unsubscribed",
                            "other",
                        ],
                    )
                ),
                name="notifications_deliveryevent_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=("address_hash", "reason"),
                name="notifications_suppression_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope__in", ["all", "not_essential", "marketing"])),
                name="notifications_suppression_scope_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        ["hard_bounce", "soft_bounces", "complaint", "unsubscribed", "staff"],
                    )
                ),
                name="notifications_suppression_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_at__isnull", True), ("lifted_because", "")),
                    models.Q(
                        ("lifted_at__isnull", False),
                        models.Q(("lifted_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="notifications_suppression_lifted_with_reason",
            ),
        ),
        protect("notifications_deliveryevent", wide_verbs="SELECT INSERT DELETE"),
        protect("notifications_suppression"),
    ]
