"""A login proves its address: the customer of that address is theirs."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from crm.models import Customer
from crm.services.news import announce


@transaction.atomic
def join_login(*, user_id: UUID) -> Customer | None:
    """Tie a login to the customer of its confirmed address; None when there is nothing to tie.

    What was bought as a guest then belongs to the login. A login that has a customer of its own
    already keeps it, and gets the address when nobody has it; two rows are left for staff to
    merge. Needs an identity that sees all customers.
    """
    user = User.objects.filter(pk=user_id, email_confirmed_at__isnull=False).first()
    if user is None:
        return None
    own = Customer.objects.select_for_update().filter(user_id=user_id).first()
    of_address = Customer.objects.select_for_update().filter(email=user.email).current().first()
    if own is not None and of_address is None and own.email is None:
        own.email = user.email
        return _save(own, "email")
    if own is None and of_address is not None and of_address.user_id is None:
        of_address.user_id = user_id
        return _save(of_address, "user")
    return None


def _save(customer: Customer, field: str) -> Customer:
    customer.version += 1
    customer.save(update_fields=[field, "version", "updated_at"])
    announce("customer.updated", customer, changed=[field])
    return customer
