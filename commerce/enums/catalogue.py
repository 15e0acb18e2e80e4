"""What is sold: fields, products, changes of many prices."""

from django.db import models


class FieldType(models.TextChoices):
    """What a custom field holds."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    BOOLEAN = "boolean", "Yes or no"
    DATE = "date", "Day"
    CHOICE = "choice", "One of several"
    MULTI_CHOICE = "multi_choice", "Some of several"


CHOOSING = (FieldType.CHOICE, FieldType.MULTI_CHOICE)


class ProductStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    ARCHIVED = "archived", "Archived"


class PriceChangeKind(models.TextChoices):
    """How many prices at once are changed."""

    PERCENT = "percent", "By percent"
    AMOUNT = "amount", "By an amount"


class PriceChangeState(models.TextChoices):
    """Planned prices may be looked at; running ones are on their way."""

    PLANNED = "planned", "Planned"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    UNDOING = "undoing", "Being taken back"
    UNDONE = "undone", "Taken back"


class PriceItemState(models.TextChoices):
    """One price of such a change: skipped or kept when it is not what the change had seen."""

    PLANNED = "planned", "Planned"
    APPLIED = "applied", "Changed"
    SKIPPED = "skipped", "Skipped: changed meanwhile"
    UNDONE = "undone", "Taken back"
    KEPT = "kept", "Kept: changed again since"


class PriceEnding(models.TextChoices):
    """What changed prices are rounded to, in a hundred smallest units (none where there are no
    smaller units, as in yen: there to tens)."""

    EXACT = "exact", "Exact"
    FIVE = "five", "To 0.05"
    NINETY_FIVE = "ninety_five", "To .95"
    NINETY_NINE = "ninety_nine", "To .99"
    WHOLE = "whole", "To whole units"
