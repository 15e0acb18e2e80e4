"""Receipts and credit notes. The API tells where the PDF is; answers here are always JSON."""

from django.db import transaction
from django.db.models import QuerySet
from rest_framework.request import Request

from core.api import ApiView, ListView, Response, Rows, made, money
from core.api.rows.columns import Column
from core.identity import acting_as_system
from payments.addresses import receipt_url
from payments.models import Receipt
from payments.services.receipts.issuing import receipt_by_reference

PDF = {"type": "string", "format": "uri", "description": "The document; the link is a secret."}
COLUMNS: dict[str, str | Column] = {
    "number": "number",
    "kind": "kind",
    "payment": "payment__reference",
    "corrects": "corrects__number",
    "total": money("total_minor"),
    "tax": money("tax_minor"),
    "language": "language",
    "paid_at": "paid_at",
    "issued_at": "issued_at",
    "pdf": made(receipt_url, "token", schema=PDF),
}
PUBLIC = Rows(columns=COLUMNS, model=Receipt)
RECEIPTS = Rows(columns={"id": "id", **COLUMNS})


class ReceiptsView(ListView):
    """Receipts and credit notes one may see."""

    scopes = {"GET": "payments:read"}
    rows = RECEIPTS
    filters = {
        "number": "number",
        "kind": "kind",
        "payment": "payment__reference",
        "currency": "currency",
        "year": "year",
        "issued_at": "issued_at",
    }
    ordering = ("issued_at",)
    default_ordering = "-issued_at"
    search = ("number",)

    def queryset_for(self, request: Request) -> QuerySet[Receipt]:
        """All that row-level security lets through."""
        return Receipt.objects.all()


class PaymentReceiptView(ApiView):
    """The receipt of one payment; whoever knows the reference may have it."""

    public = True
    atomic = False
    output = PUBLIC

    def get(self, request: Request, reference: str) -> Response:
        """Where it is and what it says; 404 until the payment has arrived."""
        receipt = receipt_by_reference(reference)
        with acting_as_system("receipt by reference"), transaction.atomic():
            return Response(PUBLIC.one(Receipt.objects.filter(pk=receipt.pk)))
