"""Users at the gateways: made once, recognised afterwards."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.errors import NotFound
from payments.gateways.billing import GatewayCustomer
from payments.gateways.interface import NotOurs
from payments.gateways.registry import billing_gateway
from payments.house import as_house
from payments.models import BillingCustomer
from payments.services.billing.fresh_keys import answered_failures


def customer_at(*, user_id: UUID, gateway: str) -> BillingCustomer:
    """The gateway's customer for a user, made where there is none; outside transactions.

    Many at once end with one: they share the row, and so the key. Raises NotFound, GatewayError.
    """
    row = _row(user_id, gateway)
    if row.customer_ref:
        return row
    with answered_failures(row):
        made = billing_gateway(gateway).ensure_customer(
            user_id=user_id, email=row.email, name=row.name, idempotency_key=row.idempotency_key
        )
    return _named(row, made.customer_ref)


def observe(*, gateway: str, seen: GatewayCustomer, source: str) -> BillingCustomer:
    """A gateway tells of a customer. Raises NotOurs for one that is none of our users."""
    with as_house("customer news"), transaction.atomic():
        known = BillingCustomer.objects.filter(gateway=gateway, customer_ref=seen.customer_ref)
        row = known.first()
        if row is not None:
            return row
        if seen.user_id is None or not User.objects.filter(pk=seen.user_id).exists():
            raise NotOurs(f"Customer {seen.customer_ref} is none of our users.")
        return _named(_row(seen.user_id, gateway), seen.customer_ref)


def owner_of(*, gateway: str, customer_ref: str, user_id: UUID | None) -> UUID:
    """Whose something at a gateway is: by the id we gave along, else by the customer.

    Raises NotOurs for a stranger's.
    """
    if user_id is not None and User.objects.filter(pk=user_id).exists():
        return user_id
    if customer_ref:
        rows = BillingCustomer.objects.filter(gateway=gateway, customer_ref=customer_ref)
        owner = rows.values_list("user_id", flat=True).first()
        if owner is not None:
            return owner
    raise NotOurs(f"Customer {customer_ref or '(nameless)'} is none of our users.")


def _row(user_id: UUID, gateway: str) -> BillingCustomer:
    with as_house("customer at a gateway"), transaction.atomic():
        row = BillingCustomer.objects.filter(user_id=user_id, gateway=gateway).first()
        if row is not None:
            return row
        user = User.objects.filter(pk=user_id).first()
        if user is None:
            raise NotFound("There is no such user.")
        given = {"email": user.email, "name": user.full_name}
        row, _ = BillingCustomer.objects.get_or_create(
            user_id=user_id, gateway=gateway, defaults=given
        )
        return row


def _named(row: BillingCustomer, customer_ref: str) -> BillingCustomer:
    """Remember the name; the first one stays."""
    with as_house("customer at a gateway"), transaction.atomic():
        nameless = BillingCustomer.objects.filter(pk=row.pk, customer_ref=None)
        nameless.update(customer_ref=customer_ref)
        row.refresh_from_db()
    return row
