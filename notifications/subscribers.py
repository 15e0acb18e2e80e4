"""What this floor does when news arrives: it sends, and it writes to people about their account."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.lookups import user_by_id
from accounts.models import User
from core.errors import NotFound
from core.events import Event, Ignore, Retry, subscribe
from notifications.channels.email.message import AddressUnusable, build_message
from notifications.channels.email.pace import seconds_to_wait
from notifications.channels.email.send import hand_over
from notifications.channels.gate import mail_gate
from notifications.channels.outcome import Ending
from notifications.enums import Category
from notifications.rendering import render_with_copy
from notifications.rendering.environment import TemplateRefused
from notifications.rendering.wording import NoWording
from notifications.services.attempts import not_out_yet, refuse, settle, suppress, take
from notifications.services.hold import held_back
from notifications.services.notify import EMAIL_QUEUED, EMAIL_TYPES, notify
from notifications.services.sent_copies import keep_copy
from notifications.services.topics.reconcile import reconcile
from notifications.services.topics.steps import OUT_OF_STEP
from notifications.services.waiting import QUIET_OVER, seconds_left
from notifications.services.wake import wake
from notifications.services.wording.try_out import TEST_ASKED, trial_mail

PATIENT = 40  # waiting for one's turn is no try; tries are counted in services/attempts.py


@subscribe(EMAIL_TYPES[Category.ESSENTIAL], outside=True, first=True, max_attempts=PATIENT)
def send_essential_email(event: Event) -> Callable[[], None]:
    """Passwords and money: before all others, whatever waits."""
    return _send_email(event, Category.ESSENTIAL)


@subscribe(EMAIL_QUEUED, outside=True, max_attempts=PATIENT)
def send_email(event: Event) -> Callable[[], None]:
    """What people want to know about their orders."""
    return _send_email(event, Category.SERVICE)


@subscribe(EMAIL_TYPES[Category.MARKETING], outside=True, queue="bulk", max_attempts=PATIENT)
def send_marketing_email(event: Event) -> Callable[[], None]:
    """Campaigns and reminders, where nobody waits behind them."""
    return _send_email(event, Category.MARKETING)


def _send_email(event: Event, category: Category) -> Callable[[], None]:
    """Render and hand over one mail. Links are made now and kept nowhere; the copy masks them."""
    if wait := seconds_to_wait(category, event.data["delivery_id"]):
        raise Retry(f"At most {settings.EMAIL_PER_MINUTE} mails leave a minute.", after=wait)
    delivery = take(delivery_id=UUID(event.data["delivery_id"]))
    try:
        with not_out_yet(delivery):
            if held := held_back(delivery):
                return held
            with transaction.atomic():
                rendered, masked = render_with_copy(delivery.notification)
                keep_copy(delivery, masked)
            message = build_message(delivery, rendered)
    except NotFound:
        return suppress(delivery, "The account is gone or disabled.")
    except (AddressUnusable, TemplateRefused, NoWording) as error:
        return refuse(delivery, str(error))
    return settle(delivery, mail_gate().send(lambda: hand_over(message), attempt=event.attempt))


@subscribe(TEST_ASKED, outside=True)
def send_trial(event: Event) -> None:
    """A draft to the colleague who wrote it. What goes wrong stands at the event."""
    data = event.data
    with transaction.atomic():
        person = _user_of(event)
        mail = trial_mail(
            version_id=UUID(data["version_id"]),
            record=data["record"],
            to=person.email,
            name=f"wording-test-{event.id}",
        )
    if mail is None:
        raise Ignore("The draft is gone.")
    outcome = mail_gate().send(lambda: hand_over(mail), attempt=event.attempt)
    if outcome.ending is Ending.REFUSED:
        raise Ignore(outcome.reason)
    if outcome.ending is not Ending.SENT:
        raise Retry(outcome.reason, after=outcome.after)


@subscribe(QUIET_OVER)
def end_quiet_hours(event: Event) -> None:
    """Put off until its time has come; then what waited for this person goes."""
    now = timezone.now()
    left = seconds_left(datetime.fromisoformat(event.data["until"]), now=now)
    if left > 0:
        raise Retry("Their quiet hours are not over.", after=left)
    wake(user_id=UUID(event.data["user_id"]), at=now)


@subscribe(OUT_OF_STEP, queue="bulk", outside=True)
def change_topics(event: Event) -> None:
    """Have FCM do what was asked of it; what does not work now is the clock's business."""
    while reconcile():
        pass


@subscribe("user.confirmation_requested")
def ask_to_confirm_address(event: Event) -> None:
    """The mail with the confirmation link. Each request is a mail of its own."""
    _write_to(event, "email_confirmation")


@subscribe("user.password_reset_requested")
def send_reset_link(event: Event) -> None:
    """The mail with the reset link."""
    _write_to(event, "password_reset")


@subscribe("user.password_changed")
def warn_of_changed_password(event: Event) -> None:
    """Whoever did not do it themselves must hear of it (OWASP ASVS 6.3.7)."""
    _write_to(event, "password_changed")


@subscribe("user.email_confirmed")
def welcome(event: Event) -> None:
    """Once per person, when the address is known to be theirs: before, only the link is sent."""
    user = _user_of(event)
    notify(
        kind="welcome",
        dedupe_key=f"welcome:{user.pk}",
        context={"name": user.full_name, "url": settings.BASE_URL},
        email=user.email,
        user_id=user.pk,
        language=user.language,
    )


def _write_to(event: Event, kind: str) -> None:
    """One essential mail about the account the event is about."""
    user = _user_of(event)
    notify(
        kind=kind,
        dedupe_key=f"{kind}:{event.id}",
        context={"name": user.full_name},
        email=user.email,
        user_id=user.pk,
        language=user.language,
        category="essential",
    )


def _user_of(event: Event) -> User:
    user = user_by_id(event.data["user_id"])
    if user is None or not user.is_active:
        raise Ignore("There is no such active user any more.")
    return user
