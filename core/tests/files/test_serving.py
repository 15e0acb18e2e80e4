"""Files handed out: what browsers are told, what caches may keep, who may have what."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from accounts.services.demo import create_demo_users
from core.enums import ThumbnailState
from core.files import links, storage
from core.files.hands import attach, detach
from core.files.links import is_signed, path_of, signed_url
from core.files.store import Terms, take_in
from core.files.thumbnails import draw_thumbnails, record
from core.identity import Identity, Role, acting_as
from core.models import StoredFile
from core.tests.files.samples import PDF, picture, sent

pytestmark = pytest.mark.django_db

Fetch = Callable[..., Any]
PUBLIC, PRIVATE = Terms(is_public=True), Terms()


@pytest.fixture
def fetch(client: Client) -> Fetch:
    """Fetch an address and read it to its end, which closes it."""

    def run(address: str, *, by: Client = client, **headers: str) -> Any:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        answer: Any = by.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer

    return run


def shown(content: bytes, name: str = "a", terms: Terms = PUBLIC) -> StoredFile:
    return attach(take_in(sent(content, name), terms).pk)


def address(file: StoredFile, edge: int | None = None) -> str:
    return path_of(file.key, file.mime, edge)


def test_a_public_picture_is_kept_by_every_cache_and_asks_for_no_session(fetch: Fetch) -> None:
    file = shown(picture())
    answer = fetch(address(file))
    assert answer.status_code == 200
    with default_storage.open(storage.name_of(file)) as stored:
        assert answer.whole == stored.read()
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Vary" not in answer
    assert "Set-Cookie" not in answer
    again = fetch(address(file), If_None_Match=answer["ETag"])
    assert (again.status_code, again.whole) == (304, b"")
    assert fetch(address(file), If_None_Match='"other"').status_code == 200


def test_nothing_that_is_handed_out_can_run(fetch: Fetch) -> None:
    for file in (shown(picture()), shown(PDF), shown(b"plain text\n")):
        answer = fetch(address(file))
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "sandbox" in answer["Content-Security-Policy"]
        if file.kind == "document":
            assert answer["Content-Disposition"].startswith("attachment; ")
            assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_name_for_saving_is_one_honest_header(fetch: Fetch) -> None:
    name = 'invoice\u202efdp.exe\r\nX-Evil: 1";x="'
    answer = fetch(address(shown(PDF, name)))
    assert (
        answer["Content-Disposition"] == 'attachment; filename="invoicefdp.exe X-Evil_ 1_;x=_.pdf"'
    )
    assert "X-Evil" not in answer.headers


def test_head_tells_the_length_and_sends_nothing(client: Client) -> None:
    file = shown(PDF)
    answer = client.head(address(file))
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(PDF)))


def test_the_whole_picture_stands_in_until_the_small_one_is_made(fetch: Fetch) -> None:
    file = shown(picture("JPEG", (800, 600)))
    before = fetch(address(file, 96))
    assert (before.status_code, before["Cache-Control"]) == (200, "max-age=60")
    assert before.whole == fetch(address(file)).whole
    record(file.pk, draw_thumbnails(file))
    assert StoredFile.objects.get(pk=file.pk).thumbnails == ThumbnailState.READY
    after = fetch(address(file, 96))
    assert "immutable" in after["Cache-Control"]
    assert len(after.whole) < len(before.whole)
    assert after["ETag"] != before["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        "/media/", "/media/../settings.py", "/media/{key}/",
        "/media/{key}/original",
        "/media/{key}/original.pdf", "/media/{key}/97.webp", "/media/{key}/96.png",
        "/media/{key}/..%2f..%2fdb", "/media/{KEY}/original.webp", "/media/files/{key}.webp",
        "/media/{none}/original.webp", "/media/{key}/original.webp/", "/media/{key}/9999.webp",
    ],
)  # fmt: skip
def test_no_other_address_leads_to_a_file(fetch: Fetch, path: str) -> None:
    key = shown(picture()).key
    told = path.format(key=key, KEY=key.upper() + "X", none="0" * 32)
    assert fetch(told).status_code == 404


def test_what_was_taken_away_is_gone_for_the_public_and_still_there_for_staff(
    fetch: Fetch,
) -> None:
    file = shown(picture())
    detach(file.pk)
    assert fetch(address(file)).status_code == 404
    users = create_demo_users()
    for role, seen in (("shopper", 404), ("agent", 404), ("readonly", 200), ("manager", 200)):
        client = Client()
        client.force_login(users[role])
        assert fetch(address(file), by=client).status_code == seen, role


def test_a_private_file_opens_by_a_link_until_it_ends(
    fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = shown(PDF, terms=PRIVATE)
    assert fetch(address(file)).status_code == 404
    link = signed_url(file, seconds=60)
    answer = fetch(link)
    assert (answer.status_code, answer.whole) == (200, PDF)
    assert answer["Cache-Control"] == "private, no-cache"
    now = time.time()
    monkeypatch.setattr(links.time, "time", lambda: now + 61)
    assert fetch(link).status_code == 404


@pytest.mark.parametrize(
    "tamper",
    [
        lambda link: link.replace("signature=", "signature=x"),
        lambda link: link[:-1],
        lambda link: link.replace("until=", "until=9"),
        lambda link: link.replace("original", "96"),
        lambda link: link.partition("?")[0] + "?until=99999999999&signature=",
        lambda link: link.partition("?")[0] + "?until=%00&signature=%00",
    ],
)
def test_a_link_that_was_tampered_with_opens_nothing(
    fetch: Fetch, tamper: Callable[[str], str]
) -> None:
    assert fetch(tamper(signed_url(shown(PDF, terms=PRIVATE)))).status_code == 404


def test_a_link_of_one_file_opens_no_other(fetch: Fetch) -> None:
    one, two = shown(PDF, terms=PRIVATE), shown(PDF + b"\n", terms=PRIVATE)
    assert fetch(signed_url(one).replace(one.key, two.key)).status_code == 404


@pytest.mark.parametrize("until", ["", "x", "-1", "1e9", "²", "9" * 20])
def test_odd_times_are_no_times(until: str) -> None:
    assert not is_signed("/media/x", until=until, signature="x")


def test_a_private_file_is_there_for_who_sent_it_and_for_staff_only(fetch: Fetch) -> None:
    users = create_demo_users()
    with acting_as(Identity(Role.SHOPPER, users["shopper"].pk)):
        file = take_in(sent(PDF), PRIVATE)
    for role, seen in (("shopper", 200), ("manager", 200), ("agent", 404)):
        client = Client()
        client.force_login(users[role])
        assert fetch(address(file), by=client).status_code == seen, role
    assert fetch(address(file)).status_code == 404


def test_only_looking_is_done_here(client: Client) -> None:
    for file in (shown(picture()), shown(PDF, terms=PRIVATE)):
        for method in ("post", "put", "delete"):
            answer = getattr(client, method)(address(file))
            assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_a_file_whose_bytes_are_gone_is_not_there(fetch: Fetch) -> None:
    file = shown(picture())
    default_storage.delete(storage.name_of(file))
    assert fetch(address(file)).status_code == 404
