"""One row per channel and target, each in the state that the decision gives it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.enums import Category, Channel, DeliveryState
from notifications.kinds import Kind
from notifications.models import Delivery, Device, Notification
from notifications.services.decide import Action, Person, Verdict, decide
from notifications.services.devices.reach import devices_of

Told = tuple[Notification, Person]


def deliveries_of(kind: Kind, told: Sequence[Told], *, at: datetime) -> list[Delivery]:
    """What is to be written for each notification. A copy in the app arrives by being written;
    where it is not wanted, the notification is marked so (`in_app`)."""
    marketing = any(one.category == Category.MARKETING for one, _ in told)
    devices = _devices(kind, (one.user_id for one, _ in told), bulk=marketing)
    found: list[Delivery] = []
    for notification, person in told:
        for channel in Channel:
            if channel not in kind.channels:
                continue
            targets = _targets(channel, notification, devices)
            if not targets:
                continue
            verdict = decide(kind.key, notification.category, channel, person, at=at)
            if channel is Channel.IN_APP and verdict.action is Action.SUPPRESS:
                notification.in_app = False
            found += [
                Delivery(
                    notification=notification,
                    channel=channel,
                    target=target,
                    device=device,
                    **columns_of(verdict, channel, person),
                )
                for target, device in targets
            ]
    return found


def columns_of(verdict: Verdict, channel: str, person: Person) -> dict[str, Any]:
    """The state of a delivery as a verdict asks for it."""
    if verdict.action is Action.SUPPRESS:
        return {"state": DeliveryState.SUPPRESSED, "reason": verdict.reason}
    if verdict.action is Action.DEFER:
        return {
            "state": DeliveryState.WAITING,
            "reason": verdict.reason,
            "waits_until": verdict.until,
            "waits_for": person.user_id,
        }
    arrived = channel == Channel.IN_APP
    return {"state": DeliveryState.DELIVERED if arrived else DeliveryState.QUEUED}


def _devices(kind: Kind, users: Iterable[UUID | None], *, bulk: bool) -> dict[UUID, list[Device]]:
    found: dict[UUID, list[Device]] = defaultdict(list)
    if Channel.PUSH in kind.channels:
        asked = {one for one in users if one}
        for device in devices_of(asked, bulk=bulk) if asked else []:
            found[device.user_id].append(device)
    return found


def _targets(
    channel: Channel, notification: Notification, devices: dict[UUID, list[Device]]
) -> list[tuple[str, Device | None]]:
    if channel is Channel.EMAIL:
        return [(notification.email, None)] if notification.email else []
    if notification.user_id is None:
        return []
    if channel is Channel.IN_APP:
        return [(str(notification.user_id), None)]
    return [(str(one.pk), one) for one in devices.get(notification.user_id, [])]
