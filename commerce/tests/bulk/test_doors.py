"""A program brings a file in and takes one out: the same machinery as the admin, over HTTP."""

from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services.api_keys import create_api_key
from accounts.services.demo import create_demo_users
from accounts.services.tokens import begin_login
from commerce.tests.shopper import Shopper
from core.bulk.jobs.work import work_off
from core.models import AuditEntry
from crm.models import Customer

pytestmark = pytest.mark.django_db
CONTENT = b"Mail,Who,Land\nada@in.example,Ada,FR\nno address,Eve,FR\nbob@in.example,Bob,DE\n"
COLUMNS = {"Mail": "email", "Who": "name", "Land": "country"}


@pytest.fixture
def program(client: Client, db: None) -> Shopper:
    """The manager's."""
    user = create_demo_users()["manager"]
    return Shopper(client, Authorization=f"Bearer {begin_login(user=user).access}")


def brought(program: Shopper, content: bytes = CONTENT) -> dict[str, object]:
    answer = program.http.post(
        "/api/v1/bulk/imports/",
        {"file": SimpleUploadedFile("people.csv", content), "target": "customers"},
        headers=program.headers,
    )
    assert answer.status_code == 201, answer.content
    return dict(answer.json()["data"])


def test_a_file_is_tried_mended_by_its_refusals_and_written(program: Shopper) -> None:
    draft = brought(program)
    assert (draft["state"], draft["headings"]) == ("draft", ["Mail", "Who", "Land"])
    path = f"bulk/jobs/{draft['id']}/"
    early = program.post(f"{path}steps/", {"to": "write"})
    assert early.status_code == 409
    asked = program.post(f"{path}check/", {"columns": COLUMNS, "save_as": "Our people"})
    assert asked.json()["data"]["state"] == "queued"
    work_off()
    tried = program.get(path).json()["data"]
    assert (tried["state"], tried["new"], tried["refused"]) == ("checked", 2, 1)
    assert not Customer.objects.filter(email__endswith="@in.example").exists()
    (refused,) = program.get(f"{path}rows/", outcome="refused").json()["data"]
    assert refused["number"] == 3
    assert "mail" in refused["reason"].lower()
    assert program.post(f"{path}steps/", {"to": "write"}).status_code == 200
    work_off()
    done = program.get(path).json()["data"]
    assert (done["state"], done["new"], done["done"]) == ("done", 2, done["total"])
    assert Customer.objects.filter(email__endswith="@in.example").count() == 2
    again = brought(program)  # and the saved mapping knows the columns
    (kept,) = program.get("bulk/mappings/").json()["data"]
    checked = program.post(f"bulk/jobs/{again['id']}/check/", {"mapping": kept["name"]})
    assert checked.json()["data"]["columns"] == COLUMNS
    work_off()
    assert program.get(f"bulk/jobs/{again['id']}/").json()["data"]["unchanged"] == 2


def test_an_export_is_fetched_by_a_link_that_is_a_secret(program: Shopper) -> None:
    Customer.objects.create(name="Ada", email="ada@out.example")
    body = {"target": "customers", "columns": ["email", "name"]}
    job = program.post("bulk/exports/", body, Idempotency_Key="k1").json()["data"]
    path = f"bulk/jobs/{job['id']}/file/"
    assert program.get(path).status_code == 409
    work_off()
    told = program.get(path).json()["data"]
    link = urlsplit(told["url"]).path
    answer = Client().get(link)  # without a login
    assert answer.status_code == 200
    assert b"ada@out.example,Ada" in b"".join(answer.streaming_content)
    assert "attachment" in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(action="bulk.download").count() == 1
    assert Client().get(link[:-3] + "x/").status_code == 404
    assert Client().post(link).status_code == 405


@pytest.mark.parametrize("body", [
    {"columns": {"Mail": "nothing"}}, {"columns": {"Mail": 1}}, {"mapping": "unknown"},
    {"columns": COLUMNS, "options": {"nothing": "x"}}, {"columns": [1]},
])  # fmt: skip
def test_a_mapping_that_cannot_be_meant_is_refused(
    program: Shopper, body: dict[str, object]
) -> None:
    draft = brought(program)
    answer = program.post(f"bulk/jobs/{draft['id']}/check/", body)
    assert answer.status_code == 400, answer.content
    assert program.get(f"bulk/jobs/{draft['id']}/").json()["data"]["state"] == "draft"


@pytest.mark.parametrize(("kind", "other"), [("import", "export"), ("export", "import")])
def test_a_key_steers_the_jobs_it_may_start(program: Shopper, kind: str, other: str) -> None:
    if kind == "import":
        job = brought(program)
    else:
        body = {"target": "customers", "columns": ["email"]}
        job = program.post("bulk/exports/", body, Idempotency_Key="k1").json()["data"]
    manager = create_demo_users()["manager"]
    for scope, status in ((other, 403), (kind, 200)):
        made = create_api_key(owner=manager, name=scope, scopes=["bulk:read", f"bulk:{scope}"])
        key = Shopper(program.http, **{"X-API-Key": made.text})
        answer = key.post(f"bulk/jobs/{job['id']}/steps/", {"to": "cancel"})
        assert (answer.status_code, answer.content) == (status, answer.content)
