"""What the lines of old orders are of: variants found by vendor and SKU, or made as drafts."""

from collections.abc import Iterable, Mapping

from django.utils.text import slugify

from commerce.enums import VendorStatus
from commerce.imports.catalogue import Shelf
from commerce.imports.records import OldLine, OldProduct
from commerce.imports.writer import Goods
from commerce.models import Variant, Vendor
from core.errors import Invalid


class Warehouse:
    """Goods by vendor's slug and SKU. With `drafts`, what is missing is made (imports/catalogue),
    the vendor too; else a line without a variant keeps its name and its vendor."""

    def __init__(
        self, *, vendor: str, currency: str, drafts: Mapping[str, OldProduct] | None
    ) -> None:
        self._vendor, self._currency, self._drafts = vendor, currency, drafts
        self._vendors: dict[str, Vendor] = {}
        self._shelf: Shelf | None = None

    def goods_of(self, lines: Iterable[OldLine]) -> dict[tuple[str, str], Goods]:
        """For each line's (vendor, SKU); those that nobody sells are left out."""
        wanted = {(line.vendor, line.sku) for line in lines}
        if self._drafts is not None:
            return self._on_the_shelf(wanted)
        return self._found(wanted)

    def confirm(self) -> None:
        """What was made is committed."""
        if self._shelf is not None:
            self._shelf.confirm()

    def undone(self) -> None:
        """What was made is gone: the vendor perhaps with it."""
        self._shelf = None

    def _on_the_shelf(self, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Goods]:
        assert self._drafts is not None  # noqa: S101 - the caller looked
        if self._shelf is None:
            self._shelf = Shelf(self._ready_vendor(), dict(self._drafts))
        variants = self._shelf.stock_up(sku for _, sku in wanted)
        return {
            (vendor, sku): Goods(variants[sku].pk, self._shelf.vendor.pk, self._drafts[sku].service)
            for vendor, sku in wanted
        }

    def _ready_vendor(self) -> Vendor:
        vendor, _ = Vendor.objects.get_or_create(
            slug=slugify(self._vendor)[:100],
            defaults={
                "name": self._vendor,
                "status": VendorStatus.ACTIVE,
                "payout_currency": self._currency,
            },
        )
        return vendor

    def _found(self, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Goods]:
        self._learn_vendors({vendor or self._vendor for vendor, _ in wanted})
        variants: dict[str, list[Variant]] = {}
        for variant in Variant.objects.filter(sku__in={sku for _, sku in wanted}).select_related(
            "product"
        ):
            variants.setdefault(variant.sku, []).append(variant)
        found = {}
        for slug, sku in wanted:
            if goods := self._one(slug or self._vendor, variants.get(sku, [])):
                found[slug, sku] = goods
        return found

    def _one(self, slug: str, sold: list[Variant]) -> Goods | None:
        """The variant of that vendor; without a vendor, the only one there is."""
        if slug:
            vendor = self._vendors.get(slug)
            if vendor is None:
                return None
            sold = [variant for variant in sold if variant.vendor_id == vendor.pk]
            if not sold:
                return Goods(None, vendor.pk, "")
        if len(sold) != 1:
            return None
        (variant,) = sold
        return Goods(variant.pk, variant.vendor_id, variant.product.service)

    def _learn_vendors(self, slugs: set[str]) -> None:
        missing = {slug for slug in slugs if slug} - self._vendors.keys()
        if missing:
            found = Vendor.objects.filter(slug__in=missing)
            self._vendors |= {vendor.slug: vendor for vendor in found}


def goods_or_refusal(
    lines: Iterable[OldLine], goods: Mapping[tuple[str, str], Goods], default: str
) -> None:
    """Raises Invalid naming the lines whose vendor nobody knows."""
    for line in lines:
        if (line.vendor, line.sku) not in goods:
            slug = line.vendor or default
            raise Invalid(
                f"There is no vendor {slug!r}."
                if slug
                else f"SKU {line.sku!r} is no vendor's or several vendors'; name the vendor."
            )
