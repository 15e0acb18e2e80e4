"""Orders through the checkout, for the tests of what is done with them."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from commerce.addresses import Address
from commerce.models import Order, Variant
from commerce.services.carts import add_item, open_cart
from commerce.services.orders.checkout import check_out
from commerce.services.quotes.carts import add_code


@pytest.fixture
def order(variant: Variant, address: Address) -> Callable[..., Order]:
    """Orders so many pieces of each, with these codes, through the checkout."""

    def place(
        wanted: dict[Variant, int] | None = None, *, codes: Sequence[str] = (), **more: Any
    ) -> Order:
        _, token = open_cart(currency="EUR")
        for thing, quantity in (wanted or {variant: 2}).items():
            add_item(token=token, variant_id=thing.pk, quantity=quantity)
        for code in codes:
            add_code(token=token, code=code)
        return check_out(
            cart_token=token,
            gateway="stripe",
            email="ada@example.com",
            shipping_address=address,
            **more,
        )

    return place
