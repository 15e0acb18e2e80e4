"""Who sells: the name, address and tax number that stand on receipts."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.models import BaseModel
from core.time_zones import time_zones

PREFIX = "^[A-Z][A-Z0-9]{0,9}$"


def time_zone_is_known(name: str) -> None:
    """Raises ValidationError for a zone that nobody keeps."""
    if name not in time_zones():
        raise ValidationError(f"{name!r} is not a time zone such as Europe/Paris.")


class LegalEntity(BaseModel):
    """A company that issues receipts; each has number series of its own.

    Receipts copy what stands here on the day they are written: a new address shows on new
    receipts only.
    """

    name = models.CharField(max_length=120)
    address = models.TextField(blank=True, help_text="Street and town, a line each")
    country = models.CharField(
        max_length=2,
        blank=True,
        help_text="Two letters, such as NL",
        validators=[RegexValidator("^[A-Z]{2}$", "Two capital letters.")],
    )
    tax_id = models.CharField("tax number", max_length=60, blank=True)
    email = models.EmailField(blank=True, help_text="Where buyers ask about a receipt")
    prefix = models.CharField(
        max_length=10,
        unique=True,
        help_text="Begins every number: TW makes TW-R-2026-000001. Fixed once receipts are written",
        validators=[RegexValidator(PREFIX, "Capital letters and digits, a letter first.")],
    )
    time_zone = models.CharField(
        max_length=60,
        default="UTC",
        validators=[time_zone_is_known],
        help_text="Dates on receipts, and the year of a number, are those of this place",
    )
    is_default = models.BooleanField(default=False, help_text="Issues what nobody else does")

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "legal entities"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                name="payments_legalentity_one_default",
                condition=Q(is_default=True),
            ),
            models.CheckConstraint(
                name="payments_legalentity_prefix_plain", condition=Q(prefix__regex=PREFIX)
            ),
        ]

    def __str__(self) -> str:
        return self.name
