"""Orders as a target of imports and exports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet

from commerce.bulk.orders.columns import COLUMNS
from commerce.bulk.orders.importer import OrderImporter
from commerce.bulk.orders.lines import lines_of
from commerce.bulk.orders.retail import CELLS
from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order, Vendor
from core.bulk.columns import Column, RowRefused
from core.bulk.harmless import as_it_was
from core.bulk.lists import narrowed
from core.bulk.narrowing import SINCE, UNTIL, between, one_of
from core.bulk.targets import Importer, Option, SourceRow, Target
from core.errors import Invalid
from core.money import CURRENCIES

YES_NO = [("yes", "Yes"), ("no", "No")]


class Orders(Target):
    """Old orders come in as history; a row is a line, known by the order's number."""

    name: ClassVar[str] = "orders"
    label: ClassVar[str] = "Orders"
    one: ClassVar[str] = "order"
    admin_model: ClassVar[str] = "commerce.order"

    def columns(self) -> list[Column]:
        """Of the order and of its line."""
        return COLUMNS

    def import_options(self) -> list[Option]:
        """What the file does not say of itself."""
        return [
            Option("platform", "Platform", "The shop or system the orders are from", "import"),
            Option("vendor", "Vendor", "Slug of whose goods these are, where no column says it"),
            Option("currency", "Currency", "Where no column says it, such as EUR"),
            Option("status", "Status", "Where no column says it", "delivered",
                   choices=lambda: list(OrderStatus.choices)),
            Option("drafts", "Make missing products", "As drafts, with the newest price",
                   choices=lambda: YES_NO),
            Option("rules", "Rules for odd rows", "Leave out stock corrections and gifts, take "
                   "invoices beginning with C for cancellations",
                   choices=lambda: [("online-retail", "Wholesaler's ledger (Online Retail)")]),
        ]  # fmt: skip

    def export_options(self) -> list[Option]:
        """Placed when, in which status, from where."""
        return [
            SINCE, UNTIL, Option("status", "Status", choices=lambda: list(OrderStatus.choices)),
            Option("payment_status", "Payment", choices=lambda: list(PaymentStatus.choices)),
            Option("country", "Country", "Two letters"),
        ]  # fmt: skip

    def check_options(self, columns: Mapping[str, str], options: Mapping[str, Any]) -> None:
        """The currency exists, the vendor too; the ledger's rules have all its columns."""
        currency = str(options.get("currency", "")).upper()
        if currency and currency not in CURRENCIES:
            raise Invalid(f"{currency[:10]!r} is no currency.", details={"currency": ["Unknown."]})
        named = set(columns.values())
        if not currency and "currency" not in named and options.get("rules") is None:
            raise Invalid("Say the currency.", details={"currency": ["By a column or here."]})
        makes = options.get("drafts") == "yes" or options.get("rules")
        vendor = options.get("vendor")
        if makes and not vendor:
            raise Invalid("Say whose the products are.", details={"vendor": ["Needed."]})
        if vendor and not makes and not Vendor.objects.filter(slug=vendor).exists():
            raise Invalid("There is no such vendor.", details={"vendor": ["No such slug."]})
        if options.get("rules") and set(CELLS) - named:
            missing = ", ".join(sorted(set(CELLS) - named))
            raise Invalid(f"These rules need: {missing}.", details={"rules": [missing]})
        if not named & {"external_id", "number"}:
            raise Invalid(
                "Say which column holds the order's number.",
                details={"external_id": ["Or our own order number."]},
            )

    def key(self, cells: Mapping[str, str], options: Mapping[str, Any]) -> str:
        """The order's number over there with its platform, or our own."""

        def cell(name: str) -> str:
            return " ".join(as_it_was(cells.get(name, "")).split())

        if options.get("rules") == "online-retail":
            if not cell("external_id") or not cell("sku"):
                raise RowRefused("no invoice number or no stock code")
            return cell("external_id").upper()
        external = cell("external_id")
        if external:
            return f"{cell('external_platform') or options.get('platform', '')}:{external}"
        if cell("number"):
            return f"number:{cell('number')}"
        raise RowRefused("No order number.")

    def read(
        self, columns: Mapping[str, Column], cells: Mapping[str, str], options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Strictly; but a ledger's odd rows are read by its own rules."""
        if options.get("rules") == "online-retail":
            return {}
        return super().read(columns, cells, options)

    def importer(
        self, options: Mapping[str, Any], rows: Callable[[], Iterator[SourceRow]], source: str
    ) -> Importer:
        """Walks the file once where products are to be made of it."""
        return OrderImporter(options, rows)

    def chosen(self, options: Mapping[str, Any]) -> QuerySet[Any]:
        """What the reader may see, in the order in which it was placed."""
        filters: dict[str, Any] = between(options, "placed_at")
        filters |= one_of(options, "status", OrderStatus.values)
        filters |= one_of(options, "payment_status", PaymentStatus.values)
        if options.get("country"):
            filters["country"] = str(options["country"]).upper()
        rows = Order.objects.filter(**filters)
        return narrowed(rows, options, self.admin_model).order_by("placed_at", "pk")

    def lines(self, ids: Sequence[UUID], columns: Sequence[Column]) -> Iterator[list[Any]]:
        """One row a line, an order's own columns on each of them."""
        return lines_of(ids, columns)
