"""Pages and machine doors of this floor outside the API."""

from django.urls import URLPattern, URLResolver, path

from payments.views import payment_page
from payments.views_receipt import receipt_by_token_pdf, receipt_of_payment_pdf

urlpatterns: list[URLPattern | URLResolver] = [
    path("payments/<slug:reference>/", payment_page, name="payment-page"),
    path("payments/<slug:reference>/receipt.pdf", receipt_of_payment_pdf, name="payment-receipt"),
    path("receipts/<slug:token>.pdf", receipt_by_token_pdf, name="receipt"),
]
