#!/usr/bin/env python
"""Tradewind's command line. Without DATABASE_URL and REDIS_URL it brings servers of its own."""

import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import FrameType

import environ
from django.core.management import execute_from_command_line

from core.embedded import EmbeddedError, embedded_environment
from core.embedded.environment import DATA_DIR_DEFAULT, fill_with_nothing
from core.processes.stage import join_stage

ROOT = Path(__file__).resolve().parent
REACH_NO_SERVER = {
    "help",
    "version",
    "check",
    "collectstatic",
    "compilemessages",
    "makemessages",
    "spectacular",
}
ONLY_TELL = {"-h", "--help", "--version"}


def reaches_no_server(arguments: list[str]) -> bool:
    """Whether the command does its work without a database."""
    if not arguments or ONLY_TELL.intersection(arguments):
        return True
    return arguments[0] in REACH_NO_SERVER and "--database" not in arguments


def servers_for(arguments: list[str]) -> AbstractContextManager[None]:
    """What must be up while the command runs; fills the environment that settings read."""
    if reaches_no_server(arguments):
        fill_with_nothing(os.environ)
        return nullcontext()
    return embedded_environment(os.environ)


def leave(number: int, frame: FrameType | None) -> None:
    """Told to stop: leave as after an error, so that the embedded servers are let go."""
    sys.exit(128 + number)


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    if (ROOT / ".env").exists():
        environ.Env.read_env(ROOT / ".env", overwrite=False)
    os.environ.setdefault("DATA_DIR", str(ROOT / DATA_DIR_DEFAULT))
    if sys.argv[1:2] != ["up"]:
        join_stage(os.environ)
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    try:
        with servers_for(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
