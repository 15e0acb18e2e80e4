"""stock/, stock/{id}/, its movements; stock/receipts|counts|corrections|transfers/."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import READS_OWN, WRITE, check_acts_for, my_vendors
from commerce.api.stock_rows import MOVEMENTS, STOCK, with_figures
from commerce.api.visibility import sees_all
from commerce.models import StockItem, StockLocation, StockMovement, Variant
from commerce.services import stock
from core.api.fields import Input, TextField, WholeNumberField
from core.api.idempotency import idempotent
from core.api.lists import DetailView, Filter, ListView
from core.api.lists.filters import kind_of
from core.api.views import ApiView
from core.errors import NotFound

READ = {"GET": ("catalogue:read", READS_OWN)}
MOST = 1_000_000
FLAG = kind_of(StockLocation, "is_active")


class PlaceInput(Input):
    """Which variant, where: without a location, at the default one."""

    variant = serializers.PrimaryKeyRelatedField(queryset=Variant.objects.all())
    location = serializers.PrimaryKeyRelatedField(
        queryset=StockLocation.objects.all(), required=False, allow_null=True, default=None
    )


class ReceiptInput(PlaceInput):
    """So many have come."""

    quantity = WholeNumberField(min_value=1, max_value=MOST)


class CountInput(PlaceInput):
    """So many are there."""

    on_hand = WholeNumberField(min_value=0, max_value=MOST)
    reason = TextField(max_length=500, required=False, allow_blank=True, default="")


class CorrectionInput(PlaceInput):
    """So many more, or (below zero) less, and why."""

    change = WholeNumberField(min_value=-MOST, max_value=MOST)
    reason = TextField(max_length=500)


class TransferInput(Input):
    """So many go from one location to another."""

    variant = serializers.PrimaryKeyRelatedField(queryset=Variant.objects.all())
    origin = serializers.PrimaryKeyRelatedField(queryset=StockLocation.objects.all())
    destination = serializers.PrimaryKeyRelatedField(queryset=StockLocation.objects.all())
    quantity = WholeNumberField(min_value=1, max_value=MOST)
    reason = TextField(max_length=500, required=False, allow_blank=True, default="")


class LimitsInput(Input):
    """From how many left it is low (null: the shop's number); how many more may be sold."""

    low_at = WholeNumberField(min_value=0, max_value=MOST, required=False, allow_null=True)
    backorder_limit = WholeNumberField(min_value=0, max_value=MOST, required=False)


class StockView(ListView):
    """What lies where: all of it for staff, of their own things for a vendor's members."""

    scopes = READ
    rows = STOCK
    filters = {
        "variant": "variant_id", "location": "location_id", "sku": "variant__sku",
        "product": "variant__product_id", "vendor": "variant__vendor_id",
        "low": Filter("low", FLAG), "on_hand": "on_hand", "updated_at": "updated_at",
        "low_since": "low_since", "out_since": "out_since",
    }  # fmt: skip
    ordering = ("updated_at", "on_hand", "low_since")
    default_ordering = "-updated_at"
    search = ("variant__sku", "variant__product__name")

    def queryset_for(self, request: Request) -> QuerySet[StockItem]:
        """By who is asking."""
        return _visible(request)


class StockItemView(DetailView):
    """One variant at one location."""

    scopes = READ | {"PATCH": WRITE}
    input = {"PATCH": LimitsInput}
    rows = STOCK

    def queryset_for(self, request: Request) -> QuerySet[StockItem]:
        """As in the list."""
        return _visible(request)

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Set its limits."""
        item = _visible(request).select_related("variant").filter(pk=kwargs["id"]).first()
        if item is None:
            raise NotFound("There is no such stock item.")
        check_acts_for(request, item.variant.vendor_id)
        given = {"low_at": item.low_at} | self.valid()
        stock.set_limits(item_id=item.pk, **given)
        return Response(_shown(item.pk))


class MovementsView(ListView):
    """Why the figures of one item changed, newest first."""

    scopes = READ
    rows = MOVEMENTS
    filters = {"kind": "kind", "at": "at", "source": "source"}
    ordering = ("at",)
    default_ordering = "-at"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """An item the caller cannot see has none, which is not an empty list."""
        if not _visible(request).filter(pk=kwargs["id"]).exists():
            raise NotFound("There is no such stock item.")
        return super().get(request, *args, **kwargs)

    def queryset_for(self, request: Request) -> QuerySet[StockMovement]:
        """Those of the item in the path."""
        return StockMovement.objects.filter(item_id=self.kwargs["id"])


class _Deed(ApiView):
    """A change of stock by staff or the vendor's members; the same key changes it once."""

    scopes = {"POST": WRITE}
    output = (201, STOCK)

    def asked(self) -> dict[str, Any]:
        """What was sent, ids instead of rows, under the name of this request."""
        given = self.valid()
        variant = given.pop("variant")
        check_acts_for(self.request, variant.vendor_id)
        for name, value in list(given.items()):
            if isinstance(value, models.Model):
                given[name] = value.pk
        token = self.claim.token
        return given | {"variant_id": variant.pk, "source": f"api:{token}"}


def _at_place(given: dict[str, Any]) -> dict[str, Any]:
    location = given.pop("location")
    return given | {"location_id": location}


class ReceiptsView(_Deed):
    """Goods have come."""

    input = ReceiptInput

    @idempotent
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put them on the shelf."""
        item = stock.receive_stock(**_at_place(self.asked()))
        return Response(_shown(item.pk), status=status.HTTP_201_CREATED)


class CountsView(_Deed):
    """Somebody counted."""

    input = CountInput

    @idempotent
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The figure is what was counted; 409 when orders have a right to more."""
        item = stock.count_stock(**_at_place(self.asked()))
        return Response(_shown(item.pk), status=status.HTTP_201_CREATED)


class CorrectionsView(_Deed):
    """Broken, lost, found."""

    input = CorrectionInput

    @idempotent
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """More or less by so many, for a reason."""
        item = stock.correct_stock(**_at_place(self.asked()))
        return Response(_shown(item.pk), status=status.HTTP_201_CREATED)


class TransfersView(_Deed):
    """From one location to another."""

    input = TransferInput

    @idempotent
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move pieces that are nobody's; the answer is the item they have come to."""
        given = self.asked()
        origin, destination = given.pop("origin"), given.pop("destination")
        _, there = stock.transfer_stock(from_id=origin, to_id=destination, **given)
        return Response(_shown(there.pk), status=status.HTTP_201_CREATED)


def _visible(request: Request) -> QuerySet[StockItem]:
    items = with_figures(StockItem.objects.all())
    if sees_all(request):
        return items
    return items.filter(variant__vendor_id__in=my_vendors(request))


def _shown(item_id: UUID) -> dict[str, Any]:
    return STOCK.one(with_figures(StockItem.objects.filter(pk=item_id)))
