"""Carts that were left: called abandoned once, reminded of once, removed in the end."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import User
from commerce.enums import CartState, VendorStatus
from commerce.models import Cart, CartKey, CartLine, Variant
from commerce.services import carts
from commerce.services.carts.abandoned import (
    abandon_idle_carts,
    remind_of_cart,
    remove_idle_carts,
)
from commerce.services.carts.claim import claim_cart
from commerce.services.carts.links import cart_key
from commerce.tests.shop import make_order
from commerce.tests.shopper import Shopper
from core.events import Ignore
from core.models import Event
from notifications.models import Notification

pytestmark = pytest.mark.django_db
YES: dict[str, Any] = {"email": "ada@carts.example", "reminders": True}


@pytest.fixture
def ada() -> User:
    made: User = User.objects.create_user("ada@carts.example", "x", full_name="Ada", language="fr")
    return made


def left(shop: Shopper, variant: Variant, *, hours: float = 5, **said: Any) -> Cart:
    """A cart nobody has touched for so many hours."""
    token = shop.cart(variant)
    if said:
        assert shop.patch(f"carts/{token}/", said).status_code == 200
    cart = carts.find_cart(token=token)
    wait(cart, hours)
    return cart


def wait(cart: Cart, hours: float) -> None:
    Cart.objects.filter(pk=cart.pk).update(updated_at=F("updated_at") - timedelta(hours=hours))


def why_not(cart: Cart) -> str:
    with pytest.raises(Ignore) as ignored:
        remind_of_cart(cart_id=cart.pk)
    return str(ignored.value)


def abandoned(shop: Shopper, variant: Variant, **said: Any) -> Cart:
    cart = left(shop, variant, **(said or YES))
    assert abandon_idle_carts() == 1
    return cart


def news() -> int:
    return Event.objects.filter(type="cart.abandoned").count()


def test_an_idle_cart_with_an_address_is_abandoned_and_announced_once(
    shop: Shopper, variant: Variant
) -> None:
    cart = left(shop, variant, **YES)
    assert abandon_idle_carts() == 1
    assert abandon_idle_carts() == 0
    cart.refresh_from_db()
    assert cart.state == CartState.ABANDONED
    event = Event.objects.get(type="cart.abandoned")
    assert event.data["cart_id"] == str(cart.pk)
    assert "ada" not in str(event.data)  # the log holds no addresses


@pytest.mark.parametrize("hours", [3, 24 * 4])
def test_a_cart_just_used_or_left_long_ago_is_not(
    shop: Shopper, variant: Variant, hours: int
) -> None:
    left(shop, variant, hours=hours, **YES)
    assert abandon_idle_carts() == 0


def test_without_an_address_or_without_anything_in_it_it_is_not(
    shop: Shopper, variant: Variant
) -> None:
    left(shop, variant)
    empty = left(shop, variant, **YES)
    empty.lines.all().delete()
    assert abandon_idle_carts() == 0


def test_one_mail_in_the_shoppers_language_with_a_link_back(
    shop: Shopper, variant: Variant, client: Client
) -> None:
    cart = abandoned(shop, variant)
    remind_of_cart(cart_id=cart.pk)
    mail = Notification.objects.get(kind="cart_reminder")
    assert (mail.email, mail.category, mail.language) == ("ada@carts.example", "marketing", "en")
    key = mail.context["url"].rstrip("/").rpartition("/")[2]
    answer = shop.post("carts/restore/", {"key": key})
    assert answer.status_code == 200, answer.content
    token = answer.json()["data"]["token"]
    assert carts.find_cart(token=token).pk == cart.pk
    assert [line["sku"] for line in answer.json()["data"]["items"]] == [variant.sku]
    assert why_not(cart).startswith("Its shopper was reminded")
    assert Notification.objects.filter(kind="cart_reminder").count() == 1


def test_a_cart_used_again_and_left_again_is_not_reminded_of_twice(
    shop: Shopper, variant: Variant
) -> None:
    cart = abandoned(shop, variant)
    remind_of_cart(cart_id=cart.pk)
    _, token = carts.open_cart(currency="EUR")
    key = carts.new_key(cart)
    carts.add_item(token=key, variant_id=variant.pk)
    cart.refresh_from_db()
    assert (cart.state, cart.abandoned_at) == (CartState.OPEN, None)
    wait(cart, 5)
    assert abandon_idle_carts() == 1
    assert why_not(cart).startswith("Its shopper was reminded")
    assert carts.find_cart(token=token).pk != cart.pk


def test_a_user_is_written_to_in_their_language_unless_they_say_no(
    ada: User, shop: Shopper, variant: Variant
) -> None:
    cart = left(shop, variant)
    claimed = claim_cart(token=carts.new_key(cart), user_id=ada.pk)
    wait(cart, 5)
    assert abandon_idle_carts() == 1
    remind_of_cart(cart_id=claimed.cart.pk)
    mail = Notification.objects.get(kind="cart_reminder")
    assert (mail.email, mail.language, mail.context["name"]) == (ada.email, "fr", "Ada")


def test_nobody_is_reminded_without_a_yes(shop: Shopper, variant: Variant) -> None:
    cart = abandoned(shop, variant, email="ada@carts.example")
    assert "without a yes" in why_not(cart)


def test_another_address_takes_the_yes_of_the_former_away(shop: Shopper, variant: Variant) -> None:
    cart = left(shop, variant, **YES)
    token = carts.new_key(cart)
    shop.patch(f"carts/{token}/", {"email": "somebody@else.example"})
    wait(cart, 5)
    abandon_idle_carts()
    assert "without a yes" in why_not(cart)


def test_nobody_is_reminded_of_what_they_ordered(shop: Shopper, variant: Variant) -> None:
    cart = abandoned(shop, variant)
    shop.check_out(carts.new_key(cart))
    assert why_not(cart) == "The cart is ordered."


def test_nobody_who_ordered_something_else_since_is_reminded(
    shop: Shopper, variant: Variant
) -> None:
    cart = abandoned(shop, variant)
    make_order(email="ada@carts.example", placed_at=timezone.now())
    assert why_not(cart) == "Its shopper has ordered since."


def test_what_is_not_sold_any_more_is_not_praised(shop: Shopper, variant: Variant) -> None:
    cart = abandoned(shop, variant)
    type(variant.vendor).objects.update(status=VendorStatus.SUSPENDED)
    assert "on sale" in why_not(cart)


def test_the_page_of_the_link_shows_the_cart_and_ends_reminders(
    shop: Shopper, variant: Variant, client: Client
) -> None:
    cart = abandoned(shop, variant)
    path = f"/carts/{cart_key(cart.pk)}/"
    page = client.get(path)
    assert page.status_code == 200
    assert variant.product.name in page.content.decode()
    cart.refresh_from_db()
    assert cart.state == CartState.ABANDONED  # looking changes nothing
    stopped = client.post(path, follow=True)
    assert "will not remind you" in stopped.content.decode()
    assert why_not(cart) == "The shopper does not want to be reminded."


def test_who_said_no_is_not_reminded_of_a_later_cart(
    ada: User, shop: Shopper, variant: Variant, client: Client
) -> None:
    first = left(shop, variant)
    claim_cart(token=carts.new_key(first), user_id=ada.pk)
    client.post(f"/carts/{cart_key(first.pk)}/")
    shop.check_out(carts.new_key(first), email=ada.email)
    second = left(shop, variant)
    claim_cart(token=carts.new_key(second), user_id=ada.pk)
    wait(second, 5)
    abandon_idle_carts()
    assert why_not(second) == "The shopper does not want to be reminded."


@pytest.mark.parametrize("key", ["x", "", "IjEyMyI:1abc:zzz", "a" * 300, "%00"])
def test_a_link_that_is_not_ours_leads_nowhere(shop: Shopper, client: Client, key: str) -> None:
    assert shop.post("carts/restore/", {"key": key}).status_code in {400, 404}
    assert client.get(f"/carts/{key}/").status_code in {400, 404}


def test_a_link_is_good_for_as_long_as_carts_are_kept(
    shop: Shopper, variant: Variant, settings
) -> None:
    key = cart_key(left(shop, variant).pk)
    settings.CART_KEPT_DAYS = -1
    assert shop.post("carts/restore/", {"key": key}).status_code == 404


def test_after_a_month_idle_carts_go_with_all_that_is_theirs(
    ada: User, shop: Shopper, variant: Variant, capsys: pytest.CaptureFixture[str]
) -> None:
    old = left(shop, variant, hours=31 * 24)
    carts.new_key(old)
    fresh = left(shop, variant, hours=29 * 24)
    ordered = left(shop, variant, hours=1)
    shop.check_out(carts.new_key(ordered))
    wait(ordered, 40 * 24)
    call_command("remove_idle_carts", "--dry-run")
    assert "1 carts would be removed" in capsys.readouterr().out
    assert Cart.objects.count() == 3
    assert sum(remove_idle_carts()) == 1
    assert set(Cart.objects.values_list("pk", flat=True)) == {fresh.pk, ordered.pk}
    assert not CartLine.objects.filter(cart_id=old.pk).exists()
    assert not CartKey.objects.filter(cart_id=old.pk).exists()
    assert sum(remove_idle_carts()) == 0


def test_removal_goes_in_batches(
    shop: Shopper, variant: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commerce.services.carts import abandoned as module

    monkeypatch.setattr(module, "BATCH", 2)
    for _ in range(5):
        left(shop, variant, hours=31 * 24)
    assert list(remove_idle_carts()) == [2, 2, 1]


def test_a_no_is_remembered_longer_than_what_was_in_the_cart(
    shop: Shopper, variant: Variant
) -> None:
    cart = left(shop, variant, hours=31 * 24, email="ada@carts.example", reminders=False)
    assert sum(remove_idle_carts()) == 0
    assert Cart.objects.get().pk == cart.pk
    assert not CartLine.objects.exists()


def test_a_cart_can_be_had_in_another_currency(shop: Shopper, variant: Variant, make) -> None:
    from commerce.models import Price

    token = shop.cart(variant)
    refused = shop.patch(f"carts/{token}/", {"currency": "USD"})
    assert refused.status_code == 409
    assert refused.json()["error"]["details"]["not_on_sale"] == [variant.sku]
    Price.objects.create(variant=variant, currency="USD", amount_minor=1399)
    answer = shop.patch(f"carts/{token}/", {"currency": "USD"})
    assert answer.json()["data"]["subtotal"] == {"amount": "13.99", "currency": "USD"}
    assert shop.patch(f"carts/{token}/", {"currency": "ZZZ"}).status_code == 400


@pytest.mark.parametrize(
    "body",
    [{"email": "no address"}, {"email": None}, {"reminders": "perhaps"}, {"currency": "EURO"},
     {"state": "converted"}, {"user": "x"}, []],
)  # fmt: skip
def test_nonsense_said_of_a_cart_is_refused_and_changes_nothing(
    shop: Shopper, variant: Variant, body: Any
) -> None:
    token = shop.cart(variant)
    was = Cart.objects.values().get()
    assert shop.patch(f"carts/{token}/", body).status_code == 400
    assert Cart.objects.values().get() == was
