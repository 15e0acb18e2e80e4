"""A person's way through the admin: upload, columns, trial, writing, mending, taking out."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from accounts.services.users import set_role
from core.bulk.jobs import exports
from core.bulk.jobs.work import work_off
from core.identity import Role
from core.models import AuditEntry, BulkJob, BulkMapping
from core.tests.bulk.rows import LONG, as_csv, as_xlsx
from crm.models import Assignment, Customer

pytestmark = pytest.mark.django_db
HOME = "/admin/core/bulkjob/"
ROWS = [["Mail", "Full name", "Land"], ["a@example.com", "Ada", "FR"], ["b@", "Bob", "DE"]]


def person(role: Role) -> tuple[User, Client]:
    user = User.objects.create(email=f"{role}@example.com", is_active=True)
    set_role(user=user, role=role)
    user.refresh_from_db()
    client = Client()
    client.force_login(user)
    return user, client


def give(client: Client, content: bytes, name: str = "people.csv") -> BulkJob:
    answer = client.post(
        f"{HOME}import/", {"target": "customers", "file": SimpleUploadedFile(name, content)}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url.endswith("/columns/")
    return BulkJob.objects.latest("created_at")


def put_down(answer: Any) -> None:
    """Close its file; `answer.close()` would end the test's own connection as well."""
    for close in answer._resource_closers:
        close()


def test_from_the_file_to_the_mended_file() -> None:
    _, client = person(Role.MANAGER)
    job = give(client, as_csv(ROWS))
    page = client.get(f"{HOME}{job.pk}/columns/").content.decode()
    assert '<option value="email" selected>' in page
    assert "a@example.com" in page

    form = {"column-0": "email", "column-1": "name", "column-2": "country", "save_as": "Ours"}
    answer = client.post(f"{HOME}{job.pk}/columns/", form)
    assert answer.url == f"{HOME}{job.pk}/change/"
    assert BulkMapping.objects.get().columns == {"Mail": "email", "Full name": "name",
                                                 "Land": "country"}  # fmt: skip
    assert 'data-at-work="yes"' in client.get(answer.url).content.decode()
    work_off(only=job.pk, budget=LONG)
    page = client.get(f"{HOME}{job.pk}/live/").content.decode()
    assert 'data-at-work="no"' in page
    assert "Would be new" in page
    assert not Customer.objects.exists()

    client.post(f"{HOME}{job.pk}/do/write/")
    work_off(only=job.pk, budget=LONG)
    assert Customer.objects.get().name == "Ada"
    answer = client.get(f"{HOME}{job.pk}/rows/refused.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "people-refused.csv" in answer["Content-Disposition"]
    assert text.splitlines()[0] == "Mail,Full name,Land,Why it was refused"
    # mended, it goes in as it is: its last column is nobody's
    again = give(client, text.replace("b@", "b@example.com").encode())
    assert "Why it was refused" not in again.columns
    changes = b"".join(client.get(f"{HOME}{job.pk}/rows/changes.csv").streaming_content).decode()
    assert "2,new,email,,a@example.com," in changes


def test_a_bad_file_is_told_on_the_page_and_nothing_is_kept() -> None:
    _, client = person(Role.MANAGER)
    answer = client.post(
        f"{HOME}import/",
        {"target": "customers", "file": SimpleUploadedFile("x.csv", b"\x89PNG\r\n\x1a\n")},
    )
    assert answer.status_code == 200
    assert "This is a picture" in answer.content.decode()
    assert not BulkJob.objects.exists()
    assert "Choose a file first" in client.post(f"{HOME}import/").content.decode()


def test_an_export_is_fetched_by_its_person_for_a_while_and_noted() -> None:
    admin, client = person(Role.ADMIN)
    _, other = person(Role.MANAGER)
    Customer.objects.create(email="a@example.com", name="Ada")
    answer = client.post(f"{HOME}export/", {
        "target": "customers", "begin": "1", "columns": ["email", "name"], "format": "xlsx",
        "save_as": "Short",
    })  # fmt: skip
    job = BulkJob.objects.get()
    assert answer.url == f"{HOME}{job.pk}/change/"
    assert BulkMapping.objects.get(kind="export").columns == ["email", "name"]
    work_off(only=job.pk, budget=LONG)
    page = client.get(answer.url).content.decode()
    (link,) = re.findall(rf'href="({HOME}download/[^"]+)"', page)
    fetched = client.get(link)
    assert fetched["Content-Disposition"].startswith("attachment")
    content = b"".join(fetched.streaming_content)
    put_down(fetched)
    rows = list(load_workbook(io.BytesIO(content)).active.values)
    assert rows == [("E-mail", "Name"), ("a@example.com", "Ada")]
    acts = list(AuditEntry.objects.order_by("id").values_list("action", "actor_id"))
    assert [(a, b) for a, b in acts if a.startswith("bulk.")] == [
        ("bulk.export", admin.pk), ("bulk.exported", admin.pk), ("bulk.download", admin.pk),
    ]  # fmt: skip
    # the link is nobody else's, and a false one is nobody's
    assert other.get(link).status_code == 302
    assert client.get(f"{HOME}download/false/").status_code == 302
    assert not re.findall(rf'href="({HOME}download/[^"]+)"', other.get(answer.url).content.decode())


def test_a_link_grows_old(monkeypatch) -> None:
    admin, client = person(Role.ADMIN)
    client.post(f"{HOME}export/", {"target": "customers", "begin": "1"})
    job = BulkJob.objects.get()
    work_off(only=job.pk, budget=LONG)
    job.refresh_from_db()
    token = exports.sign_link(job, admin.pk)
    fetched = client.get(f"{HOME}download/{token}/")
    assert fetched.status_code == 200
    put_down(fetched)
    monkeypatch.setattr(exports, "LINK_SECONDS", -1)
    assert client.get(f"{HOME}download/{token}/").status_code == 302


def test_an_agent_exports_from_his_list_and_cannot_import() -> None:
    agent, client = person(Role.AGENT)
    mine = Customer.objects.create(email="mine@example.com", country="FR")
    Assignment.objects.create(user=agent, customer=mine)
    Customer.objects.create(email="other@example.com", country="FR")
    assert client.get(f"{HOME}import/").status_code == 403
    answer = client.post(
        "/admin/crm/customer/?country=FR",
        {"action": "export_chosen", "_selected_action": [str(mine.pk)], "select_across": "1"},
    )
    page = answer.content.decode()
    assert 'name="list" value="country=FR"' in page, page[:2000]
    client.post(f"{HOME}export/", {"target": "customers", "begin": "1", "columns": ["email"],
                                   "list": "country=FR"})  # fmt: skip
    job = BulkJob.objects.get()
    work_off(only=job.pk, budget=LONG)
    job.refresh_from_db()
    assert (job.state, job.done, job.role) == ("done", 1, "tw_agent"), job.error
    # others' jobs are not his to see
    _, manager = person(Role.MANAGER)
    manager.post(f"{HOME}export/", {"target": "customers", "begin": "1"})
    theirs = BulkJob.objects.exclude(pk=job.pk).get()
    assert client.get(f"{HOME}{theirs.pk}/change/").status_code == 302
    assert client.post(f"{HOME}{theirs.pk}/do/cancel/").status_code == 302
    theirs.refresh_from_db()
    assert theirs.state == "queued"


def test_readonly_staff_look_and_take_nothing_out() -> None:
    _, client = person(Role.READONLY)
    assert client.get(HOME).status_code == 200
    assert client.get(f"{HOME}export/").status_code == 403
    assert client.post(f"{HOME}export/", {"target": "customers", "begin": "1"}).status_code == 403


def test_lists_pages_and_templates_open() -> None:
    _, client = person(Role.ADMIN)
    page = client.get(HOME).content.decode()
    assert "Import a file" in page
    assert "Bring in a file" in page  # the empty list says what to do
    for target in ("customers", "orders"):
        for format in ("csv", "xlsx"):
            answer = client.get(f"{HOME}template/{target}.{format}")
            assert answer.status_code == 200
            job = give(client, answer.content, f"t.{format}")
            assert job.layout["headings"]
    assert client.get(f"{HOME}template/nothing.csv").status_code == 404
    assert client.get(f"{HOME}export/?target=orders").status_code == 200
    job = give(client, as_xlsx(ROWS), "x.xlsx")
    assert client.get(f"{HOME}{job.pk}/columns/").status_code == 200
    assert client.get(HOME).status_code == 200
    assert client.get("/admin/core/bulkmapping/").status_code == 200


def test_pause_resume_and_cancel_are_posts_and_say_no_when_they_must() -> None:
    _, client = person(Role.MANAGER)
    job = give(client, as_csv(ROWS))
    client.post(f"{HOME}{job.pk}/columns/", {"column-0": "email"})
    for act, state in (("pause", "paused"), ("resume", "queued"), ("cancel", "cancelled")):
        assert client.get(f"{HOME}{job.pk}/do/{act}/").status_code == 405
        client.post(f"{HOME}{job.pk}/do/{act}/")
        job.refresh_from_db()
        assert job.state == state
    client.post(f"{HOME}{job.pk}/do/write/")
    job.refresh_from_db()
    assert job.state == "cancelled"
