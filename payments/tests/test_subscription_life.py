"""A subscription's life, told in any order, ends in the same place at every step of the way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import Tier
from payments.entitlement import entitled
from payments.gateways.billing import SubscriptionSeen as S
from payments.subscription_life import as_stored, from_stored, grace_until, life_of
from payments.tests.lives import BEGAN, DAY, story, whole_life

LIFE = whole_life()
GRACE = timedelta(days=7)


@given(st.data())
def test_any_order_with_repetitions_says_the_same(data):
    """Also in the middle of a life, with whatever was told by then."""
    told = LIFE[: data.draw(st.integers(1, len(LIFE)))]
    shuffled = data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told)))))
    assert life_of(shuffled) == life_of(told)
    assert life_of(told).last == told[-1]


@given(
    st.lists(
        st.builds(
            story,
            st.sampled_from(S),
            st.sampled_from([BEGAN, BEGAN + timedelta(seconds=1), BEGAN + DAY]),
            cancel_at_period_end=st.booleans(),
            price_ref=st.sampled_from(["", "a", "b"]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_stories_of_the_same_second_have_one_outcome_too(stories, chance):
    shuffled = stories.copy()
    chance.shuffle(shuffled)
    assert life_of(shuffled) == life_of(stories)


def test_what_has_ended_stays_ended_whatever_is_dated_later():
    ended = story(S.CANCELLED, BEGAN)
    assert life_of([ended, story(S.ACTIVE, BEGAN + DAY)]).last == ended


def test_grace_is_counted_from_the_first_unpaid_day_not_from_the_last_word():
    first = LIFE[3]
    life = life_of(LIFE[:5])
    assert life.past_due_since == first.as_of
    assert grace_until(life, grace=GRACE) == first.as_of + GRACE


def test_a_second_failure_after_a_recovery_gets_its_own_grace():
    again = story(S.PAST_DUE, BEGAN + 90 * DAY)
    life = life_of([*LIFE[:6], again])
    assert life.past_due_since == again.as_of


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (story(S.ACTIVE, BEGAN), BEGAN + 37 * DAY),
        (story(S.TRIALING, BEGAN), BEGAN + 37 * DAY),
        (story(S.ACTIVE, BEGAN, cancel_at_period_end=True), BEGAN + 30 * DAY),
        (story(S.ACTIVE, BEGAN, period_end=None), None),
        (story(S.PAUSED, BEGAN), None),
        (story(S.CANCELLED, BEGAN), None),
    ],
)
def test_grace_waits_for_renewals_only(told, expected):
    assert grace_until(life_of([told]), grace=GRACE) == expected


def test_access_through_a_whole_life():
    """Hour by hour: what is allowed with all that was told by then."""
    failed, recovered = LIFE[3].as_of, LIFE[5].as_of
    moment, end = BEGAN, LIFE[-1].as_of + 10 * DAY
    while moment < end:
        life = life_of(one for one in LIFE if one.as_of <= moment)
        answer = entitled(
            state=life.last.state,
            tier=Tier.PRO,
            period_end=life.last.period_end,
            grace_until=grace_until(life, grace=GRACE),
            now=moment,
        )
        assert answer.allowed == (moment < LIFE[-1].as_of), moment
        if failed <= moment < recovered:
            assert answer.until == failed + GRACE
        moment += timedelta(hours=1)


def test_a_story_survives_being_stored():
    for one in LIFE:
        assert from_stored(as_stored(one)) == one


def test_a_price_that_a_story_does_not_name_is_the_one_named_before():
    life = life_of([story(S.ACTIVE, BEGAN), story(S.ACTIVE, BEGAN + DAY, price_ref="")])
    assert life.price_ref == "price_starter_month"


def test_a_gateway_that_does_not_show_the_end_leaves_what_was_told():
    asked = story(S.ACTIVE, BEGAN, cancel_at_period_end=True)
    silent = replace(asked, as_of=BEGAN + DAY, cancel_at_period_end=None)
    taken_back = replace(asked, as_of=BEGAN + 2 * DAY, cancel_at_period_end=False)
    assert life_of([asked, silent]).last.cancel_at_period_end
    assert not life_of([taken_back, silent, asked]).last.cancel_at_period_end
