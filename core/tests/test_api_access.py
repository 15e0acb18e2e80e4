"""Who may use a door, and under which identity its queries run."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models.user import User
from core.api import checks
from core.api.views import ApiView
from core.identity import Role, current_identity
from core.tests.api_doors import Door

pytestmark = [pytest.mark.django_db, pytest.mark.urls("core.tests.api_doors")]
ME = "/api/v1/me/"


def user(email: str, group: str = "") -> User:
    made = User.objects.create_user(email)
    if group:
        made.groups.add(Group.objects.get_or_create(name=group)[0])
    return made


def ask(method: str, email: str, scopes: str) -> Any:
    headers = {"Authorization": f"Test {email} {scopes}"}
    return Client().generic(method, ME, b"{}", "application/json", headers=headers)


def test_nobody_is_401_and_told_how_to_prove_it() -> None:
    response = Client().get(ME)
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == "Test"


def test_the_scope_of_the_method_is_needed() -> None:
    user("a@example.com", "admin")
    assert ask("GET", "a@example.com", "things:read").status_code == 200
    response = ask("GET", "a@example.com", "things:write other:read")
    assert response.status_code == 403
    assert "things:read" in response.json()["error"]["message"]


def test_a_role_can_be_asked_for_besides_the_scope() -> None:
    user("a@example.com", "admin")
    user("m@example.com", "manager")
    assert ask("POST", "a@example.com", "things:write").status_code == 200
    response = ask("POST", "m@example.com", "things:write")
    assert (response.status_code, response.json()["error"]["code"]) == (403, "permission_denied")


@pytest.mark.parametrize(
    ("group", "role"),
    [("admin", "tw_admin"), ("agent", "tw_agent"), ("readonly", "tw_readonly"), ("", "tw_shopper")],
)
def test_queries_run_in_the_callers_database_role(group: str, role: str) -> None:
    caller = user("a@example.com", group)
    data = ask("GET", "a@example.com", "things:read").json()["data"]
    assert data == {"role": role, "user_id": str(caller.pk), "held": role}


def test_personal_answers_are_not_kept_by_anybody() -> None:
    user("a@example.com", "admin")
    assert ask("GET", "a@example.com", "things:read")["Cache-Control"] == "no-store"
    assert ask("GET", "a@example.com", "other:read")["Cache-Control"] == "no-store"
    assert "Cache-Control" not in Client().post("/api/v1/echo/", {"name": "x"}, "application/json")


def test_the_former_identity_is_back_after_the_answer() -> None:
    user("a@example.com", "admin")
    ask("GET", "a@example.com", "things:read")
    assert current_identity().role is Role.SYSTEM
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("tw_system",)


class Forgotten(Door):
    def get(self, request: Request) -> Response:
        return Response({})


class Superfluous(Door):
    scopes = {"GET": "things:read", "POST": "things:write"}

    def get(self, request: Request) -> Response:
        return Response({})


class HalfOpen(Door):
    public = {"GET"}
    scopes = {"POST": "things:write"}

    def get(self, request: Request) -> Response:
        return Response({"user": str(request.user)})

    def post(self, request: Request) -> Response:
        return Response({})


urlpatterns = [
    path("api/v1/forgotten/", Forgotten.as_view()),
    path("api/v1/superfluous/", Superfluous.as_view()),
    path("api/v1/half/", HalfOpen.as_view()),
]


@pytest.mark.urls("core.tests.test_api_access")
def test_a_door_that_does_not_say_who_may_use_it_stops_the_start() -> None:
    found = checks.every_door_says_who_may_use_it(None)
    assert [(error.id, error.obj) for error in found] == [
        ("core.E010", Forgotten),
        ("core.E011", Superfluous),
    ]


@pytest.mark.urls("core.tests.test_api_access")
def test_a_door_that_does_not_say_who_may_use_it_is_closed_as_well() -> None:
    user("a@example.com", "admin")
    headers = {"Authorization": "Test a@example.com things:read"}
    assert Client().get("/api/v1/forgotten/", headers=headers).status_code == 403
    assert Client().get("/api/v1/forgotten/").status_code == 401


@pytest.mark.urls("core.tests.test_api_access")
def test_single_methods_can_be_public() -> None:
    assert Client().get("/api/v1/half/").status_code == 200
    assert Client().post("/api/v1/half/").status_code == 401


def test_every_door_of_the_house_says_who_may_use_it(settings: Any) -> None:
    from django.urls import set_urlconf

    settings.ROOT_URLCONF = "config.urls"
    set_urlconf(None)
    assert checks.every_door_says_who_may_use_it(None) == []
    assert all(issubclass(view, ApiView) for _, view in checks.api_views())
