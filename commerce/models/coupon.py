"""Codes that make an order cheaper, on what they count, and who has used them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from commerce.enums import CouponKind, RedemptionState
from commerce.models.catalogue import Product
from commerce.models.category import Category
from commerce.models.order_child import OrderChild
from commerce.models.order_figures import PercentField
from commerce.models.vendor import Vendor
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money

LONGEST_CODE = 40


class Coupon(BaseModel):
    """A code and what it gives. Kept in capitals: "spring" and "SPRING" are one."""

    code = models.CharField(max_length=LONGEST_CODE, unique=True)
    name = models.CharField(
        max_length=120, blank=True, db_default="", help_text="What it is for; buyers do not see it"
    )
    kind = models.TextField(choices=CouponKind.choices, default=CouponKind.PERCENT)
    percent = PercentField(null=True, blank=True, help_text="For percent off")
    is_active = models.BooleanField(default=True, db_default=True)
    is_combinable = models.BooleanField(
        "with others", default=False, db_default=False, help_text="Both codes must allow it"
    )
    most_uses = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit")
    most_uses_each = models.PositiveIntegerField(
        "most uses each", null=True, blank=True, help_text="Of one buyer, known by e-mail address"
    )
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    batch = models.CharField(
        max_length=60, blank=True, db_default="", help_text="Codes that were made together"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            choice_is_known("kind", CouponKind, table="commerce_coupon"),
            models.CheckConstraint(
                name="commerce_coupon_code_in_capitals",
                condition=Q(code=Upper("code")) & Q(code__regex=r"^\S+$"),
                violation_error_message="Capitals, without spaces.",
            ),
            models.CheckConstraint(
                name="commerce_coupon_percent_where_it_counts",
                condition=Q(
                    kind=CouponKind.PERCENT,
                    percent__isnull=False,  # what is not known does not fail a check
                    percent__gt=0,
                    percent__lte=100,
                )
                | (~Q(kind=CouponKind.PERCENT) & Q(percent__isnull=True)),
                violation_error_message="Percent off takes a percentage, the others take none.",
            ),
            models.CheckConstraint(
                name="commerce_coupon_ends_after_it_begins",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                violation_error_message="It ends before it begins.",
            ),
        ]
        indexes = [
            models.Index(fields=["batch"], name="commerce_coupon_batch", condition=~Q(batch=""))
        ]

    def __str__(self) -> str:
        return self.code


class CouponTerms(BaseModel):
    """A coupon's sums in one currency. A coupon with terms counts in the currencies that have."""

    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="terms")
    currency = CurrencyField()
    off_minor = MinorUnitsField("amount off", null=True, blank=True)
    least_order_minor = MinorUnitsField("least order", default=0, db_default=0)
    most_off_minor = MinorUnitsField("at most", null=True, blank=True)

    class Meta:
        verbose_name_plural = "coupon terms"
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["coupon", "currency"], name="commerce_couponterms_once"
            ),
            not_negative("least_order_minor", table="commerce_couponterms"),
            models.CheckConstraint(
                name="commerce_couponterms_off_something",
                condition=(Q(off_minor__isnull=True) | Q(off_minor__gt=0))
                & (Q(most_off_minor__isnull=True) | Q(most_off_minor__gt=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.currency

    @property
    def off(self) -> Money:
        """The amount that is taken off."""
        return Money(self.off_minor or 0, self.currency)


class CouponScope(BaseModel):
    """What a coupon counts on: a vendor's goods, a category's (and all below it), a product.

    A coupon without any counts on everything.
    """

    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE, related_name="scopes")
    vendor = models.ForeignKey(
        Vendor, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="commerce_couponscope_names_one",
                condition=Q(vendor__isnull=False, category__isnull=True, product__isnull=True)
                | Q(vendor__isnull=True, category__isnull=False, product__isnull=True)
                | Q(vendor__isnull=True, category__isnull=True, product__isnull=False),
                violation_error_message="A vendor, a category or a product: one of them.",
            ),
            models.UniqueConstraint(
                fields=["coupon", "vendor", "category", "product"],
                name="commerce_couponscope_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return str(self.vendor or self.category or self.product)


class CouponRedemption(OrderChild, BaseModel):
    """One order that used a coupon, and what that saved. It counts from checkout on; a trigger
    gives it back when the order is cancelled unpaid."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="redemptions")
    order = models.ForeignKey(
        "commerce.Order", on_delete=models.CASCADE, related_name="redemptions"
    )
    email = models.EmailField(help_text="Small letters: what most uses each is counted by")
    currency = CurrencyField()
    amount_minor = MinorUnitsField("saved")
    state = models.TextField(
        choices=RedemptionState.choices,
        default=RedemptionState.COUNTED,
        db_default=RedemptionState.COUNTED,
    )

    class Meta:
        constraints = [
            choice_is_known("state", RedemptionState, table="commerce_couponredemption"),
            not_negative("amount_minor", table="commerce_couponredemption"),
            models.UniqueConstraint(
                fields=["order", "coupon"], name="commerce_couponredemption_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["coupon", "email"],
                name="commerce_redemption_counted",
                condition=Q(state=RedemptionState.COUNTED),
            ),
            models.Index(fields=["customer_id"], name="commerce_redemption_customer"),
            models.Index(fields=["user_id"], name="commerce_redemption_user"),
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} for {self.order_id}"
