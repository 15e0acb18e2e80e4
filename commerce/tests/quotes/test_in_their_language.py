"""Refusals and the cart's page speak the shopper's language; every sentence has all of them."""

import string

import pytest
from django.test import Client

from commerce.buyer_words import WORDS, say
from commerce.models import Cart, Variant
from commerce.services.carts import token_digest
from commerce.services.carts.links import cart_key
from commerce.tests.shopper import Shopper


@pytest.mark.parametrize("key", WORDS)
def test_each_sentence_is_there_in_each_language_with_the_same_places(key: str) -> None:
    words = WORDS[key]
    assert set(words) == {"en", "fr", "ar"}
    places = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in
              words.values()]  # fmt: skip
    assert places[0] == places[1] == places[2]
    assert say("cart.title", "fr-CA") == "Votre panier"
    assert say("cart.title", "nl") == "Your cart"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words", "page"), [
    ("en", "is not a code of this shop", "Your cart"),
    ("fr", "n’est pas un code", "Votre panier"),
    ("ar", "ليس من رموز", "سلتكم"),
])  # fmt: skip
def test_codes_are_refused_and_carts_shown_in_it(
    client: Client, variant: Variant, language: str, words: str, page: str
) -> None:
    shop = Shopper(client, **{"Accept-Language": language})
    token = shop.cart(variant)
    answer = shop.post(f"carts/{token}/coupon/", {"code": "nope"})
    assert answer.status_code == 400
    assert words in answer.json()["error"]["details"]["code"][0]
    cart = Cart.objects.get(token_hash=token_digest(token))
    Cart.objects.filter(pk=cart.pk).update(language=language)
    shown = client.get(f"/carts/{cart_key(cart.pk)}/").content.decode()
    assert page in shown
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in shown
