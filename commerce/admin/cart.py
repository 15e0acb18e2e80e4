"""Carts, for looking: what people mean to buy, and what became of it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from commerce.admin.labels import CART_LABELS
from commerce.models import Cart, CartLine
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.admin.when_filter import WhenFilter
from core.money import Money


class CartLineInline(ReadOnlyInline):
    """What is in it."""

    model = CartLine
    fields = ["variant", "quantity", "price"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    verbose_name_plural = "Items"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CartLine]:
        """With the variants' names."""
        return super().get_queryset(request).select_related("variant")

    @display(description="Unit price")
    def price(self, line: CartLine) -> Money:
        """As it was shown."""
        return line.unit_price


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    """Read-only: shoppers change their own."""

    list_display = ["created_at", "shown_state", "user", "email", "currency", "updated_at"]
    list_filter = ["state", "currency", ("updated_at", WhenFilter)]
    list_select_related = ["user"]
    search_fields = ["user__email__exact", "email__exact"]
    ordering = ["-id"]
    inlines = [CartLineInline]
    fields = [
        ("shown_state", "currency"), ("user", "email"), ("reminders", "reminded_at"),
        "merged_into", ("created_at", "updated_at", "abandoned_at"),
    ]  # fmt: skip
    readonly_fields = [
        "shown_state", "currency", "user", "email", "reminders", "reminded_at", "merged_into",
        "created_at", "updated_at", "abandoned_at",
    ]  # fmt: skip

    @display(description="State", ordering="state", label=CART_LABELS)
    def shown_state(self, cart: Cart) -> Labelled:
        """A coloured label."""
        return Labelled(cart.state, cart.get_state_display(), CART_LABELS)
