"""Errands to goods: stock, its locations, and what comes back."""

from tests.doors.errand import Errand, Thing

_E = Errand
_V = "/api/v1/"
ITEM = {"id": Thing("stock item")}
SENT = {"id": Thing("sent order")}
RETURN = {"id": Thing("return")}
HERE = {"variant": Thing("variant"), "location": Thing("location")}

ALL = [
    _E(f"GET {_V}stock/", query="low=false&ordering=-on_hand"),
    _E(f"GET {_V}stock/{{id}}/", places=ITEM),
    _E(f"PATCH {_V}stock/{{id}}/", places=ITEM, body={"low_at": 7, "backorder_limit": 2}),
    _E(f"GET {_V}stock/{{id}}/movements/", places=ITEM, query="kind=receive"),
    _E(f"POST {_V}stock/receipts/", 201, idempotent=True, body=HERE | {"quantity": 5}),
    _E(
        f"POST {_V}stock/counts/", 201, idempotent=True,
        body=HERE | {"on_hand": 90, "reason": "Counted on Monday"},
    ),
    _E(
        f"POST {_V}stock/corrections/", 201, idempotent=True,
        body=HERE | {"change": -1, "reason": "Broken"},
    ),
    _E(
        f"POST {_V}stock/transfers/", 201, idempotent=True,
        body={"variant": Thing("variant"), "origin": Thing("location"),
              "destination": Thing("other location"), "quantity": 2, "reason": "More buyers there"},
    ),
    _E(f"GET {_V}stock-locations/", query="is_active=true"),
    _E(
        f"POST {_V}stock-locations/", 201,
        body={"name": "Lyon", "country": "FR", "priority": 10, "vendor": Thing("vendor"),
              "is_active": True},
    ),
    _E(f"GET {_V}stock-locations/{{id}}/", places={"id": Thing("other location")}),
    _E(
        f"PATCH {_V}stock-locations/{{id}}/", places={"id": Thing("other location")},
        body={"name": "Kyoto", "country": "JP", "priority": 5, "is_active": True,
              "is_default": True},
    ),
    _E(f"GET {_V}orders/{{id}}/returns/", who="shopper", places=SENT),
    _E(
        f"POST {_V}orders/{{id}}/returns/", 201, who="shopper", places=SENT, idempotent=True,
        body={"lines": [{"line": Thing("sent line"), "quantity": 1, "reason": "damaged",
                         "comment": "Its spout is off."}],
              "note": "In its box."},
    ),
    _E(f"GET {_V}vendor-returns/", who="shopper", query="reason=damaged"),
    _E(f"GET {_V}returns/", who="shopper", query="expand=history"),
    _E(f"GET {_V}returns/{{id}}/", who="shopper", places=RETURN, query="expand=history"),
    _E(
        f"POST {_V}returns/{{id}}/transitions/", who="agent", places=RETURN,
        body={"to": "approved", "note": "Send it to Lyon."},
    ),
]  # fmt: skip
