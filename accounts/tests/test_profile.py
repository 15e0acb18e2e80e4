"""One's own user over HTTP: profile, picture, logins."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from accounts.models import User
from accounts.services.tokens import begin_login
from accounts.tests.conftest import Caller
from core.identity import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(api: Caller, log_in_as: Callable[..., Any]) -> User:
    user, tokens = log_in_as()
    api.token = tokens.access
    return user


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def put_avatar(api: Caller, content: bytes, name: str = "me.png") -> Any:
    body = encode_multipart(BOUNDARY, {"avatar": SimpleUploadedFile(name, content)})
    response = api.generic(
        "PATCH", "/api/v1/auth/user/", body, content_type=MULTIPART_CONTENT,
        headers={"Authorization": f"Bearer {api.token}"},
    )  # fmt: skip
    response.data = response.json().get("data")
    return response


def test_name_zone_and_language_are_changed(api: Caller, me: User) -> None:
    changes = {"full_name": " Ann ", "time_zone": "Asia/Tokyo", "language": "ar"}
    assert api.call("PATCH", "auth/user/", changes).status_code == 200
    seen = api.get_json("auth/user/").data
    assert (seen["full_name"], seen["time_zone"], seen["language"]) == ("Ann", "Asia/Tokyo", "ar")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"language": "tlh"}, "language"),
        ({"full_name": "x" * 201}, "full_name"),
        ({"email": "other@example.com"}, "email"),
        ({"is_superuser": True}, "is_superuser"),
        ({"role": "admin"}, "role"),
        ({"email_verified": True}, "email_verified"),
        ({"avatar": "http://169.254.169.254/"}, "avatar"),
    ],
)
def test_what_is_not_theirs_to_change_is_refused_by_name(
    api: Caller, me: User, changes: dict[str, Any], field: str
) -> None:
    response = api.call("PATCH", "auth/user/", changes)
    assert response.status_code == 400
    assert field in response.error["details"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_drawn_anew(api: Caller, me: User, kind: str) -> None:
    response = put_avatar(api, picture(kind, (900, 600)))
    assert response.status_code == 200
    name = User.objects.get(pk=me.pk).avatar.name
    with default_storage.open(name) as stored:
        drawn = Image.open(stored)
        assert (drawn.format, max(drawn.size)) == ("WEBP", 512)
    assert response.data["avatar"].endswith(name)
    assert "me" not in name.removeprefix("avatars/")


def test_the_address_of_a_picture_leads_to_it(api: Caller, me: User) -> None:
    address = put_avatar(api, picture()).data["avatar"]
    shown: Any = api.get(address)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert b"".join(shown.streaming_content)[8:12] == b"WEBP"
    assert shown["Cache-Control"] == "private, max-age=3600"
    assert api.get("/media/avatars/" + "0" * 32 + ".webp").status_code == 404
    assert api.get("/media/avatars/../../secret").status_code == 404


def test_where_a_photo_was_taken_is_not_kept(api: Caller, me: User) -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home, 52.5N 13.4E"
    put_avatar(api, picture("JPEG", exif=exif))
    with User.objects.get(pk=me.pk).avatar.open() as stored:
        content = stored.read()
    assert b"at home" not in content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\x00" * 40,
        picture()[:40],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        b"%PDF-1.4",
    ],
    ids=["empty", "text", "svg", "gif", "cut off", "only a head", "pdf"],
)
def test_what_is_no_picture_is_refused(api: Caller, me: User, content: bytes) -> None:
    assert put_avatar(api, content).status_code == 400
    assert not User.objects.get(pk=me.pk).avatar


def test_a_picture_that_unpacks_to_gigabytes_is_refused_quickly(api: Caller, me: User) -> None:
    bomb = BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    assert put_avatar(api, bomb.getvalue()).status_code == 400


def test_a_file_beyond_five_megabytes_is_refused(api: Caller, me: User) -> None:
    assert put_avatar(api, b"\x00" * (5 * 1024 * 1024 + 100_000)).status_code in {400, 413}


def test_the_picture_goes_when_it_is_replaced_or_taken_away(
    api: Caller, me: User, django_capture_on_commit_callbacks: Any
) -> None:
    put_avatar(api, picture())
    first = User.objects.get(pk=me.pk).avatar.name
    with django_capture_on_commit_callbacks(execute=True):
        put_avatar(api, picture())
    assert not default_storage.exists(first)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.call("PATCH", "auth/user/", {"avatar": None}).data["avatar"] is None


def test_my_logins_are_listed_and_ended_one_by_one(api: Caller, me: User) -> None:
    other = begin_login(user=User.objects.get(pk=me.pk), agent="a phone")
    stranger = begin_login(user=User.objects.create_user("stranger@example.com"))
    listed = api.get_json("auth/logins/")
    assert {row["agent"] for row in listed.data} == {"", "a phone"}
    assert api.call("DELETE", f"auth/logins/{other.family_id}/").status_code == 204
    assert api.call("DELETE", f"auth/logins/{other.family_id}/").status_code == 404
    assert api.call("DELETE", f"auth/logins/{stranger.family_id}/").status_code == 404
    assert len(api.get_json("auth/logins/").data) == 1


def test_logging_out_everywhere_includes_here(
    api: Caller, me: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert api.call("DELETE", "auth/logins/").status_code == 200
    assert api.get_json("auth/user/").status_code == 401


def test_an_admin_sees_only_his_own_logins_here(api: Caller, log_in_as: Callable[..., Any]) -> None:
    log_in_as()
    _, tokens = log_in_as(Role.ADMIN)
    api.token = tokens.access
    assert len(api.get_json("auth/logins/").data) == 1


def test_logout_takes_the_access_token_or_the_refresh_token(
    api: Caller, log_in_as: Callable[..., Any]
) -> None:
    _, one = log_in_as()
    _, two = log_in_as()
    api.token = one.access
    assert api.post_json("auth/logout/").status_code == 200
    nobody = Caller()
    assert nobody.post_json("auth/logout/", {"refresh": two.refresh}).status_code == 200
    for tokens in (one, two):
        stale = nobody.post_json("auth/token/refresh/", {"refresh": tokens.refresh})
        assert stale.status_code == 401
    assert nobody.post_json("auth/logout/", {"refresh": "nonsense"}).status_code == 200
