"""Registering a device, at each start of the app and when its token changes."""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from core.identity import acting_as_system
from notifications.enums import TokenKind
from notifications.models import Device
from notifications.services.devices.given import Given
from notifications.services.topics.carrying import carry_over, join_again, leave_all

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('notifications.device:' || %s, 0))"


@transaction.atomic
def register_device(
    *,
    user_id: UUID,
    token: str,
    platform: str,
    token_kind: str = TokenKind.TOKEN,
    installation_id: str = "",
    app_version: str = "",
    locale: str = "",
    time_zone: str = "",
) -> Device:
    """Register or refresh an installation; idempotent.

    A new token of a known installation replaces the old one, an installation id replaces the
    token it succeeds, and topics move along. What is known under another user moves to this one:
    the phone was handed on, and the former owner's messages must not appear on it.
    Raises Invalid.
    """
    given = Given(token, platform, token_kind, installation_id, app_version, locale, time_zone)
    given.check()
    with acting_as_system("register device"):  # the row may be another user's until now
        device, rest = _known(given)
        for former in rest:
            leave_all(device=former)
            former.delete()
        moved = device is not None and device.user_id != user_id
        renamed = device is not None and device.token != token
        asleep = device is not None and not device.active
        if device is None:
            device = Device(token=token)
        elif moved:
            leave_all(device=device)
        device.user_id, device.token, device.token_kind = user_id, token, token_kind
        device.platform = platform
        device.installation_id = given.installation
        for name in ("app_version", "locale", "time_zone"):
            if told := getattr(given, name):  # an app that does not tell takes nothing away
                setattr(device, name, told)
        device.last_seen_at = timezone.now()
        device.active, device.deactivated_reason, device.deactivated_at = True, "", None
        device.save()
        if renamed and not moved:
            carry_over(device=device)
        elif asleep and not moved:
            join_again(device=device)
    return device


def _known(given: Given) -> tuple[Device | None, list[Device]]:
    """The row of this installation, and other rows that speak of it (they go). Locked.

    Two registrations of one installation at the same instant wait for each other here.
    """
    installation = given.installation
    same = Q(token=given.token)
    if installation:
        same |= Q(installation_id=installation) | Q(token__startswith=f"{installation}:")
    with connection.cursor() as cursor:
        for name in sorted({given.token, installation} - {""}):
            cursor.execute(LOCK, [name])
    rows = list(Device.objects.select_for_update().filter(same).order_by("-last_seen_at", "pk"))
    rows.sort(key=lambda row: row.token != given.token)
    return (rows[0], rows[1:]) if rows else (None, [])
