"""Files nobody asked for, at the door that takes tables of rows."""

from collections.abc import Iterator
from typing import Any

import pytest

from commerce.api.bulk_files import LARGEST, ROOM
from core.bulk.files.storage import private
from core.models import BulkJob
from core.tests.bulk.test_hostile_files import TRAPS
from tests.doors.caller import Caller
from tests.doors.nonsense import ALWAYS, BIDI, FITTING, TRAVERSAL, VALUES
from tests.doors.test_nonsense_in_uploads import KIND, ODD_FORMS, form, part
from tests.doors.tries import Try, assert_all_well_mannered
from tests.doors.writes import nothing_written

PATH = "/api/v1/bulk/imports/"
FILE = 'name="file"; filename="people.csv"'
TABLE = b"E-mail,Name\neve@in.example,Eve\n"
TARGET = part(b"customers", 'name="target"')
TEXTS = {
    name: VALUES[name]
    for name in [*ALWAYS, *FITTING["text"]]
    if isinstance(VALUES[name], str) and VALUES[name].isprintable() and VALUES[name].strip()
}
NAMES = [
    "a.php", TRAVERSAL, "..\\..\\windows\\win.ini", "/etc/passwd", "a\x01b.csv", BIDI,
    "x" * 300 + ".csv", ".htaccess", "con", "a.csv.exe", "é中.csv", "%00.csv", "'; DROP TABLE x",
]  # fmt: skip


def upload(caller: Caller, body: bytes, kind: str = KIND, **more: Any) -> Any:
    return caller.send("POST", PATH, body, who="manager", kind=kind, **more)


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    """Fails when a file was put away."""
    before = private().listdir("")[1]
    yield
    assert private().listdir("")[1] == before


@pytest.mark.usefixtures("nothing_kept")
def test_traps_are_refused_with_their_reason_and_nothing_is_kept(caller: Caller) -> None:
    answers: dict[str, Any] = {}

    def sent(name: str) -> Any:
        answers[name] = upload(caller, form(TARGET, part(TRAPS[name][0], FILE)))
        return answers[name]

    assert_all_well_mannered(
        (Try(name, lambda name=name: sent(name)) for name in TRAPS), refused=True
    )
    told = {name: answer.json()["error"] for name, answer in answers.items()}
    assert {name for name in TRAPS if list(told[name]["details"]) != ["file"]} == set()
    # an empty field is no file at all
    assert {n for n in TRAPS if n != "empty" and TRAPS[n][1] not in told[n]["message"]} == set()


@pytest.mark.usefixtures("nothing_kept")
def test_no_odd_form_is_taken(caller: Caller) -> None:
    assert_all_well_mannered(
        (
            Try(name, lambda body=body: upload(caller, body), "is_superuser")
            for name, body in ODD_FORMS.items()
        ),
        refused=True,
    )


@pytest.mark.usefixtures("nothing_kept")
def test_other_fields_of_the_form_are_checked_before_the_file(caller: Caller) -> None:
    def tries() -> Iterator[Try]:
        for field in ("target", "encoding", "delimiter", "vendor"):
            for name, text in TEXTS.items():
                parts = [part(text.encode(), f'name="{field}"'), part(TABLE, FILE)]
                body = form(*parts) if field == "target" else form(TARGET, *parts)
                yield Try(f"{field} = {name}", lambda body=body: upload(caller, body), echoes=text)
        yield Try("no target", lambda: upload(caller, form(part(TABLE, FILE))))
        yield Try("no file", lambda: upload(caller, form(TARGET)))
        yield Try("JSON", lambda: upload(caller, b'{"file": "x"}', "application/json"))

    assert_all_well_mannered(tries(), refused=True)


def test_the_name_of_a_file_decides_nothing(caller: Caller) -> None:
    for name in NAMES:
        response = upload(
            caller, form(TARGET, part(TABLE, f'name="file"; filename="{name}"', "text/html"))
        )
        assert response.status_code == 201, (name, response.content)
        job = BulkJob.objects.get(pk=response.json()["data"]["id"])
        assert job.file == f"{job.pk}.csv"
        private().delete(job.file)


@pytest.mark.usefixtures("nothing_kept")
def test_more_than_the_door_takes_is_413(caller: Caller) -> None:
    body = form(TARGET, part(TABLE + b"\n" * (LARGEST + ROOM), FILE))
    with nothing_written():
        assert upload(caller, body).status_code == 413
        chunked = upload(caller, body, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
        assert chunked.status_code == 413
