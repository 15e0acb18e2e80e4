"""What is done with products in the admin: buttons on one, actions on many. Services do it."""

from collections.abc import Callable
from typing import Any

import msgspec
from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from commerce.admin.price_change import PriceRuleForm, planned
from commerce.api.catalogue_rows import PRODUCT
from commerce.enums import ProductStatus
from commerce.models import Category, Product
from commerce.services.catalogue import change_product
from commerce.services.catalogue.combinations import make_combinations
from commerce.services.catalogue.duplicates import duplicate_product
from commerce.services.catalogue.sale import (
    archive_product,
    missing_for_sale,
    publish_product,
    restore_product,
    seen_by_nobody,
    unpublish_product,
)
from core.api import envelope
from core.errors import DomainError
from core.languages import fallbacks, read_in

CHANGE = "admin:commerce_product_change"
LIST = "admin:commerce_product_changelist"
Step = tuple[str, str, bool]  # name, words, whether it takes something away
STEPS: dict[str, list[Step]] = {
    ProductStatus.DRAFT: [("publish", "Put on sale", False), ("archive", "Archive", True)],
    ProductStatus.ACTIVE: [("unpublish", "Back to drafts", True), ("archive", "Archive", True)],
    ProductStatus.ARCHIVED: [("restore", "Back to drafts", False)],
}
MOVES: dict[str, tuple[Callable[..., Product], str]] = {
    "publish": (publish_product, "is on sale"),
    "unpublish": (unpublish_product, "is a draft"),
    "archive": (archive_product, "is archived"),
    "restore": (restore_product, "is a draft again"),
}


class CategoryChoice(forms.Form):
    """The shelf to move to."""

    category = forms.ModelChoiceField(
        Category.objects.order_by("path"),
        required=False,
        empty_label="No category",
        widget=UnfoldAdminSelectWidget,
    )


class ProductStepsAdmin(ModelAdmin):
    """Buttons and actions; each refusal is told, product by product."""

    actions = ["put_on_sale", "back_to_drafts", "archive", "change_category", "change_prices"]

    def get_urls(self) -> list[URLPattern]:
        """POST `step/` does something with one product; `preview/` shows it as the API does."""
        urls: list[URLPattern] = super().get_urls()
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:product_id>/step/", wrap(self.step_view), name="commerce_product_step"),
            path(
                "<uuid:product_id>/preview/",
                wrap(self.preview_view),
                name="commerce_product_preview",
            ),
            *urls,
        ]

    @display(description="What next")
    def next_steps(self, product: Product) -> SafeString:
        """Buttons that submit the page's own form (and its CSRF token), and what is missing."""
        if product._state.adding:  # noqa: SLF001  - Django's own flag
            return SafeString("After saving: put it on sale.")
        missing = []
        if product.status != ProductStatus.ARCHIVED:
            missing = missing_for_sale([product.pk])[product.pk]
        return render_to_string(
            "commerce/admin/product_steps.html",
            {
                "steps": STEPS[product.status],
                "missing": missing,
                "unseen": seen_by_nobody(product),
                "has_options": product.options.exists(),
                "url": reverse("admin:commerce_product_step", args=[product.pk]),
                "preview": reverse("admin:commerce_product_preview", args=[product.pk]),
            },
        )

    def step_view(self, request: HttpRequest, product_id: Any) -> HttpResponse:
        """Do what the button says and go back to the product, or to its copy."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        target = product_id
        if not self.has_change_permission(request):
            self.message_user(request, "You may not change products.", messages.ERROR)
        else:
            target = self._do(request, product_id, request.POST.get("do", "")) or product_id
        return redirect(reverse(CHANGE, args=[target]))

    def _do(self, request: HttpRequest, product_id: Any, deed: str) -> Any:
        """The copy's key, when there is one."""
        try:
            if deed in MOVES:
                move, words = MOVES[deed]
                product = move(product_id=product_id)
                self.message_user(request, f"{product} {words}.", messages.SUCCESS)
            elif deed == "combine":
                made = make_combinations(product=Product.objects.get(pk=product_id))
                text = f"{len(made)} variants made." if made else "All combinations are there."
                self.message_user(request, text, messages.SUCCESS)
            elif deed == "duplicate":
                copy = duplicate_product(product_id=product_id)
                self.message_user(request, "This is the copy, a draft.", messages.SUCCESS)
                return copy.pk
            else:
                self.message_user(request, "There is no such step.", messages.ERROR)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        except Product.DoesNotExist:
            self.message_user(request, "There is no such product.", messages.ERROR)
        return None

    def preview_view(self, request: HttpRequest, product_id: Any) -> HttpResponse:
        """As the API shows it, in any language it has."""
        product = Product.objects.filter(pk=product_id).first()
        if product is None or not self.has_view_permission(request, product):
            return redirect(reverse(LIST))
        languages = list(product.translations.values_list("language", flat=True))
        chosen = request.GET.get("lang", "")
        read_in(fallbacks([chosen]))
        shown = msgspec.json.format(envelope.success(PRODUCT.one(_just(product))), indent=2)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{product.name}, as the API shows it",
            "product": product,
            "languages": ["", *languages],
            "chosen": chosen,
            "json": shown.decode(),
            "unseen": seen_by_nobody(product),
        }
        return TemplateResponse(request, "commerce/admin/product_preview.html", context)

    @admin.action(description="Put on sale", permissions=["change"])
    def put_on_sale(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Everybody sees them; what is not ready says why."""
        self._move_all(request, queryset, "publish")

    @admin.action(description="Back to drafts", permissions=["change"])
    def back_to_drafts(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Also out of the archive."""
        self._move_all(request, queryset, "unpublish")

    @admin.action(description="Archive", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Nobody can buy them any more."""
        self._move_all(request, queryset, "archive")

    @admin.action(description="Change category", permissions=["change"])
    def change_category(
        self, request: HttpRequest, queryset: QuerySet[Product]
    ) -> HttpResponse | None:
        """Asks for the category first."""
        form = CategoryChoice(request.POST if "apply" in request.POST else None)
        if form.is_valid():
            for product in queryset.order_by("id"):
                change_product(product=product, changes={"category": form.cleaned_data["category"]})
            chosen = form.cleaned_data["category"] or "no category"
            self.message_user(request, f"{len(queryset)} moved to {chosen}.", messages.SUCCESS)
            return None
        return self.asked(request, queryset, form, "Change category", "change_category")

    @admin.action(description="Change prices", permissions=["change"])
    def change_prices(
        self, request: HttpRequest, queryset: QuerySet[Product]
    ) -> HttpResponse | None:
        """Asks how, then shows what would become of each price."""
        form = PriceRuleForm(request.POST if "apply" in request.POST else None)
        if form.is_valid():
            ids = [str(key) for key in queryset.order_by("id").values_list("pk", flat=True)]
            try:
                change = planned(form, {"products": ids})
            except DomainError as refusal:
                form.add_error(None, refusal.message)
            else:
                return redirect(reverse("admin:commerce_pricechange_change", args=[change.pk]))
        return self.asked(request, queryset, form, "Change prices", "change_prices")

    def asked(
        self,
        request: HttpRequest,
        queryset: QuerySet[Product],
        form: forms.Form,
        title: str,
        action: str,
    ) -> HttpResponse:
        """The page between an action and its deed."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "action": action,
            "products": list(queryset[:20]),
            "number": queryset.count(),
            "keys": request.POST.getlist("_selected_action"),
            "across": request.POST.get("select_across", "0"),
            "back": f"{reverse(LIST)}?{request.GET.urlencode()}",
        }
        return TemplateResponse(request, "commerce/admin/ask.html", context)

    def _move_all(self, request: HttpRequest, products: QuerySet[Product], deed: str) -> None:
        move, _ = MOVES[deed]
        moved = 0
        for product_id in products.order_by("id").values_list("pk", flat=True):
            try:
                move(product_id=product_id)
                moved += 1
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
        if moved:
            self.message_user(request, f"{moved} done.", messages.SUCCESS)


def _just(product: Product) -> QuerySet[Product]:
    return Product.objects.filter(pk=product.pk)
