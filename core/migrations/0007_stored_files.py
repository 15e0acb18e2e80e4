"""Files people sent in, and who may see their rows. Services write them as the house."""

from django.db import migrations, models

import core.ids
import core.models.stored_file
from core.identity.policies import Rule, protect

# What is public is seen by all; the rest by who sent it. Floors above add rules of their own.
SEEN = Rule("is_public OR uploaded_by_id = (SELECT app_uid())")


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_bulk_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredFile",
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
                    "key",
                    models.CharField(
                        default=core.models.stored_file.new_key,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.TextField(choices=[("image", "Picture"), ("document", "Document")]),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("pending", "Being stored"),
                            ("ready", "Stored, not used yet"),
                            ("rejected", "Refused"),
                            ("attached", "In use"),
                            ("orphaned", "No longer used"),
                        ],
                        db_default="pending",
                        default="pending",
                    ),
                ),
                (
                    "is_public",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Anybody who has the link may see it",
                    ),
                ),
                (
                    "holder_id",
                    models.UUIDField(
                        blank=True,
                        help_text="Whose room it takes: a vendor, a user; empty: the house",
                        null=True,
                    ),
                ),
                ("uploaded_by_id", models.UUIDField(blank=True, null=True)),
                ("sha256", models.CharField(help_text="Of what was sent, in hex", max_length=64)),
                (
                    "size",
                    models.PositiveBigIntegerField(
                        help_text="Bytes, as stored; refused ones: as sent"
                    ),
                ),
                (
                    "mime",
                    models.CharField(
                        blank=True, help_text="Found out from the content", max_length=100
                    ),
                ),
                ("width", models.PositiveIntegerField(blank=True, help_text="Pixels", null=True)),
                ("height", models.PositiveIntegerField(blank=True, help_text="Pixels", null=True)),
                (
                    "original_name",
                    models.CharField(help_text="As it was called, made harmless", max_length=150),
                ),
                (
                    "reason",
                    models.TextField(blank=True, db_default="", help_text="Why it was refused"),
                ),
                (
                    "thumbnails",
                    models.TextField(
                        choices=[
                            ("none", "None wanted"),
                            ("waiting", "Being made"),
                            ("ready", "Made"),
                            ("failed", "Failed"),
                        ],
                        db_default="none",
                        default="none",
                    ),
                ),
                ("thumbnails_error", models.TextField(blank=True, db_default="")),
                (
                    "thumbnails_size",
                    models.PositiveBigIntegerField(db_default=0, default=0, help_text="Bytes"),
                ),
                ("orphaned_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "file",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["image", "document"])),
                        name="core_storedfile_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["pending", "ready", "rejected", "attached", "orphaned"])
                        ),
                        name="core_storedfile_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("thumbnails__in", ["none", "waiting", "ready", "failed"])
                        ),
                        name="core_storedfile_thumbnails_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("orphaned_at__isnull", False), ("state", "orphaned")),
                            models.Q(
                                models.Q(("state", "orphaned"), _negated=True),
                                ("orphaned_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="core_storedfile_orphaned_since_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rejected"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="core_storedfile_refused_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["ready", "attached", "orphaned"]), _negated=True
                            ),
                            models.Q(
                                models.Q(("mime", ""), _negated=True),
                                models.Q(
                                    ("kind", "document"),
                                    models.Q(("height__gt", 0), ("width__gt", 0)),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="core_storedfile_kept_is_known",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            "storedfile",
            models.Index(
                fields=["holder_id", "state", "size", "thumbnails_size"],
                name="core_storedfile_room",
            ),
        ),
        migrations.AddIndex(
            "storedfile",
            models.Index(
                condition=~models.Q(state="attached"),
                fields=["state", "updated_at"],
                name="core_storedfile_sweep",
            ),
        ),
        migrations.AddIndex(
            "storedfile",
            models.Index(
                condition=models.Q(thumbnails__in=["waiting", "failed"]),
                fields=["thumbnails", "updated_at"],
                name="core_storedfile_thumbnails",
            ),
        ),
        migrations.AddConstraint(
            "storedfile",
            models.UniqueConstraint(
                fields=["holder_id", "sha256", "kind", "is_public"],
                condition=models.Q(state__in=["ready", "attached", "orphaned"]),
                nulls_distinct=False,
                name="core_storedfile_once_per_holder",
            ),
        ),
        protect(
            "core_storedfile",
            agent=SEEN,
            shopper=SEEN,
            anonymous=Rule("is_public"),
        ),
    ]
