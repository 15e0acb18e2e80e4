"""What somebody means to buy."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from commerce.enums import CartState
from commerce.models.catalogue import Variant
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money

LIVE = [CartState.OPEN, CartState.ABANDONED]  # an abandoned one is taken up again by use
MOST_PIECES = 10_000  # of one variant; far above what a shopper means


class Cart(BaseModel):
    """Reached by an opaque token of 128 random bits; only its SHA-256 is kept."""

    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="carts",
    )
    currency = CurrencyField()
    state = models.TextField(
        choices=CartState.choices, default=CartState.OPEN, db_default=CartState.OPEN
    )
    email = models.EmailField(
        blank=True, db_default="", help_text="Where to remind of it; given by the shopper"
    )
    language = models.CharField(max_length=10, default="en", db_default="en")
    reminders = models.BooleanField(
        null=True, help_text="Whether the shopper wants to be reminded; empty: was not asked"
    )
    abandoned_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, editable=False, related_name="+"
    )
    destination = models.JSONField(
        null=True, blank=True, help_text="Where it shall go: country, region, postal_code"
    )
    shipping_method = models.CharField(max_length=60, blank=True, db_default="", help_text="Code")
    coupon_codes = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, db_default=[]
    )
    shown = models.JSONField(
        null=True, blank=True, editable=False, help_text="The figures the shopper saw last"
    )

    class Meta:
        constraints = [
            choice_is_known("state", CartState, table="commerce_cart"),
            models.UniqueConstraint(
                fields=["user", "currency"],
                name="commerce_cart_one_of_a_user",
                condition=Q(state__in=LIVE),
            ),
            models.CheckConstraint(
                name="commerce_cart_merged_into_one",
                condition=Q(state=CartState.MERGED, merged_into__isnull=False)
                | (~Q(state=CartState.MERGED) & Q(merged_into__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["updated_at"],
                name="commerce_cart_idle",
                condition=Q(state=CartState.OPEN),
            ),
            models.Index(
                fields=["updated_at"],
                name="commerce_cart_left",
                condition=Q(state__in=[CartState.ABANDONED, CartState.MERGED]),
            ),
        ]

    def __str__(self) -> str:
        return f"Cart of {self.created_at:%Y-%m-%d %H:%M}"


class CartKey(models.Model):
    """One more token of a cart: of the user's other device, or of the link in a reminder.

    Told once like the cart's own; only its SHA-256 is kept.
    """

    token_hash = models.BinaryField(max_length=32, primary_key=True, editable=False)
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="keys")
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    def __str__(self) -> str:
        return f"Key of {self.created_at:%Y-%m-%d %H:%M}"


class CartLine(BaseModel):
    """A variant in a cart. `unit_price_minor` is the price the shopper was shown."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    unit_price_minor = MinorUnitsField()
    currency = CurrencyField()
    user_id = models.UUIDField(null=True, editable=False, help_text="The cart's, for row security")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="commerce_cartline_once"),
            models.CheckConstraint(
                name="commerce_cartline_quantity_sane",
                condition=Q(quantity__gte=1, quantity__lte=MOST_PIECES),
            ),
            not_negative("unit_price_minor", table="commerce_cartline"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"

    @property
    def unit_price(self) -> Money:
        """What one piece cost when the shopper looked."""
        return Money(self.unit_price_minor, self.currency)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With what it repeats of its cart."""
        self.repeat_cart()
        super().save(*args, **kwargs)

    def repeat_cart(self) -> None:
        """The copies that row security and the money rule need."""
        self.user_id = self.cart.user_id
        self.currency = self.cart.currency
