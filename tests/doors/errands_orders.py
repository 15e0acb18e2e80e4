"""Errands to orders: their parts, and what staff do about them."""

from tests.doors.errand import Errand, Thing

ORDER = {"id": Thing("order")}
ADDRESS = {
    "name": "Ada Byron", "line1": "12 Rue des Arts", "line2": "", "city": "Lyon", "region": "",
    "postal_code": "69001", "country": "FR",
}  # fmt: skip
PART = {"id": Thing("order part")}
_E = Errand
_V = "/api/v1/"

ORDERS = [
    _E(
        f"PATCH {_V}orders/{{id}}/", places=ORDER, who="agent",
        body={"reason": "moved house", "revision": 0, "shipping_address": ADDRESS,
              "billing_address": None, "email": "ada@new.example", "notes": "Ring twice",
              "carrier": "DHL", "tracking_number": "JP1"},
    ),
    _E(
        f"POST {_V}orders/", 201, who="agent", idempotent=True,
        body={"customer": Thing("customer"), "email": "ada@new.example", "currency": "EUR",
              "lines": [{"variant": Thing("variant"), "quantity": 1}], "language": "fr",
              "shipping_address": ADDRESS, "billing_address": None, "shipping_method": "",
              "coupon_codes": [], "notes": "Rang.", "expected_total": None},
    ),
    _E(
        f"PATCH {_V}orders/{{id}}/lines/", places=ORDER, who="agent",
        body={"reason": "rang us", "revision": 0, "reprice_shipping": False, "dry_run": False,
              "lines": [{"line": Thing("order line"), "quantity": 2}], "add": [],
              "expected_total": None},
    ),
    _E(f"GET {_V}orders/{{id}}/notes/", places=ORDER),
    _E(f"POST {_V}orders/{{id}}/notes/", 201, places=ORDER, who="agent", body={"text": "Rang."}),
    _E(f"GET {_V}orders/{{id}}/revisions/", places=ORDER, who="agent"),
    _E(
        f"POST {_V}orders/{{id}}/payment-request/", places=ORDER, gateway=True,
        body={"gateway": "stripe"},
    ),
    _E(f"POST {_V}orders/{{id}}/bring-back/", places=ORDER, body={}),
    _E(
        f"POST {_V}orders/{{id}}/take-back/", places=ORDER, body={"reason": "a slip"},
    ),
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
