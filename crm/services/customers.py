"""Somebody buys: who is it? The door for the floors above (checkout, imports, shop connections)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.emails import normalise_email
from accounts.models import User
from core.database.many import settled
from core.errors import Conflict, Invalid
from crm.models import Customer
from crm.services.news import announce

ATTEMPTS = 3


@transaction.atomic
def get_or_create_customer(
    *,
    email: str | None,
    name: str = "",
    country: str = "",
    language: str = "",
    user_id: UUID | None = None,
    external_platform: str = "",
    external_id: str = "",
) -> Customer:
    """The customer these facts belong to; made when there is none, and announced.

    Known by login first, then by the id on their platform, then by e-mail address; `email=None`
    without the others is a guest and always new. What is known is never overwritten: anybody may
    type anybody's address at a checkout. Two callers at once get the same row (the database
    decides). Needs an identity that sees all customers (`acting_as_system`), a stranger's finds
    nobody. Raises Invalid for values that do not fit.
    """
    address = normalise_email(email or "") or None
    if user_id and address and not _may_join(user_id, address):
        address = None
    for _ in range(ATTEMPTS):
        known = _find(user_id, external_platform, external_id, address)
        if known is not None:
            return _complete(known, user_id, external_platform, external_id)
        made = Customer(
            email=address,
            name=name,
            country=country,
            language=language,
            user_id=user_id,
            external_platform=external_platform if external_id else "",
            external_id=external_id,
        )
        _check_fields(made)
        # ON CONFLICT DO NOTHING waits for a rival's commit; the next look then finds their row
        Customer.objects.bulk_create([made], ignore_conflicts=True)
        if Customer.objects.filter(pk=made.pk).exists():
            announce("customer.created", made)
            return made
    raise Conflict("This customer is being changed by somebody else. Please try again.")


@dataclass(frozen=True, slots=True, order=True)
class Elsewhere:
    """A buyer who is known by an id on another platform, and by no address."""

    external_platform: str
    external_id: str
    name: str = ""
    country: str = ""


@transaction.atomic
def get_or_create_customers(buyers: Sequence[Elsewhere]) -> dict[tuple[str, str], UUID]:
    """Many as `get_or_create_customer` takes one, in a handful of statements; by platform and id.

    Made in the order of their ids, so that two callers cannot deadlock. Raises what it raises.
    """
    found: dict[tuple[str, str], UUID] = {}
    seen = set(
        Customer.objects.filter(
            external_platform__in={buyer.external_platform for buyer in buyers},
            external_id__in={buyer.external_id for buyer in buyers},
        ).values_list("external_platform", "external_id")
    )
    fresh = {
        (buyer.external_platform, buyer.external_id): Customer(
            name=buyer.name,
            country=buyer.country,
            external_platform=buyer.external_platform,
            external_id=buyer.external_id,
        )
        for buyer in sorted(buyers)
        if (buyer.external_platform, buyer.external_id) not in seen
    }
    for customer in fresh.values():
        _check_fields(customer)
    Customer.objects.bulk_create(settled(fresh.values()), ignore_conflicts=True)
    pks = [customer.pk for customer in fresh.values()]
    made = set(Customer.objects.filter(pk__in=pks).values_list("pk", flat=True))
    for key, customer in fresh.items():
        if customer.pk in made:
            announce("customer.created", customer)
            found[key] = customer.pk
    for buyer in sorted(buyers):  # there already, a merged one, or a rival's: looked at one by one
        key = (buyer.external_platform, buyer.external_id)
        if key not in found:
            found[key] = get_or_create_customer(
                email=None,
                name=buyer.name,
                country=buyer.country,
                external_platform=buyer.external_platform,
                external_id=buyer.external_id,
            ).pk
    return found


def _check_fields(customer: Customer) -> None:
    try:
        customer.clean_fields()
    except ValidationError as error:
        raise Invalid("The customer's data do not fit.", details=error.message_dict) from None


def _find(
    user_id: UUID | None, platform: str, external_id: str, address: str | None
) -> Customer | None:
    """The row these facts point to, a merged one's successor, or None."""
    ways = []
    if user_id:
        ways.append(Q(user_id=user_id))
    if external_id:
        ways.append(Q(external_platform=platform, external_id=external_id))
    if address:
        ways.append(Q(email=address, merged_into__isnull=True))
    for way in ways:
        found = Customer.objects.filter(way).first()
        while found is not None and found.merged_into_id is not None:
            found = Customer.objects.get(pk=found.merged_into_id)
        if found is not None:
            return found
    return None


def _complete(
    customer: Customer, user_id: UUID | None, platform: str, external_id: str
) -> Customer:
    """Tie a login or a platform's id to a customer who had none."""
    ties = []
    if user_id and customer.user_id is None:
        customer.user_id = user_id
        ties += ["user"]
    of_platform = Customer.objects.filter(external_platform=platform, external_id=external_id)
    if external_id and not customer.external_id and not of_platform.exists():
        customer.external_platform, customer.external_id = platform, external_id
        ties += ["external_platform", "external_id"]
    if ties:
        customer.version += 1
        customer.save(update_fields=[*ties, "version", "updated_at"])
        announce("customer.updated", customer, changed=ties)
    return customer


def _may_join(user_id: UUID, address: str) -> bool:
    """Whether the customer of this login may have this address.

    Only a confirmed address proves it. Else signing up with a stranger's address would show the
    stranger's orders, or take the address before they come. A row without one gets it when the
    login confirms it (services/logins.py).
    """
    holder = Customer.objects.filter(email=address, merged_into__isnull=True).first()
    if holder is not None and holder.user_id is not None:
        return holder.user_id == user_id
    owners = User.objects.filter(pk=user_id, email=address, email_confirmed_at__isnull=False)
    return owners.exists()
