"""What would this cost? Taxes and ways of sending, tried before a buyer does."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from commerce.addresses import countries
from commerce.enums import TaxClass
from commerce.pricing import Goods, make_quote
from commerce.pricing.rounding import percent_text
from commerce.pricing.shipping import Destination
from commerce.services.quotes.shipping import Option, options_for
from commerce.services.quotes.taxes import rates_for
from core.admin.page import admin_page
from core.ids import new_id
from core.money import CURRENCIES, Money, MoneyError


class TryForm(forms.Form):
    """Goods of one kind, and where they go."""

    country = forms.CharField(max_length=2, widget=UnfoldAdminTextInputWidget)
    region = forms.CharField(max_length=100, required=False, widget=UnfoldAdminTextInputWidget)
    postal_code = forms.CharField(max_length=20, required=False, widget=UnfoldAdminTextInputWidget)
    currency = forms.CharField(max_length=3, widget=UnfoldAdminTextInputWidget)
    amount = forms.CharField(max_length=25, label="Goods worth", widget=UnfoldAdminTextInputWidget)
    weight = forms.IntegerField(
        min_value=0, max_value=10**9, required=False, label="Weight (g)",
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip
    tax_class = forms.ChoiceField(choices=TaxClass.choices, widget=UnfoldAdminSelectWidget)

    def clean_country(self) -> str:
        """A real one."""
        country = str(self.cleaned_data["country"]).upper()
        if country not in countries():
            raise forms.ValidationError("Two capital letters, such as DE.")
        return country

    def clean(self) -> dict[str, Any] | None:
        """The amount in its currency."""
        super().clean()
        currency = str(self.cleaned_data.get("currency", "")).upper()
        if currency not in CURRENCIES:
            self.add_error("currency", "A code such as EUR.")
        elif "amount" in self.cleaned_data:
            try:
                self.cleaned_data["amount"] = Money.parse(self.cleaned_data["amount"], currency)
            except MoneyError as error:
                self.add_error("amount", str(error))
            else:
                if self.cleaned_data["amount"].minor < 0:
                    self.add_error("amount", "Not below zero.")
        return self.cleaned_data


START = {"country": "DE", "currency": "EUR", "amount": "100.00", "tax_class": TaxClass.STANDARD}


@admin_page(
    title="What would this cost?",
    template="commerce/admin/cost.html",
    permission="commerce.view_shippingmethod",
)
def what_would_it_cost(request: HttpRequest) -> dict[str, Any]:
    """The figures of some goods by each way of sending, and without any."""
    asked = bool(request.GET.get("country"))
    form = TryForm(request.GET if asked else None, initial=START)
    shown: dict[str, Any] = {"form": form, "asked": asked}
    if asked and form.is_valid():
        shown |= _tried(form.cleaned_data)
    return shown


def _tried(asked: dict[str, Any]) -> dict[str, Any]:
    to = Destination(asked["country"], asked["region"].strip(), asked["postal_code"].strip())
    now = timezone.now()
    rates = rates_for(to, on=now.date())
    goods = [Goods(new_id(), asked["amount"], 1, asked["tax_class"])]
    options = options_for(
        to, weight=asked["weight"] or 0, value=asked["amount"], language="en", now=now
    )
    rows = []
    for option in [*options, *([] if options else [None])]:
        quote = make_quote(
            goods,
            currency=asked["amount"].currency,
            delivery=option.delivery if option else None,
            rates=rates,
        )
        taxes = [f"{rate.name} {percent_text(rate.percent)} %" for rate, _ in quote.taxes()]
        rows.append([
            option.name if option else "Not sent at all",
            _days(option),
            quote.shipping.readable,
            quote.tax.readable,
            quote.included_tax.readable,
            ", ".join(taxes) or "No tax",
            quote.total.readable,
        ])  # fmt: skip
    headers = ["Way", "Days", "Shipping", "Tax added", "Tax contained", "Rates", "Total"]
    rate = rates(asked["tax_class"])
    return {
        "table": {"headers": headers, "rows": rows},
        "nothing_goes_there": not options,
        "note": rate.note if rate.percent == Decimal(0) else "",
    }


def _days(option: Option | None) -> str:
    if option is None:
        return ""
    ends = (option.method.min_days, option.method.max_days)
    return " to ".join(dict.fromkeys(str(days) for days in ends if days is not None))
