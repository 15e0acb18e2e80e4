"""What a phone or browser is sent."""

from datetime import timedelta

from firebase_admin import messaging

from notifications.enums import TokenKind
from notifications.models import Delivery, Device

TO_TOPIC = "topic:"  # a delivery's target begins so when it goes to a topic
LIFE = timedelta(days=1)  # a push that a phone could not get for a day says nothing new


def push_for(delivery: Delivery, title: str, body: str) -> messaging.Message:
    """The message for the delivery's device, or for the topic that it names.

    The notification's id is tag and collapse id: a push that had to be sent twice (the answer to
    the first was lost) replaces the first one on the screen.
    """
    once = str(delivery.notification_id)
    notification = delivery.notification
    data = {"notification_id": once, "kind": notification.kind}
    url = notification.context.get("url", "")
    if url:
        data["url"] = url
    seconds = int(LIFE.total_seconds())
    return messaging.Message(
        **_address(delivery, delivery.device),
        notification=messaging.Notification(title, body),
        data=data,
        android=messaging.AndroidConfig(
            priority="high",
            ttl=LIFE,
            notification=messaging.AndroidNotification(tag=once),
        ),
        apns=messaging.APNSConfig(headers={"apns-collapse-id": once, "apns-priority": "10"}),
        webpush=messaging.WebpushConfig(
            headers={"TTL": str(seconds), "Urgency": "high"},
            notification=messaging.WebpushNotification(tag=once),
            fcm_options=(
                messaging.WebpushFCMOptions(link=url) if url.startswith("https://") else None
            ),
        ),
    )


def topic_of(delivery: Delivery) -> str:
    """The topic a delivery goes to, "" for one that goes to a device."""
    return delivery.target.removeprefix(TO_TOPIC) if delivery.target.startswith(TO_TOPIC) else ""


def _address(delivery: Delivery, device: Device | None) -> dict[str, str]:
    if device is None:
        return {"topic": topic_of(delivery)}
    return {"fid" if device.token_kind == TokenKind.FID else "token": device.token}
