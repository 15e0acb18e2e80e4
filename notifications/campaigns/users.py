"""The audience that needs no other floor: people with a login."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from notifications.campaigns.audiences import Audience, Filter


class Users(Audience):
    """Active users with a confirmed address."""

    name = "users"
    label = "People with a login"
    filters = (Filter("language", "Language", help="Such as fr; also fr-CA"),)

    def chosen(self, given: Mapping[str, Any]) -> QuerySet[Any]:
        """By language."""
        users = User.objects.filter(is_active=True, email_confirmed_at__isnull=False)
        if language := given.get("language"):
            users = users.filter(language__istartswith=language)
        return users.order_by("pk").annotate(
            to_person=F("pk"), to_user=F("pk"), to_address=F("email"), to_language=F("language"),
            to_name=F("full_name"),
        )  # fmt: skip
