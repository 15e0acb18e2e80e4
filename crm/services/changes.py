"""Staff add customers and change them."""

from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.emails import normalise_email
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from core.identity import Role, acting_as_system, current_identity
from crm.custom_fields import check_custom_fields
from crm.models import Assignment, Customer
from crm.services.news import announce

ADDRESS_TAKEN = "crm_customer_email_once"
EXTERNAL_TAKEN = "crm_customer_external_once"


class CustomerValues(TypedDict, total=False):
    """What staff may say of a customer. Totals, merging and erasing have their own ways."""

    name: str
    first_name: str
    last_name: str
    company: str
    email: str | None
    phone: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str
    time_zone: str
    language: str
    currency: str
    status: str
    custom: dict[str, Any]
    external_platform: str
    external_id: str


EDITABLE = frozenset(CustomerValues.__annotations__)
UNTOUCHED = frozenset(field.name for field in Customer._meta.concrete_fields) - EDITABLE


@transaction.atomic
def create_customer(**values: Unpack[CustomerValues]) -> Customer:
    """Add a customer and announce `customer.created`.

    An agent becomes the customer's assignee, else they could not see whom they added. Raises
    Invalid naming the fields, Conflict when the e-mail address or the external id is taken.
    """
    customer = with_values(Customer(), values)
    actor = current_identity()
    if actor.role is Role.AGENT and actor.user_id:
        # first the assignment, then the customer: the new row must pass the agent's own policy
        with acting_as_system("an agent looks after whom he adds"):
            Assignment.objects.create(
                user_id=actor.user_id, customer_id=customer.pk, assigned_by_id=actor.user_id
            )
    _save(customer, force_insert=True)
    announce("customer.created", customer, changed=sorted(values))
    return customer


@transaction.atomic
def update_customer(
    *, customer_id: UUID, version: int | None = None, **values: Unpack[CustomerValues]
) -> Customer:
    """Change what is given and announce `customer.updated` with the names of what changed.

    With `version` (as read) a change made meanwhile by another is a Conflict, not overwritten.
    Raises NotFound for a customer who is not there or not the caller's to see, Invalid, Conflict.
    """
    customer = lock_customer(customer_id)
    if version is not None and version != customer.version:
        raise Conflict("Somebody changed this customer meanwhile. Read it again.")
    if customer.anonymised_at is not None:
        raise Conflict("This customer was anonymised and stays as it is.")
    before = {name: getattr(customer, name) for name in values}
    with_values(customer, values)
    changed = sorted(name for name in values if getattr(customer, name) != before[name])
    if not changed:
        return customer
    customer.version += 1
    _save(customer, update_fields=[*changed, "version", "updated_at"])
    announce("customer.updated", customer, changed=changed)
    if "status" in changed:
        record_audit(
            action="customer.status",
            resource=f"customer:{customer.pk}",
            details={"from": before["status"], "to": customer.status},
        )
    return customer


def lock_customer(customer_id: UUID) -> Customer:
    """The customer, held until the transaction ends. Raises NotFound."""
    customer = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if customer is None:
        raise NotFound("There is no such customer, or it is not yours to see.")
    return customer


def with_values(customer: Customer, values: CustomerValues) -> Customer:
    """Set and check the fields. Raises Invalid with the reasons per field."""
    unknown = sorted(set(values) - EDITABLE)
    if unknown:
        raise Invalid(
            f"{unknown[0]} cannot be set.", details={name: ["Cannot be set."] for name in unknown}
        )
    for name, value in values.items():
        setattr(customer, name, value)
    if "email" in values:
        customer.email = normalise_email(customer.email or "") or None
    check_custom_fields(customer.custom)
    try:
        # only what staff may set: an agent sees neither the login nor other customers it points to
        customer.clean_fields(exclude=UNTOUCHED)
        customer.clean()
    except ValidationError as error:
        reasons = error.message_dict
        field, messages = next(iter(reasons.items()))
        raise Invalid(f"{field}: {messages[0]}", details=reasons) from None
    return customer


def _save(customer: Customer, **how: Any) -> None:
    """Save; the database is the judge of what is taken, and it sees rows the caller does not."""
    try:
        with transaction.atomic():
            customer.save(**how)
    except IntegrityError as error:
        if ADDRESS_TAKEN in str(error):
            raise Conflict(
                "A customer with this e-mail address exists. Ask a manager to assign it to you "
                "if you cannot see it.",
                details={"email": ["Another customer has this e-mail address."]},
            ) from None
        if EXTERNAL_TAKEN in str(error):
            raise Conflict(
                "A customer with this external id exists.",
                details={"external_id": ["Another customer has this id."]},
            ) from None
        raise
