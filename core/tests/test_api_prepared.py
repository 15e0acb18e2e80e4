"""Statements compiled once answer exactly as those compiled each time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client

from accounts.models.user import User
from core.api.lists import page
from core.api.lists.fingerprint import TooClever, fingerprint
from core.models import AuditEntry, Event

pytestmark = [pytest.mark.django_db, pytest.mark.urls("core.tests.api_doors")]
READ = {"Authorization": "Test a@example.com things:read"}
ACTOR = UUID("01a1f881-ea7e-729b-9d87-ca565161b4f6")  # the same in each process of the suite


@pytest.fixture(autouse=True)
def rows() -> None:
    User.objects.create_user("a@example.com", is_superuser=True)
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            action=f"act%_{n % 4}",
            at=begin + timedelta(hours=n // 3),
            reason=("EUR", "JPY", "KWD", "")[n % 4],
            actor_id=ACTOR if n % 3 else None,
            resource="\x02value 0\x03" if n == 7 else f"thing:{n}",
        )
        for n in range(40)
    )


def ask(query: str) -> Any:
    body = Client().get(f"/api/v1/entries/?{query}", headers=READ).json()
    return body["data"], body["meta"]["count"], bool(body["meta"]["next"])


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def ask_anew(query: str) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(page, "ready", lambda start, asked: None)
            return ask(query)

    return ask_anew


QUERIES = [
    "", "limit=3", "limit=5&offset=5", "action=act%25_1", "action=act%25_2", "action=none",
    "action__in=act%25_1,act%25_2", "action__in=act%25_3,act%25_0", "action__in=act%25_1",
    "action__icontains=%25_", "action__icontains=%255", "action__icontains=ACT",
    "action__icontains=%5C", f"actor={ACTOR}", "actor__isnull=true", "actor__isnull=false",
    "at__gte=2026-11-01T05:00:00Z&at__lte=2026-11-01T07:00:00Z", "id__gte=31000", "id__lte=31000",
    "id__gte=31001&id__lte=31000", "success=true", "success=false", "search=act", "search=thing+1",
    "search=thing+2", "search=%25", "search=%02value+0%03", "search=%02value+1%03",
    "ordering=action", "ordering=-actor,at", "fields=id,price", "expand=actor&limit=2",
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_a_prepared_list_is_the_compiled_list(query: str, anew: Any) -> None:
    assert ask(query) == anew(query) == ask(query)


def test_all_pages_are_the_same(anew: Any) -> None:
    for ordering in ("at", "-at", "actor", "-actor,action", "id"):
        for fetch in (ask, anew):
            link, seen = f"/api/v1/entries/?limit=7&ordering={ordering}", []
            while link:
                body = Client().get(link, headers=READ).json()
                seen += [row["id"] for row in body["data"]]
                link = body["meta"]["next"]
            assert len(seen) == len(set(seen)) == 40
            assert (
                fetch(f"limit=40&ordering={ordering}")[0] == ask(f"limit=40&ordering={ordering}")[0]
            )


def test_the_second_of_a_kind_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    ask("action=act%25_1&limit=4&search=thing")
    compiled: list[SQLCompiler] = []
    compile_sql = SQLCompiler.as_sql

    def counted(self: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        if self.query.model is AuditEntry:
            compiled.append(self)
        return compile_sql(self, *args, **kwargs)

    monkeypatch.setattr(SQLCompiler, "as_sql", counted)
    assert ask("action=act%25_2&limit=4&search=2")[1] > 0
    assert compiled == []


def test_querysets_too_clever_to_compare_answer_the_same() -> None:
    body = Client().get("/api/v1/clever/?limit=40&search=thing", headers=READ).json()
    assert body["data"] == ask("limit=40&search=thing")[0]


CLEVER: list[QuerySet[Any]] = [
    AuditEntry.objects.annotate(x=OuterRef("pk")),
    AuditEntry.objects.filter(Exists(Event.objects.all())),
    AuditEntry.objects.distinct(),
    AuditEntry.objects.filter(pk__in=Event.objects.values("pk")),
    AuditEntry.objects.all()[:5],
    AuditEntry.objects.extra(where=["true"]),
    AuditEntry.objects.select_for_update(),
]


@pytest.mark.parametrize("queryset", CLEVER, ids=range(len(CLEVER)))
def test_what_cannot_be_compared_is_not_prepared(queryset: QuerySet[Any]) -> None:
    with pytest.raises(TooClever):
        fingerprint(queryset)


def test_values_of_the_view_itself_tell_querysets_apart() -> None:
    entries = AuditEntry.objects
    made = [
        fingerprint(entries.all()),
        fingerprint(entries.filter(action="a")),
        fingerprint(entries.filter(action="b")),
        fingerprint(entries.exclude(action="a")),
        fingerprint(entries.filter(action__gte="a")),
        fingerprint(entries.filter(resource="a")),
        fingerprint(entries.filter(actor_id=ACTOR)),
        fingerprint(entries.filter(success=True)),
        fingerprint(entries.filter(id=1)),
        fingerprint(User.objects.filter(email="a")),
    ]
    assert len(set(made)) == len(made)
    assert fingerprint(entries.filter(action="a")) == made[1]
