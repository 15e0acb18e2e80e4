"""Who works on a job: one worker at a time, and whoever lost it writes nothing more."""

import threading

import pytest
from django.db import connection, transaction

from core.bulk.jobs.claims import Stopped, claim, is_due, let_go, write_down
from core.bulk.jobs.imports import begin_check, begin_write
from core.bulk.jobs.steering import cancel, pause, resume
from core.bulk.jobs.trial import Trial
from core.bulk.jobs.work import work, work_off
from core.enums import BulkState
from core.errors import Conflict, Invalid, NotFound
from core.identity import acting_as_system
from core.models import BulkJob
from core.tests.bulk.rows import LONG, as_csv, bring_in, figures, try_out, upload
from crm.models import Customer

HEAD = ["Email", "Name"]
ROWS = [HEAD, *[[f"c{n}@example.com", f"C {n}"] for n in range(30)]]


def queued() -> BulkJob:
    job = upload("customers", as_csv(ROWS))
    return begin_check(job_id=job.pk, columns=job.columns, options={})


def run_out(job: BulkJob) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_bulkjob SET lease_until = clock_timestamp() - interval '1 s' WHERE id=%s",
            [job.pk],
        )


@pytest.mark.django_db
def test_a_held_job_is_nobody_elses_until_its_lease_runs_out() -> None:
    job = queued()
    assert is_due()
    first = claim()
    assert first is not None
    assert claim() is None
    assert not is_due()
    run_out(job)
    second = claim()
    assert second is not None
    assert second.job.lost_leases == 1
    with pytest.raises(Stopped), transaction.atomic():
        write_down(first, done=5)
    with transaction.atomic():
        write_down(second, done=1, lost_leases=0)
        let_go(second, BulkState.QUEUED)
    assert is_due()


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_and_one_gets_it() -> None:
    queued()
    won: list[bool] = []
    ready = threading.Barrier(4)

    def try_it() -> None:
        with acting_as_system("tests"):
            ready.wait()
            won.append(claim() is not None)
        connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]


@pytest.mark.django_db
def test_paused_in_the_middle_it_goes_on_where_it_stopped(monkeypatch) -> None:

    job = try_out(upload("customers", as_csv(ROWS)))
    begin_write(job_id=job.pk)
    monkeypatch.setattr("crm.bulk.customers.Customers.batch", 10)
    whole = Trial.carry_out
    batches: list[int] = []

    def pause_after_the_second(self, batch) -> None:
        whole(self, batch)
        batches.append(len(batch))
        if len(batches) == 2:
            pause(job_id=job.pk)

    monkeypatch.setattr(Trial, "carry_out", pause_after_the_second)
    work_off(only=job.pk, budget=LONG)
    job.refresh_from_db()
    assert (job.state, job.done, Customer.objects.count()) == ("paused", 20, 20)
    # the third batch was undone with its place: it had no right to be written any more
    resume(job_id=job.pk)
    work_off(only=job.pk, budget=LONG)
    job.refresh_from_db()
    assert (job.state, figures(job), Customer.objects.count()) == ("done", (30, 0, 0, 0), 30)


@pytest.mark.django_db
def test_a_slice_of_time_ends_between_batches_and_the_job_waits_its_turn(monkeypatch) -> None:
    monkeypatch.setattr("crm.bulk.customers.Customers.batch", 10)
    job = queued()
    for _ in range(20):
        taken = claim(job.pk)
        if taken is None:
            break

        work(taken, until=0.0)
    job.refresh_from_db()
    assert (job.state, figures(job)) == ("checked", (30, 0, 0, 0))


@pytest.mark.django_db
def test_a_cancelled_job_is_left_alone_and_what_has_ended_cannot_be_cancelled() -> None:
    job = queued()
    cancel(job_id=job.pk)
    assert work_off(only=job.pk, budget=LONG) == 0
    done = bring_in("customers", ROWS)
    for act in (cancel, pause, resume):
        with pytest.raises(Conflict):
            act(job_id=done.pk)
    with pytest.raises(Conflict):
        begin_write(job_id=done.pk)
    with pytest.raises(NotFound):
        cancel(job_id=Customer.objects.first().pk)


@pytest.mark.django_db
def test_a_mapping_that_cannot_be_is_refused_by_name() -> None:
    job = upload("customers", as_csv(ROWS))
    for columns, options, wrong in (
        ({"Email": "email", "Name": "email"}, {}, "email"),
        ({"Email": "shoe_size"}, {}, "Email"),
        ({"Nowhere": "email"}, {}, "Nowhere"),
        ({"Email": "orders_count"}, {}, "Email"),
        ({"Email": "email"}, {"colour": "red"}, "colour"),
        ({"Email": "email"}, {"empty": "perhaps"}, "empty"),
    ):
        with pytest.raises(Invalid) as refused:
            begin_check(job_id=job.pk, columns=columns, options=options)
        assert wrong in refused.value.details
    job.refresh_from_db()
    assert job.state == "draft"


@pytest.mark.django_db
def test_what_fails_inside_is_told_and_can_be_resumed(monkeypatch) -> None:
    job = queued()

    def broken(*args: object) -> None:
        raise RuntimeError("out of paper")

    with monkeypatch.context() as patch:
        patch.setattr("crm.bulk.writer.CustomerImporter.carry_out", broken)
        work_off(only=job.pk, budget=LONG)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "out of paper" in job.error
    resume(job_id=job.pk)
    work_off(only=job.pk, budget=LONG)
    job.refresh_from_db()
    assert (job.state, job.error, figures(job)) == ("checked", "", (30, 0, 0, 0))
