"""Errands to vendors: their life, who acts for them, categories and their fields."""

from tests.doors.errand import Errand, Thing

_E = Errand
_V = "/api/v1/"
KEPT = {"id": Thing("kept vendor")}
MEMBER = KEPT | {"person": Thing("member")}
CATEGORY = {"id": Thing("category")}
INVITATION = {"id": Thing("invitation")}

ALL = [
    _E(
        f"PATCH {_V}vendors/{{id}}/", who="shopper", places=KEPT,
        body={"contact_name": "Ada", "contact_email": "new@vendors.example",
              "contact_phone": "+33 2", "language": "fr"},
    ),
    _E(
        f"POST {_V}vendors/{{id}}/transitions/", places=KEPT,
        body={"to": "active", "reason": "All is well again."},
    ),
    _E(f"GET {_V}vendors/{{id}}/members/", who="shopper", places=KEPT),
    _E(
        f"POST {_V}vendors/{{id}}/members/", 201, who="shopper", places=KEPT,
        body={"email": "friend@vendors.example", "role": "member"},
    ),
    _E(
        f"PATCH {_V}vendors/{{id}}/members/{{person}}/", who="shopper", places=MEMBER,
        body={"role": "owner"},
    ),
    _E(f"DELETE {_V}vendors/{{id}}/members/{{person}}/", 204, who="shopper", places=MEMBER),
    _E(f"GET {_V}vendor-invitations/{{id}}/", who="shopper", places=INVITATION),
    _E(f"POST {_V}vendor-invitations/{{id}}/", who="shopper", places=INVITATION),
    _E(
        f"PATCH {_V}categories/{{id}}/", places=CATEGORY,
        body={"name": "Teas", "slug": "teas", "parent": None},
    ),
    _E(f"DELETE {_V}categories/{{id}}/", 204, places={"id": Thing("empty category")}),
    _E(
        f"PUT {_V}categories/order/",
        body={"parent": None, "order": [Thing("root category")]},
    ),
]  # fmt: skip
