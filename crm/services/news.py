"""What the customers' floor announces: ids and names of fields, nothing personal."""

from core.events import publish
from crm.models import Customer


def announce(event_type: str, customer: Customer, *, changed: list[str] | None = None) -> None:
    """Publish `customer.created` or `customer.updated` in the open transaction."""
    publish(
        type=event_type,
        subject=f"customer:{customer.pk}",
        data={
            "customer_id": str(customer.pk),
            "version": customer.version,
            "changed": changed or [],
        },
    )
