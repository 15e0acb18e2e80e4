"""Lists: pages, order, filters, field choice, embedding; and what they cost."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models.user import User
from core.api.lists import counting
from core.ids import new_id
from core.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.urls("core.tests.api_doors")]
READ = {"Authorization": "Test a@example.com things:read"}
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def reader() -> User:
    return User.objects.create_user("a@example.com", is_superuser=True)


def entries(count: int, **fields: Any) -> list[AuditEntry]:
    made = [
        AuditEntry(
            **{"action": f"act-{n % 3}", "at": BEGIN + timedelta(hours=n // 2), "reason": "EUR"}
            | fields
        )
        for n in range(count)
    ]
    return AuditEntry.objects.bulk_create(made)


def ask(query: str, path: str = "entries") -> Any:
    return Client().get(f"/api/v1/{path}/?{query}", headers=READ)


def page(query: str, path: str = "entries") -> Any:
    response = ask(query, path)
    assert response.status_code == 200, response.content
    return response.json()


def all_pages(query: str, direction: str = "next") -> list[int]:
    found, body = [], page(query)
    while True:
        ids = [row["id"] for row in body["data"]]
        found = found + ids if direction == "next" else ids + found
        link = body["meta"][direction]
        if link is None:
            return found
        body = Client().get(link, headers=READ).json()


# -- pages ----------------------------------------


@pytest.mark.parametrize(
    "ordering",
    [
        "at",
        "-at",
        "action",
        "-action",
        "actor",
        "-actor",
        "action,-at",
        "-action,actor",
        "id",
        "-id",
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 7])
def test_cursor_pages_show_each_row_once_also_with_ties_and_nulls(
    ordering: str, limit: int
) -> None:
    entries(9)
    entries(3, actor_id=new_id())
    entries(2, actor_id=new_id())
    whole = [row["id"] for row in page(f"ordering={ordering}&limit=200")["data"]]
    assert len(whole) == len(set(whole)) == 14
    assert all_pages(f"ordering={ordering}&limit={limit}") == whole


def test_cursor_pages_can_be_turned_back() -> None:
    entries(9)
    body = page("limit=4")
    first = [row["id"] for row in body["data"]]
    assert body["meta"]["previous"] is None
    second = Client().get(body["meta"]["next"], headers=READ).json()
    back = Client().get(second["meta"]["previous"], headers=READ).json()
    assert [row["id"] for row in back["data"]] == first
    assert back["meta"]["previous"] is None
    forth = Client().get(back["meta"]["next"], headers=READ).json()
    assert [row["id"] for row in forth["data"]] == [row["id"] for row in second["data"]]


def test_rows_that_come_meanwhile_neither_repeat_nor_skip_others() -> None:
    made = entries(6)
    body = page("limit=3&ordering=id")
    entries(1, at=BEGIN - timedelta(days=1))
    seen = [row["id"] for row in body["data"]]
    rest = Client().get(body["meta"]["next"], headers=READ).json()
    assert [row["id"] for row in rest["data"]][:3] == [entry.pk for entry in made[3:]]
    assert not set(seen) & {row["id"] for row in rest["data"]}


def test_pages_by_offset() -> None:
    entries(5)
    whole = [row["id"] for row in page("limit=200")["data"]]
    body = page("limit=2&offset=2")
    assert [row["id"] for row in body["data"]] == whole[2:4]
    assert "offset=4" in body["meta"]["next"]
    assert "offset=0" in body["meta"]["previous"]
    assert body["meta"]["count"] == 5
    assert all_pages("limit=2&offset=0") == whole
    beyond = page("offset=50")
    assert (beyond["data"], beyond["meta"]["count"]) == ([], 5)


def test_a_list_without_rows_is_a_list() -> None:
    body = page("")
    assert body["data"] == []
    assert body["meta"] == {"next": None, "previous": None, "count": 0}


@pytest.mark.parametrize("cursor", ["x", "%00", "a" * 500, "AAAA", quote("é"), "=", "!!"])
def test_a_cursor_that_is_none_is_400_and_named(cursor: str) -> None:
    response = ask(f"cursor={cursor}")
    assert response.status_code == 400
    if cursor != "%00":
        assert "cursor" in response.json()["error"]["details"]


def test_a_cursor_counts_for_its_list_and_order_only() -> None:
    entries(5)
    link = page("limit=2")["meta"]["next"]
    cursor = re.search(r"cursor=([^&]+)", link)[1]  # type: ignore[index]
    assert ask(f"limit=2&cursor={cursor}").status_code == 200
    assert ask(f"limit=2&ordering=action&cursor={cursor}").status_code == 400
    assert ask(f"cursor={cursor}", "people").status_code == 400
    forged = cursor[:-2] + ("AA" if not cursor.endswith("AA") else "BB")
    assert ask(f"limit=2&cursor={forged}").status_code == 400


def test_links_keep_what_was_asked() -> None:
    entries(9)
    link = page("limit=2&action__in=act-0,act-1&fields=id&ordering=-id")["meta"]["next"]
    body = Client().get(link, headers=READ).json()
    assert len(body["data"]) == 2
    assert body["data"][0].keys() == {"id"}
    assert body["meta"]["count"] == 6


# -- count ----------------------------------------


def test_counts_are_exact_up_to_the_limit_and_estimated_above(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries(30)
    assert page("limit=2")["meta"]["count"] == 30
    monkeypatch.setattr(counting, "COUNT_EXACTLY_UP_TO", 10)
    counting.forget_estimates()
    meta = page("limit=2")["meta"]
    assert meta["count_is_estimate"] is True
    assert meta["count"] >= 11
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page("limit=2")
    assert not any("EXPLAIN" in query["sql"] for query in queries)


# -- filters, order, search ----------------------------------------


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("action=act-0", 2), ("action__in=act-0,act-1", 4), ("action__icontains=ACT", 6),
        ("action__icontains=%25", 0), ("action__icontains=_", 0), ("success=true", 6),
        ("success=false", 0), ("actor__isnull=true", 6), ("actor__isnull=false", 0),
        ("at__gte=2026-11-01T01:00:00Z", 4), ("at__lte=2026-11-01T01:00:00Z", 4),
        ("at__gte=2026-11-01T03:00:00%2B02:00", 4), ("at__gte=2026-11-01T03:00:00+02:00", 4),
        ("at__gte=2026-11-01", 6), ("at__lte=2026-10-31", 0), ("search=act", 6),
        ("search=ACT-1", 2), ("search=act+nothing", 0), ("id__lte=0", 0),
        ("action=act-0&action__icontains=1", 0),
        ("actor=01a1f881-ea7e-729b-9d87-ca565161b4f6", 0), ("search=", 6), ("ordering=", 6),
    ],
)  # fmt: skip
def test_filters_narrow_the_list(query: str, count: int) -> None:
    entries(6)
    body = page(query)
    assert (len(body["data"]), body["meta"]["count"]) == (count, count)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("odd=1", "odd"), ("action__gte=a", "action__gte"), ("action__regex=a", "action__regex"),
        ("success=yes", "success"), ("success=", "success"), ("at__gte=yesterday", "at__gte"),
        ("at__gte=2026-02-30", "at__gte"), ("at__gte=0000-01-01", "at__gte"),
        ("at__lte=9999-12-31T23:59:59-14:00", "at__lte"), ("at__icontains=2026", "at__icontains"),
        ("id=x", "id"), ("id=1.5", "id"), ("id=1e3", "id"), ("id=９", "id"), ("id=", "id"),
        (f"id={10**30}", "id"), ("id__gte=9223372036854775808", "id__gte"),
        ("actor=x", "actor"), ("actor__in=x,y", "actor__in"),
        ("actor__isnull=maybe", "actor__isnull"), ("id__in=1,,2", "id__in"),
        (f"id__in={','.join(['1'] * 101)}", "id__in"), ("id__in=", "id__in"),
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=-1", "limit"), ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"), ("offset=-1", "offset"), ("offset=1.0", "offset"),
        (f"offset={10**9}", "offset"), ("ordering=password", "ordering"),
        ("ordering=actor__password", "ordering"), ("ordering=--at", "ordering"),
        ("fields=id,password", "fields"),
        ("fields=action__password", "fields"), ("expand=user", "expand"),
        ("expand=actor.groups", "expand"), (f"search={'x' * 201}", "search"),
        (f"action={'x' * 201}", "action"), ("action=a&action=b", "action"),
        ("cf.colour=red", "cf.colour"),
        ("ID=1", "ID"), ("actor__email=a", "actor__email"), ("pk=1", "pk"),
    ],
)  # fmt: skip
def test_what_is_not_offered_is_400_and_named(query: str, named: str) -> None:
    response = ask(query)
    assert response.status_code == 400, response.content
    assert named in response.json()["error"]["details"]


def test_all_mistakes_are_told_at_once() -> None:
    details = ask("odd=1&limit=x&at__gte=y").json()["error"]["details"]
    assert details.keys() == {"odd", "limit", "at__gte"}


def test_a_list_without_search_does_not_know_the_word() -> None:
    assert "search" in ask("search=a", "people").json()["error"]["details"]


# -- fields and embedding ----------------------------------------


def test_only_wanted_fields_are_sent_and_read() -> None:
    entries(2)
    with CaptureQueriesContext(connection) as queries:
        body = page("fields=id,action")
    assert body["data"][0].keys() == {"id", "action"}
    selects = [query["sql"] for query in queries if "core_auditentry" in query["sql"]]
    assert '"core_auditentry"."resource"' not in selects[-1]


def test_money_is_written_in_its_shape() -> None:
    (entry,) = entries(1)
    assert page("fields=price")["data"] == [
        {"price": {"amount": f"{entry.pk / 100:.2f}", "currency": "EUR"}}
    ]


def test_related_rows_are_embedded(reader: User) -> None:
    entries(2, actor_id=reader.pk)
    entries(1)
    data = page("expand=actor&ordering=id")["data"]
    assert data[0]["actor"] == {"id": str(reader.pk), "email": "a@example.com"}
    assert data[2]["actor"] is None
    plain = page("ordering=id")["data"]
    assert plain[0]["actor"] == str(reader.pk)


def test_many_are_embedded_up_to_a_limit_per_parent(reader: User) -> None:
    other = User.objects.create_user("b@example.com")
    made = entries(5, actor_id=reader.pk)
    entries(1, actor_id=other.pk)
    acts = {row["email"]: row["acts"] for row in page("expand=acts", "people")["data"]}
    assert [act["id"] for act in acts["a@example.com"]] == [entry.pk for entry in made[:3]]
    assert len(acts["b@example.com"]) == 1
    assert "acts" not in page("", "people")["data"][0]


def queries_of(query: str, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        page(query, path)
    return len(queries)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("entries", ""), ("entries", "expand=actor"), ("entries", "fields=id&ordering=action"),
        ("entries", "offset=0&expand=actor"), ("people", "expand=acts"), ("people", "limit=1"),
    ],
)  # fmt: skip
def test_the_number_of_queries_does_not_grow_with_the_rows(
    path: str, query: str, reader: User
) -> None:
    entries(1, actor_id=reader.pk)
    few = queries_of(query, path)
    for number in range(30):
        entries(2, actor_id=User.objects.create_user(f"{number}@example.com").pk)
    assert queries_of(query, path) == few


def test_one_query_for_the_page_and_its_count() -> None:
    entries(50)
    with CaptureQueriesContext(connection) as queries:
        assert page("limit=10")["meta"]["count"] == 50
    about = [query["sql"] for query in queries if "core_auditentry" in query["sql"]]
    assert len(about) == 1
