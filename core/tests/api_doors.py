"""Doors that exist only for the tests of the API frame."""

import os
import signal
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models.functions import Upper
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models.user import User
from core.api.fields import Input, JsonField, MoneyField, TextField
from core.api.idempotency import idempotent
from core.api.lists import DetailView, ListView
from core.api.rows import Many, One, Rows, money
from core.api.views import ApiView
from core.errors import Conflict
from core.identity import Role, acting_as_system, current_identity
from core.models import AuditEntry, Event


class Proof:
    """What `request.auth` is."""

    def __init__(self, scopes: str) -> None:
        self.scopes = frozenset(scopes.split())
        self.api_key_id: UUID | None = None


class TestAuthentication(BaseAuthentication):
    """`Authorization: Test <e-mail> <scope> ...`"""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        word, _, rest = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if word != "Test":
            return None
        email, _, scopes = rest.partition(" ")
        with acting_as_system("authenticate"), transaction.atomic():
            user = User.objects.get(email=email)
            _ = user.role  # read now: nobody's identity sees everybody's groups
        return user, Proof(scopes)

    def authenticate_header(self, request: Request) -> str:
        return "Test"


class Door(ApiView):
    authentication_classes = [TestAuthentication]


class WhoAmI(Door):
    scopes = {"GET": "things:read", "POST": "things:write"}
    roles = {"POST": {Role.ADMIN}}

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('app.user_id', true)")
            role, user_id = cursor.fetchone()
        return Response({"role": role, "user_id": user_id, "held": current_identity().role})

    def post(self, request: Request) -> Response:
        return Response({"ok": True})


class Nested(Input):
    colour = TextField(max_length=10)


class EchoInput(Input):
    name = TextField(max_length=20)
    price = MoneyField(required=False)
    nested = Nested(required=False)
    free = JsonField(required=False)


class Echo(Door):
    public = True
    input = EchoInput
    max_body_bytes = 100_000

    def post(self, request: Request) -> Response:
        return Response(self.valid(), status=201)


class Fail(Door):
    """Raises what the path names."""

    public = True

    def get(self, request: Request, kind: str) -> Response:
        from core.tests.api_failures import FAILURES

        FAILURES[kind]()
        raise AssertionError(kind)


def write_event(subject: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditentry (action, resource, actor_role, reason, details, success,"
            " agent, request_id) VALUES ('bought', %s, '', '', '{}', true, '', '')",
            [subject],
        )


class Buy(Door):
    """An atomic write that costs money."""

    public = True

    @idempotent
    def post(self, request: Request) -> Response:
        write_event(str(request.data.get("what")))
        if request.data.get("fail") == "conflict":
            raise Conflict("Sold out.")
        if request.data.get("fail") == "crash":
            raise RuntimeError("secret detail")
        if request.data.get("fail") == "kill" and "killed" in os.environ.get("TRADEWIND_TEST", ""):
            os.kill(os.getpid(), signal.SIGKILL)
        Input(data=request.data.get("strict", {})).is_valid(raise_exception=True)
        return Response({"what": request.data.get("what")}, status=201)


class BuyOutside(Door):
    """A write with transactions of its own."""

    public = True
    atomic = False

    @idempotent
    def post(self, request: Request) -> Response:
        claim = request.idempotency
        if claim.recovered is None:
            with transaction.atomic():
                write_event(str(request.data["what"]))
                claim.remember({"what": request.data["what"]})
        if request.data.get("fail") == "crash":
            raise RuntimeError("secret detail")
        if request.data.get("fail") == "kill" and "killed" in os.environ.get("TRADEWIND_TEST", ""):
            os.kill(os.getpid(), signal.SIGKILL)
        return Response(claim.recovered, status=201)


ENTRIES = Rows(
    columns={
        "id": "id",
        "at": "at",
        "action": "action",
        "resource": "resource",
        "actor": "actor_id",
        "success": "success",
        "price": money("id", "reason"),
    },
    expand={
        "actor": One(
            Rows(columns={"id": "id", "email": "email"}), lambda: User.objects.all(), "actor_id"
        ),
    },
)
PEOPLE = Rows(
    columns={"id": "id", "email": "email", "created_at": "created_at"},
    expand={"acts": Many(ENTRIES, AuditEntry.objects.all, key="actor_id", limit=3)},
)


class Entries(ListView):
    authentication_classes = [TestAuthentication]
    scopes = {"GET": "things:read"}
    rows = ENTRIES
    filters = {
        "action": "action",
        "at": "at",
        "success": "success",
        "actor": "actor_id",
        "id": "id",
        "ip": "ip",
    }
    ordering = ("at", "action", "actor", "id")
    ordering_sources = {"actor": "actor_id"}
    default_ordering = "-at"
    search = ("action", "resource")

    def queryset_for(self, request: Request) -> Any:
        return AuditEntry.objects.all()


class People(ListView):
    authentication_classes = [TestAuthentication]
    public = True
    rows = PEOPLE
    ordering = ("created_at", "email")
    default_ordering = "email"

    def queryset_for(self, request: Request) -> Any:
        return User.objects.all()


class Entry(DetailView):
    authentication_classes = [TestAuthentication]
    scopes = {"GET": "things:read"}
    rows = ENTRIES

    def queryset_for(self, request: Request) -> Any:
        return AuditEntry.objects.all()


class Clever(Entries):
    """The same rows from a queryset that cannot be prepared."""

    def queryset_for(self, request: Request) -> Any:
        return AuditEntry.objects.annotate(loud=Upper("action"))


def page_without_record(request: HttpRequest) -> HttpResponse:
    """A page outside the API that needs the database while it is away."""
    raise OperationalError("away")


class Events(ListView):
    authentication_classes = [TestAuthentication]
    scopes = {"GET": "things:read"}
    rows = Rows(columns={"id": "id", "type": "type", "data": "data"})
    ordering = ("id",)
    default_ordering = "id"

    def queryset_for(self, request: Request) -> Any:
        return Event.objects.all()


handler500 = "core.api.doors.server_error"
urlpatterns = [
    path("api/v1/me/", WhoAmI.as_view()),
    path("api/v1/echo/", Echo.as_view()),
    path("api/v1/fail/<str:kind>/", Fail.as_view()),
    path("api/v1/buy/", Buy.as_view()),
    path("api/v1/buy-outside/", BuyOutside.as_view()),
    path("api/v1/entries/", Entries.as_view()),
    path("api/v1/entries/<int:id>/", Entry.as_view()),
    path("api/v1/clever/", Clever.as_view()),
    path("page/", page_without_record),
    path("api/v1/people/", People.as_view()),
    path("api/v1/events/", Events.as_view()),
]
