"""After login: the cart filled before it becomes theirs or joins the one they had."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.tokens import begin_login
from commerce.enums import CartState, VendorStatus
from commerce.models import Cart, CartLine, Price, Variant
from commerce.models.cart import MOST_PIECES
from commerce.services import carts
from commerce.services.carts import items
from commerce.services.carts.claim import claim_cart
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from core.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    made: User = User.objects.create_user("ada@carts.example", "x", full_name="Ada Byron")
    return made


@pytest.fixture
def bob() -> User:
    made: User = User.objects.create_user("bob@carts.example", "x")
    return made


def filled(*wanted: tuple[Variant, int], user: User | None = None, currency: str = "EUR") -> str:
    _, token = carts.open_cart(currency=currency, user_id=user.pk if user else None)
    for variant, quantity in wanted:
        carts.add_item(token=token, variant_id=variant.pk, quantity=quantity)
    return token


def held(token: str) -> dict[str, int]:
    cart = carts.find_cart(token=token)
    return dict(cart.lines.values_list("variant__sku", "quantity"))


def test_a_user_without_a_cart_takes_the_guests_over_and_its_token_stays_good(
    ada: User, variant: Variant
) -> None:
    token = filled((variant, 2))
    claimed = claim_cart(token=token, user_id=ada.pk)
    assert claimed.token == token
    assert claimed.cart.user_id == ada.pk
    assert set(CartLine.objects.values_list("user_id", flat=True)) == {ada.pk}
    assert held(token) == {variant.sku: 2}


def test_quantities_are_added_up_and_both_of_the_users_tokens_open_the_cart(
    ada: User, variant: Variant, make
) -> None:
    other = make()
    own = filled((variant, 1), user=ada)
    guest = filled((variant, 2), (other, 3))
    claimed = claim_cart(token=guest, user_id=ada.pk)
    assert held(claimed.token) == held(own) == {variant.sku: 3, other.sku: 3}
    assert not claimed.notes
    assert Cart.objects.filter(user=ada, state=CartState.OPEN).count() == 1


def test_the_guests_token_is_answered_clearly_from_then_on(
    ada: User, variant: Variant, shop: Shopper
) -> None:
    filled((variant, 1), user=ada)
    guest = filled((variant, 2))
    claim_cart(token=guest, user_id=ada.pk)
    assert shop.get(f"carts/{guest}/").json()["data"]["state"] == "merged"
    for answer in (
        shop.post(f"carts/{guest}/items/", {"variant": str(variant.pk)}),
        shop.check_out(guest),
        shop.patch(f"carts/{guest}/", {"email": "x@example.com"}),
    ):
        assert answer.status_code == 409
        assert "joined with the one of your account" in answer.json()["error"]["message"]


def test_asked_again_the_answer_is_the_same(ada: User, variant: Variant) -> None:
    filled((variant, 1), user=ada)
    guest = filled((variant, 2))
    first = claim_cart(token=guest, user_id=ada.pk)
    second = claim_cart(token=guest, user_id=ada.pk)
    assert first.cart.pk == second.cart.pk
    assert held(second.token) == {variant.sku: 3}


def test_another_users_cart_is_not_there(ada: User, bob: User, variant: Variant) -> None:
    hers = filled((variant, 1), user=ada)
    joined = filled((variant, 1))
    claim_cart(token=joined, user_id=ada.pk)
    for token in (hers, joined, "no-such-token"):
        with pytest.raises(NotFound):
            claim_cart(token=token, user_id=bob.pk)
    assert not Cart.objects.filter(user=bob).exists()


def test_an_ordered_cart_is_nobodys_to_take(ada: User, variant: Variant, shop: Shopper) -> None:
    token = filled((variant, 1))
    shop.check_out(token)
    assert Cart.objects.get().state == CartState.CONVERTED
    with pytest.raises(Conflict, match="ordered"):
        claim_cart(token=token, user_id=ada.pk)


def test_carts_of_two_currencies_stay_two(ada: User, variant: Variant, make) -> None:
    dollars = make(currency="USD")
    filled((variant, 1), user=ada)
    guest = filled((dollars, 2), currency="USD")
    assert claim_cart(token=guest, user_id=ada.pk).token == guest
    assert set(Cart.objects.filter(user=ada).values_list("currency", flat=True)) == {"EUR", "USD"}


def test_what_does_not_fit_is_told(
    ada: User, variant: Variant, make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commerce.services.carts import claim

    other = make()
    filled((variant, MOST_PIECES - 1), user=ada)
    guest = filled((variant, 5), (other, 1))
    monkeypatch.setattr(claim, "MOST_LINES", 1)
    claimed = claim_cart(token=guest, user_id=ada.pk)
    assert held(claimed.token) == {variant.sku: MOST_PIECES}
    assert [(note["sku"], note["message"]) for note in claimed.notes] == [
        (variant.sku, "10000 pieces at most; 10004 were asked for."),
        (other.sku, "Left out: a cart holds 1 different things."),
    ]


def test_joined_lines_have_todays_price_and_what_is_not_sold_is_flagged_not_lost(
    ada: User, variant: Variant, client: Client
) -> None:
    gone = make_variant(make_vendor())
    filled((variant, 1), user=ada)
    guest = filled((variant, 1), (gone, 1))
    Price.objects.filter(variant=variant).update(amount_minor=1500)
    type(gone.vendor).objects.filter(pk=gone.vendor_id).update(status=VendorStatus.SUSPENDED)
    login = Shopper(client, Authorization=f"Bearer {begin_login(user=ada).access}")
    answer = login.post(f"carts/{guest}/claim/", {})
    assert answer.status_code == 200, answer.content
    lines = {line["sku"]: line for line in answer.json()["data"]["cart"]["items"]}
    assert lines[variant.sku]["unit_price"]["amount"] == "15.00"
    assert (lines[gone.sku]["on_sale"], lines[gone.sku]["price_now"]) == (False, None)
    assert lines[gone.sku]["unit_price"]["amount"] == "12.50"
    refused = login.check_out(answer.json()["data"]["cart"]["token"])
    assert refused.json()["error"]["details"]["not_on_sale"] == [gone.sku]


def test_a_price_that_changed_is_shown_beside_the_one_that_was_seen(
    variant: Variant, shop: Shopper
) -> None:
    token = shop.cart(variant)
    Price.objects.filter(variant=variant).update(amount_minor=1500)
    (line,) = shop.get(f"carts/{token}/").json()["data"]["items"]
    assert (line["unit_price"]["amount"], line["price_now"]["amount"]) == ("12.50", "15.00")


def test_without_a_login_nothing_is_claimed(variant: Variant, shop: Shopper) -> None:
    token = shop.cart(variant)
    assert shop.post(f"carts/{token}/claim/", {}).status_code == 401
    assert Cart.objects.get().user_id is None


def test_a_user_opens_the_cart_they_have_with_a_token_of_its_own(
    ada: User, variant: Variant
) -> None:
    first = filled((variant, 1), user=ada)
    cart, second = carts.open_cart(currency="EUR", user_id=ada.pk)
    assert first != second
    assert held(second) == {variant.sku: 1}
    tokens = [carts.new_key(cart) for _ in range(25)]
    assert held(tokens[-1]) == held(first) == {variant.sku: 1}
    with pytest.raises(NotFound):  # twenty at most: the oldest went
        carts.find_cart(token=second)


def test_tokens_are_long_random_and_kept_nowhere(variant: Variant) -> None:
    tokens = {carts.open_cart(currency="EUR")[1] for _ in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) >= 22  # 128 bits
    stored = b"".join(bytes(value) for value in Cart.objects.values_list("token_hash", flat=True))
    assert not any(token.encode() in stored for token in tokens)


@pytest.mark.parametrize("token", ["", "x", "%00", "a" * 5000, "../../x", "' OR 1=1 --", "ة"])
def test_a_guessed_token_opens_nothing(variant: Variant, shop: Shopper, token: str) -> None:
    shop.cart(variant)
    assert shop.get(f"carts/{token}/").status_code in {400, 404, 405}


def test_a_cart_takes_no_more_lines_than_it_holds(
    variant: Variant, make, shop: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "MOST_LINES", 1)
    token = shop.cart(variant)
    answer = shop.post(f"carts/{token}/items/", {"variant": str(make().pk)})
    assert answer.status_code == 400
    assert shop.post(f"carts/{token}/items/", {"variant": str(variant.pk)}).status_code == 201


def test_a_cart_reads_as_many_queries_full_as_empty(
    variant: Variant, make, shop: Shopper, django_assert_num_queries
) -> None:
    token = shop.cart(variant)
    with django_assert_num_queries(10):  # four reads, three savepoints
        shop.get(f"carts/{token}/")
    for _ in range(6):
        carts.add_item(token=token, variant_id=make().pk)
    shop.get(f"carts/{token}/")  # figures that are new to its shopper are written down, once
    with django_assert_num_queries(10):
        shop.get(f"carts/{token}/")
