"""`manage.py rotate_encryption`: exchange the key that stored secrets are sealed with."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.encryption.keyring import key_ids
from core.encryption.rotation import BATCH, UNKNOWN, rotate
from core.identity import acting_as_system


class Command(BaseCommand):
    """Put a new key first in FIELD_ENCRYPTION_KEYS, restart, run this, take the old key away."""

    help = "Seal every stored secret with the newest key; says which old keys may be removed."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--dry-run` counts only; `--batch` rows are committed at a time."""
        parser.add_argument("--dry-run", action="store_true", help="count per key, change nothing")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows per transaction")

    def handle(self, *_: Any, **options: Any) -> None:
        """Rotate column by column, then the counts per key."""
        total: Counter[str] = Counter()
        lost = []
        with acting_as_system("rotate encryption"):
            for tally in rotate(batch=max(1, options["batch"]), write=not options["dry_run"]):
                total += tally.per_key
                self.stdout.write(
                    f"{tally.table}.{tally.column}: {sum(tally.per_key.values())} values, "
                    f"{tally.rotated} sealed anew"
                )
                if tally.unknown:
                    lost.append(f"{tally.unknown} in {tally.table}.{tally.column}")
        for position, key_id in enumerate(key_ids()):
            fate = "newest" if position == 0 else "still needed" if total[key_id] else "may go"
            self.stdout.write(f"key {key_id}: {total[key_id]} values, {fate}")
        if lost:
            raise CommandError(
                f"No key opens {total[UNKNOWN]} values ({', '.join(lost)}). Put the key that was "
                "taken away back into FIELD_ENCRYPTION_KEYS and run this again."
            )
