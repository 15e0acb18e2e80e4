"""Errands of a cart: where it goes, how, and what codes take off."""

from tests.doors.errand import Errand, Thing

_E = Errand
_V = "/api/v1/"
CART = {"token": Thing("cart")}

ALL = [
    _E(
        f"POST {_V}carts/{{token}}/coupon/", who="anonymous", places=CART,
        body={"code": "doors10"},
    ),
    _E(f"DELETE {_V}carts/{{token}}/coupon/", who="anonymous", places=CART),
    _E(f"GET {_V}carts/{{token}}/shipping-methods/", who="anonymous", places=CART),
]  # fmt: skip
