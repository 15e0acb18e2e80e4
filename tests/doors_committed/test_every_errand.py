"""Every errand once more with real commits: what only works inside a test's transaction shows here.

Doors that talk to a gateway leave transactions to their services, and every query of theirs that
stands outside one is refused by the database.
"""

from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from accounts.services.tokens import begin_login
from core.api.testing import assert_matches_schema
from payments.tests.conftest import running, stripe_keys
from tests.doors.caller import Caller
from tests.doors.errands import ALL, Errand
from tests.doors.manners import assert_well_mannered
from tests.doors.world import World, build_world

__all__ = ["running", "stripe_keys"]
# on the things of the others, since earlier errands have used those in the shop up
ELSEWHERE = {
    "POST /api/v1/carts/{token}/checkout/",
    "POST /api/v1/auth/password/reset/confirm/",
    "PATCH /api/v1/orders/{id}/lines/",
}
# before what adds a picture, makes all combinations, ends the price
FIRST = {
    "PUT /api/v1/products/{id}/media/order/",
    "PATCH /api/v1/products/{id}/variants/{variant}/",
    "DELETE /api/v1/products/{id}/variants/{variant}/prices/{currency}/sale/",
}
SOMEBODY_ELSE = {
    "DELETE /api/v1/auth/logins/{id}/": "colleague",
    "PATCH /api/v1/orders/{id}/lines/": "manager",
}


def in_turn(errands: list[Errand]) -> list[Errand]:
    """What takes things away comes last, and what others would spoil before those."""
    return sorted(
        errands, key=lambda errand: (errand.method == "DELETE", errand.operation not in FIRST)
    )


def as_logged_in_anew(world: World, who: str) -> None:
    """Earlier errands ended logins: by logging out, by changing the password."""
    if who in world.users:
        with transaction.atomic():
            user = User.objects.get(pk=world.users[who].pk)
            user.role  # noqa: B018 - read while it can be
        world.credentials[who] = {"Authorization": f"Bearer {begin_login(user=user).access}"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stripe_keys")
def test_every_errand_is_done_and_committed() -> None:
    with transaction.atomic():
        world = build_world()
    caller = Caller(world)
    complaints = []
    for errand in in_turn(ALL):
        who = SOMEBODY_ELSE.get(errand.operation, errand.who)
        as_logged_in_anew(world, who)
        whose = "elsewhere" if errand.operation in ELSEWHERE else "shop"
        response: Any = caller.run(errand, who=who, whose=whose)
        try:
            assert response.status_code == errand.status, response.content
            assert_well_mannered(response)
            assert_matches_schema(response)
        except AssertionError as complaint:
            complaints.append(f"{errand.operation}: {complaint}")
    assert not complaints, "\n\n".join(complaints)


@pytest.mark.django_db(transaction=True)
def test_a_stranger_with_rubbish_reaches_no_failure_outside_transactions() -> None:
    with transaction.atomic():
        world = build_world()
    caller = Caller(world)
    for errand in ALL:
        for body in (b"{", b'{"surprise": 1}', b"{}"):
            for who in ("anonymous", "admin"):
                if errand.body is not None:
                    response = caller.send(
                        errand.method, caller.address(errand), body, who=who,
                        headers=caller.own_headers(errand),
                    )  # fmt: skip
                    assert_well_mannered(response)
        as_logged_in_anew(world, "admin")
