"""What it costs: taxes, coupons, carts."""

from django.db import models


class TaxClass(models.TextChoices):
    """What kind of goods, to the tax office; rates say what each costs where."""

    STANDARD = "standard", "Standard"
    REDUCED = "reduced", "Reduced"
    SUPER_REDUCED = "super_reduced", "Super reduced"
    UNTAXED = "untaxed", "Not taxed"


class TaxTreatment(models.TextChoices):
    """Why a rate is what it is."""

    TAXED = "taxed", "Taxed"
    ZERO_RATED = "zero_rated", "Zero-rated"
    EXEMPT = "exempt", "Exempt"
    REVERSE_CHARGE = "reverse_charge", "Reverse charge"


class CouponKind(models.TextChoices):
    """What a coupon gives."""

    PERCENT = "percent", "Percent off"
    FIXED = "fixed", "Amount off"
    FREE_SHIPPING = "free_shipping", "Free shipping"


class RedemptionState(models.TextChoices):
    """A use of a coupon counts from checkout on, unless the order is cancelled unpaid."""

    COUNTED = "counted", "Used"
    GIVEN_BACK = "given_back", "Given back"


class CartState(models.TextChoices):
    OPEN = "open", "Open"
    CONVERTED = "converted", "Ordered"
    ABANDONED = "abandoned", "Abandoned"
    MERGED = "merged", "Joined with another"
