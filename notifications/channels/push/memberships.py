"""Telling FCM who is in a topic: one HTTP call a token, each with its own answer."""

from collections.abc import Sequence

from firebase_admin import exceptions, messaging
from google.auth import exceptions as auth_exceptions

from notifications.channels.push.firebase import firebase_app

AT_ONCE = 100  # calls; the SDK gives each its own thread, up to this many
LOST = "UNKNOWN_ERROR"  # the SDK's word for no answer at all


def change_memberships(tokens: Sequence[str], topic: str, *, join: bool) -> list[str]:
    """Have tokens join or leave; returns FCM's error code per token, "" for done.

    Never raises for an answer: what befalls the whole call is every token's error.
    """
    call = messaging.subscribe_to_topic if join else messaging.unsubscribe_from_topic
    codes: list[str] = []
    for start in range(0, len(tokens), AT_ONCE):
        part = list(tokens[start : start + AT_ONCE])
        try:
            answer = call(part, topic, app=firebase_app())
        except (exceptions.FirebaseError, auth_exceptions.GoogleAuthError) as error:
            codes += [f"{LOST}: {error}"] * len(part)
            continue
        failed = {one.index: str(one.reason) for one in answer.errors}
        codes += [failed.get(place, "") for place in range(len(part))]
    return codes
