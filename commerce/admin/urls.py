"""Pages of this floor inside the admin, besides the lists of its tables."""

from django.urls import path

from commerce.admin.ask_to_pay import ask_to_pay
from commerce.admin.cost import what_would_it_cost

urlpatterns = [
    path("what-would-it-cost/", what_would_it_cost, name="what-would-it-cost"),
    path("orders/<uuid:order_id>/ask-to-pay/", ask_to_pay, name="order-ask-to-pay"),
]
