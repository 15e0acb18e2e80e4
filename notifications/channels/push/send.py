"""Sending one push."""

import structlog
from firebase_admin import messaging

from notifications.channels.outcome import Ending, Outcome
from notifications.channels.push.firebase import firebase_app, is_set_up
from notifications.channels.push.judgement import ANSWERS, PROVIDER, judged_error

logger = structlog.get_logger(__name__)

push_is_set_up = is_set_up


def push(message: messaging.Message) -> Outcome:
    """Send; the outcome is about this device and this message. Never raises for an answer."""
    try:
        sent_id = messaging.send(message, app=firebase_app())
    except ANSWERS as error:
        outcome = judged_error(error)
    except ValueError as error:
        outcome = Outcome(Ending.REFUSED, f"The message cannot be sent: {error}", PROVIDER)
    else:
        return Outcome(Ending.SENT, provider=PROVIDER, message_id=sent_id)
    logger.warning("push.not_sent", ending=outcome.ending.value, reason=outcome.reason)
    return outcome
