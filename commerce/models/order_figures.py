"""What an order cost, line by line: the columns that go with its sums.

`tax_minor` is tax added on top of prices, `included_tax_minor` the tax contained in prices that
include it; a line has at most one of them. An order's figures are the sums of its lines' (and of
its shipping's), which the database holds at every commit.
"""

from django.db import models
from django.db.models import F, Q

from core.constraints import not_negative
from core.money import MinorUnitsField


class PercentField(models.DecimalField):
    """A rate in percent, exact: 19.0000 is 19 %."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs["max_digits"] = 7
        kwargs["decimal_places"] = 4
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as given


class OrderFigures(models.Model):
    """What an order keeps of how its sum came about; all copies, as the rest of it."""

    included_tax_minor = MinorUnitsField(
        default=0, db_default=0, help_text="Contained in prices and shipping, not added to them"
    )
    shipping_tax_minor = MinorUnitsField(
        default=0, db_default=0, help_text="Part of the order's tax that is on shipping"
    )
    shipping_included_tax_minor = MinorUnitsField(default=0, db_default=0)
    shipping_tax_rate = PercentField(default=0, db_default=0)
    shipping_tax_name = models.CharField(max_length=60, blank=True, db_default="")
    shipping_method = models.CharField(max_length=60, blank=True, db_default="", help_text="Code")
    shipping_method_name = models.CharField(
        max_length=120, blank=True, db_default="", help_text="As the buyer read it"
    )
    coupon_code = models.CharField(
        max_length=250, blank=True, db_default="", help_text="Several are separated by commas"
    )
    tax_note = models.TextField(
        blank=True, db_default="", help_text="Why no tax is charged, as the receipt must say"
    )

    class Meta:
        abstract = True


class LineFigures(models.Model):
    """What of an order's discount and tax is on one line."""

    discount_minor = MinorUnitsField(default=0, db_default=0)
    tax_minor = MinorUnitsField(default=0, db_default=0)
    included_tax_minor = MinorUnitsField(default=0, db_default=0)
    tax_rate = PercentField(default=0, db_default=0, help_text="Percent")
    tax_name = models.CharField(max_length=60, blank=True, db_default="", help_text="VAT, GST ...")

    class Meta:
        abstract = True

    @property
    def net_minor(self) -> int:
        """What is left of the line for vendor and shop: less discount and less included tax."""
        total: int = self.total_minor  # type: ignore[attr-defined]  # of whoever inherits
        return total - self.discount_minor - self.included_tax_minor


def line_rules(table: str) -> list[models.CheckConstraint]:
    """A line's figures cannot be more than the line."""
    return [
        models.CheckConstraint(
            name=f"{table}_discount_within_total",
            condition=Q(discount_minor__gte=0, discount_minor__lte=F("total_minor")),
        ),
        models.CheckConstraint(
            name=f"{table}_included_tax_within_price",
            condition=Q(
                included_tax_minor__gte=0,
                included_tax_minor__lte=F("total_minor") - F("discount_minor"),
            ),
        ),
        not_negative("tax_minor", table=table),
        not_negative("tax_rate", table=table),
    ]


def order_rules(table: str) -> list[models.CheckConstraint]:
    """An order's figures cannot be more than the order."""
    return [
        models.CheckConstraint(
            name=f"{table}_shipping_tax_within_tax",
            condition=Q(shipping_tax_minor__gte=0, shipping_tax_minor__lte=F("tax_minor")),
        ),
        models.CheckConstraint(
            name=f"{table}_included_tax_within_prices",
            condition=Q(
                included_tax_minor__gte=F("shipping_included_tax_minor"),
                shipping_included_tax_minor__gte=0,
                shipping_included_tax_minor__lte=F("shipping_minor"),
            ),
        ),
        not_negative("shipping_tax_rate", table=table),
    ]
