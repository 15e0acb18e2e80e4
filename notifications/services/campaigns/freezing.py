"""Writing an audience down: one INSERT ... SELECT in the database, however many they are."""

from django.db import connection

from notifications.campaigns import audience_called
from notifications.campaigns.audiences import COLUMNS
from notifications.models import Campaign

# the audience's own statement stands where %(chosen)s is: it is Django's, with its parameters
INSERT = """
INSERT INTO notifications_campaignrecipient (campaign_id, person, user_id, email, language, name)
SELECT %s, to_person, to_user, to_address, to_language, to_name FROM ({chosen}) AS chosen
ON CONFLICT DO NOTHING
"""


def freeze(campaign: Campaign) -> int:
    """Write the campaign's people anew; returns how many. In the caller's transaction.

    Whoever fits twice, or shares an address with another, is written down once. Raises Invalid.
    """
    campaign.recipients.all().delete()
    chosen = audience_called(campaign.audience).chosen(campaign.filters).values(*COLUMNS)
    sql, parameters = chosen.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(chosen=sql), [campaign.pk, *parameters])
        return int(cursor.rowcount)
