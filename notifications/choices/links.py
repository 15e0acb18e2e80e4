"""The ways out of a mail: headers for mail programs, links for people."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse

from notifications.choices.subjects import subjects_of
from notifications.choices.tokens import token_for
from notifications.enums import Category
from notifications.kinds.manners import manner_of
from notifications.models import Notification

ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058: header value and body of the POST


@dataclass(frozen=True, slots=True)
class WaysOut:
    """Addresses of the page with all choices, and of the one that ends this kind of mail ("" where
    it cannot be ended: essential mail)."""

    choices: str
    unsubscribe: str


def sample_ways_out(kind: str, category: str | None = None) -> WaysOut:
    """For previews and copies: links that lead nowhere, those that such a mail has."""
    manner = manner_of(kind)
    stays = (category or manner.importance) == Category.ESSENTIAL
    leave = "" if stays else "https://shop.example/unsubscribe/…/"
    return WaysOut("https://shop.example/choices/…/", leave)


def ways_out(notification: Notification, email: str) -> WaysOut:
    """The links for the footer of the mail to `email`."""
    subjects = subjects_of(notification)
    token = token_for(email, notification.user_id, subjects)
    language = quote(notification.language)

    def page(name: str) -> str:
        return f"{settings.BASE_URL}{reverse(name, args=[token])}?language={language}"

    return WaysOut(page("choices"), page("unsubscribe") if subjects else "")


def unsubscribe_headers(notification: Notification, email: str) -> dict[str, str]:
    """List-Unsubscribe and its POST, for all mail that may be switched off.

    Without https the POST would be void (RFC 8058), so it is not offered.
    """
    subjects = subjects_of(notification)
    if not subjects:
        return {}
    token = token_for(email, notification.user_id, subjects)
    ways = [f"<{settings.BASE_URL}{reverse('unsubscribe', args=[token])}>"]
    if settings.UNSUBSCRIBE_MAILTO:
        ways.append(f"<mailto:{settings.UNSUBSCRIBE_MAILTO}?subject=unsubscribe%20{token}>")
    headers = {"List-Unsubscribe": ", ".join(ways)}
    if settings.BASE_URL.startswith("https://"):
        headers["List-Unsubscribe-Post"] = ONE_CLICK
    return headers
