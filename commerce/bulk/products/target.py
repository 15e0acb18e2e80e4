"""Products as a target of imports and exports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet

from commerce.bulk.products.columns import columns
from commerce.bulk.products.importer import ProductImporter
from commerce.bulk.products.lines import lines_of
from commerce.bulk.products.reading import key_of
from commerce.enums import ProductStatus
from commerce.models import Product, Vendor
from core.bulk.columns import Column, RowRefused
from core.bulk.harmless import as_it_was
from core.bulk.lists import narrowed
from core.bulk.narrowing import SINCE, UNTIL, between, one_of
from core.bulk.targets import Importer, Option, SourceRow, Target, needed
from core.errors import Invalid


class Products(Target):
    """A row is a variant; a product is known by vendor and slug, else by its SKU."""

    name: ClassVar[str] = "products"
    label: ClassVar[str] = "Products"
    one: ClassVar[str] = "product"
    admin_model: ClassVar[str] = "commerce.product"

    def columns(self) -> list[Column]:
        """Of product and variant, the shop's own fields, a price a currency."""
        return columns()

    def import_options(self) -> list[Option]:
        """Whose products these are."""
        return [Option("vendor", "Vendor", "Slug of whose products these are, where no column "
                       "says it")]  # fmt: skip

    def export_options(self) -> list[Option]:
        """Made when, in which status, of whom."""
        return [
            SINCE, UNTIL, Option("status", "Status", choices=lambda: list(ProductStatus.choices)),
            Option("vendor", "Vendor", "Its slug"), Option("category", "Category", "Its path"),
        ]  # fmt: skip

    def check_options(self, columns: Mapping[str, str], options: Mapping[str, Any]) -> None:
        """The vendor is there, or a column names one."""
        vendor = options.get("vendor")
        if vendor and not Vendor.objects.filter(slug=vendor).exists():
            raise Invalid("There is no such vendor.", details={"vendor": ["No such slug."]})
        if not vendor and "vendor" not in columns.values():
            raise Invalid("Say whose products these are.", details={"vendor": ["Needed."]})

    def key(self, cells: Mapping[str, str], options: Mapping[str, Any]) -> str:
        """Vendor and slug, else vendor and SKU."""
        needed(cells, "sku", "SKU")
        plain = {name: as_it_was(cell) for name, cell in cells.items()}
        if not plain.get("vendor", "").strip() and not options.get("vendor"):
            raise RowRefused("Vendor is needed.")
        return key_of(plain, str(options.get("vendor", "")))

    def importer(
        self, options: Mapping[str, Any], rows: Callable[[], Iterator[SourceRow]], source: str
    ) -> Importer:
        """Needs nothing of the file before it begins."""
        return ProductImporter(vendor=str(options.get("vendor", "")), source=source)

    def chosen(self, options: Mapping[str, Any]) -> QuerySet[Any]:
        """What the reader may see, in the order in which it was made."""
        filters: dict[str, Any] = between(options, "created_at")
        filters |= one_of(options, "status", ProductStatus.values)
        if options.get("vendor"):
            filters["vendor__slug"] = options["vendor"]
        rows = Product.objects.filter(**filters)
        if path := options.get("category"):
            rows = rows.filter(category__path=path) | rows.filter(
                category__path__startswith=f"{path}/"
            )
        return narrowed(rows, options, self.admin_model).order_by("pk")

    def lines(self, ids: Sequence[UUID], columns: Sequence[Column]) -> Iterator[list[Any]]:
        """One row a variant."""
        return lines_of(ids, columns)
