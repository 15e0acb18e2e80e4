"""A variant with its prices and its count, as one line of the product's page."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from commerce.models import Price, Variant
from commerce.services.catalogue import set_prices
from commerce.services.stock import count_stock
from core.ids import new_id
from core.money import Money, MoneyError


class VariantForm(forms.ModelForm):
    """Prices as text ("48.00 EUR, 52.80 USD"); the count of what is on the shelf."""

    price_list = forms.CharField(
        widget=UnfoldAdminTextInputWidget(attrs={"class": "min-w-72"}),
        label="Prices",
        help_text="48.00 EUR, 52.80 USD",
    )
    counted = forms.IntegerField(
        label="On hand", min_value=0, required=False, widget=UnfoldAdminIntegerFieldWidget
    )

    class Meta:
        model = Variant
        fields = ["sku", "options", "is_active", "tracks_stock"]
        widgets = {"options": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.product_id:
            shelves = list(self.instance.stock_items.all())
            self.initial["price_list"] = shown_prices(self.instance)
            self.initial["counted"] = sum(item.on_hand for item in shelves)
            if len(shelves) > 1:
                self.fields["counted"].disabled = True
                self.fields["counted"].help_text = f"At {len(shelves)} locations: count there"
            elif promised := sum(item.promised for item in shelves):
                self.fields["counted"].help_text = f"{promised} promised to orders"

    def clean_price_list(self) -> list[Money]:
        """The amounts, exact; one a currency."""
        prices = [_read(part) for part in self.cleaned_data["price_list"].split(",")]
        if len({price.currency for price in prices}) != len(prices):
            raise forms.ValidationError("A currency is named twice.")
        return prices

    def clean_counted(self) -> int | None:
        """Not less than what is promised."""
        on_hand: int | None = self.cleaned_data["counted"]
        if on_hand is None or not self.instance.product_id or self.fields["counted"].disabled:
            return on_hand
        for item in self.instance.stock_items.all():
            if on_hand + item.backorder_limit < item.promised:
                raise forms.ValidationError(f"{item.promised} pieces are promised to orders.")
        return on_hand

    def apply(self) -> None:
        """Prices and count, through the services, once the variant is saved."""
        if "price_list" in self.changed_data:
            set_prices(variant_id=self.instance.pk, prices=self.cleaned_data["price_list"])
        on_hand = self.cleaned_data["counted"]
        if "counted" in self.changed_data and on_hand is not None:
            only = self.instance.stock_items.first()
            count_stock(
                variant_id=self.instance.pk,
                on_hand=on_hand,
                source=f"count:{new_id()}",
                location_id=only.location_id if only else None,
            )


def shown_prices(variant: Variant) -> str:
    """Its current prices, as they are typed."""
    now: list[Price] = getattr(variant, "prices_now", [])  # of the inline's query
    return ", ".join(str(price) for price in sorted(now, key=lambda p: p.currency))


def stock_in_words(variant: Variant) -> str:
    """How many are free of how many, all locations together; the items are prefetched."""
    items = variant.stock_items.all()
    return f"{sum(i.free for i in items)} of {sum(i.on_hand for i in items)} free"


def _read(text: str) -> Money:
    amount, _, currency = text.strip().rpartition(" ")
    try:
        price = Money.parse(amount, currency.upper())
    except MoneyError as error:
        raise forms.ValidationError(str(error)) from None
    if price.minor < 0:
        raise forms.ValidationError("A price is not below zero.")
    return price
