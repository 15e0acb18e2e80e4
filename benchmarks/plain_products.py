"""The baseline of the product list: what a plain DRF project answers with, on the same rows.

A ModelViewSet with nested ModelSerializers and prefetching, pages with a count, JSON; no login, no
envelope, only the middleware Django cannot do without. Served (plain_products_wsgi.py) by the same
server.
"""

from django.db import transaction
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ModelViewSet

from commerce.models import Price, Product, StockItem, Variant
from core.identity import acting_as_system


class PlainPrice(ModelSerializer[Price]):
    """An amount and its currency."""

    class Meta:
        model = Price
        fields = ["amount_minor", "currency", "compare_at_minor", "valid_to"]


class PlainStock(ModelSerializer[StockItem]):
    """What can be sold."""

    class Meta:
        model = StockItem
        fields = ["on_hand", "reserved", "allocated"]


class PlainVariant(ModelSerializer[Variant]):
    """A variant with what hangs on it."""

    prices = PlainPrice(many=True)
    stock_items = PlainStock(many=True)

    class Meta:
        model = Variant
        fields = ["id", "sku", "options", "is_active", "weight_grams", "prices", "stock_items"]


class PlainProduct(ModelSerializer[Product]):
    """The same columns as our list, as a ModelSerializer has them."""

    variants = PlainVariant(many=True)

    class Meta:
        model = Product
        fields = [
            "id", "name", "slug", "description", "status", "service", "vendor_id", "category_id",
            "created_at", "updated_at", "variants",
        ]  # fmt: skip


class PlainProducts(ModelViewSet[Product]):
    """Nothing but the list; every relation is prefetched."""

    queryset = (
        Product.objects.filter(status="active", vendor__status="active")
        .prefetch_related("variants__prices", "variants__stock_items")
        .order_by("-id")
    )
    serializer_class = PlainProduct
    pagination_class = LimitOffsetPagination
    renderer_classes = (JSONRenderer,)
    authentication_classes = ()
    permission_classes = ()

    def list(self, request, *args, **kwargs):  # type: ignore[no-untyped-def]
        """The rows must be readable; the role costs this baseline one round trip."""
        with acting_as_system("benchmark"), transaction.atomic():
            return super().list(request, *args, **kwargs)


router = SimpleRouter()
router.register("plain", PlainProducts)
urlpatterns = router.urls
