"""Sending pushes: one, or many at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from firebase_admin import messaging

from notifications.channels.outcome import Ending, Outcome
from notifications.channels.push.firebase import (
    CONNECTIONS,
    app_with_token,
    firebase_app,
    is_set_up,
)
from notifications.channels.push.judgement import ANSWERS, PROVIDER, judged_error

logger = structlog.get_logger(__name__)

push_is_set_up = is_set_up


def push(message: messaging.Message) -> Outcome:
    """Send; the outcome is about this device and this message. Never raises for an answer."""
    try:
        sent_id = messaging.send(message, app=firebase_app())
    except ANSWERS as error:
        return _told(judged_error(error))
    except ValueError as error:
        return _told(Outcome(Ending.REFUSED, f"The message cannot be sent: {error}", PROVIDER))
    return Outcome(Ending.SENT, provider=PROVIDER, message_id=sent_id)


def push_all(messages: Sequence[messaging.Message]) -> list[Outcome]:
    """Send many side by side; an outcome each, in their order, judged as one is.

    Each is a call of its own to FCM. Never raises for an answer. The SDK's `send_each` makes the
    same calls, but loses all answers where one call could not log in.
    """
    if not messages:
        return []
    try:
        app_with_token()
    except ANSWERS as error:  # nobody is logged in, so nothing was sent
        return [_told(judged_error(error))] * len(messages)
    with ThreadPoolExecutor(min(len(messages), CONNECTIONS)) as threads:
        return list(threads.map(_one_of_many, messages))


def _one_of_many(message: messaging.Message) -> Outcome:
    """As `push`; what nobody foresaw is this message's own, and perhaps it was sent."""
    try:
        return push(message)
    except Exception as error:  # raised here, it would take the others' outcomes with it
        logger.exception("push.broke")
        return Outcome(Ending.UNCERTAIN, f"FCM's answer cannot be read: {error!r}", PROVIDER)


def _told(outcome: Outcome) -> Outcome:
    logger.warning("push.not_sent", ending=outcome.ending.value, reason=outcome.reason)
    return outcome
