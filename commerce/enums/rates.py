"""Exchange rates."""

from django.db import models


class RateSource(models.TextChoices):
    """Who said what a currency is worth."""

    ECB = "ecb", "European Central Bank"
    MANUAL = "manual", "Staff"
    DEMO = "demo", "Demo data"


class RateState(models.TextChoices):
    """Only a rate in force is used; the others tell how it came to that."""

    IN_FORCE = "in_force", "In force"
    HELD = "held", "Held for review"
    COVERED = "covered", "Covered by a manual rate"
    REPLACED = "replaced", "Replaced"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
