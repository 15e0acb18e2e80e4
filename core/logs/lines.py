"""One line of JSON per event, from structlog and from the standard library alike."""

import logging
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog
from structlog.types import Processor

from core.identity import Role, current_identity
from core.logs.redaction import redact, redact_text
from core.requests.context import current_request_id

Line = MutableMapping[str, Any]
# names the frame itself writes; they are no secrets and no persons
OWN_NAMES = frozenset({"event", "level", "logger", "timestamp", "request_id", "user", "role"})
NOT_OURS = frozenset({"request", "server_time"})  # what Django hands to its own handlers


def add_context(_logger: Any, _method: str, line: Line) -> Line:
    """Which request it belongs to, and under whose identity it happened."""
    request_id = current_request_id()
    if request_id:
        line.setdefault("request_id", request_id)
    identity = current_identity()
    if identity.role not in (Role.UNBOUND, Role.ANONYMOUS):
        line.setdefault("role", identity.role.value)
        if identity.user_id:
            line.setdefault("user", str(identity.user_id))
        if identity.reason:
            line.setdefault("reason", identity.reason)
    return line


def hide(_logger: Any, _method: str, line: Line) -> Line:
    """Take secrets and personal data out."""
    for name in list(line):
        value = line[name]
        if name in NOT_OURS:
            del line[name]
        elif name == "event":
            line[name] = redact_text(str(value))
        elif name not in OWN_NAMES and not name.startswith("_"):
            line[name] = redact(value, name=name)
    return line


BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    add_context,
]


def json_formatter() -> logging.Formatter:
    """The formatter named in LOGGING. Also tells structlog to hand its events to `logging`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *[step for step in BEFORE if not isinstance(step, structlog.stdlib.ExtraAdder)],
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=BEFORE,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide,
            structlog.processors.JSONRenderer(serializer=_to_json),
        ],
    )


def _to_json(line: Any, **_options: Any) -> str:
    return _encoder.encode(line).decode()


_encoder = msgspec.json.Encoder(enc_hook=str)
