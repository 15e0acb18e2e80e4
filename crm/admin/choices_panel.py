"""What a customer wants to hear, on the customer's page."""

from crm.models import Customer
from crm.panels import Panel, customer_panel
from notifications.admin.choice_record import choices_url
from notifications.admin.panels import HEADERS, TITLE, rows_of
from notifications.choices.tokens import Whose
from notifications.services.choices import of_address, of_user


@customer_panel
def choices(customer: Customer) -> Panel:
    """By their login; without one by their address."""
    whose = _whose(customer)
    if whose is None:
        return Panel(TITLE, HEADERS, empty="No address is known.")
    return Panel(TITLE, HEADERS, rows_of(whose), all_url=choices_url(whose))


def _whose(customer: Customer) -> Whose | None:
    if customer.user_id:
        return of_user(customer.user_id)
    return of_address(customer.email or "")
