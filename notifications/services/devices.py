"""Registering devices, and letting go of them."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.errors import Invalid
from core.identity import acting_as_system
from notifications.enums import DeactivatedReason, Platform, TokenKind
from notifications.models import Device
from notifications.models.device import TOKEN_LENGTH

IDLE_DAYS = 90


@transaction.atomic
def register_device(
    *, user_id: UUID, token: str, platform: str, token_kind: str = TokenKind.TOKEN
) -> Device:
    """Register or refresh an installation.

    Idempotent by token. A token known under another user moves to this one: the phone was handed
    on, and the former owner's messages must not appear on it. Raises Invalid.
    """
    wrong: dict[str, list[str]] = {}
    if not token or len(token) > TOKEN_LENGTH or not token.isprintable():
        wrong["token"] = [f"A token has 1 to {TOKEN_LENGTH} printable characters."]
    if platform not in Platform.values:
        wrong["platform"] = [f"One of {', '.join(Platform.values)}."]
    if token_kind not in TokenKind.values:
        wrong["kind"] = [f"One of {', '.join(TokenKind.values)}."]
    if wrong:
        raise Invalid("The device cannot be registered.", details=wrong)
    with acting_as_system("register device"):  # the row may be another user's until now
        device, _ = Device.objects.update_or_create(
            token=token,
            defaults={
                "user_id": user_id,
                "platform": platform,
                "token_kind": token_kind,
                "last_seen_at": timezone.now(),
                "active": True,
                "deactivated_reason": "",
                "deactivated_at": None,
            },
        )
    return device


@transaction.atomic
def forget_device(*, user_id: UUID, device_id: UUID) -> bool:
    """Delete one of the user's devices (logout); returns whether it was there."""
    gone, _ = Device.objects.filter(pk=device_id, user_id=user_id).delete()
    return bool(gone)


@transaction.atomic
def deactivate(*, device_id: UUID, reason: DeactivatedReason) -> bool:
    """No more pushes to this device; the row stays for a while, to answer questions."""
    return bool(
        Device.objects.filter(pk=device_id, active=True).update(
            active=False, deactivated_reason=reason, deactivated_at=timezone.now()
        )
    )


@transaction.atomic
def deactivate_idle_devices() -> int:
    """Devices not seen for IDLE_DAYS; returns how many. Part of the nightly cleanup."""
    now = timezone.now()
    return Device.objects.filter(
        active=True, last_seen_at__lt=now - timedelta(days=IDLE_DAYS)
    ).update(active=False, deactivated_reason=DeactivatedReason.IDLE, deactivated_at=now)
