import pytest
from django.conf import settings
from django.db import connection

from core.identity.checks import check_login_is_bound_by_policies

pytestmark = pytest.mark.django_db


def superuser() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname::text FROM pg_roles WHERE rolsuper LIMIT 1")
        return str(cursor.fetchone()[0])


def messages(monkeypatch, login: str, *, debug: bool = False) -> list[str]:
    monkeypatch.setitem(settings.DATABASES["default"], "USER", login)
    monkeypatch.setattr(settings, "DEBUG", debug)
    return [found.id for found in check_login_is_bound_by_policies(None, databases=["default"])]


def test_a_login_above_the_policies_stops_the_start(monkeypatch):
    assert messages(monkeypatch, superuser()) == ["core.E001"]
    assert messages(monkeypatch, superuser(), debug=True) == ["core.W001"]


def test_the_ordinary_login_passes(monkeypatch):
    assert messages(monkeypatch, "tradewind_app") == []
    assert check_login_is_bound_by_policies(None, databases=None) == []
