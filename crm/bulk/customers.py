"""Customers in and out of files: one row each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet

from accounts.emails import normalise_email
from core.bulk.cells import Choice, JsonValues, Moment, Number, Text, WholeNumber
from core.bulk.columns import Column, RowRefused
from core.bulk.harmless import as_it_was
from core.bulk.lists import narrowed
from core.bulk.narrowing import SINCE, UNTIL, between, one_of
from core.bulk.targets import Importer, Option, SourceRow, Target
from core.money import Money
from crm.bulk.writer import CustomerImporter
from crm.enums import CustomerStatus
from crm.models import Customer

_TEXTS = [
    ("email", "E-mail", 254, ("mail", "e-mail address", "email address"), "ada@example.com"),
    ("name", "Name", 200, ("customer", "full name", "customer name"), "Ada Byron"),
    ("first_name", "First name", 100, ("given name", "firstname"), "Ada"),
    ("last_name", "Last name", 100, ("surname", "family name", "lastname"), "Byron"),
    ("company", "Company", 200, ("organisation", "organization", "firm"), ""),
    ("phone", "Phone", 40, ("telephone", "mobile", "phone number"), "+33 1 23 45 67 89"),
    ("line1", "Address line 1", 200, ("address", "street", "address1"), "12 Rue des Arts"),
    ("line2", "Address line 2", 200, ("address2",), ""),
    ("postal_code", "Postal code", 20, ("zip", "postcode", "zip code"), "69001"),
    ("city", "City", 100, ("town",), "Lyon"),
    ("region", "Region", 100, ("state", "province", "county"), ""),
    ("country", "Country", 2, ("country code",), "FR"),
    ("language", "Language", 10, ("locale",), "fr"),
    ("time_zone", "Time zone", 64, ("timezone",), "Europe/Paris"),
    ("currency", "Currency", 3, (), "EUR"),
]  # fmt: skip
COLUMNS = [
    Column("id", "Id", Text(36), help="Ours, from an export", aliases=("customer id",)),
    *[
        Column(name, label, Text(longest), aliases=aliases, example=example)
        for name, label, longest, aliases, example in _TEXTS
    ],
    Column("status", "Status", Choice(CustomerStatus.choices), example="active"),
    Column("external_platform", "Platform", Text(20), aliases=("source system",),
           help="Which shop or system the external id is from", example="shopify"),
    Column("external_id", "External id", Text(100), aliases=("customer number", "customer no"),
           help="Their id over there", example="7071"),
    Column("custom", "Custom fields", JsonValues(), help="A JSON object",
           example='{"loyalty": 12}'),
    Column("orders_count", "Orders", WholeNumber(), only_out=True),
    Column("lifetime_value", "Lifetime value", Number(), only_out=True),
    Column("lifetime_value_currency", "Lifetime value in", Text(), only_out=True),
    Column("first_order_at", "First order", Moment(), only_out=True),
    Column("last_order_at", "Last order", Moment(), only_out=True),
    Column("created_at", "Known since", Moment(), only_out=True),
]  # fmt: skip


class Customers(Target):
    """Known by our id, by the id on their platform, or by e-mail address."""

    name: ClassVar[str] = "customers"
    label: ClassVar[str] = "Customers"
    one: ClassVar[str] = "customer"
    admin_model: ClassVar[str] = "crm.customer"

    def columns(self) -> list[Column]:
        """Staff's fields, and what is counted of them (out only)."""
        return COLUMNS

    def import_options(self) -> list[Option]:
        """Where external ids come from."""
        return [
            Option("platform", "Platform", "Of the external ids, where no column says it"),
        ]

    def export_options(self) -> list[Option]:
        """Known since, in a status, from a country."""
        return [
            SINCE, UNTIL, Option("status", "Status", choices=lambda: list(CustomerStatus.choices)),
            Option("country", "Country", "Two letters"),
        ]  # fmt: skip

    def key(self, cells: Mapping[str, str], options: Mapping[str, Any]) -> str:
        """By what the row's customer is known."""

        def cell(name: str) -> str:
            return as_it_was(cells.get(name, "")).strip()

        external = cell("external_id")
        if external:
            platform = cell("external_platform") or str(options.get("platform", ""))
            if not platform:
                raise RowRefused("External id without the platform it is from.")
            return f"external:{platform}:{external}"
        email = normalise_email(cell("email"))
        if email:
            return f"email:{email}"
        if _is_ours(cell("id")):
            return f"id:{cell('id').lower()}"
        raise RowRefused("Neither an e-mail address nor an external id: nobody could be known by.")

    def importer(
        self, options: Mapping[str, Any], rows: Callable[[], Iterator[SourceRow]], source: str
    ) -> Importer:
        """Needs nothing of the file before it begins."""
        return CustomerImporter(str(options.get("platform", "")))

    def chosen(self, options: Mapping[str, Any]) -> QuerySet[Any]:
        """Those not merged into another; the database says which of them the reader sees."""
        filters: dict[str, Any] = between(options, "created_at")
        filters |= one_of(options, "status", CustomerStatus.values)
        if options.get("country"):
            filters["country"] = str(options["country"]).upper()
        rows = Customer.objects.current().filter(**filters)
        return narrowed(rows, options, self.admin_model).order_by("pk")

    def lines(self, ids: Sequence[UUID], columns: Sequence[Column]) -> Iterator[list[Any]]:
        """A page of customers, one query."""
        found = Customer.objects.defer("search_words").in_bulk(list(ids))
        for pk in ids:
            if customer := found.get(pk):
                yield [_value(customer, column.name) for column in columns]


def _value(customer: Customer, name: str) -> Any:
    if name == "lifetime_value":
        return Money(customer.lifetime_value_minor, customer.lifetime_value_currency).decimal
    if name == "id":
        return str(customer.pk)
    return getattr(customer, name)


def _is_ours(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
