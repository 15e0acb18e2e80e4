"""Telling FCM who is in a topic: one HTTP call a token, each with its own answer."""

from collections.abc import Sequence

from firebase_admin import messaging

from notifications.channels.outcome import Ending, Outcome
from notifications.channels.push.firebase import app_with_token
from notifications.channels.push.judgement import ANSWERS, PROVIDER, judged, judged_error

AT_ONCE = 100  # calls; the SDK gives each its own thread, up to this many
DONE = Outcome(Ending.SENT, provider=PROVIDER)


def change_memberships(tokens: Sequence[str], topic: str, *, join: bool) -> list[Outcome]:
    """Have tokens join or leave; returns how it ended per token, judged as pushes are.

    Never raises for an answer: what befalls the whole call is every token's outcome.
    """
    call = messaging.subscribe_to_topic if join else messaging.unsubscribe_from_topic
    outcomes: list[Outcome] = []
    for start in range(0, len(tokens), AT_ONCE):
        part = list(tokens[start : start + AT_ONCE])
        try:
            answer = call(part, topic, app=app_with_token())
        except ANSWERS as error:
            outcomes += [judged_error(error)] * len(part)
            continue
        failed = {one.index: judged(str(one.reason), str(one.reason)) for one in answer.errors}
        outcomes += [failed.get(place, DONE) for place in range(len(part))]
    return outcomes
