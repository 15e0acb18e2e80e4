"""Pages of the money floor inside the admin, besides the lists of its tables."""

from django.urls import path

from payments.admin.webhook_health import webhook_health

urlpatterns = [
    path("webhooks/", webhook_health, name="webhook-health"),
]
