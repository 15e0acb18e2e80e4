"""Who may see what the admin wrote down about changes: entries name the thing, so a person too."""

from django.db import migrations

from core.identity.policies import Rule, protect

OWN = "user_id = (SELECT app_uid())"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_event_log"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        # Append-only; an agent reads what they did themselves.
        protect(
            "django_admin_log",
            agent=Rule(OWN, verbs="SELECT INSERT"),
            wide_verbs="SELECT INSERT",
        ),
    ]
