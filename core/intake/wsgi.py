"""The bare door: webhooks answered before Django's middleware, everything else by Django."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from core.ids import new_id
from core.intake.door import PREFIX, answer, source_in
from core.intake.group import GroupCommit
from core.intake.lane import Lane
from core.intake.ringer import Ringer
from core.intake.rows import Row
from core.requests.middleware import WELL_FORMED

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

group = GroupCommit(Lane)
ringer = Ringer()


def store(row: Row) -> bool:
    """Commit together with whoever else is waiting, then wake the workers."""
    duplicate = group.store(row)
    if not duplicate:
        ringer.ask(row.type)
    return duplicate


def with_webhooks(django: Application) -> Application:
    """`django` with /webhooks/<source>/ in front of it."""

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(PREFIX):
            return django(environ, start_response)
        told = answer(source_in(path), environ, store)
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if given and WELL_FORMED.match(given) else str(new_id())
        start_response(
            STATUS_LINES[told.status],
            [
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(told.body))),
                ("X-Content-Type-Options", "nosniff"),
                ("X-Request-ID", request_id),
                *told.headers,
            ],
        )
        return [told.body]

    return application
