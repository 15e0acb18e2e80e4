"""firebase-admin, pointed at FIREBASE_API_BASE and kept from sleeping in our workers.

The official SDK retries inside the call: a 429 with `Retry-After: 60` would hold a worker for
four minutes, a 503 for seven seconds. Waiting is the event log's work, so its session gets an
adapter without retries. Its address is not an option either. Both are set here, on names that are
private in 7.7: this is the only module that touches them, and
notifications/tests/test_push_sdk.py fails when an upgrade moves them.
"""

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

import firebase_admin
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from firebase_admin import credentials, messaging
from requests.adapters import HTTPAdapter

TIMEOUT_SECONDS = 10
CONNECTIONS = 100  # calls at once
_lock = threading.Lock()


def is_set_up() -> bool:
    """Whether there are credentials."""
    return bool(settings.FIREBASE_CREDENTIALS)


def firebase_app() -> firebase_admin.App:
    """The app for the current settings, made once. Raises ImproperlyConfigured."""
    given, base = settings.FIREBASE_CREDENTIALS, settings.FIREBASE_API_BASE
    name = "tradewind-" + hashlib.sha256(f"{given}|{base}".encode()).hexdigest()[:16]
    with _lock:
        try:
            return firebase_admin.get_app(name)
        except ValueError:
            return _make(name, service_account(given), base)


def app_with_token() -> firebase_admin.App:
    """The same, logged in: before many calls at once, each of which would fetch a token of its own.

    Raises GoogleAuthError when Google refuses or is not reached, and as `firebase_app` does.
    """
    app = firebase_app()
    if not app.credential.get_credential().valid:
        app.credential.get_access_token()
    return app


def service_account(given: str) -> dict[str, Any]:
    """FIREBASE_CREDENTIALS as JSON: itself, or the file it names. Raises ImproperlyConfigured."""
    try:
        text = given if given.lstrip().startswith("{") else Path(given).read_text()
        account = json.loads(text)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"FIREBASE_CREDENTIALS is neither JSON nor a readable file ({type(error).__name__})."
        ) from None
    if not isinstance(account, dict) or not account.get("project_id"):
        raise ImproperlyConfigured("FIREBASE_CREDENTIALS is not a service account's JSON.")
    return account


def _make(name: str, account: dict[str, Any], base: str) -> firebase_admin.App:
    try:
        certificate = credentials.Certificate(account)
    except ValueError as error:
        raise ImproperlyConfigured(f"FIREBASE_CREDENTIALS cannot be used: {error}") from None
    app = firebase_admin.initialize_app(certificate, {"httpTimeout": TIMEOUT_SECONDS}, name)
    _point(messaging._get_messaging_service(app), app.project_id, base)  # noqa: SLF001  - see above
    return app


def _point(service: Any, project: str, base: str) -> None:
    """Our address, and no retries inside the call."""
    service._fcm_url = f"{base}/v1/projects/{project}/messages:send"  # noqa: SLF001
    service._fcm_topic_url = f"{base}/v1/projects/{project}/registrations"  # noqa: SLF001
    session = service._client.session  # noqa: SLF001
    once = HTTPAdapter(pool_maxsize=CONNECTIONS, pool_block=True, max_retries=0)
    for prefix in ("http://", "https://", "https://fcm.googleapis.com"):
        session.mount(prefix, once)
