"""Lists of 25 of 200,000 customers: what row rights cost, and against a plain DRF view."""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat

from django.contrib.auth.models import Group
from django.db import connection

from accounts.models import User
from accounts.services.tokens import begin_login
from benchmarks.ground import asking, program
from benchmarks.load import Load, drive, waited_for
from benchmarks.table import Result
from core.database.owner import owner_login
from core.processes.house import Address, web
from core.processes.ready import free_port
from crm.models import Assignment, Customer

CUSTOMERS = 200_000
THEIRS = 5
SECONDS = 4.0
ROUNDS = 3
CONNECTIONS = 8
PATH = "/api/v1/customers/?limit=25"


def run() -> list[Result]:
    """The same requests with policies, without, and to the plain view, in turns."""
    _seed()
    manager, agent = _token("manager"), _token("agent")
    ours, plain = free_port(8700), free_port(8750)
    took: dict[str, list[float]] = {}
    with (
        program(*_command(ours)),
        program(*_command(plain, "benchmarks.plain_wsgi:application")),
        waited_for(ours),
        waited_for(plain),
    ):
        for measured in range(ROUNDS + 1):  # the first round only warms up
            loads = {
                "manager": _get(ours, PATH, manager),
                "agent": _get(ours, PATH, agent),
                "plain": _get(plain, "/plain/"),
            }
            with _without_policies():
                loads["open"] = _get(ours, PATH, manager)
            if measured:
                for name, load in loads.items():
                    took.setdefault(name, []).append(1000 / load.rate)
    ms = {name: statistics.median(times) for name, times in took.items()}
    return [
        Result("list of 25 of 200,000, manager", ms["manager"], ms["open"],
               "without policies", "ms/request", at_most=1.5),
        Result("list of 25 of 200,000, agent with 5", ms["agent"], ms["open"],
               "without policies", "ms/request", at_most=3.0),
        Result("list of 25 of 200,000, rate", 1000 / ms["manager"], 1000 / ms["plain"],
               "plain DRF ModelSerializer view", "1/s", at_least=2.0),
    ]  # fmt: skip


def _command(port: int, target: str = "config.wsgi:application") -> list[str]:
    command = list(web(Address("127.0.0.1", port), 2).command)[2:]
    return [*command[:-1], target]


def _get(port: int, path: str, token: str = "") -> Load:
    login = f"Authorization: Bearer {token}\r\n" if token else ""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n{login}\r\n"
    load = drive(port, repeat(request.encode()), connections=CONNECTIONS, seconds=SECONDS)
    if set(load.answers) != {200}:
        raise AssertionError(f"{path} was answered {load.answers}")
    return load


@contextmanager
def _without_policies() -> Iterator[None]:
    """The same table, grants and statements; only row-level security is off."""
    _owner("ALTER TABLE crm_customer DISABLE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        _owner("ALTER TABLE crm_customer ENABLE ROW LEVEL SECURITY")


def _owner(*statements: str) -> None:
    with owner_login(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _token(role: str) -> str:
    """An access token of a member of staff in that role."""
    with asking():
        user = User.objects.get(email=f"bench-{role}@example.com")
        return begin_login(user=user).access


def _seed() -> None:
    """Customers, a manager, and an agent who looks after five of them; once."""
    with asking():
        if User.objects.filter(email="bench-agent@example.com").exists():
            return
        first = Customer.objects.create(name="Customer 0", country="NL", city="Rotterdam")
        agent = None
        for role in ("manager", "agent"):
            agent = User.objects.create_user(f"bench-{role}@example.com", is_staff=True)
            agent.groups.add(Group.objects.get(name=role))
    _owner(
        f"INSERT INTO crm_customer ({_columns()}) SELECT {_columns(CHANGED)} "
        f"FROM crm_customer, generate_series(1, {CUSTOMERS}) AS n WHERE id = '{first.pk}'",
        "VACUUM ANALYZE crm_customer",
    )
    with asking():
        for customer in Customer.objects.order_by("email")[:THEIRS]:
            Assignment.objects.create(user=agent, customer=customer)


CHANGED = {
    "id": "gen_random_uuid()",
    "name": "'Customer ' || n",
    "email": "'customer' || n || '@example.com'",
}


def _columns(changed: dict[str, str] | None = None) -> str:
    """The stored columns of a customer, some of them as other SQL."""
    stored = [f.column for f in Customer._meta.concrete_fields if not f.generated]
    return ", ".join((changed or {}).get(column, column) for column in stored)
