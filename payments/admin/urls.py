"""Pages of the money floor inside the admin, besides the lists of its tables."""

from django.urls import path

from payments.admin.charts import money
from payments.admin.review import decide, review_queue
from payments.admin.trial_balance import trial_balance_page
from payments.admin.webhook_health import webhook_health

urlpatterns = [
    path("money/", money, name="money"),
    path("review/", review_queue, name="payment-review"),
    path("review/<uuid:payment_id>/", decide, name="payment-review-decide"),
    path("trial-balance/", trial_balance_page, name="trial-balance"),
    path("webhooks/", webhook_health, name="webhook-health"),
]
