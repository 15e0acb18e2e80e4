"""Words of the customers' floor."""

from django.db import models


class CustomerStatus(models.TextChoices):
    """How the house treats a customer."""

    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    VIP = "vip", "VIP"
    BLOCKED = "blocked", "Blocked"


class ContactState(models.TextChoices):
    """What became of a message from the contact form."""

    NEW = "new", "New"
    ANSWERED = "answered", "Dealt with"
    SPAM = "spam", "Spam"
