"""`manage.py events replay`: dead letters back to work."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.enums import DeliveryState
from core.events.replay import REPLAYABLE, replay, replayable
from core.identity import acting_as_system


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
        with acting_as_system("events replay"), transaction.atomic():
            found = replayable(
                event_id=options["id"],
                state=options["state"] or DeliveryState.DEAD,
                event_type=options["type"],
                since=since,
            )
            if options["dry_run"]:
                for delivery in found.select_related("event").defer("event__body")[:1000]:
                    self.stdout.write(
                        f"event {delivery.event_id} {delivery.event.type} → {delivery.subscriber}"
                    )
                self.stdout.write(f"{found.count()} would be replayed.")
                return
            self.stdout.write(f"{replay(deliveries=found, by='manage.py')} replayed.")


def _time(value: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise CommandError(f"--since {value!r} is not an ISO time like 2026-11-20T08:00.") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
