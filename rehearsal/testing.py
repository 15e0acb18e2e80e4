"""Starts the real rehearsal as its own process for tests, on free ports.

with running_rehearsal(tmp_path, webhook_url="http://127.0.0.1:8000/webhooks/stripe/") as r:
    r.stripe_base, r.fcm_base, r.smtp_port, r.client.mails(to="...")
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rehearsal.client import Rehearsal

READY = re.compile(r"Rehearsal is ready: (http://127\.0\.0\.1:(\d+)) .*:(\d+)\)")
START_SECONDS = 30.0
STOP_SECONDS = 10.0
WEBHOOK_SECRET = "whsec_rehearsal_tests"


class RehearsalDidNotStart(RuntimeError):
    """The process ended or kept silent; the text is what it said."""


@dataclass(slots=True)
class RunningRehearsal:
    """A started rehearsal; ports are the real ones."""

    process: subprocess.Popen[str]
    client: Rehearsal
    base_url: str
    port: int
    smtp_port: int
    data: Path
    webhook_secret: str

    @property
    def stripe_base(self) -> str:
        """For `stripe.StripeClient(base_addresses={"api": ...})`."""
        return f"{self.base_url}/stripe"

    @property
    def fcm_base(self) -> str:
        """In place of https://fcm.googleapis.com."""
        return f"{self.base_url}/fcm"

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM and wait; returns the exit code. SIGKILL after STOP_SECONDS."""
        self.client.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.process.stdout is not None:
            self.process.stdout.close()
        return int(self.process.returncode)


def start_rehearsal(
    data: Path,
    *,
    webhook_url: str = "",
    webhook_secret: str = WEBHOOK_SECRET,
    port: int = 0,
    smtp_port: int = 0,
    retry_scale: float = 0.0005,
) -> RunningRehearsal:
    """Start and wait until ready. The caller must `stop()` it."""
    arguments = [
        sys.executable, "-m", "rehearsal", "--port", str(port), "--smtp-port", str(smtp_port),
        "--data", str(data), "--stripe-webhook-secret", webhook_secret,
        "--retry-scale", str(retry_scale),
    ]  # fmt: skip
    if webhook_url:
        arguments += ["--webhook-url", f"stripe={webhook_url}"]
    root = Path(__file__).resolve().parents[1]
    data.mkdir(parents=True, exist_ok=True)
    with (data / "stderr.log").open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            arguments,
            cwd=root,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    line = _first_line(process)
    ready = READY.match(line)
    if ready is None:
        process.kill()
        process.communicate()
        raise RehearsalDidNotStart(line + (data / "stderr.log").read_text()[-2000:])
    base_url, port, smtp_port = ready[1], int(ready[2]), int(ready[3])
    client = Rehearsal(base_url, smtp_port)
    return RunningRehearsal(process, client, base_url, port, smtp_port, data, webhook_secret)


@contextmanager
def running_rehearsal(
    data: Path,
    *,
    webhook_url: str = "",
    webhook_secret: str = WEBHOOK_SECRET,
    retry_scale: float = 0.0005,
) -> Iterator[RunningRehearsal]:
    """A rehearsal for the length of a block."""
    rehearsal = start_rehearsal(
        data, webhook_url=webhook_url, webhook_secret=webhook_secret, retry_scale=retry_scale
    )
    try:
        yield rehearsal
    finally:
        rehearsal.stop()


def _first_line(process: subprocess.Popen[str]) -> str:
    """What the process prints first, or "" when it ends or keeps silent too long."""
    if process.stdout is None:
        return ""
    deadline = time.monotonic() + START_SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            if selector.select(timeout=0.2):
                return process.stdout.readline()
            if process.poll() is not None:
                return ""
    return ""
