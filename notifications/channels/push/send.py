"""Sending pushes: one, or many at once."""

from collections.abc import Sequence

import structlog
from firebase_admin import messaging

from notifications.channels.outcome import Ending, Outcome
from notifications.channels.push.firebase import app_with_token, firebase_app, is_set_up
from notifications.channels.push.judgement import ANSWERS, PROVIDER, judged_error

logger = structlog.get_logger(__name__)

MOST_AT_ONCE = 500  # firebase-admin takes no more

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
    """Send up to MOST_AT_ONCE at once; an outcome each, in their order, judged as one is.

    Each is a call of its own to FCM. Never raises for an answer.
    """
    try:
        answers = messaging.send_each(list(messages), app=app_with_token()).responses
    except ValueError:  # one of them cannot be written down, and none was sent: which one?
        return [push(message) for message in messages]
    except ANSWERS as error:  # what befell the whole call befell each
        return [_told(judged_error(error))] * len(messages)
    return [
        Outcome(Ending.SENT, provider=PROVIDER, message_id=answer.message_id)
        if answer.success
        else _told(judged_error(answer.exception))
        for answer in answers
    ]


def _told(outcome: Outcome) -> Outcome:
    logger.warning("push.not_sent", ending=outcome.ending.value, reason=outcome.reason)
    return outcome
