"""The baseline of the product list: what a plain DRF project answers with, on the same rows.

A ModelViewSet with nested ModelSerializers and prefetching, pages with a count, JSON; no login, no
envelope, only the middleware Django cannot do without. Served by the same server.
"""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.plain_products_settings"  # not the house's

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import transaction  # noqa: E402
from rest_framework.pagination import LimitOffsetPagination  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402
from rest_framework.routers import SimpleRouter  # noqa: E402
from rest_framework.serializers import ModelSerializer  # noqa: E402
from rest_framework.viewsets import ModelViewSet  # noqa: E402

from commerce.models import Price, Product, StockItem, Variant  # noqa: E402
from core.identity import acting_as_system  # noqa: E402


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
