"""Health says so when a gateway that usually tells us things has gone silent."""

import time

from django.db import transaction

from core.health.probes import Reading, Status, probe
from core.identity import acting_as_system
from payments.webhooks.health import late_senders
from payments.webhooks.spoken import spoken

ASKED_AGAIN_AFTER = 30.0  # seconds, per process: anybody may open /health/

_seen: list[tuple[float, Reading | None]] = []


@probe("webhooks")
def webhooks() -> Reading | None:
    """Whether each gateway is heard in its usual rhythm."""
    if not _seen or time.monotonic() - _seen[0][0] > ASKED_AGAIN_AFTER:
        _seen[:] = [(time.monotonic(), _looked())]
    return _seen[0][1]


def _looked() -> Reading | None:
    with acting_as_system("health of webhooks"), transaction.atomic():
        late = late_senders()
    told = [
        f"{one.sender.title} is silent for {spoken(one.silent_for)}, "
        f"usually {spoken(one.rhythm.p95)} at most"
        for one in late
    ]
    return Reading(Status.DEGRADED, detail="; ".join(told)) if told else None
