from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django_celery_beat.models import PeriodicTask

from core.errors import NotFound
from core.identity import Role, current_identity
from core.models import IdempotencyKey, ScheduleRun
from core.schedule import JOBS, Job, run_by_hand, run_when_due, scheduled
from core.schedule.beat import RUN_JOB, TICK, sync_schedule
from core.schedule.ground import KEYS_KEPT
from core.tasks import run_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs():
    """The table of jobs, put back after the test."""
    before = dict(JOBS)
    yield JOBS
    JOBS.clear()
    JOBS.update(before)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-11-20T12:00:00", "2026-11-20T12:00:00"),
        ("2026-11-20T12:04:59.9", "2026-11-20T12:00:00"),
        ("2026-11-20T12:05:00", "2026-11-20T12:05:00"),
    ],
)
def test_an_interval_has_one_due_time_per_period(now, slot):
    job = Job("x", dict, every=timedelta(minutes=5))
    assert job.slot(at(now)) == at(slot)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-11-20T03:00:00", "2026-11-20T03:00:00"),
        ("2026-11-20T02:59:30", "2026-11-20T03:00:00"),  # the beat's clock is ahead
        ("2026-11-20T02:58:00", "2026-11-19T03:00:00"),
        ("2026-11-20T23:59:00", "2026-11-20T03:00:00"),  # the beat was down at three
    ],
)
def test_a_daily_job_has_one_due_time_a_day(now, slot):
    assert Job("x", dict, daily_at=(3, 0)).slot(at(now)) == at(slot)


def test_a_job_runs_once_per_due_time_and_its_result_is_kept(jobs):
    seen = []

    @scheduled("count", every=timedelta(days=1))
    def count():
        """Count something."""
        seen.append(current_identity())
        return {"counted": 7}

    run = run_when_due("count")
    assert run_when_due("count") is None
    assert [identity.role for identity in seen] == [Role.SYSTEM]
    assert (run.state, run.result, run.error) == ("done", {"counted": 7}, "")
    assert run.finished_at >= run.started_at


def test_by_hand_it_runs_besides_its_rhythm(jobs):
    scheduled("count", every=timedelta(days=1))(dict)
    assert run_when_due("count")
    assert run_by_hand("count").state == "done"
    assert ScheduleRun.objects.filter(job="count").count() == 2


def test_a_failing_job_is_recorded_and_does_not_take_the_worker_with_it(jobs):
    @scheduled("fail", every=timedelta(days=1))
    def fail():
        raise LookupError("no rates today")

    run_job("fail")
    run = ScheduleRun.objects.get(job="fail")
    assert (run.state, run.error) == ("failed", "LookupError: no rates today")
    with pytest.raises(CommandError, match="no rates today"):
        call_command("job", "fail")


def test_a_run_whose_worker_died_does_not_stay_running(jobs):
    scheduled("count", every=timedelta(days=1))(dict)
    dead = ScheduleRun.objects.create(job="count", due_at=at("2026-01-01T00:00:00"))
    ScheduleRun.objects.filter(pk=dead.pk).update(started_at=at("2026-01-01T00:00:00"))
    run_when_due("count")
    dead.refresh_from_db()
    assert (dead.state, dead.error) == ("failed", "The worker died.")


def test_an_unknown_job_is_named_with_those_there_are():
    with pytest.raises(NotFound, match="forget_idempotency_keys"):
        run_when_due("nonsense")


def test_two_jobs_cannot_share_a_name_and_each_needs_one_rhythm(jobs):
    with pytest.raises(ValueError, match="Two jobs"):
        scheduled("forget_idempotency_keys", daily_at=(1, 0))(dict)
    with pytest.raises(ValueError, match="either"):
        scheduled("never")


@pytest.mark.django_db(transaction=True)
def test_three_beats_ringing_at_once_give_one_run(jobs):
    ran = []
    barrier = Barrier(3)
    scheduled("count", every=timedelta(days=1))(lambda: ran.append(1))

    def beat(_: int) -> bool:
        try:
            barrier.wait(5)
            return run_when_due("count") is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as beats:
        won = list(beats.map(beat, range(3)))
    assert (sum(won), len(ran)) == (1, 1)
    with transaction.atomic():
        assert ScheduleRun.objects.filter(job="count").count() == 1


def test_the_clocks_table_follows_the_code_and_keeps_what_staff_switched_off(jobs):
    scheduled("count", daily_at=(3, 15))(dict)
    sync_schedule()
    row = PeriodicTask.objects.get(name="count")
    assert (row.task, row.args, row.queue) == (RUN_JOB, '["count"]', "bulk")
    assert (row.crontab.hour, row.crontab.minute, str(row.crontab.timezone)) == ("3", "15", "UTC")
    tick = PeriodicTask.objects.get(name=TICK)
    assert tick.interval.every == 2
    assert tick.expire_seconds == 4

    PeriodicTask.objects.filter(name="count").update(enabled=False)
    scheduled("count", every=timedelta(minutes=10))(dict)
    sync_schedule()
    row.refresh_from_db()
    assert (row.enabled, row.crontab, row.interval.every) == (False, None, 300)

    del jobs["count"]
    sync_schedule()
    assert not PeriodicTask.objects.filter(name="count").exists()


def test_syncing_twice_writes_nothing():
    sync_schedule()
    before = set(PeriodicTask.objects.values_list("name", "date_changed"))
    sync_schedule()
    assert set(PeriodicTask.objects.values_list("name", "date_changed")) == before


def test_answers_to_repeated_requests_go_after_72_hours():
    def key(name: str, age: timedelta) -> IdempotencyKey:
        made = IdempotencyKey.objects.create(
            actor="user:1", operation="POST /", key=name, fingerprint=b"x",
            locked_until=datetime.now(UTC),
        )  # fmt: skip
        IdempotencyKey.objects.filter(pk=made.pk).update(created_at=datetime.now(UTC) - age)
        return made

    key("old", KEYS_KEPT + timedelta(minutes=1))
    young = key("young", KEYS_KEPT - timedelta(minutes=1))
    assert run_by_hand("forget_idempotency_keys").result == {"deleted": 1}
    assert list(IdempotencyKey.objects.all()) == [young]


def test_the_command_lists_the_jobs_and_runs_one(capsys):
    call_command("job")
    assert "forget_idempotency_keys" in capsys.readouterr().out
    call_command("job", "forget_idempotency_keys")
    assert "is done. {'deleted': 0}" in capsys.readouterr().out
