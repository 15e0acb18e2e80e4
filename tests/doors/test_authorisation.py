"""Who may do what over HTTP: every caller at every door, on their own things and on others'.

The rights below were decided, not copied from what is answered. Whoever is not named is refused
(403, strangers 401), what is not theirs is not there (404), and a refusal changes nothing.
"""

from typing import Any

import pytest

from core.api.testing import assert_matches_schema
from tests.doors.caller import Caller
from tests.doors.errands import ALL, BY_OPERATION, Errand
from tests.doors.manners import assert_well_mannered
from tests.doors.world import CALLERS
from tests.doors.writes import nothing_written, taken_back

# wide: admin, manager and the manager's key. narrow: a key for reading orders only.
# served: of the customers the agent looks after; own: of the shopper; mine: the caller's personal
# things. Without such a word: everybody's.
RIGHTS = """
POST   auth/registration/                           anybody
POST   auth/login/                                  anybody
POST   auth/token/refresh/                          anybody
POST   auth/logout/                                 anybody
POST   auth/password/reset/                         anybody
POST   auth/password/reset/confirm/                 anybody
POST   auth/email/verify/                           anybody
POST   auth/email/resend/                           anybody
POST   auth/password/change/                        people
GET    auth/user/                                   people
PATCH  auth/user/                                   people
PUT    auth/user/                                   people
GET    auth/logins/                                 people
DELETE auth/logins/                                 people
DELETE auth/logins/{id}/                            people:mine
GET    api-keys/                                    wide
POST   api-keys/                                    wide
GET    api-keys/{id}/                               wide:mine
DELETE api-keys/{id}/                               wide:mine
POST   api-keys/{id}/rotate/                        wide:mine
GET    vendors/                                     anybody
POST   vendors/                                     wide shopper
GET    vendors/{id}/                                anybody
PATCH  vendors/{id}/                                wide shopper:own
POST   vendors/{id}/transitions/                    wide
GET    vendors/{id}/members/                        wide readonly agent shopper:own
POST   vendors/{id}/members/                        wide shopper:own
PATCH  vendors/{id}/members/{person}/               wide shopper:own
DELETE vendors/{id}/members/{person}/               wide shopper:own
GET    vendor-invitations/{id}/                     shopper:own
POST   vendor-invitations/{id}/                     shopper:own
GET    categories/                                  anybody
POST   categories/                                  wide
GET    categories/{id}/                             anybody
PATCH  categories/{id}/                             wide
DELETE categories/{id}/                             wide
PUT    categories/order/                            wide
GET    categories/{id}/fields/                      anybody
POST   categories/{id}/fields/                      wide
PATCH  categories/{id}/fields/{field}/              wide
DELETE categories/{id}/fields/{field}/              wide
GET    fields/                                      anybody
POST   fields/                                      wide
PATCH  fields/{field}/                              wide
DELETE fields/{field}/                              wide
GET    products/                                    anybody
GET    products/facets/                             anybody
POST   products/                                    wide
GET    products/{id}/                               anybody
PATCH  products/{id}/                               wide
GET    products/{id}/variants/                      anybody
POST   products/{id}/variants/                      wide
GET    products/{id}/media/                         anybody
POST   products/{id}/media/                         wide
PUT    products/{id}/media/order/                   wide
PATCH  products/{id}/media/{media}/                 wide
DELETE products/{id}/media/{media}/                 wide
POST   products/{id}/media/{media}/restore/         wide
POST   products/{id}/duplicate/                     wide
PUT    products/{id}/options/                       wide
POST   products/{id}/combinations/                  wide
GET    products/{id}/translations/                  wide readonly agent
PUT    products/{id}/translations/{language}/       wide
DELETE products/{id}/translations/{language}/       wide
PATCH  products/{id}/variants/{variant}/            wide
GET    products/{id}/variants/{variant}/prices/     wide readonly agent
POST   products/{id}/variants/{variant}/prices/     wide
DELETE products/{id}/variants/{variant}/prices/{currency}/ wide
DELETE products/{id}/variants/{variant}/prices/{currency}/sale/ wide
GET    price-changes/                               wide
POST   price-changes/                               wide
GET    price-changes/{id}/                          wide
POST   price-changes/{id}/apply/                    wide
POST   price-changes/{id}/undo/                     wide
POST   carts/                                       anybody
GET    carts/{token}/                               anybody
PATCH  carts/{token}/                               anybody
POST   carts/{token}/claim/                         people
POST   carts/restore/                               anybody
GET    exchange-rates/                              anybody
GET    exchange-rates/convert/                      anybody
POST   carts/{token}/coupon/                        anybody
DELETE carts/{token}/coupon/                        anybody
GET    carts/{token}/shipping-methods/              anybody
POST   carts/{token}/items/                         anybody
PATCH  carts/{token}/items/{variant}/               anybody
DELETE carts/{token}/items/{variant}/               anybody
POST   carts/{token}/checkout/                      anybody
GET    stock/                                       people
GET    stock/{id}/                                  wide readonly agent shopper:none
PATCH  stock/{id}/                                  wide shopper:none
GET    stock/{id}/movements/                        wide readonly agent shopper:none
POST   stock/receipts/                              wide
POST   stock/counts/                                wide
POST   stock/corrections/                           wide
POST   stock/transfers/                             wide
GET    stock-locations/                             people
POST   stock-locations/                             wide
GET    stock-locations/{id}/                        people
PATCH  stock-locations/{id}/                        wide
GET    bulk/targets/                                wide readonly agent
GET    bulk/mappings/                               wide readonly agent
GET    bulk/jobs/                                   wide readonly agent
GET    bulk/jobs/{id}/                              wide readonly agent:none
GET    bulk/jobs/{id}/rows/                         wide readonly agent:none
POST   bulk/imports/                                wide
POST   bulk/jobs/{id}/check/                        wide
POST   bulk/jobs/{id}/steps/                        wide agent:none
POST   bulk/exports/                                wide agent
GET    bulk/jobs/{id}/file/                         wide agent:none
GET    orders/{id}/returns/                         wide readonly narrow agent:served shopper:own
POST   orders/{id}/returns/                         wide agent:served shopper:own
GET    returns/                                     people narrow
GET    returns/{id}/                                wide readonly narrow agent:served shopper:own
POST   returns/{id}/transitions/                    wide agent:served shopper:told
GET    vendor-returns/                              wide readonly shopper
GET    orders/                                      people narrow
POST   orders/                                      wide agent:served
GET    orders/{id}/                                 wide readonly narrow agent:served shopper:own
GET    orders/{id}/transitions/                     wide readonly narrow agent:served shopper:own
POST   orders/{id}/transitions/                     wide agent:served
PATCH  orders/{id}/                                 wide agent:served
PATCH  orders/{id}/lines/                           wide agent:served
GET    orders/{id}/notes/                           wide readonly narrow agent:served
POST   orders/{id}/notes/                           wide agent:served
GET    orders/{id}/revisions/                       wide readonly narrow agent:served
POST   orders/{id}/take-back/                       wide agent:served
POST   orders/{id}/payment-request/                 wide agent:served
POST   orders/{id}/bring-back/                      wide agent:served
GET    orders/{id}/parts/                           wide readonly narrow agent:served shopper:own
GET    order-parts/                                 people narrow
GET    order-parts/{id}/                            wide readonly narrow agent:served shopper:own
PATCH  order-parts/{id}/                            wide agent:served shopper:own
GET    order-parts/{id}/transitions/                wide readonly narrow agent:served shopper:own
POST   order-parts/{id}/transitions/                wide agent:served shopper:own
GET    customers/                                   wide readonly agent
POST   customers/                                   wide agent
GET    customers/{id}/                              wide readonly agent:served
PATCH  customers/{id}/                              wide agent:served
GET    customers/{id}/assignments/                  wide readonly agent:served
POST   customers/{id}/assignments/                  wide
DELETE customers/{id}/assignments/{user_id}/        wide
POST   contact/                                     anybody
GET    payments/                                    people
POST   payments/                                    anybody
GET    payments/gateways/                           anybody
GET    payments/{reference}/                        anybody
GET    payments/{reference}/verify/                 anybody
POST   payments/{reference}/verify/                 anybody
POST   payments/{reference}/submit/                 anybody
GET    payments/{reference}/receipt/                anybody
GET    receipts/                                    people
GET    payments/{reference}/refunds/                wide
POST   payments/{reference}/refunds/                wide
GET    ledger/balances/                             wide readonly shopper
GET    payouts/                                     wide readonly shopper
GET    referrals/                                   wide readonly shopper
POST   referrals/                                   wide shopper
GET    referrals/commissions/                       wide readonly shopper
GET    billing/plans/                               anybody
POST   billing/checkout-session/                    wide shopper
GET    billing/subscription/                        people
PATCH  billing/subscription/                        wide shopper
POST   billing/portal/                              wide shopper
GET    devices/                                     people
POST   devices/                                     people
GET    devices/{id}/                                people:mine
DELETE devices/{id}/                                people:mine
GET    topics/                                      people
POST   topics/                                      wide
GET    topics/{id}/                                 people
POST   topics/{id}/subscription/                    people
DELETE topics/{id}/subscription/                    people
POST   topics/{id}/subscribers/                     wide
GET    topic-subscriptions/                         people
POST   pushes/                                      wide
GET    notifications/                               people
GET    notifications/{id}/                          people:mine
POST   notifications/{id}/read/                     people:mine
POST   notifications/read-all/                      people
GET    notifications/unread-count/                  people
GET    notifications/preferences/                   people
PATCH  notifications/preferences/                   people
GET    notifications/quiet-hours/                   people
PUT    notifications/quiet-hours/                   people
DELETE notifications/quiet-hours/                   people
"""
# Carts and payments have no owner: whoever knows the token (128 random bits) holds the thing.

GROUPS = {
    "anybody": CALLERS,
    "wide": ["admin", "manager", "key"],
    "people": [who for who in CALLERS if who not in {"narrow key", "anonymous"}],
    "agent": ["agent", "colleague"],
    "shopper": ["shopper", "stranger"],
    "readonly": ["readonly"],
    "narrow": ["narrow key"],
}
ELSEWHERE = {"colleague", "stranger"}  # who serves or owns the things elsewhere
NOT_THERE, FORBIDDEN, UNKNOWN = 404, 403, 401
# what errands to a gateway come to here, where none has keys: they were let in
WITHOUT_KEYS = {
    (400, "Stripe is not set up here. Choose one of: none yet."),
    (400, "gateway: Stripe is not set up here. Choose one of: none yet."),
    (502, "No Stripe key is configured. Nothing was lost; try again later."),
    (502, "No Stripe key is configured. Nothing was changed; try again in a moment."),
}


def decided(operation: str, whose: str) -> dict[str, int]:
    """Caller -> status of a refusal, or 0 for those who may."""
    words = rights()[operation]
    found = dict.fromkeys(CALLERS, FORBIDDEN) | {"anonymous": UNKNOWN}
    for word in words:
        group, _, limit = word.partition(":")
        for who in GROUPS[group]:
            at_home = (who in ELSEWHERE) == (whose == "elsewhere")
            if limit == "none":  # a vendor's people find theirs; nobody here is one of them
                at_home = False
            if limit == "mine":
                # in the shop everybody finds things of their own; elsewhere are the stranger's
                at_home = whose == "shop" or who == "stranger"
            may = FORBIDDEN if limit == "told" else 0  # they see it; this step is the staff's
            found[who] = may if not limit or at_home else NOT_THERE
    return found


def rights() -> dict[str, list[str]]:
    """RIGHTS by the operations' names in the document."""
    lines = [line.split() for line in RIGHTS.strip().splitlines()]
    return {f"{method} /api/v1/{path}": words for method, path, *words in lines}


def test_the_rights_of_every_door_are_decided() -> None:
    missing = set(BY_OPERATION) - set(rights())
    assert not missing, f"Decide who may use {sorted(missing)}: a line in RIGHTS each."
    assert set(rights()) <= set(BY_OPERATION), "rights to doors that are gone"


def was_let_in(errand: Errand, response: Any) -> bool:
    """Done, or for an errand to a gateway: stopped only by its missing keys."""
    if errand.gateway:
        error = response.json().get("error", {})
        return (response.status_code, error.get("message")) in WITHOUT_KEYS
    return bool(response.status_code == errand.status)


@pytest.mark.parametrize("whose", ["shop", "elsewhere"])
@pytest.mark.parametrize("errand", ALL, ids=lambda errand: errand.operation)
def test_each_caller_is_let_in_or_refused_as_decided(
    caller: Caller, errand: Errand, whose: str
) -> None:
    expected = decided(errand.operation, whose)
    found = {}
    for who, refusal in expected.items():
        if not refusal:
            with taken_back():
                response = caller.run(errand, who=who, whose=whose)
            found[who] = 0 if was_let_in(errand, response) else response.status_code
            assert_matches_schema(response)
    with nothing_written():
        for who, refusal in expected.items():
            if refusal:
                response = caller.run(errand, who=who, whose=whose)
                found[who] = response.status_code
                assert_well_mannered(response)
                assert_matches_schema(response)
    assert found == expected


@pytest.mark.parametrize("errand", [e for e in ALL if e.places], ids=lambda e: e.operation)
def test_what_does_not_exist_is_not_found_by_whoever_could_see_it(
    caller: Caller, errand: Errand
) -> None:
    unknown = caller.world.thing("unknown", whose="anyone")
    who = errand.who if decided(errand.operation, "shop")["admin"] else "admin"
    path = errand.path.format(**dict.fromkeys(errand.places, unknown))
    with nothing_written():
        response = caller.send(
            errand.method, path, caller.body(errand), who=who,
            headers=caller.own_headers(errand),
        )  # fmt: skip
    if errand.operation.startswith("DELETE /api/v1/customers/"):
        assert response.json()["data"] == {"removed": False}  # there was nothing to take away
    else:
        assert response.status_code == NOT_THERE, response.content
    assert_matches_schema(response)


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer "},
        {"X-API-Key": "tw_live_aaaaaaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
    ],
    ids=str,
)
def test_bad_credentials_are_refused_even_at_public_doors(
    caller: Caller, headers: dict[str, str]
) -> None:
    """A wrong token never falls through to being nobody (doors of logging in read none at all)."""
    with nothing_written():
        for errand in ALL:
            if "/auth/" in errand.path and errand.path != "/api/v1/auth/user/":
                continue
            response = caller.run(errand, who="anonymous", headers=headers)
            assert response.status_code == UNKNOWN, errand.operation
            assert response["WWW-Authenticate"]
            assert_matches_schema(response)
