import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.api.testing import assert_matches_schema
from core.models import AuditEntry, Event
from crm.models import Assignment, Customer
from crm.tests.factories import make_customer, make_user

pytestmark = pytest.mark.django_db
LIST = "/api/v1/customers/"


def names(response):
    assert response.status_code == 200, response.content
    assert_matches_schema(response)
    return [row["name"] for row in response.json()["data"]]


def test_an_agent_sees_assigned_customers_only_and_a_manager_all(client_of, manager, agent):
    mine = make_customer(name="Mine", agents=(agent,))
    theirs = make_customer(name="Theirs", agents=(make_user("agent"),))
    assert names(client_of(agent).get(LIST)) == ["Mine"]
    assert names(client_of(manager).get(LIST)) == ["Theirs", "Mine"]
    assert names(client_of(make_user("readonly")).get(LIST)) == ["Theirs", "Mine"]
    assert client_of(agent).get(f"{LIST}{mine.pk}/").status_code == 200
    assert client_of(agent).get(f"{LIST}{theirs.pk}/").status_code == 404
    refused = client_of(agent).patch(f"{LIST}{theirs.pk}/", {"name": "Grabbed"})
    assert refused.status_code == 404


def test_shoppers_strangers_and_weak_credentials_are_turned_away(client_of, manager):
    make_customer()
    assert client_of(None).get(LIST).status_code in {401, 403}
    assert client_of(make_user()).get(LIST).status_code == 403
    assert client_of(manager, frozenset()).get(LIST).status_code == 403
    reads = frozenset({"customers:read"})
    assert client_of(manager, reads).post(LIST, {"name": "New"}).status_code == 403
    assert client_of(make_user("readonly")).post(LIST, {"name": "New"}).status_code == 403


def test_an_agent_sees_and_looks_after_whom_they_add(client_of, agent):
    answer = client_of(agent).post(LIST, {"name": "Ann", "email": "Ann@Example.com"})
    assert answer.status_code == 201, answer.content
    assert_matches_schema(answer)
    made = answer.json()["data"]
    assert (made["name"], made["email"], made["version"]) == ("Ann", "ann@example.com", 1)
    assert names(client_of(agent).get(LIST)) == ["Ann"]
    assert Assignment.objects.get().user_id == agent.pk
    event = Event.objects.get(type="customer.created")
    assert (event.actor_id, event.data["changed"]) == (agent.pk, ["email", "name"])
    assert "Ann" not in str(event.data)


def test_a_change_is_announced_by_field_name_and_guarded_by_version(client_of, manager):
    customer = make_customer(name="Ann", country="DE")
    client = client_of(manager)
    path = f"{LIST}{customer.pk}/"
    changed = client.patch(path, {"country": "FR", "name": "Ann", "version": 1})
    assert changed.status_code == 200
    assert changed.json()["data"]["version"] == 2
    event = Event.objects.get(type="customer.updated")
    assert event.data == {"customer_id": str(customer.pk), "version": 2, "changed": ["country"]}
    stale = client.patch(path, {"country": "IT", "version": 1})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "conflict")
    assert client.patch(path, {"country": "FR"}).status_code == 200
    assert Event.objects.filter(type="customer.updated").count() == 1


def test_blocking_a_customer_is_on_record(client_of, manager):
    customer = make_customer()
    client_of(manager).patch(f"{LIST}{customer.pk}/", {"status": "blocked"})
    entry = AuditEntry.objects.get(action="customer.status")
    assert (entry.actor_id, entry.details) == (manager.pk, {"from": "active", "to": "blocked"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "Ann", "email": "not an address"}, "email"),
        ({"name": "Ann", "country": "Germany"}, "country"),
        ({"name": "Ann", "country": "de"}, "country"),
        ({"name": "Ann", "currency": "EURO"}, "currency"),
        ({"name": "Ann", "currency": "QQQ"}, "currency"),
        ({"name": "Ann", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": "Ann", "language": "klingon!"}, "language"),
        ({"name": "Ann", "status": "gold"}, "status"),
        ({"name": "x" * 201}, "name"),
        ({"name": 7}, "name"),
        ({"name": "Ann", "custom": [1]}, "custom"),
        ({"name": "Ann", "custom": {"Bad Name": 1}}, "custom"),
        ({"name": "Ann", "custom": {"nested": {"a": 1}}}, "custom"),
        ({"name": "Ann", "lifetime_value": "9"}, "lifetime_value"),
        ({"name": "Ann", "user": "9"}, "user"),
        ({"name": "Ann", "external_id": "7"}, "external_platform"),
        ({"name": "Ann", "version": 1}, "version"),
    ],
)
def test_wrong_values_are_refused_by_name(client_of, manager, body, field):
    answer = client_of(manager).post(LIST, body)
    assert answer.status_code == 400, answer.content
    assert_matches_schema(answer)
    assert field in answer.json()["error"]["details"]
    assert not Customer.objects.exists()


def test_a_taken_address_is_a_conflict_also_when_its_owner_is_invisible(client_of, agent):
    make_customer(email="ann@example.com")
    client = client_of(agent)
    answer = client.post(LIST, {"name": "Ann", "email": "ANN@example.com"})
    assert answer.status_code == 409
    assert "Ask a manager" in answer.json()["error"]["message"]
    assert not Assignment.objects.exists()


def test_search_finds_beginnings_of_words_without_accents(client_of, manager):
    make_customer(name="Zoë Müller-Straße", email="zoe@web.de", phone="+49 30 1234")
    make_customer(name="Bob")
    client = client_of(manager)
    for text in ("mul stra", "ZOE", "web.de", "zoe@web.de", "1234"):
        assert names(client.get(LIST, {"search": text})) == ["Zoë Müller-Straße"], text
    assert names(client.get(LIST, {"search": "muller bob"})) == []
    assert names(client.get(LIST, {"search": "!!! &|"})) == []


def test_lists_filter_order_and_page(client_of, manager, agent):
    for number in range(5):
        make_customer(
            name=f"C{number}", country="DE" if number % 2 else "FR",
            lifetime_value_minor=number * 100, custom={"tier": str(number)},
        )  # fmt: skip
    Assignment.objects.create(user=agent, customer=Customer.objects.get(name="C3"))
    client = client_of(manager)
    assert names(client.get(LIST, {"country": "DE"})) == ["C3", "C1"]
    assert names(client.get(LIST, {"country__in": "DE,FR", "limit": 1})) == ["C4"]
    assert names(client.get(LIST, {"ordering": "lifetime_value", "limit": 2})) == ["C0", "C1"]
    assert names(client.get(LIST, {"lifetime_value_minor__gte": 300})) == ["C4", "C3"]
    assert names(client.get(LIST, {"cf.tier": "2"})) == ["C2"]
    assert names(client.get(LIST, {"agent": str(agent.pk)})) == ["C3"]
    assert client.get(LIST, {"cf.Bad Name": "2"}).status_code == 400
    assert client.get(LIST, {"nonsense": "2"}).status_code == 400
    first = client.get(LIST, {"limit": 2}).json()
    assert first["meta"]["count"] == 5
    second = client.get(first["meta"]["next"]).json()
    assert [row["name"] for row in second["data"]] == ["C2", "C1"]


def test_a_merged_customer_is_not_listed_but_says_where_it_went(client_of, manager):
    winner = make_customer(name="Winner")
    loser = make_customer(name="Loser", merged_into=winner)
    client = client_of(manager)
    assert names(client.get(LIST)) == ["Winner"]
    shown = client.get(f"{LIST}{loser.pk}/").json()["data"]
    assert shown["merged_into"] == str(winner.pk)


@pytest.mark.parametrize("rows", [1, 6])
def test_a_list_costs_the_same_for_one_customer_or_six(client_of, agent, rows):
    for _ in range(rows):
        make_customer(agents=(agent,))
    client = client_of(agent)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(LIST, {"expand": "assignments"})
    reads = [query for query in queries if "crm_" in query["sql"]]
    assert len(reads) == 2


def test_managers_assign_and_take_away_and_agents_do_not(client_of, manager, agent):
    customer = make_customer(name="Ann")
    path = f"{LIST}{customer.pk}/assignments/"
    body = {"user": str(agent.pk)}
    assert client_of(agent).post(path, body).status_code == 403
    for _ in range(2):
        assert client_of(manager).post(path, body).status_code == 201
    assert names(client_of(agent).get(LIST)) == ["Ann"]
    event = Event.objects.get(type="customer.assigned")
    assert event.data == {"customer_id": str(customer.pk), "agent_id": str(agent.pk)}
    assert client_of(agent).get(path).json()["data"][0]["user"] == str(agent.pk)

    assert client_of(agent).delete(f"{path}{agent.pk}/").status_code == 403
    gone = client_of(manager).delete(f"{path}{agent.pk}/")
    assert gone.json()["data"] == {"removed": True}
    assert names(client_of(agent).get(LIST)) == []
    assert [e.action for e in AuditEntry.objects.order_by("id")] == [
        "customer.assigned",
        "customer.unassigned",
    ]


def test_only_active_agents_are_assigned(client_of, manager):
    path = f"{LIST}{make_customer().pk}/assignments/"
    for user in (make_user(), make_user("manager"), make_user("agent", is_active=False)):
        answer = client_of(manager).post(path, {"user": str(user.pk)})
        assert answer.status_code == 400
        assert "user" in answer.json()["error"]["details"]
