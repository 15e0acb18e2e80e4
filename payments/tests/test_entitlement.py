"""What a subscription allows, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.enums import Tier
from payments.billing_enums import SubscriptionState as S
from payments.entitlement import entitled

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def asked(state, *, end=None, grace=None, tier=Tier.PRO):
    return entitled(state=state, tier=tier, period_end=end, grace_until=grace, now=NOW)


@pytest.mark.parametrize(
    ("state", "end", "grace", "allowed", "until"),
    [
        # a trial and a paid period last to their last second
        (S.TRIALING, NOW + SECOND, None, True, NOW + SECOND),
        (S.TRIALING, NOW, None, False, None),
        (S.ACTIVE, NOW + SECOND, None, True, NOW + SECOND),
        (S.ACTIVE, NOW, None, False, None),
        (S.ACTIVE, NOW - SECOND, None, False, None),
        # news of the renewal may be late: then to the last second of grace
        (S.ACTIVE, NOW, NOW + SECOND, True, NOW + SECOND),
        (S.ACTIVE, NOW - DAY, NOW, False, None),
        (S.TRIALING, NOW - DAY, NOW + SECOND, True, NOW + SECOND),
        # grace never shortens what is paid for
        (S.ACTIVE, NOW + DAY, NOW - DAY, True, NOW + DAY),
        # a gateway that tells no end
        (S.ACTIVE, None, None, True, None),
        # past due: the period it shows is not paid, only grace counts
        (S.PAST_DUE, NOW + 30 * DAY, NOW + SECOND, True, NOW + SECOND),
        (S.PAST_DUE, NOW + 30 * DAY, NOW, False, None),
        (S.PAST_DUE, NOW + 30 * DAY, None, False, None),
        # nothing is paid, or nothing any more
        (S.INCOMPLETE, NOW + DAY, NOW + DAY, False, None),
        (S.EXPIRED, NOW + DAY, NOW + DAY, False, None),
        (S.UNPAID, NOW + DAY, NOW + DAY, False, None),
        (S.PAUSED, NOW + DAY, NOW + DAY, False, None),
        (S.CANCELLED, NOW + DAY, NOW + DAY, False, None),
    ],
)
def test_access_ends_at_its_second(state, end, grace, allowed, until):
    answer = asked(state, end=end, grace=grace)
    assert (answer.allowed, answer.until) == (allowed, until)
    assert answer.tier == (Tier.PRO if allowed else Tier.FREE)


def test_every_state_has_an_answer_with_a_reason():
    for state in S:
        answer = asked(state, end=NOW + DAY, grace=NOW + DAY)
        assert answer.reason.endswith(".")
        assert len(answer.reason) > 10


def test_the_reason_names_the_moment_in_words_people_read():
    kept = asked(S.PAST_DUE, end=NOW + 30 * DAY, grace=NOW + 7 * DAY)
    assert kept.reason == (
        "The renewal was not paid yet; access is kept until 2026-11-27 12:00 UTC."
    )
    over = asked(S.PAST_DUE, grace=NOW)
    assert over.reason == ("The renewal was not paid; access was kept until 2026-11-20 12:00 UTC.")


def test_until_is_the_second_at_which_the_answer_changes():
    for state, end, grace in [
        (S.ACTIVE, NOW + DAY, None),
        (S.ACTIVE, NOW - DAY, NOW + DAY),
        (S.PAST_DUE, NOW + 30 * DAY, NOW + DAY),
    ]:
        until = asked(state, end=end, grace=grace).until
        again = {"state": state, "tier": Tier.PRO, "period_end": end, "grace_until": grace}
        assert entitled(**again, now=until - SECOND).allowed
        assert not entitled(**again, now=until).allowed
