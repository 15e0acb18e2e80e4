"""What staff hear of exchange rates."""

from django.conf import settings
from django.urls import reverse

from core.events import Event, subscribe
from notifications.services.notify import notify


@subscribe("rate.held")
def tell_of_held_rates(event: Event) -> None:
    """A figure of the bank's that jumps is not used before somebody has looked at it."""
    notify(
        kind="rates_held",
        dedupe_key=f"rates_held:{event.id}",
        email=settings.ADMIN_EMAIL,
        context={
            "count": event.data["count"],
            "rates": [
                {name: one[name] for name in ("day", "currency", "rate", "reason")}
                for one in event.data["rates"]
            ],
            "url": f"{settings.BASE_URL}{reverse('admin:commerce_exchangerate_changelist')}",
        },
    )
