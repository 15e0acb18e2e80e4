"""The products an import needs: found by SKU, made as drafts where they are missing."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.text import slugify

from commerce.enums import ProductStatus
from commerce.imports.records import OldProduct
from commerce.models import Price, Product, Variant, Vendor
from core.database.many import settled
from core.ids import new_id


class Shelf:
    """Variants of one vendor by SKU, kept between batches once their batch has committed."""

    def __init__(self, vendor: Vendor, products: dict[str, OldProduct]) -> None:
        self.vendor = vendor
        self.products = products
        self._known: dict[str, Variant] = {}
        self._fresh: dict[str, Variant] = {}

    def stock_up(self, skus: Iterable[str]) -> dict[str, Variant]:
        """The variants of these SKUs; new ones are made in the caller's transaction."""
        wanted = set(skus)
        self._fresh = {}
        missing = wanted - self._known.keys()
        if missing:
            found = Variant.objects.filter(vendor=self.vendor, sku__in=missing)
            self._fresh = {variant.sku: variant for variant in found}
            self._make(sorted(missing - self._fresh.keys()))
        return {sku: self._known.get(sku) or self._fresh[sku] for sku in wanted}

    def confirm(self) -> None:
        """The batch has committed: what it made may be relied on."""
        self._known |= self._fresh
        self._fresh = {}

    def _make(self, skus: list[str]) -> None:
        """Drafts: nothing is for sale before a person has looked at it."""
        now = timezone.now()
        products: list[Product] = []
        variants: list[Variant] = []
        prices: list[Price] = []
        for sku in skus:
            old = self.products[sku]
            product = Product(
                id=new_id(),
                vendor=self.vendor,
                name=old.name,
                slug=f"{slugify(old.name)[:80]}-{slugify(sku)}".strip("-"),
                service=old.service,
                status=ProductStatus.DRAFT,
            )
            variant = Variant(
                id=new_id(),
                product=product,
                vendor=self.vendor,
                sku=sku,
                tracks_stock=old.is_goods,
            )
            price = Price(
                variant=variant,
                currency=old.price.currency,
                amount_minor=old.price.minor,
                valid_from=now,
            )
            products.append(product)
            variants.append(variant)
            prices.append(price)
            self._fresh[sku] = variant
        Product.objects.bulk_create(settled(products))
        Variant.objects.bulk_create(settled(variants))
        Price.objects.bulk_create(settled(prices))
