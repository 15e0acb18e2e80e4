"""A variant with its prices and its count, as one line of the product's page."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from commerce.admin.words import combination_text, read_combination
from commerce.models import Price, Product, Variant
from commerce.services.catalogue import add_variant, set_prices
from commerce.services.catalogue.variants import PLAIN, change_variant
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

    options = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"class": "min-w-48"}),
        help_text="Size: M, Colour: Red",
    )

    class Meta:
        model = Variant
        fields = [
            "sku", "options", "weight_grams", "barcode", "position", "is_active", "tracks_stock",
            "requires_shipping",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].required = False
        self._options_before = dict(self.instance.options)
        self.initial["options"] = combination_text(self.instance.options)
        if self.instance.product_id:
            shelves = list(self.instance.stock_items.all())
            self.initial["price_list"] = shown_prices(self.instance)
            if sale := sale_in_words(self.instance):
                self.fields["price_list"].help_text = sale
            self.initial["counted"] = sum(item.on_hand for item in shelves)
            if len(shelves) > 1:
                self.fields["counted"].disabled = True
                self.fields["counted"].help_text = f"At {len(shelves)} locations: count there"
            elif promised := sum(item.promised for item in shelves):
                self.fields["counted"].help_text = f"{promised} promised to orders"

    def clean_options(self) -> dict[str, str]:
        """By name."""
        return read_combination(self.cleaned_data["options"])

    def clean_position(self) -> int:
        """Where nobody says a place, it stays or comes last."""
        given: int | None = self.cleaned_data["position"]
        return self.instance.position if given is None else given

    def has_changed(self) -> bool:
        """Options are compared as what they mean, not as they are written."""
        return bool(self.changed_data)

    @property
    def changed_data(self) -> list[str]:
        """Without options that only look different."""
        changed: list[str] = list(super().changed_data)
        if "options" in changed and self.is_bound:
            text = self.data.get(self.add_prefix("options"), "")
            try:
                same = read_combination(text) == self._options_before
            except forms.ValidationError:
                same = False
            if same:
                changed.remove("options")
        return changed

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

    def apply(self, product: Product) -> None:
        """Make or change the variant, its prices and its count, through the services. Raises
        DomainError."""
        given = self.cleaned_data
        variant = self.instance
        if variant._state.adding:  # noqa: SLF001  - Django's own flag
            variant = add_variant(
                product=product, sku=given["sku"], options=given["options"],
                prices=given["price_list"], tracks_stock=given["tracks_stock"],
                requires_shipping=given["requires_shipping"],
                barcode=given["barcode"], weight_grams=given["weight_grams"],
            )  # fmt: skip
            if not given["is_active"]:
                change_variant(variant=variant, changes={"is_active": False})
        else:
            names = [name for name in self.changed_data if name in PLAIN or name == "options"]
            if names:
                fresh = Variant.objects.get(pk=variant.pk)
                change_variant(variant=fresh, changes={name: given[name] for name in names})
            if "price_list" in self.changed_data:
                set_prices(variant_id=variant.pk, prices=given["price_list"])
        if "counted" in self.changed_data and given["counted"] is not None:
            only = variant.stock_items.first()
            count_stock(
                variant_id=variant.pk,
                on_hand=given["counted"],
                source=f"count:{new_id()}",
                location_id=only.location_id if only else None,
            )


def shown_prices(variant: Variant) -> str:
    """Its regular prices now, as they are typed."""
    return ", ".join(
        str(Money(price.regular_minor, price.currency)) for price in _prices_now(variant)
    )


def sale_in_words(variant: Variant) -> str:
    """What it costs in a sale now, and until when; "" without one."""
    sales = [price for price in _prices_now(variant) if price.compare_at_minor is not None]
    return ", ".join(
        f"Sale: {price.amount}" + (f" until {price.valid_to:%Y-%m-%d}" if price.valid_to else "")
        for price in sales
    )


def _prices_now(variant: Variant) -> list[Price]:
    found: list[Price] = getattr(variant, "prices_now", [])  # of the inline's query
    return sorted(found, key=lambda price: price.currency)


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
