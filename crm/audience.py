"""Customers as the audience of campaigns."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from core.errors import Invalid
from core.money import Money, MoneyError
from crm.enums import CustomerStatus
from crm.models import Customer
from crm.models.customer import base_currency
from notifications.campaigns import Audience, Filter


class CustomersAudience(Audience):
    """Customers with an address: neither merged, nor anonymous, nor blocked."""

    name = "customers"
    label = "Customers"
    filters = (
        Filter(
            "status", "Status", "choices",
            [(s.value, s.label) for s in CustomerStatus if s is not CustomerStatus.BLOCKED],
        ),
        Filter("country", "Country", help="Two letters, such as DE; several with commas"),
        Filter("language", "Language", help="Such as fr; also fr-CA"),
        Filter("ordered_since", "Has ordered since", "date"),
        Filter("not_ordered_since", "Has not ordered since", "date"),
        Filter("spent", "Spent at least", "amount", help="Over the years, net of refunds"),
    )  # fmt: skip

    def chosen(self, given: Mapping[str, Any]) -> QuerySet[Any]:
        """All filters hold together."""
        wanted = Q()
        if status := given.get("status"):
            if status not in CustomerStatus.values or status == CustomerStatus.BLOCKED:
                raise _wrong("status", "No such status to write to.")
            wanted &= Q(status=status)
        if country := given.get("country"):
            codes = [code.strip().upper() for code in str(country).split(",") if code.strip()]
            if any(len(code) != 2 for code in codes):
                raise _wrong("country", "Two letters each, such as DE, AT.")
            wanted &= Q(country__in=codes)
        if language := given.get("language"):
            wanted &= Q(language__istartswith=language)
        if since := given.get("ordered_since"):
            wanted &= Q(last_order_at__gte=_day("ordered_since", since))
        if since := given.get("not_ordered_since"):
            quiet = Q(last_order_at__isnull=True)
            wanted &= quiet | Q(last_order_at__lt=_day("not_ordered_since", since))
        if spent := given.get("spent"):
            wanted &= Q(lifetime_value_minor__gte=_minor(spent))
        return (
            Customer.objects.current()
            .filter(wanted, anonymised_at__isnull=True, email__isnull=False)
            .exclude(status=CustomerStatus.BLOCKED)
            .order_by("pk")
            .annotate(
                to_person=F("pk"),
                to_user=F("user_id"),
                to_address=F("email"),
                to_language=Coalesce(NullIf(F("language"), Value("")), Value("en")),
                to_name=Coalesce(NullIf(F("first_name"), Value("")), F("name")),
            )
        )


def _day(name: str, text: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)
    except ValueError:
        raise _wrong(name, "A day, such as 2026-11-30.") from None


def _minor(text: Any) -> int:
    currency = base_currency()
    try:
        return Money.parse(str(text), currency).minor
    except MoneyError:
        raise _wrong("spent", f"An amount in {currency}, such as 250.00.") from None


def _wrong(name: str, reason: str) -> Invalid:
    return Invalid("The audience cannot be chosen.", details={name: [reason]})
