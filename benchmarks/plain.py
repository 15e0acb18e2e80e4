"""The baseline of the lists: what a plain DRF project answers with, on the same rows.

A ModelSerializer, cursor pages, JSON; no login, no row rights, no envelope, only the middleware
Django cannot do without. Served (plain_wsgi.py) by the same server with the same settings as
Tradewind.
"""

from django.db import transaction
from django.urls import path
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import ModelSerializer

from core.identity import acting_as_system
from crm.api.rows import CUSTOMERS
from crm.models import Customer

OURS_ONLY = {"user", "merged_into", "lifetime_value"}  # shown under the model's names below
SHOWN = [name for name in CUSTOMERS.columns if name not in OURS_ONLY]


class PlainCustomer(ModelSerializer[Customer]):
    """The same columns as our list, as a ModelSerializer has them."""

    class Meta:
        model = Customer
        fields = [*SHOWN, "user_id", "merged_into_id", "lifetime_value_minor"]


class NewestFirst(CursorPagination):
    """25 a page."""

    page_size = 25
    ordering = "-id"  # the same index as our list


class PlainCustomers(ListAPIView[Customer]):
    """Nothing but the list."""

    queryset = Customer.objects.all()
    serializer_class = PlainCustomer
    pagination_class = NewestFirst
    renderer_classes = (JSONRenderer,)
    authentication_classes = ()
    permission_classes = ()

    def list(self, request, *args, **kwargs):  # type: ignore[no-untyped-def]
        """The rows must be readable; the role costs this baseline one round trip."""
        with acting_as_system("benchmark"), transaction.atomic():
            return super().list(request, *args, **kwargs)


urlpatterns = [path("plain/", PlainCustomers.as_view())]
