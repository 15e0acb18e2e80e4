"""Campaigns and their people are staff's alone; agents run none."""

from django.db import migrations

from core.identity.policies import protect


class Migration(migrations.Migration):
    dependencies = [("notifications", "0012_campaigns")]

    operations = [
        protect("notifications_campaign"),
        protect("notifications_campaigntext"),
        protect("notifications_campaignrecipient"),
    ]
