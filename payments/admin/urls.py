"""Pages of the money floor inside the admin, besides the lists of its tables."""

from django.urls import path

from payments.admin.charts import money
from payments.admin.webhook_health import webhook_health

urlpatterns = [
    path("money/", money, name="money"),
    path("webhooks/", webhook_health, name="webhook-health"),
]
