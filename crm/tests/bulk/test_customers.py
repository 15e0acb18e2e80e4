"""Customers come in by file as they would by hand, and go out to come in again."""

import pytest

from accounts.models import User
from core.errors import PermissionRefused
from core.identity import Identity, Role, acting_as
from core.models import Event
from core.tests.bulk.rows import (
    as_csv,
    as_xlsx,
    bring_in,
    figures,
    reasons,
    table,
    take_out,
    try_out,
    upload,
    write,
)
from crm.models import Assignment, Customer

pytestmark = pytest.mark.django_db

HEAD = ["E-Mail", "Full name", "Country", "Phone", "Status"]
ADA = ["Ada@Example.com", "Ada Byron", "FR", "'+33 1 23", "active"]
BOB = ["bob@example.com", "Bob", "DE", "", "vip"]


def test_a_check_says_what_would_happen_and_writes_nothing() -> None:
    Customer.objects.create(email="bob@example.com", name="Robert", country="DE", status="vip")
    job = try_out(upload("customers", as_csv([HEAD, ADA, BOB])))
    assert (job.state, figures(job)) == ("checked", (1, 1, 0, 0))
    assert Customer.objects.count() == 1
    assert not Event.objects.filter(type__startswith="customer.").exists()
    assert job.rows.get(outcome="changed").changes == {"name": ["Robert", "Bob"]}

    write(job)
    assert (job.state, figures(job)) == ("done", (1, 1, 0, 0))
    ada = Customer.objects.get(email="ada@example.com")
    assert (ada.name, ada.country, ada.phone) == ("Ada Byron", "FR", "+33 1 23")
    assert Customer.objects.get(email="bob@example.com").name == "Bob"
    assert Event.objects.filter(type="customer.created").count() == 1
    assert Event.objects.filter(type="customer.updated").count() == 1


def test_the_same_file_again_changes_nothing() -> None:
    assert figures(bring_in("customers", [HEAD, ADA, BOB])) == (2, 0, 0, 0)
    before = list(Customer.objects.order_by("pk").values())
    assert figures(bring_in("customers", [HEAD, ADA, BOB])) == (0, 0, 2, 0)
    assert list(Customer.objects.order_by("pk").values()) == before


def test_a_refused_row_harms_no_other_row() -> None:
    rows = [
        HEAD,
        ADA,
        ["no-mail", "Nobody", "FR", "", ""],
        ["c@example.com", "Carl", "France", "", ""],
        ["d@example.com", "Dora", "FR", "", "golden"],
        ["", "Guest", "FR", "", ""],
        ["e@example.com", "=HYPERLINK(1)", "FR", "", ""],
        ["f@example.com", "Few"],
        BOB,
        ["g@example.com", "Gil", "FR", "", ""],
        ["G@example.com ", "Gil again", "FR", "", ""],
    ]
    job = bring_in("customers", rows)
    assert figures(job) == (2, 0, 0, 8)
    told = reasons(job)
    assert "email" in told[3]
    assert "Country is longer than 2" in told[4]
    assert "Status is 'golden', not one of: active" in told[5]
    assert "Neither an e-mail" in told[6]
    assert "Name is a formula" in told[7]
    assert "2 cells instead of 5" in told[8]
    assert "Lines 10, 11 are the same customer" in told[10]
    assert set(Customer.objects.values_list("name", flat=True)) == {"Ada Byron", "Bob"}


def test_an_address_that_is_anothers_is_refused_in_the_words_of_the_service() -> None:
    Customer.objects.create(email="taken@example.com", name="Holder")
    Customer.objects.create(external_platform="shopify", external_id="7", name="Seven")
    head = ["Email", "External id", "Platform", "Name"]
    job = bring_in(
        "customers",
        [
            head,
            ["taken@example.com", "7", "shopify", "Seven"],
            ["new@example.com", "8", "shopify", "Eight"],
            ["new@example.com", "", "", "The same address"],
        ],
    )
    told = reasons(job)
    assert "exists" in told[2]
    # the third is the second, found by its address: no second customer
    assert figures(job) in {(1, 1, 0, 1), (1, 0, 0, 2)}
    assert Customer.objects.filter(email="new@example.com").count() == 1


def test_empty_cells_leave_what_is_there_unless_told_otherwise() -> None:
    bring_in("customers", [HEAD, ADA])
    rows = [HEAD, [ADA[0], "", "", "", ""]]
    assert figures(bring_in("customers", rows)) == (0, 0, 1, 0)
    job = try_out(upload("customers", as_csv(rows)), empty="clear")
    write(job)
    ada = Customer.objects.get()
    assert (ada.name, ada.phone, ada.status) == ("", "", "active") or job.refused == 1


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_as_it_was(format: str) -> None:
    Customer.objects.create(
        email="ada@example.com", name="=SUM(A1)", first_name="'=quoted", last_name="O'Hara",
        company="Müller, “Söhne” & Co", phone="+33 1 23", line1="@home", line2="-", city="東京",
        region="\u202e", postal_code="00123", country="JP", language="ja",
        time_zone="Asia/Tokyo", currency="JPY", status="vip", custom={"a": 1, "b": "=x", "c": None},
        external_platform="shopify", external_id="0007",
    )  # fmt: skip
    Customer.objects.create(name="No address, no number")
    Customer.objects.create(email="b@example.com", external_platform="", external_id="")
    volatile = ("created_at", "updated_at", "version", "search_words")
    kept = [field.name for field in Customer._meta.concrete_fields if field.name not in volatile]
    before = list(Customer.objects.order_by("pk").values(*kept))

    content = take_out("customers", format=format)
    Customer.objects.all().delete()
    job = try_out(upload("customers", content, name=f"customers.{format}"))
    write(job)
    assert figures(job) == (3, 0, 0, 0), reasons(job)
    assert list(Customer.objects.order_by("pk").values(*kept)) == before
    # and then it is known
    again = try_out(upload("customers", content))
    assert figures(again) == (0, 0, 3, 0)


def test_no_cell_that_goes_out_is_run_by_a_spreadsheet() -> None:
    for start in "=+-@＝＋－＠":
        Customer.objects.create(name=f"{start}1+1", email=f"x{ord(start)}@example.com")
    rows = table(take_out("customers", columns=["name", "email"]))
    assert len(rows) == 8
    assert all(row["Name"].startswith("'") for row in rows)


def test_an_agent_takes_out_only_whom_he_looks_after() -> None:
    agent = User.objects.create(email="agent@example.com", is_staff=True)
    mine = Customer.objects.create(email="mine@example.com")
    Customer.objects.create(email="other@example.com")
    Assignment.objects.create(user=agent, customer=mine)
    with acting_as(Identity(Role.AGENT, agent.pk)):
        rows = table(take_out("customers"))
    assert [row["E-mail"] for row in rows] == ["mine@example.com"]


@pytest.mark.parametrize("role", [Role.AGENT, Role.READONLY, Role.SHOPPER, Role.ANONYMOUS])
def test_only_managers_and_admins_bring_files_in(role: Role) -> None:
    with acting_as(Identity(role)), pytest.raises(PermissionRefused):
        upload("customers", as_csv([HEAD, ADA]))


def test_an_export_is_narrowed_by_time_status_and_country() -> None:
    Customer.objects.create(email="a@example.com", status="vip", country="FR")
    Customer.objects.create(email="b@example.com", status="vip", country="DE")
    Customer.objects.create(email="c@example.com", country="FR")
    found = table(take_out("customers", columns=["email"], status="vip", country="fr"))
    assert found == [{"E-mail": "a@example.com"}]
    assert table(take_out("customers", columns=["email"], since="2199-01-01")) == []


def test_excel_numbers_and_dates_are_what_a_person_sees() -> None:
    content = as_xlsx([["Email", "Postal code", "Phone"], ["a@example.com", 69001.0, 4912345]])
    job = write(try_out(upload("customers", content)))
    ada = Customer.objects.get()
    assert (ada.postal_code, ada.phone, job.refused) == ("69001", "4912345", 0)
