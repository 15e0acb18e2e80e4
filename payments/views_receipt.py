"""Receipts as PDF, for whoever knows the payment's reference or was given the document's link."""

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.requests.client import client_address
from payments import limits
from payments.models import Receipt
from payments.receipts.pdf import file_name, pdf_of
from payments.services.receipts.issuing import receipt_by_reference, receipt_by_token


@never_cache
@require_safe
@transaction.non_atomic_requests
def receipt_of_payment_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt of one payment; 404 until the payment has arrived."""
    return _answered(request, receipt_by_reference, reference)


@never_cache
@require_safe
@transaction.non_atomic_requests
def receipt_by_token_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """A receipt or a credit note."""
    return _answered(request, receipt_by_token, token)


def pdf_response(receipt: Receipt) -> HttpResponse:
    """The document, shown in the browser and saved under its number."""
    response = HttpResponse(pdf_of(receipt), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{file_name(receipt)}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _answered(request: HttpRequest, find: Callable[[str], Receipt], known: str) -> HttpResponse:
    limits.RECEIPT.spend(client_address(request.META))
    try:
        return pdf_response(find(known))
    except NotFound:
        raise Http404 from None
