"""Views of lists that staff save."""

from django.db import migrations, models

import core.ids
from core.identity.policies import Rule, protect

OWN = "user_id = (SELECT app_uid())"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_stored_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("user_id", models.UUIDField(help_text="Who saved it")),
                ("table", models.TextField(help_text="Whose list: commerce.order")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=2000)),
                (
                    "is_shared",
                    models.BooleanField(
                        default=False, help_text="Everybody who opens the list sees it"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "permissions": [("share_savedview", "Can share views of lists with everybody")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_shared", True)),
                        fields=["table"],
                        name="core_savedview_shared",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user_id", "table", "name"), name="core_savedview_name_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="core_savedview_has_a_name",
                    ),
                ],
            },
        ),
        # an agent's own, and those that are for everybody
        protect("core_savedview", agent=Rule(OWN, verbs="SELECT INSERT UPDATE DELETE")),
        migrations.RunSQL(
            "CREATE POLICY agent_shared ON core_savedview FOR SELECT TO tw_agent USING (is_shared)",
            "DROP POLICY agent_shared ON core_savedview",
        ),
    ]
