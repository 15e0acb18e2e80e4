"""What the state takes of a sale: by country, region and kind of goods, each rate for its time."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q, Value

from commerce.enums import TaxClass, TaxTreatment
from commerce.models.order_figures import PercentField
from core.constraints import choice_is_known
from core.models import BaseModel

TABLE = "commerce_taxrate"


class TaxRate(BaseModel):
    """What is due on goods of a class that go to a country, or to one region of it.

    One rate a place, class and day; a region's is taken before its country's, and a class that has
    none is taxed as standard. Dates are days in UTC, both included.
    """

    country = models.CharField(max_length=2, help_text="Where the goods go: DE")
    region = models.CharField(
        max_length=100, blank=True, db_default="", help_text="Empty: the whole country"
    )
    region_spellings = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        db_default=[],
        help_text="How addresses may name the region too: California",
    )
    tax_class = models.TextField(choices=TaxClass.choices, default=TaxClass.STANDARD)
    name = models.CharField(max_length=60, help_text="As receipts name it: VAT")
    percent = PercentField()
    is_included = models.BooleanField(
        "included in prices", default=True, help_text="Off: it is added on top of prices"
    )
    is_on_shipping = models.BooleanField("on shipping too", default=True)
    treatment = models.TextField(choices=TaxTreatment.choices, default=TaxTreatment.TAXED)
    note = models.CharField(
        max_length=300, blank=True, db_default="", help_text="What a receipt must say about it"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="The last day; empty: no end")

    class Meta:
        ordering = ["country", "region", "tax_class", "-valid_from"]
        constraints = [
            choice_is_known("tax_class", TaxClass, table=TABLE),
            choice_is_known("treatment", TaxTreatment, table=TABLE),
            models.CheckConstraint(
                name="commerce_taxrate_percent_sane", condition=Q(percent__gte=0, percent__lte=100)
            ),
            models.CheckConstraint(
                name="commerce_taxrate_only_taxed_costs",
                condition=Q(treatment=TaxTreatment.TAXED) | Q(percent=0),
                violation_error_message="Only what is taxed has a rate above zero.",
            ),
            models.CheckConstraint(
                name="commerce_taxrate_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="It ends before it begins.",
            ),
            models.CheckConstraint(
                name="commerce_taxrate_country_known", condition=Q(country__regex="^[A-Z]{2}$")
            ),
            ExclusionConstraint(
                name="commerce_taxrate_one_at_a_time",
                expressions=[
                    (
                        Func(
                            F("country"),
                            F("region"),
                            F("tax_class"),
                            function="commerce_tax_lane",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Another rate of this place and class is valid then.",
            ),
        ]

    def __str__(self) -> str:
        place = f"{self.country} {self.region}".strip()
        return f"{place}: {self.name} {self.percent.normalize():f} %"
