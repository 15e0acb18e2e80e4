"""Agents see their customers and those customers' orders and payments, shoppers their own: nowhere
else either, by whatever parameter they ask."""

from typing import Any

import pytest

from commerce.models import Order
from core.identity import acting_as_system
from crm.models import Customer
from tests.doors.caller import Caller
from tests.doors.world import OWNED_BY, SERVED_BY

AGENTS = [(agent, whose) for whose, agent in SERVED_BY.items()]
SHOPPERS = [(shopper, whose) for whose, shopper in OWNED_BY.items()]
LISTS = {
    "orders": [],  # whatever their customer bought
    "customers": ["customer"],
    "payments": ["payment", "paid payment"],
    "receipts": ["receipt"],
}
OTHER = {"shop": "elsewhere", "elsewhere": "shop"}


def listed(caller: Caller, who: str, question: str) -> list[dict[str, Any]]:
    response = caller.send("GET", f"/api/v1/{question}", who=who)
    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer["meta"]["count"] == len(answer["data"]), "the count tells of hidden rows"
    rows: list[dict[str, Any]] = answer["data"]
    return rows


def sees(caller: Caller, who: str, question: str) -> set[str]:
    return {row["id"] for row in listed(caller, who, question)}


def all_of(caller: Caller, whose: str, kind: str) -> set[str]:
    things = caller.world.things[whose]
    if kind == "orders":
        with acting_as_system("tests"):
            bought = Order.objects.filter(customer_id=things["customer"])
            return {str(key) for key in bought.values_list("pk", flat=True)}
    return {things[thing] for thing in LISTS[kind]}


@pytest.mark.parametrize(("who", "whose"), AGENTS)
@pytest.mark.parametrize("kind", LISTS)
def test_an_agent_lists_only_what_they_look_after(
    caller: Caller, who: str, whose: str, kind: str
) -> None:
    assert sees(caller, who, f"{kind}/") == all_of(caller, whose, kind)


@pytest.mark.parametrize(("who", "whose"), SHOPPERS)
@pytest.mark.parametrize("kind", ["orders", "payments", "receipts"])
def test_a_shopper_lists_only_their_own(caller: Caller, who: str, whose: str, kind: str) -> None:
    assert sees(caller, who, f"{kind}/") == all_of(caller, whose, kind)


QUESTIONS = [
    "orders/?search={order number}",
    "orders/?number={order number}",
    "orders/?number__in={order number}",
    "orders/?number__icontains={order number}",
    "orders/?email={customer email}",
    "orders/?email__icontains={customer email}",
    "orders/?customer={customer}",
    "orders/?customer__in={customer}",
    "payments/?search={reference}",
    "payments/?email={customer email}",
    "payments/?customer={customer}",
    "receipts/?payment={paid reference}",
    "receipts/?search={receipt number}",
]
OF_CUSTOMERS = [
    "customers/?search={customer email}",
    "customers/?email={customer email}",
    "customers/?email__icontains={customer email}",
    "customers/?email__in={customer email}",
    "customers/?user={owner}",
    "customers/?agent={serving agent}",
    "customers/?cf.secret=known",
]


@pytest.fixture
def known_by_a_secret(caller: Caller) -> None:
    """Every customer has a custom field that a narrow filter could fish for."""
    with acting_as_system("tests"):
        Customer.objects.update(custom={"secret": "known"})


@pytest.mark.usefixtures("known_by_a_secret")
@pytest.mark.parametrize(("who", "whose"), AGENTS + SHOPPERS)
@pytest.mark.parametrize("question", QUESTIONS + OF_CUSTOMERS)
def test_no_filter_and_no_search_finds_what_is_not_theirs(
    caller: Caller, who: str, whose: str, question: str
) -> None:
    if question in OF_CUSTOMERS and (who, whose) in SHOPPERS:
        assert caller.send("GET", "/api/v1/customers/", who=who).status_code == 403
        return
    theirs, foreign = (caller.world.things[hands] for hands in (whose, OTHER[whose]))
    everything = all_of(caller, whose, question.partition("/")[0])

    def asked(about: dict[str, str], hands: str) -> str:
        owner = str(caller.world.users[OWNED_BY[hands]].pk)
        return question.format(**about, owner=owner)

    assert sees(caller, "manager", asked(foreign, OTHER[whose])), "the question itself is empty"
    own = sees(caller, who, asked(theirs, whose))
    assert own
    assert own <= everything
    assert sees(caller, who, asked(foreign, OTHER[whose])) <= everything


@pytest.mark.parametrize(("who", "whose"), AGENTS)
def test_nothing_foreign_is_embedded(caller: Caller, who: str, whose: str) -> None:
    theirs, foreign = (caller.world.things[hands] for hands in (whose, OTHER[whose]))
    for question in ("orders/?expand=customer,history", "customers/?expand=assignments"):
        text = str(listed(caller, who, question))
        assert theirs["customer"] in text
        for name in ("customer", "customer email", "order", "order number", "reference"):
            assert foreign[name] not in text, f"{question} shows a foreign {name}"


@pytest.mark.parametrize(("who", "whose"), SHOPPERS)
def test_a_shopper_is_shown_their_own_customer_row_at_most(
    caller: Caller, who: str, whose: str
) -> None:
    orders = listed(caller, who, "orders/?expand=customer,history")
    assert orders
    for order in orders:
        assert order["customer"]["id"] == caller.world.things[whose]["customer"]
        assert "assignments" not in order["customer"]


@pytest.mark.parametrize(("who", "whose"), AGENTS)
@pytest.mark.parametrize("turning", ["cursor", "offset"])
def test_turning_pages_leads_nowhere_else(
    caller: Caller, who: str, whose: str, turning: str
) -> None:
    start = "orders/?limit=1" + ("&offset=0" if turning == "offset" else "")
    managers = caller.send("GET", f"/api/v1/{start}", who="manager").json()["meta"]["next"]
    assert managers
    mine = all_of(caller, whose, "orders")
    response = caller.send("GET", managers.removeprefix("http://testserver"), who=who)
    assert response.status_code == 200
    assert {row["id"] for row in response.json()["data"]} <= mine
    assert response.json()["meta"]["count"] <= len(mine)


@pytest.mark.parametrize("turned", ["served", "no longer served"])
def test_an_agent_sees_a_customer_as_long_as_they_look_after_them(
    caller: Caller, turned: str
) -> None:
    things = caller.world.things["elsewhere"]
    agent = str(caller.world.users["agent"].pk)
    path = f"/api/v1/customers/{things['customer']}/"
    given = caller.send(
        "POST", f"{path}assignments/", b'{"user": "%s"}' % agent.encode(), who="manager"
    )
    assert given.status_code == 201, given.content
    if turned == "no longer served":
        caller.send("DELETE", f"{path}assignments/{agent}/", who="manager")
    expected = 200 if turned == "served" else 404
    assert caller.send("GET", path, who="agent").status_code == expected
    order = f"/api/v1/orders/{things['order']}/"
    assert caller.send("GET", order, who="agent").status_code == expected
    assert caller.send("GET", f"{order}transitions/", who="agent").status_code == expected


def test_terms_of_vendors_need_the_scope_for_the_catalogue_not_just_the_role(
    caller: Caller,
) -> None:
    vendor = caller.world.things["anyone"]["vendor"]
    path = f"/api/v1/vendors/{vendor}/?expand=terms"

    def terms(who: str) -> Any:
        return caller.send("GET", path, who=who).json()["data"]["terms"]

    for who in ("admin", "manager", "agent", "readonly", "key"):
        assert terms(who), who
    for who in ("shopper", "anonymous", "narrow key"):
        assert terms(who) is None, who


def test_drafts_are_shown_to_those_with_the_scope_for_the_catalogue_only(caller: Caller) -> None:
    draft = caller.world.things["anyone"]["draft product"]
    for who, status in {
        "manager": 200, "agent": 200, "readonly": 200, "key": 200,
        "shopper": 404, "anonymous": 404, "narrow key": 404,
    }.items():  # fmt: skip
        assert caller.send("GET", f"/api/v1/products/{draft}/", who=who).status_code == status, who
        variants = caller.send("GET", f"/api/v1/products/{draft}/variants/", who=who)
        assert variants.status_code == status, who
        found = sees(caller, who, "products/?status=draft")
        assert found == ({draft} if status == 200 else set()), who
