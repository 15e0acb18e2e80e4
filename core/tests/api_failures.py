"""Exceptions a view may leave with, made for real wherever the database can make them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib.sites.models import Site
from django.core import exceptions as django_errors
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions as drf

from core import errors
from core.identity import acting_as_system
from core.models import IdempotencyKey

SECRET = "hunter22 at /srv/secret SELECT * FROM accounts_user"


def raising(exc: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise exc

    return fail


def sql(statement: str) -> Callable[[], None]:
    def fail() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return fail


def twice() -> None:
    Site.objects.create(domain="secret.example.com", name="a")
    Site.objects.create(domain="secret.example.com", name="b")


def unknown_choice() -> None:
    with acting_as_system("test"):
        IdempotencyKey.objects.create(
        actor="a", operation="o", key="k", fingerprint=b"", state="odd",
        locked_until="2026-01-01T00:00Z",
    )  # fmt: skip


def recursion(depth: int = 0) -> Any:
    return recursion(depth + 1)


FAILURES: dict[str, Callable[[], Any]] = {
    "invalid": raising(errors.Invalid("Wrong.", details={"email": ["Not an address."]})),
    "conflict": raising(errors.Conflict("Changed meanwhile.")),
    "missing": raising(errors.NotFound("No such order.")),
    "refused": raising(errors.PermissionRefused("Not yours.")),
    "unprocessable": raising(errors.Unprocessable("Cannot be done.")),
    "limited": raising(errors.RateLimited("Too often.", retry_after=7)),
    "upstream": raising(errors.UpstreamUnavailable("The gateway did not answer.")),
    "unavailable": raising(errors.Unavailable("Not now.")),
    "http404": raising(Http404(SECRET)),
    "denied": raising(django_errors.PermissionDenied(SECRET)),
    "doesnotexist": raising(Site.DoesNotExist(SECRET)),
    "model": raising(django_errors.ValidationError({"email": ["Not an address."]})),
    "model_all": raising(django_errors.ValidationError("All wrong.")),
    "suspicious": raising(django_errors.SuspiciousOperation(SECRET)),
    "toobig": raising(django_errors.RequestDataTooBig(SECRET)),
    "throttled": raising(drf.Throttled(wait=3)),
    "unauthenticated": raising(drf.NotAuthenticated()),
    "bad_token": raising(drf.AuthenticationFailed()),
    "drf_field": raising(drf.ValidationError({"email": ["Not an address."]})),
    "drf_list": raising(drf.ValidationError(["All wrong."])),
    "drf_nested": raising(drf.ValidationError({"lines": [{}, {"sku": ["Unknown."]}]})),
    "twice": twice,
    "unknown_choice": unknown_choice,
    "nul": lambda: Site.objects.filter(name="a\x00b").first(),
    "overflow": lambda: Site.objects.filter(pk=10**30).first() or sql("SELECT 10^400::int")(),
    "privilege": sql("SELECT * FROM pg_authid"),
    "lock_timeout": sql("SET LOCAL statement_timeout = 10; SELECT pg_sleep(1)"),
    "away": raising(OperationalError(SECRET)),
    "gone": raising(InterfaceError(SECRET)),
    "syntax": sql("SELECT FROM WHERE hunter22"),
    "crash": raising(RuntimeError(SECRET)),
    "zero": lambda: Decimal(1) / 0,
    "recursion": recursion,
    "key": lambda: {}["hunter22"],
}
STATUS = {
    "invalid": 400, "conflict": 409, "missing": 404, "refused": 403, "unprocessable": 422,
    "limited": 429, "upstream": 502, "unavailable": 503, "http404": 404, "denied": 403,
    "doesnotexist": 404, "model": 400, "model_all": 400, "suspicious": 400, "toobig": 413,
    "throttled": 429, "unauthenticated": 401, "bad_token": 401, "drf_field": 400,
    "drf_list": 400, "drf_nested": 400, "twice": 409, "unknown_choice": 400, "nul": 400,
    "overflow": 400, "privilege": 403, "lock_timeout": 503, "away": 503, "gone": 503,
    "syntax": 500, "crash": 500, "zero": 500, "recursion": 500, "key": 500,
}  # fmt: skip
