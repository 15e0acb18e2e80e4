"""A list is narrowed from one moment to another, as whoever types it means it."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.models import StoredFile

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


@pytest.fixture
def desk(client: Client) -> Client:
    file = StoredFile.objects.create(
        kind="document", sha256="a" * 64, size=1, mime="text/plain", original_name="noon.txt"
    )
    StoredFile.objects.filter(pk=file.pk).update(created_at=NOON)
    client.force_login(User.objects.create_superuser("boss@example.com", "x"))
    return client


def found(desk: Client, **asked: str) -> tuple[bool, str]:
    """Whether the file is listed, and the page."""
    query = {f"created_at_{name}": text for name, text in asked.items()}
    answer = desk.get(reverse("admin:core_storedfile_changelist"), query)
    assert answer.status_code == 200
    return "noon.txt" in answer.text, answer.text


@pytest.mark.parametrize(
    ("asked", "is_there"),
    [
        ({"from_0": "2026-03-29"}, True),
        ({"from_0": "2026-03-30"}, False),
        ({"to_0": "2026-03-29"}, True),
        ({"to_0": "2026-03-28"}, False),
        ({"from_0": "2026-03-29", "from_1": "12:00:00"}, True),
        ({"from_0": "2026-03-29", "from_1": "12:00:01"}, False),
        ({"from_0": "2026-03-29", "to_0": "2026-03-29"}, True),
        ({"from_1": "12:00:00"}, True),
    ],
)
def test_a_day_is_enough_and_belongs_to_it_whole(
    desk: Client, asked: dict[str, str], is_there: bool
) -> None:
    assert found(desk, **asked)[0] is is_there


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "\x00", "9" * 40])
def test_what_is_no_day_is_told_and_finds_nothing(desk: Client, text: str) -> None:
    is_there, page = found(desk, from_0=text)
    assert not is_there
    assert "Enter a valid date" in page
