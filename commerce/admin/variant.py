"""One variant: its prices in time, planned and put on sale here."""

from datetime import UTC
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from commerce.admin.words import combination_text
from commerce.models import Price, Variant
from commerce.services.catalogue.prices import end_price, end_sale, put_on_sale, set_price
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from core.money import Money, MoneyError

SHOWN = 40  # stretches


class PlanForm(forms.Form):
    """A price, and when."""

    price_amount = forms.CharField(max_length=40)
    price_currency = forms.CharField(max_length=3)
    price_from = forms.DateTimeField(required=False)
    price_to = forms.DateTimeField(required=False)

    def clean_price_currency(self) -> str:
        """A code."""
        return str(self.cleaned_data["price_currency"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        """The amount, exact."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                given["price"] = Money.parse(given["price_amount"], given["price_currency"])
            except MoneyError as error:
                raise forms.ValidationError({"price_amount": str(error)}) from None
        return given


@admin.register(Variant)
class VariantAdmin(ReadOnlyAdmin):
    """Reached from its product; changed there, but for its prices."""

    list_display = ["sku", "product", "combination", "is_active"]
    list_select_related = ["product"]
    list_filter = ["is_active"]
    search_fields = ["sku__startswith", "barcode__exact"]
    search_help_text = "Beginning of the SKU, or the whole barcode"
    ordering = ["-id"]
    readonly_fields = ["of_product", "combination", "price_line", "price_steps"]
    fieldsets = [
        (None, {"fields": ["of_product", "sku", "combination", "barcode", "weight_grams"]}),
        ("Prices", {"fields": ["price_line", "price_steps"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        """POST `price/` sets, plans or ends a price."""
        urls: list[URLPattern] = super().get_urls()
        view = self.admin_site.admin_view(self.price_view)
        return [path("<uuid:variant_id>/price/", view, name="commerce_variant_price"), *urls]

    @display(description="Product")
    def of_product(self, variant: Variant) -> SafeString:
        """A link to it."""
        url = reverse("admin:commerce_product_change", args=[variant.product_id])
        return format_html('<a class="text-primary-600" href="{}">{}</a>', url, variant.product)

    @display(description="Options")
    def combination(self, variant: Variant) -> str:
        """In words."""
        return combination_text(variant.options) or "None"

    @display(description="In time")
    def price_line(self, variant: Variant) -> SafeString:
        """What it cost, costs and will cost; times are UTC."""
        rows = Price.objects.filter(variant=variant).order_by("currency", "-valid_from")[:SHOWN]
        now = timezone.now()
        return render_to_string(
            "commerce/admin/price_line.html",
            {
                "rows": [
                    {
                        "amount": row.amount.readable,
                        "regular": Money(row.regular_minor, row.currency).readable,
                        "sale": row.compare_at_minor is not None,
                        "begin": row.valid_from.astimezone(UTC),
                        "end": row.valid_to and row.valid_to.astimezone(UTC),
                        "now": row.valid_from <= now and (not row.valid_to or row.valid_to > now),
                        "planned": row.valid_from > now,
                    }
                    for row in rows
                ]
            },
        )

    @display(description="Set or plan")
    def price_steps(self, variant: Variant) -> SafeString:
        """A form of its own fields; the page's form carries the token."""
        url = reverse("admin:commerce_variant_price", args=[variant.pk])
        return render_to_string("commerce/admin/price_steps.html", {"url": url})

    def price_view(self, request: HttpRequest, variant_id: Any) -> HttpResponse:
        """Do it and go back to the variant."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("commerce.change_product"):
            self.message_user(request, "You may not change prices.", messages.ERROR)
        else:
            self._do(request, variant_id)
        return redirect(reverse("admin:commerce_variant_change", args=[variant_id]))

    def _do(self, request: HttpRequest, variant_id: Any) -> None:
        deed = request.POST.get("do", "")
        data = request.POST.copy()
        if deed in {"end_sale", "end_price"}:
            data["price_amount"] = "0"
        form = PlanForm(data)
        if not form.is_valid():
            wrong = " ".join(str(text) for texts in form.errors.values() for text in texts)
            self.message_user(request, wrong, messages.ERROR)
            return
        given = form.cleaned_data
        price, begin, end = given["price"], given["price_from"], given["price_to"]
        try:
            if deed == "set":
                set_price(variant_id=variant_id, price=price, begin=begin)
            elif deed == "sale":
                put_on_sale(variant_id=variant_id, price=price, begin=begin, end=end)
            elif deed == "end_sale":
                end_sale(variant_id=variant_id, currency=price.currency, begin=begin, end=end)
            elif deed == "end_price":
                end_price(variant_id=variant_id, currency=price.currency, at=begin)
            else:
                self.message_user(request, "There is no such step.", messages.ERROR)
                return
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(request, "Done.", messages.SUCCESS)
