"""Every call to the outside has a deadline and a guard: there is one door (core/outbound)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = [
    "config", "ops", "analytics", "commerce", "payments", "crm", "notifications", "accounts",
    "core",
]  # fmt: skip
NETWORK_MODULES = {
    "aiohttp", "ftplib", "http.client", "httpcore", "httpx", "requests", "smtplib",
    "urllib.request", "urllib3", "websockets", "xmlrpc.client",
}  # fmt: skip
# Who else talks to the outside, and how its calls end in time.
ALLOWED = {
    "core/outbound/": "the door itself",
    "core/embedded/": "our own servers on this machine, with timeouts",
    "core/processes/": "our own web process on this machine, with timeouts",
    "notifications/channels/connected.py": "calls nobody: it reads what other calls raised",
    "notifications/channels/email/": "SMTP: 10 s a step and 30 s a mail, enforced there",
    "notifications/channels/push/": "firebase-admin's own session, with timeout and no retries",
    "payments/gateways/razorpay/": "the Razorpay SDK's session; its way out is core.outbound",
    "payments/gateways/stripe/": "the Stripe SDK's transport, with timeouts set there",
}
CALLS = {"urlopen", "urlretrieve", "create_connection"}


def offences(source: str) -> list[str]:
    """Imports of network modules, and calls that open connections."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call):
            called = node.func
            names = [getattr(called, "attr", getattr(called, "id", ""))]
            found += [f"line {node.lineno}: {name}()" for name in names if name in CALLS]
            continue
        else:
            continue
        found += [
            f"line {node.lineno}: {name}"
            for name in names
            if any(name == module or name.startswith(f"{module}.") for module in NETWORK_MODULES)
        ]
    return found


def python_files() -> list[Path]:
    return [
        path
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
    ]


def test_nobody_opens_connections_behind_the_doors_back() -> None:
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in python_files()
        if not str(path.relative_to(ROOT)).startswith(tuple(ALLOWED))
        and (found := offences(path.read_text()))
    }
    assert wrong == {}, "use core.outbound.OutboundClient"


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "import requests.adapters",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import smtplib as s",
        "def f():\n    import http.client",
        "import socket\nsocket.create_connection(('a', 1))",
    ],
)
def test_the_scan_sees(source: str) -> None:
    assert offences(source)


def test_the_scan_lets_innocents_pass() -> None:
    assert not offences("from urllib.parse import urlsplit\nimport http\nfrom core import outbound")
