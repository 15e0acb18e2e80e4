"""Paths of this floor under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from crm.api.assignments import AssignmentOfAgent, Assignments
from crm.api.contact import ContactView
from crm.api.customers import CustomerDetail, Customers

urlpatterns: list[URLPattern | URLResolver] = [
    path("contact/", ContactView.as_view()),
    path("customers/", Customers.as_view()),
    path("customers/<uuid:id>/", CustomerDetail.as_view()),
    path("customers/<uuid:id>/assignments/", Assignments.as_view()),
    path("customers/<uuid:id>/assignments/<uuid:user_id>/", AssignmentOfAgent.as_view()),
]
