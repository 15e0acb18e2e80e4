"""`manage.py up`: everything Tradewind needs, on this machine, until Ctrl-C."""

import argparse
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections, transaction

from core.embedded import EmbeddedError, ensure_running
from core.embedded.environment import embedded_servers
from core.identity import acting_as_system
from core.processes import Program, Supervisor
from core.processes.house import (
    REHEARSAL_SECRETS,
    Address,
    beat,
    rehearsal_for,
    wants_rehearsal,
    web,
    worker,
)
from core.processes.leftovers import AlreadyRunningError, end_leftovers, only_supervisor
from core.processes.output import say
from core.processes.ready import can_bind, when_ready
from core.processes.stage import clear_stage, set_stage

DEMO_LOGINS = (
    "admin@example.com, manager@example.com, agent@example.com, readonly@example.com, "
    "shopper@example.com (password tradewind-demo)"
)
DEMO_ADMIN = "admin@example.com"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SERVERS_LOOK_SECONDS = 2.0


class Command(BaseCommand):
    """Set up what is missing, start all processes, keep them running."""

    help = "Runs Tradewind on this machine: servers, migrations, demo data, web, worker, beat."
    requires_system_checks: list[str] = []  # the children check; a second time here only costs

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--port", type=_port, default=os.environ.get("PORT", "8000"))
        parser.add_argument("--host", default=os.environ.get("LISTEN_HOST", "127.0.0.1"))
        parser.add_argument("--no-demo", action="store_true", help="make no demo data")
        parser.add_argument("--web-workers", type=_positive, default=2, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop."""
        folder = Path(settings.DATA_DIR) / "run"
        try:
            with only_supervisor(folder):
                self._run(folder, Address(options["host"], options["port"]), options)
        except AlreadyRunningError as error:
            raise CommandError(str(error)) from error

    def _run(self, folder: Path, address: Address, options: dict[str, Any]) -> None:
        if end_leftovers(folder):
            say("Ended processes that a killed run had left behind.")
        if not can_bind(address.host, address.port):
            raise CommandError(
                f"Port {address.port} is in use by another program. Choose another one: "
                "`make run PORT=8080`, or `manage.py up --port 8080`."
            )
        os.environ.setdefault("BASE_URL", address.url)
        programs = self._programs(address, options["web_workers"])
        supervisor = Supervisor(programs, folder)
        supervisor.stop_on_signals()
        demo = self._set_up(supervisor, address, options)
        if supervisor.stopping:
            return
        supervisor.start()
        stopped = threading.Event()
        when_ready(address.host, address.port, lambda: _tell_ready(address, demo), stopped)
        try:
            supervisor.run(each_look=_ServersWatch())
        finally:
            stopped.set()
            clear_stage(os.environ)
        say("Tradewind has stopped.")

    def _programs(self, address: Address, web_workers: int) -> list[Program]:
        """The processes; the rehearsal's addresses go into our environment for all of them."""
        programs = []
        if wants_rehearsal():
            rehearsal = rehearsal_for(address, Path(settings.DATA_DIR))
            played = rehearsal.environment(address)
            os.environ.update(played)
            set_stage(os.environ, played)
            programs.append(rehearsal.program(address))
        return [*programs, web(address, web_workers), worker(), beat()]

    def _set_up(self, supervisor: Supervisor, address: Address, options: dict[str, Any]) -> bool:
        """Tables, static files, demo data; whether the demo logins exist."""
        say("Preparing the database.")
        for step in ("migrate", "collectstatic"):
            if not _manage(supervisor, step, "--noinput", "--verbosity", "0"):
                if supervisor.stopping:
                    return False
                raise CommandError(f"`manage.py {step}` failed; the reason stands above.")
        if not options["no_demo"] and is_only_for_looking(address):
            _make_demo_data(supervisor)
        try:
            return _demo_logins_exist()
        finally:
            connections.close_all()  # the supervisor itself needs none; the pool lets go soon


def _make_demo_data(supervisor: Supervisor) -> None:
    """Once, in a shop without users; a run that was stopped in the middle of it goes on with it."""
    begun = Path(settings.DATA_DIR) / "run" / "demo.begun"
    if "demo" not in get_commands() or not (begun.exists() or _has_no_users()):
        return
    begun.touch()
    say("Making demo data, once.")
    if not _manage(supervisor, "demo"):
        if supervisor.stopping:
            return
        say("The demo data could not be made (reason above); going on without it.")
    begun.unlink()


def _manage(supervisor: Supervisor, *arguments: str) -> bool:
    """Run a command in a process of its own, so that this one stays small; whether it worked.

    Told to stop, it stops the command too.
    """
    command = [sys.executable, str(settings.ROOT / "manage.py"), *arguments]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own commands
    while process.poll() is None:
        if supervisor.stopping:
            process.terminate()
            process.wait()
        time.sleep(0.05)
    return process.returncode == 0


class _ServersWatch:
    """Brings an embedded server back that ended; cheap enough for each look of the supervisor."""

    def __init__(self) -> None:
        self._ours = embedded_servers(os.environ)
        self._next_look = 0.0

    def __call__(self) -> None:
        if not (self._ours.database or self._ours.redis) or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + SERVERS_LOOK_SECONDS
        try:
            ensure_running(Path(settings.DATA_DIR), self._ours)
        except EmbeddedError as error:
            say(str(error))


def is_only_for_looking(address: Address) -> bool:
    """Whether demo logins, whose password everybody knows, can do no harm here.

    That is: no gateway keys, so that the outside world is played too, and no other machine gets in.
    """
    played = os.environ.get("STRIPE_SECRET_KEY") == REHEARSAL_SECRETS["STRIPE_SECRET_KEY"]
    public_name = urlsplit(os.environ["BASE_URL"]).hostname
    return played and address.host in LOOPBACK and public_name in LOOPBACK


def _has_no_users() -> bool:
    with acting_as_system("demo data: is the shop empty?"), transaction.atomic():
        return not get_user_model().objects.exists()


def _demo_logins_exist() -> bool:
    with acting_as_system("demo data: for the ready line"), transaction.atomic():
        return get_user_model().objects.filter(email=DEMO_ADMIN).exists()


def _tell_ready(address: Address, demo: bool) -> None:
    logins = f" Log in as {DEMO_LOGINS}." if demo else ""
    say(f"Tradewind is ready: {address.url} (admin: {address.url}/admin/).{logins}")


def _port(text: str) -> int:
    number = _positive(text)
    if number > 65_535:
        raise argparse.ArgumentTypeError(f"{number} is no port number (1 to 65535)")
    return number


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number
