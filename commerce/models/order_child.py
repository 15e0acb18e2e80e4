"""Whose order it is, repeated on everything that hangs on an order."""

from django.db import models


class OrderChild(models.Model):
    """What belongs to an order repeats whose it is: row-level security must not look it up in a
    protected table. A trigger of migration 0002 fills both columns and follows changes."""

    customer_id = models.UUIDField(null=True, editable=False)
    user_id = models.UUIDField(null=True, editable=False)

    class Meta:
        abstract = True
