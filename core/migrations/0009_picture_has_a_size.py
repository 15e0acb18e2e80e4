"""A stored picture has a width and a height: NULL would have passed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_saved_views"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="storedfile",
            name="core_storedfile_kept_is_known",
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["ready", "attached", "orphaned"]), _negated=True),
                    models.Q(
                        models.Q(("mime", ""), _negated=True),
                        models.Q(
                            ("kind", "document"),
                            models.Q(
                                ("height__gt", 0),
                                ("height__isnull", False),
                                ("width__gt", 0),
                                ("width__isnull", False),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="core_storedfile_kept_is_known",
            ),
        ),
    ]
