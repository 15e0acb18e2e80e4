"""The worker of the benchmarks: Tradewind's own, plus one empty subscriber and one empty task."""

from config.celery import app

app.loader.import_default_modules()

from core.events import Event, subscribe  # noqa: E402  - Django is set up by the line above


@subscribe("bench.happened", queue="bulk")
def nothing(event: Event) -> None:
    """React by doing nothing, in a transaction of its own."""


@app.task(name="benchmarks.empty", ignore_result=True)
def empty() -> None:
    """Celery's own baseline."""
