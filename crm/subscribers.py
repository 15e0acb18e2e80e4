"""What the customers' floor does when news arrives from below."""

from uuid import UUID

from core.events import Event, Ignore, subscribe
from crm.services.logins import join_login


@subscribe("user.email_confirmed")
def join_customer_and_login(event: Event) -> None:
    """The address is proven: its customer belongs to the login from now on."""
    if join_login(user_id=UUID(event.data["user_id"])) is None:
        raise Ignore("No customer waits for this login.")
