"""The demo's logins in the shop: the shopper buys, the agent looks after some customers."""

from django.db import transaction

from accounts.models import User
from accounts.services.demo import create_demo_users
from commerce.demo.shop import Buyer
from core.identity import acting_as_system
from crm.models import Assignment
from crm.services.customers import get_or_create_customer

OF_THE_AGENT = 20  # customers the demo's agent sees
SHOPPERS_PLACE = 0  # the shopper is the most faithful buyer


def seat_logins(buyers: list[Buyer]) -> dict[str, User]:
    """Make the logins, by role; give the agent customers and the shopper a past."""
    users = create_demo_users()
    with acting_as_system("demo"), transaction.atomic():
        Assignment.objects.bulk_create(
            [
                Assignment(user=users["agent"], customer=buyer.customer)
                for buyer in buyers[:OF_THE_AGENT]
            ],
            ignore_conflicts=True,
        )
        shopper = users["shopper"]
        faithful = buyers[SHOPPERS_PLACE]
        customer = get_or_create_customer(
            email=shopper.email,
            name=shopper.full_name,
            country=faithful.person.place.country,
            language=shopper.language,
            user_id=shopper.pk,
        )
    buyers[SHOPPERS_PLACE] = Buyer(customer, faithful.person)
    return users
