"""Wording in the database, and mails as they went out.

Everybody is told things, and reads the list in the app, in the words that are published; the
tables themselves are the staff's. So the words are handed out by a function.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids
from core.identity.policies import protect

WORDING = """
CREATE FUNCTION app_wording(kind text, wanted text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'version', v.id, 'channel', t.channel, 'language', v.language, 'subject', v.subject,
        'preheader', v.preheader, 'text', v.text, 'html', v.html, 'push_title', v.push_title,
        'push_body', v.push_body)), '[]')
    FROM notifications_template t JOIN notifications_templateversion v ON v.template_id = t.id
    WHERE t.key = kind AND v.state = 'published' AND (wanted IS NULL OR t.channel = wanted)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0006_waiting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Template",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("key", models.TextField()),
                (
                    "channel",
                    models.TextField(
                        choices=[("email", "E-mail"), ("push", "Push and list in the app")]
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key", "channel"), name="notifications_template_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "push"])),
                        name="notifications_template_channel_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("language", models.CharField(max_length=10)),
                ("number", models.PositiveIntegerField(help_text="Counts up per language")),
                ("subject", models.TextField(blank=True)),
                ("preheader", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                ("push_title", models.TextField(blank=True)),
                ("push_body", models.TextField(blank=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Goes out"),
                            ("replaced", "Was used"),
                        ],
                        default="draft",
                    ),
                ),
                ("findings", models.JSONField(default=list)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="notifications.template",
                    ),
                ),
            ],
            options={
                "permissions": [("publish_templateversion", "Can publish wording")],
            },
        ),
        migrations.CreateModel(
            name="SentCopy",
            fields=[
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="copy",
                        serialize=False,
                        to="notifications.delivery",
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("subject", models.TextField()),
                ("text", models.TextField()),
                ("html", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="notifications.templateversion",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "sent copies",
            },
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.UniqueConstraint(
                fields=("template", "language", "number"), name="notifications_version_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "published")),
                fields=("template", "language"),
                name="notifications_version_one_published",
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")),
                fields=("template", "language"),
                name="notifications_version_one_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "published", "replaced"])),
                name="notifications_templateversion_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"), ("published_at__isnull", False), _connector="OR"
                ),
                name="notifications_version_published_has_time",
            ),
        ),
        migrations.AddIndex(
            model_name="sentcopy",
            index=models.Index(fields=["created_at"], name="notifications_copy_age"),
        ),
        migrations.RunSQL(WORDING, "DROP FUNCTION app_wording(text, text)"),
        protect("notifications_template"),
        protect("notifications_templateversion"),
        protect("notifications_sentcopy"),
    ]
