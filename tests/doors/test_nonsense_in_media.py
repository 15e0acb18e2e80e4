"""Uploads nobody asked for, at the door that takes pictures and documents of products."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.files.limits import largest_body
from core.models import StoredFile
from core.tests.files.samples import PDF, package
from core.tests.files.test_looking import BAD_PDFS, FOREIGN, HOSTILE_PACKAGES, NO_PICTURES
from tests.doors.caller import Caller
from tests.doors.nonsense import BIDI, TRAVERSAL
from tests.doors.test_nonsense_in_uploads import GOOD, KIND, ODD_FORMS, form, part
from tests.doors.tries import Try, assert_all_well_mannered
from tests.doors.writes import nothing_written

FILE = 'name="file"; filename="a.png"'
HOSTILE: dict[str, bytes] = {
    **NO_PICTURES,
    **BAD_PDFS,
    **{name: content for name, (content, _) in {**FOREIGN, **HOSTILE_PACKAGES}.items()},
}
# Django's reader of forms passes over these, or takes what it can read of them
MAY_BE_TAKEN = {"a strange charset", "a text of bytes", "a form in a form"}


def upload(caller: Caller, body: bytes, kind: str = KIND, **more: Any) -> Any:
    product = caller.world.thing("product", whose="anyone")
    path = f"/api/v1/products/{product}/media/"
    return caller.send("POST", path, body, who="manager", kind=kind, **more)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_refused_with_its_reason_and_nothing_is_kept(
    caller: Caller, name: str, tmp_path: Path
) -> None:
    send = lambda: upload(caller, form(part(HOSTILE[name], FILE)))  # noqa: E731
    assert_all_well_mannered([Try(name, send)], refused=True)
    response = send()
    assert response.status_code in {400, 415}, response.content
    assert list(response.json()["error"]["details"]) == ["file"]
    assert files_in(tmp_path) == []
    if HOSTILE[name]:  # an empty field is no file at all
        reasons = StoredFile.objects.filter(state="rejected").values_list("reason", flat=True)
        assert set(reasons) == {response.json()["error"]["message"]}


@pytest.mark.parametrize(
    "filename",
    [
        "a.php", TRAVERSAL, "..\\..\\windows\\win.ini", "/etc/passwd", "a\x01b.png", BIDI,
        "x" * 300 + ".png", ".htaccess", "con", "a.png.exe", "é中.png", "%00.png",
        "invoice‮fdp.exe", "'; DROP TABLE x",
    ],
    ids=lambda name: name[:20].encode("ascii", "replace").decode(),
)  # fmt: skip
@pytest.mark.parametrize("content", [GOOD, PDF], ids=["picture", "document"])
def test_the_name_of_a_file_decides_nothing(
    caller: Caller, filename: str, content: bytes, tmp_path: Path
) -> None:
    disposition = f'name="file"; filename="{filename}"'
    response = upload(caller, form(part(content, disposition, "text/html")))
    assert response.status_code == 201, response.content
    (stored,) = files_in(tmp_path)
    file = StoredFile.objects.get(key=stored.name.partition(".")[0], state="attached")
    assert stored.parent == tmp_path / "files" / file.key[:2]
    assert len(file.original_name) <= 120
    told = response.json()["data"]
    answer = caller.send("GET", "/media/" + told["url"].partition("/media/")[2])
    assert b"".join(answer.streaming_content)
    said = answer["Content-Disposition"]
    assert said.isascii()
    assert not set(said) & set("\r\n\x00")
    assert said.startswith("inline" if content is GOOD else "attachment; filename")


def test_no_odd_form_does_harm(caller: Caller) -> None:
    def tries(names: set[str]) -> Iterator[Try]:
        for name in sorted(names):
            yield Try(name, lambda body=ODD_FORMS[name]: upload(caller, body), "is_superuser")

    assert_all_well_mannered(tries(set(ODD_FORMS) - MAY_BE_TAKEN), refused=True)
    assert_all_well_mannered(tries(MAY_BE_TAKEN))


@pytest.mark.parametrize(
    "more",
    [
        'name="alt"\r\n\r\na\x00b', 'name="position"\r\n\r\n-1', 'name="position"\r\n\r\n1e9',
        'name="variant"\r\n\r\n1', 'name="vendor"\r\n\r\n1', 'name="is_public"\r\n\r\ntrue',
        'name="position"\r\n\r\n99999999999999999999', 'name="alt"\r\n\r\n' + "x" * 301,
    ],
    ids=lambda more: ascii(more)[:40],
)  # fmt: skip
def test_other_fields_of_the_form_are_checked_before_the_file(
    caller: Caller, more: str, tmp_path: Path
) -> None:
    disposition, _, value = more.partition("\r\n\r\n")
    body = form(part(GOOD, FILE), part(value.encode(), disposition))
    assert_all_well_mannered([Try(more, lambda: upload(caller, body), echoes=value)], refused=True)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    "kind",
    ["image/png", "application/octet-stream", "text/plain", "application/x-www-form-urlencoded"],
)
def test_a_file_that_is_no_form_is_415(caller: Caller, kind: str) -> None:
    with nothing_written():
        assert upload(caller, GOOD, kind=kind).status_code == 415


def test_a_body_beyond_the_largest_file_is_413_before_it_is_read(caller: Caller) -> None:
    class Unread:
        """A body nobody may read."""

        def read(self, size: int = -1) -> bytes:
            raise AssertionError("the body was read")

        readline = readlines = read

    with nothing_written():
        response = upload(
            caller, b"x", CONTENT_LENGTH=str(largest_body() + 1), **{"wsgi.input": Unread()}
        )
    assert response.status_code == 413


def test_each_kind_has_its_own_largest_size(caller: Caller, settings: Any) -> None:
    settings.UPLOAD_IMAGE_MAX_MB = settings.UPLOAD_DOCUMENT_MAX_MB = 1
    for content in (GOOD, PDF, package()):
        response = upload(caller, form(part(content + b"\n" * 2**20, FILE)))
        assert response.status_code == 413, response.content
        assert "1 MB" in response.json()["error"]["message"]


def test_too_many_uploads_in_a_minute_are_429(caller: Caller) -> None:
    caller.forgetful = False
    codes = {upload(caller, form(part(b"", FILE))).status_code for _ in range(245)}
    assert codes == {400, 429}
