"""Errands to orders: their parts, and what staff do about them."""

from tests.doors.errand import Errand, Thing

ORDER = {"id": Thing("order")}
PART = {"id": Thing("order part")}
_E = Errand
_V = "/api/v1/"

ORDERS = [
    _E(
        f"GET {_V}orders/{{id}}/parts/", who="shopper", places=ORDER,
        query="expand=vendor,parcel,history",
    ),
    _E(f"GET {_V}order-parts/", query="expand=vendor,parcel,history&status=confirmed"),
    _E(f"GET {_V}order-parts/{{id}}/", who="shopper", places=PART, query="expand=vendor"),
    _E(
        f"PATCH {_V}order-parts/{{id}}/", places=PART, who="agent",
        body={"carrier": "DHL", "tracking_number": "JP1"},
    ),
    _E(f"GET {_V}order-parts/{{id}}/transitions/", who="shopper", places=PART),
    _E(
        f"POST {_V}order-parts/{{id}}/transitions/", places=PART, who="agent",
        body={"to": "processing", "reason": "checked", "tracking_number": "T1", "carrier": "Post"},
    ),
]  # fmt: skip
