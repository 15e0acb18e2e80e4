"""Words of this floor."""

from django.db import models

from core.identity import Role

# the widest role first: a user in two groups acts in the first of them
STAFF_GROUPS = {
    "admin": Role.ADMIN,
    "manager": Role.MANAGER,
    "agent": Role.AGENT,
    "readonly": Role.READONLY,
}


class FamilyEnd(models.TextChoices):
    """Why a login on one device came to its end."""

    OPEN = "", "Still open"
    LOGOUT = "logout", "Logged out"
    REUSE = "reuse", "A used refresh token came back"
    ENDED = "ended", "All sessions ended"


class Tier(models.TextChoices):
    """What somebody has subscribed to, from the least to the most."""

    FREE = "free", "Free"
    STARTER = "starter", "Starter"
    PRO = "pro", "Pro"
    EXPERT = "expert", "Expert"
    ENTERPRISE = "enterprise", "Enterprise"

    @property
    def rank(self) -> int:
        """More is more."""
        return list(Tier).index(self)
