"""Pages of this floor inside the admin, besides the lists of its tables."""

from django.urls import path

from commerce.admin.cost import what_would_it_cost

urlpatterns = [path("what-would-it-cost/", what_would_it_cost, name="what-would-it-cost")]
