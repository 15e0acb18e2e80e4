"""Refused signatures are counted for staff, and a flood of them does not reach the database."""

import threading

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from core.intake import refusals
from core.intake.refusals import MOST_REASONS, OTHER, Tally
from core.intake.sources import SOURCES
from core.models import WebhookRefusal
from core.tests.intake_helpers import TestSender

pytestmark = pytest.mark.django_db


def rows() -> dict[tuple[str, str], int]:
    found = WebhookRefusal.objects.values_list("source", "reason", "count")
    return {(source, reason): count for source, reason, count in found}


def test_a_refused_webhook_is_counted_without_touching_the_database(
    client: Client, monkeypatch, django_assert_num_queries
) -> None:
    tally = Tally()
    monkeypatch.setattr("core.intake.door.TALLY", tally)
    monkeypatch.setitem(SOURCES, "test", TestSender())
    with django_assert_num_queries(0):
        for _ in range(50):
            client.post("/webhooks/test/", b"key", content_type="text/plain")
    assert rows() == {}
    tally.write()
    assert rows() == {("test", "the wrong word"): 50}


def test_counts_of_one_day_add_up_whoever_writes_them() -> None:
    ours, theirs = Tally(), Tally()
    for tally in (ours, theirs, ours):
        tally.note("test", "old")
    ours.write()
    theirs.write()
    theirs.write()
    assert rows() == {("test", "old"): 3}


def test_reasons_that_vary_do_not_become_rows_without_end() -> None:
    tally = Tally()
    for number in range(MOST_REASONS + 500):
        tally.note("test", f"reason {number}")
    tally.write()
    found = rows()
    assert len(found) == MOST_REASONS + 1
    assert found["test", OTHER] == 500


def test_a_database_that_is_away_costs_no_count(monkeypatch) -> None:
    tally = Tally()
    tally.note("test", "old")
    with monkeypatch.context() as patched:
        patched.setattr(refusals, "COUNT", "SELECT nonsense")
        with pytest.raises(DatabaseError), transaction.atomic():
            tally.write()
    tally.note("test", "old")
    tally.write()
    assert rows() == {("test", "old"): 2}


def test_the_thread_writes_a_little_later_and_not_for_each(monkeypatch) -> None:
    tally, written, done = Tally(every=0.05), [], threading.Event()

    def write() -> None:
        with tally._mutex:
            written.append(tally._counted.pop("test", {}))
        done.set()

    monkeypatch.setattr(tally, "write", write)
    tally.keep_writing()
    for _ in range(1_000):
        tally.note("test", "old")
    assert done.wait(5)
    assert sum(one.get("old", 0) for one in written) == 1_000
    assert len(written) <= 3
