"""Messages from the contact form; an agent sees those of the customers he looks after."""

import django.db.models.deletion
from django.db import migrations, models

import core.ids
from core.identity.policies import Rule, protect

MINE = "customer_id = ANY ((SELECT app_my_customers())::uuid[])"


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0002_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=100)),
                ("email", models.EmailField(max_length=254)),
                ("message", models.TextField(max_length=5000)),
                (
                    "language",
                    models.CharField(
                        default="en", help_text="Of the page it came from", max_length=10
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[("new", "New"), ("answered", "Dealt with"), ("spam", "Spam")],
                        default="new",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.UUIDField(blank=True, help_text="The user who dealt with it", null=True),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contact_messages",
                        to="crm.customer",
                    ),
                ),
            ],
            options={
                "db_table": "crm_contactmessage",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "new")),
                        fields=["-id"],
                        name="crm_contactmessage_new",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "answered", "spam"])),
                        name="crm_contactmessage_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answered"), _negated=True),
                            ("answered_at__isnull", False),
                            _connector="OR",
                        ),
                        name="crm_contactmessage_answered_has_time",
                    ),
                ],
            },
        ),
        protect("crm_contactmessage", agent=Rule(MINE)),
    ]
