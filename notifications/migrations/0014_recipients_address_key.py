"""The keyed hash of a recipient's address: by it the figures find who said no by a mail's link."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0013_campaign_policies")]

    operations = [
        migrations.AddField(
            model_name="campaignrecipient",
            name="address_key",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="The address's keyed hash, once looked at",
            ),
        ),
    ]
