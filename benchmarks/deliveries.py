"""Deliveries worked off per second, one commit each, against Celery's empty task."""

import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection

from benchmarks.ground import asking, empty_event_log, program
from benchmarks.table import Result
from core.enums import Queue
from core.events.bell import ring
from core.events.subscriptions import sync_subscriptions

EVENTS = 12_000
ROUNDS = 3
CELERY_QUEUE = "bench"
WORKER = (
    "celery", "-A", "benchmarks.hands:app", "worker", "--concurrency", "2", "--loglevel", "ERROR",
    "--queues", "bulk,warm", "--prefetch-multiplier", "4", "--without-gossip", "--without-mingle",
)  # fmt: skip


def run() -> list[Result]:
    """Both with the same two worker processes, in turns; the median of three rounds."""
    from benchmarks.hands import app

    broker = redis.Redis.from_url(settings.REDIS_URL)
    sync_subscriptions()
    ours, celerys = [], []
    with program(*WORKER):
        _warm_up(app, broker)
        for _ in range(ROUNDS):
            celerys.append(_celery_rate(app, broker))
            ours.append(_delivery_rate())
    return [
        Result(
            "deliveries worked off, one commit each",
            sorted(ours)[1], sorted(celerys)[1], "Celery's empty task", "1/s", at_least=1.0,
        )
    ]  # fmt: skip


def _delivery_rate() -> float:
    empty_event_log()
    with asking(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_event (type, source, subject, data, headers, request_id) "
            "SELECT 'bench.happened', 'tradewind', 'bench:' || n, '{}', '{}', '' "
            "FROM generate_series(1, %s) AS n",
            [EVENTS],
        )
    began = time.perf_counter()
    ring(Queue.BULK)
    _wait(_all_done)
    return EVENTS / (time.perf_counter() - began)


def _all_done() -> bool:
    with asking(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM core_delivery WHERE state IN ('ready', 'leased'))"
        )
        return not cursor.fetchone()[0]


def _celery_rate(app: object, broker: redis.Redis) -> float:
    """Messages are queued first; the clock runs while they are consumed."""
    with app.producer_pool.acquire() as producer:  # type: ignore[attr-defined]
        for _ in range(EVENTS):
            app.send_task(  # type: ignore[attr-defined]
                "benchmarks.empty", queue=CELERY_QUEUE, producer=producer
            )
    began = time.perf_counter()
    app.control.add_consumer(CELERY_QUEUE, reply=True)  # type: ignore[attr-defined]
    _wait(lambda: broker.llen(CELERY_QUEUE) == 0)
    rate = EVENTS / (time.perf_counter() - began)
    app.control.cancel_consumer(CELERY_QUEUE, reply=True)  # type: ignore[attr-defined]
    return rate


def _warm_up(app: object, broker: redis.Redis) -> None:
    """Both worker processes have imported everything and connected."""
    for _ in range(50):
        app.send_task("benchmarks.empty", queue="warm")  # type: ignore[attr-defined]
    _wait(lambda: broker.llen("warm") == 0)
    _delivery_rate()


def _wait(done: Callable[[], bool], *, seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("The worker did not finish.")
        time.sleep(0.02)
