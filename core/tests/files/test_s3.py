"""The same machinery with a bucket: a real S3 server (moto) over HTTP on this machine."""

from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from moto.server import ThreadedMotoServer

from core.errors import Unavailable
from core.files import storage
from core.files.bucket import bucket, bucket_origin
from core.files.hands import attach, detach
from core.files.links import path_of, signed_url
from core.files.store import Terms, take_in
from core.files.sweep import sweep
from core.files.thumbnails import draw_thumbnails, record
from core.models import StoredFile
from core.tests.files.samples import PDF, picture, sent

pytestmark = pytest.mark.django_db

BUCKET = "tradewind-tests"
KEYS = {"key_id": "AKIATEST", "key": "not-a-secret"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """An S3 that nobody else uses, on a free port."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def s3(server: str, settings: Any) -> Iterator[Any]:
    """An empty private bucket, and the shop set up to use it."""
    client = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1",
        aws_access_key_id=KEYS["key_id"], aws_secret_access_key=KEYS["key"],
    )  # fmt: skip
    client.create_bucket(Bucket=BUCKET)
    settings.STORAGES = {
        **settings.STORAGES,
        "default": bucket(BUCKET, region="us-east-1", endpoint=server, **KEYS),
    }
    yield client
    for found in names(client):
        client.delete_object(Bucket=BUCKET, Key=found)
    client.delete_bucket(Bucket=BUCKET)


def names(client: Any) -> list[str]:
    return [found["Key"] for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_a_public_picture_keeps_its_address_and_is_fetched_by_a_short_lived_one(
    s3: Any, client: Client
) -> None:
    file = attach(take_in(sent(picture("JPEG", (400, 300))), Terms(is_public=True)).pk)
    record(file.pk, draw_thumbnails(file))
    assert len(names(s3)) == 4
    answer = client.get(path_of(file.key, file.mime, 96))
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "public, max-age=300"
    with_signature = httpx.get(answer["Location"])
    assert with_signature.status_code == 200
    assert with_signature.headers["Content-Type"] == "image/webp"
    assert with_signature.content[8:12] == b"WEBP"
    assert "X-Amz-Expires=600" in answer["Location"]


def test_a_document_comes_out_of_the_bucket_for_saving_under_its_name(
    s3: Any, client: Client
) -> None:
    file = take_in(sent(PDF, "Mänual.pdf"), Terms())
    assert client.get(path_of(file.key, file.mime)).status_code == 404
    link = signed_url(file)
    answer = client.get(link.partition("testserver")[2] or "/media" + link.partition("/media")[2])
    assert answer["Cache-Control"].startswith("private")
    fetched = httpx.get(answer["Location"])
    assert fetched.content == PDF
    assert fetched.headers["Content-Disposition"] == "attachment; filename*=utf-8''M%C3%A4nual.pdf"


def test_what_is_not_used_any_more_is_swept_from_the_bucket_in_both_directions(s3: Any) -> None:
    kept = attach(take_in(sent(PDF), Terms()).pk)
    gone = take_in(sent(picture()), Terms())
    draw_thumbnails(gone)
    StoredFile.objects.filter(pk=gone.pk).update(updated_at="2020-01-01T00:00:00Z")
    s3.put_object(Bucket=BUCKET, Key="files/ab/" + "ab" * 16 + ".webp", Body=b"x")
    swept = sweep()
    assert (swept.unused, swept.missing) == (1, 0)
    assert swept.without_row == 0  # too young: somebody may be about to write its row
    assert storage.name_of(kept) in names(s3)
    assert len(names(s3)) == 2
    detach(kept.pk)
    s3.delete_object(Bucket=BUCKET, Key=storage.name_of(kept))
    assert sweep().missing == 1


def test_a_bucket_that_does_not_answer_is_a_503_and_leaves_nothing_called_stored(
    s3: Any, settings: Any
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": bucket("no-such-bucket", endpoint=default_storage.endpoint_url, **KEYS),  # type: ignore[attr-defined]  # of S3
    }
    with pytest.raises(Unavailable):
        take_in(sent(PDF), Terms())
    assert StoredFile.objects.get().state == "pending"


def test_browsers_are_told_where_the_bucket_is() -> None:
    assert bucket_origin("b", region="eu-central-1") == "https://b.s3.eu-central-1.amazonaws.com"
    assert bucket_origin("b", endpoint="https://minio.example") == "https://minio.example"
