"""stock-locations/ and stock-locations/{id}/."""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import READS_OWN, WRITE, WRITES_ALL, check_acts_for, my_vendors
from commerce.api.stock_rows import LOCATIONS
from commerce.api.visibility import sees_all
from commerce.models import StockLocation, Vendor
from commerce.models.stock import USUAL_PRIORITY
from commerce.services.stock.locations import change_location, open_location
from core.api.fields import Input, TextField, TrueFalseField, WholeNumberField
from core.api.lists import DetailView, ListView
from core.errors import PermissionRefused

MOST_PRIORITY = 32_767
READ = {"GET": ("catalogue:read", READS_OWN)}


class LocationChange(Input):
    """Fields of a location; those not given stay."""

    name = TextField(max_length=120, required=False)
    country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, allow_blank=True)
    priority = WholeNumberField(min_value=0, max_value=MOST_PRIORITY, required=False)
    is_active = TrueFalseField(required=False)
    is_default = TrueFalseField(required=False)


class LocationInput(Input):
    """A new location; with a vendor, for that vendor's goods only."""

    name = TextField(max_length=120)
    country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, allow_blank=True, default="")
    priority = WholeNumberField(
        min_value=0, max_value=MOST_PRIORITY, required=False, default=USUAL_PRIORITY
    )
    vendor = serializers.PrimaryKeyRelatedField(
        queryset=Vendor.objects.all(), required=False, allow_null=True, default=None
    )
    is_active = TrueFalseField(required=False, default=True)


class LocationsView(ListView):
    """All places for staff; the house's and their own for a vendor's members; none for others."""

    scopes = READ | {"POST": WRITE}
    input = {"POST": LocationInput}
    rows = LOCATIONS
    filters = {
        "name": "name", "country": "country", "vendor": "vendor_id", "is_active": "is_active",
        "is_default": "is_default",
    }  # fmt: skip
    ordering = ("priority", "name", "created_at")
    default_ordering = "priority"
    search = ("name",)

    def queryset_for(self, request: Request) -> QuerySet[StockLocation]:
        """By who is asking."""
        return _visible(request)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open one: staff anywhere, members for their vendor."""
        given = self.valid()
        vendor = given.pop("vendor")
        _check(request, vendor.pk if vendor else None)
        location = open_location(vendor_id=vendor.pk if vendor else None, **given)
        row = LOCATIONS.one(StockLocation.objects.filter(pk=location.pk))
        return Response(row, status=status.HTTP_201_CREATED)


class LocationView(DetailView):
    """One place."""

    scopes = READ | {"PATCH": WRITE}
    input = {"PATCH": LocationChange}
    rows = LOCATIONS

    def queryset_for(self, request: Request) -> QuerySet[StockLocation]:
        """As in the list."""
        return _visible(request)

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change some fields."""
        known = _visible(request).filter(pk=kwargs["id"]).values_list("vendor_id", flat=True)
        _check(request, known.first())
        location = change_location(location_id=kwargs["id"], **self.valid())
        return Response(LOCATIONS.one(StockLocation.objects.filter(pk=location.pk)))


def _visible(request: Request) -> QuerySet[StockLocation]:
    places = StockLocation.objects.all()
    if sees_all(request):
        return places
    mine = my_vendors(request)
    if not mine:
        return places.none()
    return places.filter(Q(vendor__isnull=True) | Q(vendor_id__in=mine))


def _check(request: Request, vendor_id: Any) -> None:
    """The house's own places are for staff."""
    if vendor_id is not None:
        check_acts_for(request, vendor_id)
    elif WRITES_ALL not in getattr(request.auth, "scopes", frozenset()):
        raise PermissionRefused(
            "Only staff change the house's locations.", details={"vendor": ["Name your vendor."]}
        )
