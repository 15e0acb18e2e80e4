"""Refresh families: one winner, ten seconds of grace, and the end of a login that was copied."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.authentication import bearer
from accounts.enums import FamilyEnd
from accounts.lookups import SECONDS, forget_everything
from accounts.models import RefreshToken, TokenFamily, User
from accounts.services.cleanup import remove_old_logins
from accounts.services.sessions import end_all_sessions
from accounts.services.tokens import GRACE, begin_login, end_login, refresh_login
from core.errors import NotAuthenticated
from core.models import AuditEntry, Event
from core.schedule import run_by_hand

pytestmark = pytest.mark.django_db


def age_first_use(family_id: Any, by: timedelta) -> None:
    """As if the first token had been used so long ago."""
    RefreshToken.objects.filter(family_id=family_id, used_at__isnull=False).update(
        used_at=timezone.now() - by
    )


def test_each_refresh_gives_the_next_pair_of_the_same_login(log_in_as: Callable[..., Any]) -> None:
    user, first = log_in_as()
    second = refresh_login(token=first.refresh)
    third = refresh_login(token=second.refresh)
    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert first.family_id == second.family_id == third.family_id
    found = bearer(third.access)
    assert found is not None
    assert found[0] == user


def test_the_tokens_themselves_are_nowhere_in_the_database(log_in_as: Callable[..., Any]) -> None:
    _, tokens = log_in_as()
    stored = RefreshToken.objects.get(family_id=tokens.family_id)
    assert bytes(stored.digest) != tokens.refresh.encode()
    assert len(bytes(stored.digest)) == 32


def test_within_ten_seconds_a_used_token_gets_the_same_successor(
    log_in_as: Callable[..., Any],
) -> None:
    _, tokens = log_in_as()
    first = refresh_login(token=tokens.refresh)
    again = refresh_login(token=tokens.refresh)
    assert again.refresh == first.refresh
    assert again.refresh_expires_at == first.refresh_expires_at
    assert RefreshToken.objects.filter(family_id=tokens.family_id).count() == 2


def test_a_used_token_that_comes_back_later_ends_the_login_and_is_told(
    log_in_as: Callable[..., Any],
) -> None:
    user, tokens = log_in_as()
    successor = refresh_login(token=tokens.refresh)
    age_first_use(tokens.family_id, GRACE + timedelta(seconds=1))
    with pytest.raises(NotAuthenticated):
        refresh_login(token=tokens.refresh)
    family = TokenFamily.objects.get(pk=tokens.family_id)
    assert family.end_reason == FamilyEnd.REUSE
    with pytest.raises(NotAuthenticated):  # the thief's or the owner's: nobody knows, so neither
        refresh_login(token=successor.refresh)
    forget_everything()
    assert bearer(successor.access) is None
    assert AuditEntry.objects.filter(
        action="user.token_reused", resource=f"user:{user.pk}", success=False
    ).exists()
    event = Event.objects.get(type="user.token_reused", subject=f"user:{user.pk}")
    assert tokens.refresh not in str(event.data)


def test_one_stolen_login_leaves_the_others_of_the_user_alone(
    log_in_as: Callable[..., Any],
) -> None:
    user, stolen = log_in_as()
    other = begin_login(user=user)
    refresh_login(token=stolen.refresh)
    age_first_use(stolen.family_id, GRACE * 2)
    with pytest.raises(NotAuthenticated):
        refresh_login(token=stolen.refresh)
    assert refresh_login(token=other.refresh).family_id == other.family_id


@pytest.mark.parametrize("token", ["", "twr_", "twr_" + "A" * 43, "x" * 600, "\ud800", "\x00"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(NotAuthenticated):
        refresh_login(token=token)


def test_an_expired_token_is_refused_without_ending_the_login(
    log_in_as: Callable[..., Any],
) -> None:
    _, tokens = log_in_as()
    RefreshToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotAuthenticated):
        refresh_login(token=tokens.refresh)
    assert TokenFamily.objects.get(pk=tokens.family_id).ended_at is None


def test_a_login_ends_after_sixty_days_however_busy_it_was(log_in_as: Callable[..., Any]) -> None:
    _, tokens = log_in_as()
    TokenFamily.objects.update(expires_at=timezone.now() + timedelta(days=1))
    nearly = refresh_login(token=tokens.refresh)
    assert nearly.refresh_expires_at <= timezone.now() + timedelta(days=1)
    TokenFamily.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotAuthenticated):
        refresh_login(token=nearly.refresh)


def test_logging_out_ends_refresh_and_access_tokens_at_once_here(
    log_in_as: Callable[..., Any], django_capture_on_commit_callbacks: Any
) -> None:
    _, tokens = log_in_as()
    assert bearer(tokens.access) is not None
    with django_capture_on_commit_callbacks(execute=True):
        assert end_login(family_id=tokens.family_id)
    assert bearer(tokens.access) is None
    assert not end_login(family_id=tokens.family_id)
    with pytest.raises(NotAuthenticated):
        refresh_login(token=tokens.refresh)


def test_another_process_learns_of_the_end_within_five_seconds(
    log_in_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the hint that only the ending process gets, the memory must be short enough."""
    _, tokens = log_in_as()
    assert bearer(tokens.access) is not None
    TokenFamily.objects.filter(pk=tokens.family_id).update(
        ended_at=timezone.now(), end_reason=FamilyEnd.LOGOUT
    )
    assert bearer(tokens.access) is not None, "remembered, or this test proves nothing"
    import time

    real = time.monotonic
    assert SECONDS <= 5
    monkeypatch.setattr("accounts.recent.time.monotonic", lambda: real() + SECONDS)
    assert bearer(tokens.access) is None


def test_ending_all_sessions_ends_every_token_made_before(log_in_as: Callable[..., Any]) -> None:
    user, one = log_in_as()
    two = begin_login(user=user)
    end_all_sessions(user=User.objects.get(pk=user.pk), reason="test")
    forget_everything()
    for tokens in (one, two):
        assert bearer(tokens.access) is None
        with pytest.raises(NotAuthenticated):
            refresh_login(token=tokens.refresh)
    fresh = begin_login(user=User.objects.get(pk=user.pk))
    assert bearer(fresh.access) is not None


def test_a_raised_epoch_alone_stops_refreshing_too(log_in_as: Callable[..., Any]) -> None:
    """Raised by hand in SQL, say: the login's rows still look open."""
    user, tokens = log_in_as()
    User.objects.filter(pk=user.pk).update(session_epoch=99)
    with pytest.raises(NotAuthenticated):
        refresh_login(token=tokens.refresh)


def test_a_login_begun_with_a_password_that_was_changed_meanwhile_is_stillborn(
    make_user: Callable[..., User],
) -> None:
    as_read_before = make_user()
    end_all_sessions(user=User.objects.get(pk=as_read_before.pk), reason="new password")
    tokens = begin_login(user=as_read_before)
    assert bearer(tokens.access) is None
    with pytest.raises(NotAuthenticated):
        refresh_login(token=tokens.refresh)


@pytest.mark.parametrize("change", [{"is_active": False}, {"session_epoch": 7}])
def test_a_disabled_user_is_out(log_in_as: Callable[..., Any], change: dict[str, Any]) -> None:
    user, tokens = log_in_as()
    User.objects.filter(pk=user.pk).update(**change)
    assert bearer(tokens.access) is None


def test_logins_are_thrown_away_a_month_after_their_end(log_in_as: Callable[..., Any]) -> None:
    _, old = log_in_as()
    _, kept = log_in_as()
    TokenFamily.objects.filter(pk=old.family_id).update(
        ended_at=timezone.now() - timedelta(days=31), end_reason=FamilyEnd.LOGOUT
    )
    assert remove_old_logins(dry_run=True) == 1
    run_by_hand("accounts.old_logins")
    assert remove_old_logins(dry_run=True) == 0
    assert list(TokenFamily.objects.values_list("pk", flat=True)) == [kept.family_id]
