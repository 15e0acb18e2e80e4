"""Customers of a file into the table: new ones many at once, changed ones through their service."""

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.emails import normalise_email
from core.bulk.targets import Changes, Group, Importer, SourceRow, Verdict
from core.bulk.words import in_words
from core.enums import BulkOutcome
from core.errors import DomainError, Invalid
from crm.models import Customer
from crm.services.changes import update_customer, with_values
from crm.services.news import announce

Values = dict[str, Any]


class CustomerImporter(Importer):
    """Finds, compares, writes."""

    def __init__(self, platform: str) -> None:
        self._platform = platform

    def carry_out(self, groups: Sequence[Group]) -> list[Verdict]:
        """A batch. What the rules of a customer refuse is a verdict; new ones go in together."""
        wanted = [self._values(group.rows[0]) for group in groups]
        known = _Known(wanted)
        verdicts: list[Verdict] = []
        fresh: list[Customer] = []
        for group, values in zip(groups, wanted, strict=True):
            try:
                _check_alone(group)
                customer = known.find(values)
                if customer is None:
                    fresh.append(_new(values))
                    verdicts.append(Verdict(BulkOutcome.NEW))
                else:
                    verdicts.append(_change(customer, values))
            except DomainError as refusal:
                verdicts.append(Verdict(BulkOutcome.REFUSED, in_words(refusal)))
        Customer.objects.bulk_create(fresh)
        for customer in fresh:
            announce("customer.created", customer)
        return verdicts

    def _values(self, row: SourceRow) -> Values:
        """The row in the words of the service."""
        values = dict(row.values)
        if values.get("external_id"):
            values["external_platform"] = values.get("external_platform") or self._platform
        else:
            values.pop("external_platform", None)
            values.pop("external_id", None)
        if "email" in values:
            values["email"] = normalise_email(values["email"] or "") or None
        if "id" in values:
            values["id"] = _uuid(values["id"])
        return values


class _Known:
    """The customers a batch speaks of, locked in the order of their ids; three ways to find one."""

    def __init__(self, wanted: Iterable[Values]) -> None:
        ids, emails, external = set(), set(), set()
        platforms = set()
        for values in wanted:
            if isinstance(values.get("id"), UUID):
                ids.add(values["id"])
            if values.get("email"):
                emails.add(values["email"])
            if values.get("external_id"):
                external.add(values["external_id"])
                platforms.add(values["external_platform"])
        found = Customer.objects.select_for_update().filter(
            Q(pk__in=ids)
            | Q(email__in=emails, merged_into__isnull=True)
            | Q(external_platform__in=platforms, external_id__in=external)
        )
        rows = list(found.order_by("pk"))
        self._by_id = {row.pk: row for row in rows}
        self._by_email = {row.email: row for row in rows if row.merged_into_id is None}
        self._by_external = {(row.external_platform, row.external_id): row for row in rows}

    def find(self, values: Values) -> Customer | None:
        """The one these values belong to; of a merged one, whoever it was merged into."""
        customer = (
            self._by_id.get(values.get("id"))
            or self._by_external.get(
                (values.get("external_platform", ""), values.get("external_id", ""))
                if values.get("external_id")
                else ("", None)
            )
            or (self._by_email.get(values["email"]) if values.get("email") else None)
        )
        while customer is not None and customer.merged_into_id is not None:
            customer = Customer.objects.get(pk=customer.merged_into_id)
        return customer


def _check_alone(group: Group) -> None:
    if len(group.rows) > 1:
        lines = ", ".join(str(row.number) for row in group.rows)
        raise Invalid(f"Lines {lines} are the same customer; keep one.")


def _new(values: Values) -> Customer:
    given = {name: value for name, value in values.items() if name != "id"}
    if given.get("custom", {}) is None:
        del given["custom"]
    customer = with_values(Customer(), given)  # type: ignore[arg-type]
    if isinstance(values.get("id"), UUID):
        customer.pk = values["id"]
    return customer


def _change(customer: Customer, values: Values) -> Verdict:
    """Compare as the service would leave it; write only what differs."""
    given = {name: value for name, value in values.items() if name != "id"}
    if "custom" in given:
        given["custom"] = {**customer.custom, **given["custom"]} if given["custom"] else {}
    their_id = given.get("external_id")
    if customer.external_id and their_id and customer.external_id != their_id:
        raise Invalid(
            f"Known by e-mail, but as {customer.external_id} of {customer.external_platform}."
        )
    probe = with_values(copy(customer), given)  # type: ignore[arg-type]
    changes: Changes = {
        name: [_shown(getattr(customer, name)), _shown(getattr(probe, name))]
        for name in given
        if getattr(customer, name) != getattr(probe, name)
    }
    if not changes:
        return Verdict(BulkOutcome.UNCHANGED)
    update_customer(customer_id=customer.pk, **{name: given[name] for name in changes})
    return Verdict(BulkOutcome.CHANGED, changes=changes)


def _shown(value: Any) -> Any:
    return "" if value is None else value if isinstance(value, str | int | float) else str(value)


def _uuid(text: str) -> UUID | None:
    """Ours, or nobody's: an id of another system that was put into the wrong column names nobody
    here, and the row is known by its e-mail address."""
    try:
        return UUID(text)
    except ValueError:
        return None
