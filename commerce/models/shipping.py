"""How goods get to the buyer and what that costs, by where they go."""

from django.db import models
from django.db.models import F, Q

from commerce.enums import TaxClass
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money


class ShippingZone(BaseModel):
    """Places that are served alike. An address belongs to the zone that names it most closely."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ShippingPlace(BaseModel):
    """A country, a region of it or the beginning of its postal codes; no country: anywhere else."""

    zone = models.ForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="places")
    country = models.CharField(
        max_length=2, blank=True, db_default="", help_text="Empty: everywhere that nobody names"
    )
    region = models.CharField(max_length=100, blank=True, db_default="")
    postal_prefix = models.CharField(max_length=20, blank=True, db_default="")

    class Meta:
        ordering = ["country", "region", "postal_prefix"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "region", "postal_prefix"], name="commerce_shippingplace_once"
            ),
            models.CheckConstraint(
                name="commerce_shippingplace_country_known",
                condition=Q(country__regex="^([A-Z]{2})?$"),
            ),
            models.CheckConstraint(
                name="commerce_shippingplace_part_of_a_country",
                condition=~Q(country="") | Q(region="", postal_prefix=""),
                violation_error_message="A region or postal code belongs to a country.",
            ),
        ]

    def __str__(self) -> str:
        named = " ".join(filter(None, [self.country, self.region, self.postal_prefix]))
        return named or "Everywhere else"


class ShippingMethod(BaseModel):
    """A way of sending within a zone. `code` is what a shop front chooses by, in any zone."""

    zone = models.ForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="methods")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    names = models.JSONField(
        default=dict, blank=True, db_default={}, help_text='In other languages: {"fr": "..."}'
    )
    tax_class = models.TextField(
        choices=TaxClass.choices, default=TaxClass.STANDARD, db_default=TaxClass.STANDARD
    )
    min_days = models.PositiveSmallIntegerField("fastest (days)", null=True, blank=True)
    max_days = models.PositiveSmallIntegerField("slowest (days)", null=True, blank=True)
    max_weight_grams = models.PositiveIntegerField(
        "heaviest (g)", null=True, blank=True, help_text="Heavier orders go another way"
    )
    position = models.PositiveSmallIntegerField(default=0, db_default=0)
    is_active = models.BooleanField(default=True, db_default=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["zone", "position", "code"]
        constraints = [
            choice_is_known("tax_class", TaxClass, table="commerce_shippingmethod"),
            models.UniqueConstraint(fields=["zone", "code"], name="commerce_shippingmethod_once"),
            models.CheckConstraint(
                name="commerce_shippingmethod_days_in_order",
                condition=Q(min_days__isnull=True)
                | Q(max_days__isnull=True)
                | Q(max_days__gte=F("min_days")),
                violation_error_message="The slowest is faster than the fastest.",
            ),
            models.CheckConstraint(
                name="commerce_shippingmethod_ends_after_it_begins",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                violation_error_message="It ends before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def name_in(self, language: str) -> str:
        """As a buyer reads it."""
        return str(self.names.get(language) or self.name)


class ShippingRate(BaseModel):
    """What a method costs in a currency, from a weight and a value of goods on.

    Of the rates an order reaches, the one with the greatest weight counts, then the greatest value:
    bands need no upper end and leave no gap.
    """

    method = models.ForeignKey(ShippingMethod, on_delete=models.CASCADE, related_name="rates")
    currency = CurrencyField()
    from_weight_grams = models.PositiveIntegerField("from weight (g)", default=0, db_default=0)
    from_order_minor = MinorUnitsField("from order value", default=0, db_default=0)
    price_minor = MinorUnitsField("price")
    free_from_minor = MinorUnitsField(
        "free from", null=True, blank=True, help_text="Goods worth as much or more go for nothing"
    )

    class Meta:
        ordering = ["currency", "from_weight_grams", "from_order_minor"]
        constraints = [
            models.UniqueConstraint(
                fields=["method", "currency", "from_weight_grams", "from_order_minor"],
                name="commerce_shippingrate_once",
            ),
            not_negative("price_minor", table="commerce_shippingrate"),
            not_negative("from_order_minor", table="commerce_shippingrate"),
            not_negative("free_from_minor", table="commerce_shippingrate"),
        ]

    def __str__(self) -> str:
        return f"{self.price} from {self.from_weight_grams} g"

    @property
    def price(self) -> Money:
        """What the buyer pays for it."""
        return Money(self.price_minor, self.currency)
