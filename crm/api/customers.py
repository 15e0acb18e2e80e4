"""Customers over HTTP. Which of them exist for the caller is decided by the database."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from core.api import DetailView, Filter, ListView, Response
from core.api.lists.filters import Kind, kind_of
from core.identity.context import STAFF_ROLES, Role
from crm.api.inputs import CustomerChange, NewCustomer
from crm.api.rows import CUSTOMERS
from crm.custom_fields import NAME
from crm.models import Customer
from crm.services.changes import create_customer, update_customer

WRITERS = {Role.ADMIN, Role.MANAGER, Role.AGENT}
_id = kind_of(Customer, "id")
ONE_AGENT = Kind(_id.parse, frozenset({""}), _id.schema)  # several would repeat rows


class Customers(ListView):
    """Customers, newest first; `cf.<name>=` filters by a custom field."""

    scopes = {"GET": "customers:read", "POST": "customers:write"}
    roles = {"GET": STAFF_ROLES, "POST": WRITERS}
    rows = CUSTOMERS
    filters = {
        "status": "status",
        "country": "country",
        "city": "city",
        "currency": "currency",
        "language": "language",
        "name": "name",
        "company": "company",
        "email": "email",
        "orders_count": "orders_count",
        "lifetime_value_minor": "lifetime_value_minor",
        "created_at": "created_at",
        "first_order_at": "first_order_at",
        "last_order_at": "last_order_at",
        "external_platform": "external_platform",
        "external_id": "external_id",
        "user": "user_id",
        "agent": Filter("assignments__user_id", ONE_AGENT),
    }
    ordering = ("created_at", "lifetime_value", "last_order_at")
    ordering_sources = {"created_at": "pk", "lifetime_value": "lifetime_value_minor"}
    search = ("search_words",)
    prefixes = ("cf.",)
    input = NewCustomer

    def queryset_for(self, request: Request) -> QuerySet[Customer]:
        """Those that were not merged into another."""
        return Customer.objects.current()

    def narrow(
        self, queryset: QuerySet[Customer], parameters: dict[str, str]
    ) -> QuerySet[Customer]:
        """By custom fields, compared as text."""
        for number, (parameter, value) in enumerate(parameters.items()):
            name = parameter.removeprefix("cf.")
            if not NAME.match(name):
                raise ValidationError({parameter[:64]: ["This is no name of a custom field."]})
            field = f"_custom{number}"
            queryset = queryset.alias(**{field: KeyTextTransform(name, "custom")})
            queryset = queryset.filter(**{field: value})
        return queryset

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add one; an agent looks after whom they add."""
        customer = create_customer(**self.valid())
        return Response(self.one(Customer.objects.filter(pk=customer.pk)), status=201)


class CustomerDetail(DetailView):
    """One customer, also one that was merged into another (`merged_into` says so)."""

    scopes = {"GET": "customers:read", "PATCH": "customers:write"}
    roles = {"GET": STAFF_ROLES, "PATCH": WRITERS}
    rows = CUSTOMERS
    input = CustomerChange

    def queryset_for(self, request: Request) -> QuerySet[Customer]:
        """All the caller may see."""
        return Customer.objects.all()

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change what is given."""
        update_customer(customer_id=self.kwargs["id"], **self.valid())
        return Response(self.one(self.object_query()))
