"""Two logins, or a login and a checkout, at the same instant. Each race has a control."""

import threading
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from commerce import locks
from commerce.addresses import Address
from commerce.enums import CartState
from commerce.models import Cart, CartLine, Order, Variant
from commerce.services import carts
from commerce.services.carts import claim
from commerce.services.carts.claim import Claimed, claim_cart
from commerce.services.orders.checkout import check_out
from commerce.tests.crowd import all_at_once
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import HOME

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> User:
    with transaction.atomic():
        made: User = User.objects.create_user("ada@carts.example", "x")
    return made


@pytest.fixture
def tea() -> Variant:
    return make_variant(make_vendor(), stock=1000)


def guest(variant: Variant, quantity: int = 1) -> str:
    _, token = carts.open_cart(currency="EUR")
    carts.add_item(token=token, variant_id=variant.pk, quantity=quantity)
    return token


def pieces(user: User) -> list[int]:
    with transaction.atomic():
        lines = CartLine.objects.filter(cart__user=user, cart__state=CartState.OPEN)
        return list(lines.values_list("quantity", flat=True))


def buy(token: str) -> Order:
    return check_out(
        cart_token=token,
        gateway="stripe",
        email="ada@carts.example",
        shipping_address=Address(**HOME),
    )


def test_four_logins_at_once_leave_one_cart_with_everything_in_it(ada: User, tea: Variant) -> None:
    tokens = [guest(tea, 2) for _ in range(4)]
    results = all_at_once([lambda t=token: claim_cart(token=t, user_id=ada.pk) for token in tokens])
    assert all(isinstance(result, Claimed) for result in results), results
    assert pieces(ada) == [8]


def test_one_cart_claimed_on_two_devices_is_joined_once(ada: User, tea: Variant) -> None:
    carts.add_item(token=carts.open_cart(currency="EUR", user_id=ada.pk)[1], variant_id=tea.pk)
    token = guest(tea, 5)
    results = all_at_once([lambda: claim_cart(token=token, user_id=ada.pk)] * 4)
    assert all(isinstance(result, Claimed) for result in results), results
    assert pieces(ada) == [6]


def two_guests_join_the_users_cart(ada: User, tea: Variant) -> list[Any]:
    _, own = carts.open_cart(currency="EUR", user_id=ada.pk)
    carts.add_item(token=own, variant_id=tea.pk)
    tokens = [guest(tea, 2), guest(tea, 3)]
    return all_at_once([lambda t=token: claim_cart(token=t, user_id=ada.pk) for token in tokens])


def test_two_carts_that_join_the_same_at_once_are_both_in_it(ada: User, tea: Variant) -> None:
    results = two_guests_join_the_users_cart(ada, tea)
    assert all(isinstance(result, Claimed) for result in results), results
    assert pieces(ada) == [6]


def test_control_without_the_lock_one_of_them_is_lost(
    ada: User, tea: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read what the user had before either of them writes."""
    met = threading.Barrier(2)

    def unlocked(cart_ids: Any) -> dict[Any, Cart]:
        return {cart.pk: cart for cart in Cart.objects.filter(pk__in=list(cart_ids))}

    def priced_together(*args: Any) -> Any:
        met.wait(30)
        return carts.prices_today(*args)

    monkeypatch.setattr(claim.locks, "lock_carts", unlocked)
    monkeypatch.setattr(claim, "prices_today", priced_together)
    two_guests_join_the_users_cart(ada, tea)
    assert pieces(ada) in ([3], [4])


def test_a_cart_is_ordered_or_joined_never_both(ada: User, tea: Variant) -> None:
    carts.add_item(token=carts.open_cart(currency="EUR", user_id=ada.pk)[1], variant_id=tea.pk)
    for _ in range(5):
        token = guest(tea, 3)
        before = pieces(ada)
        ordered, claimed = all_at_once(
            [lambda t=token: buy(t), lambda t=token: claim_cart(token=t, user_id=ada.pk)]
        )
        assert isinstance(ordered, Order) != isinstance(claimed, Claimed), (ordered, claimed)
        gained = pieces(ada)[0] - before[0]
        assert gained == (0 if isinstance(ordered, Order) else 3)


def test_two_devices_that_open_a_cart_at_once_open_the_same(ada: User) -> None:
    results = all_at_once([lambda: carts.open_cart(currency="EUR", user_id=ada.pk)] * 6)
    assert all(isinstance(result, tuple) for result in results), results
    assert len({cart.pk for cart, _ in results}) == 1  # type: ignore[misc]  # tuples
    assert len({carts.find_cart(token=token).pk for _, token in results}) == 1  # type: ignore[misc]


def test_pieces_added_at_once_are_all_there(tea: Variant) -> None:
    token = guest(tea, 1)
    all_at_once([lambda: carts.add_item(token=token, variant_id=tea.pk, quantity=2)] * 8)
    with transaction.atomic():
        assert CartLine.objects.get().quantity == 17


def test_control_without_the_carts_lock_some_are_lost(
    tea: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = guest(tea, 1)
    met = threading.Barrier(8)

    def unlocked(token_hash: bytes) -> Cart:
        found = Cart.objects.get(token_hash=token_hash)
        met.wait(20)
        return found

    monkeypatch.setattr(locks, "lock_cart", unlocked)
    all_at_once([lambda: carts.add_item(token=token, variant_id=tea.pk, quantity=2)] * 8)
    with transaction.atomic():
        assert CartLine.objects.get().quantity < 17
