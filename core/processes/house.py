"""Tradewind's own programs and how each is started."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.processes.program import Program
from core.processes.ready import free_port

BLOCKING_THREADS = 32
"""Threads of one web process. Webhooks that wait together share a commit, so threads that wait
cost nothing: 64 senders are taken in at 0.7 of pgbench's rate with 32, at 0.3 with 4."""

WORKER_PROCESSES = 2
QUEUES = "money,default,bulk"
WEB_TIME_LIMITS = (
    "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s"
)
"""Somebody waits for a page: nothing may take long. Workers have roles.sql's wider limits."""

ROOT_IS_FINE = "ignore:You're running the worker with superuser privileges"
"""Celery's warning is about pickled tasks; here only JSON is accepted."""

REHEARSAL_SECRETS = {
    "STRIPE_SECRET_KEY": "sk_test_rehearsal",
    "STRIPE_WEBHOOK_SECRET": "whsec_rehearsal_not_a_secret",
    "RAZORPAY_KEY_ID": "rzp_test_rehearsal",
    "RAZORPAY_KEY_SECRET": "razorpay_rehearsal_not_a_secret",
    "RAZORPAY_WEBHOOK_SECRET": "razorpay_webhook_rehearsal_not_a_secret",
    "PAYSTACK_SECRET_KEY": "sk_test_rehearsal_not_a_secret",
    "RESEND_API_KEY": "re_rehearsal_not_a_secret",
    "RESEND_SIGNING_SECRET": "whsec_cmVoZWFyc2FsLW5vdC1hLXNlY3JldA==",
}
GATEWAYS = ("stripe", "razorpay", "paystack")


@dataclass(frozen=True)
class Address:
    """Where the web process listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """What a person types; a wildcard address is reached by the machine's own name."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{host}:{self.port}"


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def web(address: Address, workers: int) -> Program:
    """Admin, API, webhooks."""
    return Program(
        "web",
        _python(
            "granian",
            *("--interface", "wsgi", "--host", address.host, "--port", str(address.port)),
            *("--workers", str(workers), "--blocking-threads", str(BLOCKING_THREADS)),
            *("--respawn-failed-workers", "--respawn-interval", "0.5"),
            *("--workers-kill-timeout", "5", "--log-level", "warning"),
            "config.wsgi:application",
        ),
        {"PGOPTIONS": os.environ.get("PGOPTIONS", WEB_TIME_LIMITS)},
    )


def worker() -> Program:
    """The hands: what is due in the event log."""
    return Program(
        "worker",
        _python(
            "celery",
            *("--quiet", "-A", "config.celery", "worker", "--loglevel", "WARNING"),
            *("--queues", QUEUES, "--concurrency", str(WORKER_PROCESSES)),
            *("--without-gossip", "--without-mingle", "--hostname", "tradewind@%h"),
        ),
        {"PYTHONWARNINGS": ROOT_IS_FINE},
    )


def beat() -> Program:
    """The clock; any number of them may run."""
    return Program(
        "beat",
        _python("celery", "--quiet", "-A", "config.celery", "beat", "--loglevel", "WARNING"),
    )


@dataclass(frozen=True)
class Rehearsal:
    """The outside world played on this machine, and what the house must know to reach it."""

    port: int
    smtp_port: int
    data: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def program(self, house: Address) -> Program:
        """The rehearsal itself, told where the webhooks go."""
        return Program(
            "rehearsal",
            _python("rehearsal", *self._arguments(house)),
            REHEARSAL_SECRETS,
        )

    def _arguments(self, house: Address) -> list[str]:
        doors = {name: name for name in GATEWAYS} | {"resend": "mail"}
        webhooks = [
            f"--webhook-url={name}={house.url}/webhooks/{door}/" for name, door in doors.items()
        ]
        ports = ["--port", str(self.port), "--smtp-port", str(self.smtp_port)]
        return [*ports, "--data", str(self.data), *webhooks]

    def environment(self, house: Address) -> dict[str, str]:
        """Keys and addresses for web, worker and beat. Nothing in them reaches the real world."""
        return {
            **REHEARSAL_SECRETS,
            "STRIPE_API_BASE": f"{self.url}/stripe",
            "RAZORPAY_API_BASE": f"{self.url}/razorpay",
            "PAYSTACK_API_BASE": f"{self.url}/paystack",
            "FIREBASE_API_BASE": f"{self.url}/fcm",
            "ECB_RATES_BASE": f"{self.url}/ecb",
            "FIREBASE_CREDENTIALS": self._firebase_credentials(house),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "EMAIL_BACKEND_ESP": "resend",
            "RESEND_API_URL": f"{self.url}/resend/",
            "OUTBOUND_ALLOW_PRIVATE": f"127.0.0.1:{self.port}",
        }

    def _firebase_credentials(self, house: Address) -> str:
        """A service account that the rehearsal accepts, made by the rehearsal."""
        answer = subprocess.run(  # noqa: S603 - our own program
            _python("rehearsal", *self._arguments(house), "--print-firebase-credentials"),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return answer.stdout.strip()


def rehearsal_for(house: Address, data_dir: Path) -> Rehearsal:
    """Ports next to the web port where they are free."""
    port = free_port(house.port + 1)
    smtp_port = free_port(house.port + 2)
    return Rehearsal(port=port, smtp_port=smtp_port, data=data_dir / "rehearsal")


def wants_rehearsal(environ: Mapping[str, str] = os.environ) -> bool:
    """Only where no gateway key is set: with real keys nothing is played."""
    names = ("STRIPE_SECRET_KEY", "RAZORPAY_KEY_ID", "PAYSTACK_SECRET_KEY")
    return not any(environ.get(name, "").strip() for name in names)
