"""Essential mail first, and never more than the provider lets out in a minute."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from core.enums import Queue
from core.events.worker import work_off
from core.models import Delivery as Work
from core.redis import client
from notifications.channels.email import pace
from notifications.models import Delivery
from notifications.tests.provider import Provider

LIMIT = 100


@pytest.fixture
def limit(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hundred mails in two seconds, counted under a name of this test's own."""
    name = f"tradewind:mail:test:{uuid4().hex}"
    monkeypatch.setattr(pace, "KEY", name)
    monkeypatch.setattr(pace, "WINDOW_SECONDS", 2.0)
    monkeypatch.setattr(pace, "AHEAD_SECONDS", 0.2)
    settings.EMAIL_PER_MINUTE = LIMIT
    yield
    for key in client().scan_iter(f"{name}:*"):
        client().delete(key)


@pytest.mark.django_db
class TestFirst:
    def test_a_password_reset_overtakes_everything_that_waits(self, provider: Provider) -> None:
        for number in range(60):
            provider.tell(f"silent{number}@example.com", "service")
            provider.tell(f"silent{number}@example.com", "marketing")
        urgent = provider.tell("silent-urgent@example.com", "essential")
        work_off(Queue.DEFAULT, batch=10)
        letters = provider.there.letters()
        assert letters[0]["to"] == ["silent-urgent@example.com"]
        urgent.refresh_from_db()
        assert urgent.state == "sent"

    def test_a_campaign_stands_in_a_queue_of_its_own(self, provider: Provider) -> None:
        provider.tell("silent@example.com", "marketing")
        assert Work.objects.get().queue == Queue.BULK
        assert work_off(Queue.DEFAULT) == 0


@pytest.mark.usefixtures("limit")
class TestPace:
    def test_no_window_holds_more_than_the_limit_and_each_category_its_share(self) -> None:
        """Everybody asks as fast as they can; each waits as long as it is told to."""
        waiting = {
            f"{category}-{number}": (category, 0.0)
            for category, number_of in (("marketing", 150), ("service", 150), ("essential", 25))
            for number in range(number_of)
        }
        left: list[tuple[float, str]] = []
        asked: Counter[str] = Counter()
        until = time.monotonic() + 4.0
        while time.monotonic() < until:
            now = time.monotonic()
            for mail, (category, due) in list(waiting.items()):
                if due <= now:
                    asked[mail] += 1
                    wait = pace.seconds_to_wait(category, mail)
                    if wait == 0:
                        left.append((time.monotonic(), category))
                        del waiting[mail]
                    else:
                        waiting[mail] = (category, time.monotonic() + wait)
            time.sleep(0.01)
        times = [at for at, _ in left]
        busiest = max(sum(at <= other < at + 1.9 for other in times) for at in times)
        assert busiest <= LIMIT
        assert len(left) > LIMIT, "and it goes on after the first window"
        first = Counter(category for at, category in left if at < times[0] + 1.9)
        assert first["essential"] == 25, "they found room"
        assert first["service"] > 0
        assert first["marketing"] <= 0.7 * LIMIT

    def test_a_long_line_is_asked_about_twice_not_all_the_time(self) -> None:
        waits = [pace.seconds_to_wait("marketing", str(number)) for number in range(1_000)]
        assert waits[-1] > 20, "the thousandth has its place, far away"
        again = pace.seconds_to_wait("marketing", "999")
        assert abs(again - waits[-1]) < 5, "and keeps it"
        assert pace.seconds_to_wait("essential", "password") == 0

    def test_without_redis_mail_goes_out(self, settings: Any, monkeypatch: Any) -> None:
        import redis

        nowhere = redis.Redis(port=1, socket_connect_timeout=0.1)
        monkeypatch.setattr(pace, "client", lambda: nowhere)
        assert pace.seconds_to_wait("marketing", "1") == 0.0


@pytest.mark.django_db
@pytest.mark.usefixtures("limit")
def test_waiting_for_ones_turn_costs_no_try(provider: Provider, settings: Any) -> None:
    settings.EMAIL_PER_MINUTE = 1
    first, second = (provider.tell(f"silent{one}@example.com", "service") for one in range(2))
    work_off(Queue.DEFAULT)
    first.refresh_from_db()
    second.refresh_from_db()
    assert sorted([first.state, second.state]) == ["queued", "sent"]
    waiting = Delivery.objects.get(state="queued")
    assert waiting.attempts == 0
    assert "mails leave a minute" in Work.objects.get(state="ready").last_error
