"""`manage.py events replay`: dead letters back to work."""

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import QuerySet
from rich.console import Console
from rich.progress import Progress

from core.enums import DeliveryState
from core.events.replay import REPLAYABLE, replay_all, replayable
from core.identity import acting_as_system
from core.models import Delivery


class Command(BaseCommand):
    """Replay closed deliveries by event, state, type or age."""

    help = "Replay deliveries of the event log (dead ones unless --state says otherwise)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The filters; all given ones must match."""
        actions = parser.add_subparsers(dest="action", required=True)
        action = actions.add_parser("replay")
        action.add_argument("--id", type=int, help="one event")
        action.add_argument("--state", choices=[state.value for state in REPLAYABLE])
        action.add_argument("--type", help="an event type such as order.placed")
        action.add_argument("--since", help="ISO time, UTC unless it names a zone")
        action.add_argument("--dry-run", action="store_true", help="only show what would run")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show what matches; send it back to work unless this is a dry run."""
        since = _time(options["since"]) if options["since"] else None
        found = replayable(
            event_id=options["id"],
            state=options["state"] or DeliveryState.DEAD,
            event_type=options["type"],
            since=since,
        )
        with acting_as_system("events replay"):
            if options["dry_run"]:
                self._show(found)
            else:
                self._replay(found)

    def _show(self, found: QuerySet[Delivery]) -> None:
        with transaction.atomic():
            for delivery in found.select_related("event").defer("event__body")[:1000]:
                self.stdout.write(
                    f"event {delivery.event_id} {delivery.event.type} → {delivery.subscriber}"
                )
            self.stdout.write(f"{found.count()} would be replayed.")

    def _replay(self, found: QuerySet[Delivery]) -> None:
        """With a bar for thousands of them, on the terminal's side of things only."""
        with transaction.atomic():
            total = found.count()
        done = 0
        with Progress(console=Console(file=sys.stderr), transient=True) as bar:
            task = bar.add_task("Replay", total=total)
            for taken in replay_all(deliveries=found, by="manage.py"):
                done += taken
                bar.update(task, completed=done)
        self.stdout.write(f"{done} replayed.")


def _time(value: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise CommandError(f"--since {value!r} is not an ISO time like 2026-11-20T08:00.") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
