"""What somebody means to buy."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.enums import CartState
from commerce.models.catalogue import Variant
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money

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

    class Meta:
        constraints = [choice_is_known("state", CartState, table="commerce_cart")]
        indexes = [
            models.Index(
                fields=["updated_at"],
                name="commerce_cart_idle",
                condition=Q(state=CartState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"Cart of {self.created_at:%Y-%m-%d %H:%M}"


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
        """Keep the copies that row security and the money rule need."""
        self.user_id = self.cart.user_id
        self.currency = self.cart.currency
        super().save(*args, **kwargs)
