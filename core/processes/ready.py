"""When is a fresh start done? When its readiness page says so over HTTP."""

import http.client
import socket
import threading
import time
from collections.abc import Callable

from core.processes.output import say

LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 60.0
"""After so long without readiness a person wants to know where to look."""

READY_PATH = "/health/ready/"


def can_bind(host: str, port: int) -> bool:
    """Whether the port is free for us. A socket in TIME_WAIT does not count as use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(wanted: int = 0) -> int:
    """The wanted loopback port if it is free, else one the system gives."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except (OSError, OverflowError):
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(host: str, port: int, path: str = READY_PATH) -> bool:
    """One look: does the page answer with 200?"""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def when_ready(
    host: str, port: int, then: Callable[[], None], stopped: threading.Event
) -> threading.Thread:
    """Call `then` once, from a thread of its own, as soon as the page answers."""

    def look() -> None:
        tell_at = time.monotonic() + PATIENCE_SECONDS
        while not stopped.wait(LOOK_SECONDS):
            if answers(host, port):
                then()
                return
            if time.monotonic() > tell_at:
                tell_at = float("inf")
                say(f"Not ready yet: http://{host}:{port}{READY_PATH} tells what is missing.")

    thread = threading.Thread(target=look, name="readiness", daemon=True)
    thread.start()
    return thread
