"""Receipts found by number and opened as PDF; who issues them."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.admin.when_filter import WhenFilter
from payments.admin.labels import RECEIPT_LABELS
from payments.models import LegalEntity, Receipt
from payments.views_receipt import pdf_response

PDF_LINK = '<a class="text-primary-600 dark:text-primary-500 font-medium" href="{}">{}</a>'


def pdf_link(receipt: Receipt) -> SafeString:
    """Opens the document, for whoever may see the row."""
    url = reverse("admin:payments_receipt_pdf", args=[receipt.pk])
    return format_html(PDF_LINK, url, f"{receipt.number}.pdf")


class ReceiptInline(ReadOnlyInline):
    """What was written for a payment."""

    model = Receipt
    fields = ["kind_shown", "total", "issued_at", "document"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True
    verbose_name_plural = "Receipts and credit notes"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receipt]:
        """Without what stands on them."""
        return super().get_queryset(request).defer("contents")

    @display(description="Kind", label=RECEIPT_LABELS)
    def kind_shown(self, receipt: Receipt) -> Labelled:
        """A coloured label."""
        return Labelled(receipt.kind, receipt.get_kind_display(), RECEIPT_LABELS)

    @display(description="Document")
    def document(self, receipt: Receipt) -> SafeString:
        """The PDF."""
        return pdf_link(receipt)


def _sees_entities(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("payments.view_legalentity"))


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    """Every number of every series; nothing is changed, the documents are the customers'."""

    list_display = ["number", "kind_shown", "total", "payment_link", "issued_at", "document"]
    list_filter = [
        "kind", "entity", "year", "currency", ("issued_at", WhenFilter),
    ]  # fmt: skip
    list_select_related = ["payment"]
    search_fields = ["number__startswith", "payment__reference__startswith"]
    search_help_text = "Number of the document, or reference of the payment"
    ordering = ["-issued_at", "-id"]
    empty_note = "The first paid payment or subscription writes the first receipt."
    fields = [
        ("number", "kind_shown", "document"), ("total", "tax"), ("payment_link", "corrects"),
        ("paid_at", "issued_at"), ("entity", "language"),
    ]  # fmt: skip
    readonly_fields = ["kind_shown", "total", "tax", "payment_link", "document"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """By entity for those who may see entities: agents may not."""
        return [name for name in self.list_filter if name != "entity" or _sees_entities(request)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The same."""
        if _sees_entities(request):
            return self.fields
        return [*self.fields[:-1], "language"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Receipt]:
        """Lists show nothing of what stands on them."""
        receipts: QuerySet[Receipt] = super().get_queryset(request)
        return receipts.defer("contents")

    def get_urls(self) -> list[URLPattern]:
        """The document has an address of its own."""
        urls: list[URLPattern] = super().get_urls()
        view = self.admin_site.admin_view(self.pdf_view)
        pdf = transaction.non_atomic_requests(view)
        return [path("<uuid:receipt_id>/pdf/", pdf, name="payments_receipt_pdf"), *urls]

    def pdf_view(self, request: HttpRequest, receipt_id: Any) -> HttpResponse:
        """The document; row-level security decides whose."""
        with transaction.atomic():
            receipt = Receipt.objects.select_related("payment").filter(pk=receipt_id).first()
        if receipt is None or not self.has_view_permission(request, receipt):
            return HttpResponse("There is no such receipt.", status=404, content_type="text/plain")
        return pdf_response(receipt)

    @display(description="Kind", ordering="kind", label=RECEIPT_LABELS)
    def kind_shown(self, receipt: Receipt) -> Labelled:
        """A coloured label."""
        return Labelled(receipt.kind, receipt.get_kind_display(), RECEIPT_LABELS)

    @display(description="Total", ordering="total_minor")
    def total(self, receipt: Receipt) -> str:
        """With its currency."""
        return receipt.total.readable

    @display(description="Tax in it")
    def tax(self, receipt: Receipt) -> str:
        """A part of the total."""
        return receipt.money(receipt.tax_minor).readable

    @display(description="Payment")
    def payment_link(self, receipt: Receipt) -> SafeString | str:
        """To what it is for."""
        if receipt.payment is None:
            return "Subscription"
        url = reverse("admin:payments_payment_change", args=[receipt.payment_id])
        return format_html(PDF_LINK, url, receipt.payment.reference)

    @display(description="Document")
    def document(self, receipt: Receipt) -> SafeString:
        """The PDF."""
        return pdf_link(receipt)


@admin.register(LegalEntity)
class LegalEntityAdmin(ModelAdmin):
    """Who issues receipts. What is changed here shows on receipts written from now on."""

    list_display = ["name", "prefix", "country", "tax_id", "time_zone", "is_default"]
    search_fields = ["name__icontains", "prefix__exact"]
    ordering = ["name"]
    compressed_fields = True
    fieldsets = [
        (None, {"fields": ["name", "address", ("country", "tax_id"), "email"]}),
        ("Numbers", {"fields": [("prefix", "time_zone"), "is_default"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Numbers that were given out keep their beginning."""
        return ["prefix"] if obj is not None and obj.receipts.exists() else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Receipts speak of them."""
        return False
