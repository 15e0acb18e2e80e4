import pytest
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry, Event
from crm.models import Assignment, Customer
from crm.panels import Panel, _panels, customer_panel
from crm.tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("admin:crm_customer_changelist")


def page_of(customer: Customer) -> str:
    return reverse("admin:crm_customer_change", args=[customer.pk])


def log_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(customer: Customer | None, **changes: str) -> dict[str, str]:
    """What the page's form posts."""
    fields = [
        "name", "status", "first_name", "last_name", "company", "email", "phone", "language",
        "time_zone", "currency", "line1", "line2", "postal_code", "city", "region", "country",
        "external_platform", "external_id",
    ]  # fmt: skip
    data = {name: str(getattr(customer, name, "") or "") for name in fields}
    inline = {
        "assignments-TOTAL_FORMS": "0",
        "assignments-INITIAL_FORMS": "0",
    }
    return data | {"status": data["status"] or "active", "custom": "{}"} | inline | changes


def test_a_manager_finds_all_customers_and_an_agent_their_own(manager, agent):
    make_customer(name="Zoë Müller", agents=(agent,))
    make_customer(name="Bob Builder")
    everybody = log_in(manager).get(LIST)
    assert everybody.status_code == 200
    assert "Zoë Müller" in everybody.text
    assert "Bob Builder" in everybody.text
    found = log_in(manager).get(LIST, {"q": "mul"}).text
    assert "Zoë Müller" in found
    assert "Bob Builder" not in found
    own = log_in(agent).get(LIST).text
    assert "Zoë Müller" in own
    assert "Bob Builder" not in own


def test_an_agent_cannot_open_a_customer_of_somebody_else(agent):
    customer = make_customer(name="Secret")
    answer = log_in(agent).get(page_of(customer))
    assert (answer.status_code, answer.url) == (302, reverse("admin:index"))
    assert "Secret" not in answer.text


def test_saving_goes_through_the_service(manager):
    customer = make_customer(name="Ann", country="DE")
    answer = log_in(manager).post(page_of(customer), form_of(customer, country="FR"))
    assert answer.status_code == 302, answer.text
    customer.refresh_from_db()
    assert (customer.country, customer.version) == ("FR", 2)
    assert Event.objects.get(type="customer.updated").data["changed"] == ["country"]


def test_totals_cannot_be_typed_in(manager):
    customer = make_customer(name="Ann", lifetime_value_minor=100)
    log_in(manager).post(
        page_of(customer), form_of(customer, lifetime_value_minor="999", orders_count="9")
    )
    customer.refresh_from_db()
    assert (customer.lifetime_value_minor, customer.orders_count) == (100, 0)


def test_a_refusal_is_a_message_and_nothing_is_saved(manager):
    make_customer(email="ann@example.com", merged_into=None)
    customer = make_customer(name="Bob")
    client = log_in(manager)
    client.post(page_of(customer), form_of(customer, currency="QQQ", name="Changed"))
    client.post(page_of(customer), form_of(customer, email="ANN@example.com", name="Changed"))
    customer.refresh_from_db()
    assert (customer.name, customer.currency, customer.email) == ("Bob", "", None)


def test_an_agent_adds_a_customer_and_looks_after_them(agent):
    answer = log_in(agent).post(reverse("admin:crm_customer_add"), form_of(None, name="New"))
    assert answer.status_code == 302, answer.text
    assert Assignment.objects.get().customer == Customer.objects.get(name="New")


def test_managers_assign_on_the_page_and_it_is_on_record(manager, agent):
    customer = make_customer(name="Ann")
    adds = {
        "assignments-TOTAL_FORMS": "1",
        "assignments-0-user": str(agent.pk),
        "assignments-0-customer": str(customer.pk),
    }
    answer = log_in(manager).post(page_of(customer), form_of(customer, **adds))
    assert answer.status_code == 302, answer.text
    made = Assignment.objects.get()
    assert (made.user, made.assigned_by) == (agent, manager)
    removes = {
        "assignments-TOTAL_FORMS": "1",
        "assignments-INITIAL_FORMS": "1",
        "assignments-0-id": str(made.pk),
        "assignments-0-customer": str(customer.pk),
        "assignments-0-DELETE": "on",
    }
    answer = log_in(manager).post(page_of(customer), form_of(customer, **removes))
    assert answer.status_code == 302, answer.text
    assert not Assignment.objects.exists()
    actions = AuditEntry.objects.filter(resource=f"customer:{customer.pk}").order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "customer.assigned",
        "customer.unassigned",
    ]


def test_a_read_only_colleague_looks_and_changes_nothing():
    customer = make_customer(name="Ann")
    client = log_in(make_user("readonly"))
    assert client.get(page_of(customer)).status_code == 200
    assert client.post(page_of(customer), form_of(customer, name="Changed")).status_code == 403


def test_the_page_shows_what_upper_floors_know(manager):
    @customer_panel
    def orders(customer: Customer) -> Panel:
        return Panel("Orders", ["Number"], [[f"TW-1 of {customer.name} <b>"]])

    try:
        page = log_in(manager).get(page_of(make_customer(name="Ann"))).text
    finally:
        _panels.popitem()
    assert "TW-1 of Ann &lt;b&gt;" in page
