"""Health: is the process alive, may traffic come, how is everything."""

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.health import Reading, Status, read_all
from core.health.probes import PROBES


@never_cache
@require_safe
@transaction.non_atomic_requests
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is looked at, so a dead database restarts nobody."""
    return JsonResponse({"status": Status.OK})


@never_cache
@require_safe
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> JsonResponse:
    """Traffic may come: what is required is there. 503 otherwise."""
    return _answer(read_all(only_required=True))


@never_cache
@require_safe
@transaction.non_atomic_requests
def full(request: HttpRequest) -> JsonResponse:
    """Everything, with latencies; 503 only when a required service is down."""
    return _answer(read_all())


def _answer(readings: dict[str, Reading]) -> JsonResponse:
    down = {name for name, reading in readings.items() if reading.status is Status.DOWN}
    required_down = any(PROBES[name].required for name in down)
    degraded = down or any(r.status is Status.DEGRADED for r in readings.values())
    overall = Status.DOWN if required_down else Status.DEGRADED if degraded else Status.OK
    body = {
        "status": overall,
        "services": {name: reading.as_json() for name, reading in sorted(readings.items())},
    }
    return JsonResponse(body, status=503 if required_down else 200)
