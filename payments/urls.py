"""Pages and machine doors of this floor outside the API."""

from django.urls import URLPattern, URLResolver, path

from payments.views import payment_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("payments/<slug:reference>/", payment_page, name="payment-page"),
]
