"""Which devices a message goes to."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from notifications.models import Device
from notifications.models.device import fresh_since


def devices_of(user_ids: Iterable[UUID], *, bulk: bool = False) -> QuerySet[Device]:
    """The users' devices that take pushes.

    `bulk` leaves those out that were not seen for 30 days: most of them are drawers' phones, and
    each of them costs a call and drags the figures down. A message for one person is tried there.
    """
    devices = Device.objects.filter(user_id__in=list(user_ids), active=True)
    return devices.filter(last_seen_at__gte=fresh_since()) if bulk else devices
