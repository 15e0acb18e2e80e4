"""Errands to vendors: their life, who acts for them, categories and their fields."""

from tests.doors.errand import Errand, Thing

_E = Errand
_V = "/api/v1/"
KEPT = {"id": Thing("kept vendor")}
MEMBER = KEPT | {"person": Thing("member")}
CATEGORY = {"id": Thing("category")}
FIELD = {"field": Thing("field")}
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
    _E(f"GET {_V}categories/{{id}}/fields/", who="anonymous", places=CATEGORY),
    _E(
        f"POST {_V}categories/{{id}}/fields/", 201, places=CATEGORY,
        body={"key": "origin", "type": "choice", "label": {"en": "Origin", "fr": "Origine"},
              "help_text": {"en": "Where it grew."}, "required": False, "position": 20,
              "choices": [{"value": "assam", "label": {"en": "Assam"}}]},
    ),
    _E(
        f"PATCH {_V}categories/{{id}}/fields/{{field}}/", places=CATEGORY | FIELD,
        body={"label": {"en": "Steeping"}, "minimum": 1, "maximum": 9.5, "unit": "min",
              "decimals": 1, "archived": True},
    ),
    _E(f"DELETE {_V}categories/{{id}}/fields/{{field}}/", 204, places=CATEGORY | FIELD),
    _E(f"GET {_V}fields/", who="anonymous"),
    _E(
        f"POST {_V}fields/", 201,
        body={"key": "made", "type": "date", "label": {"en": "Made"}, "earliest": "2020-01-01",
              "latest": None},
    ),
    _E(f"PATCH {_V}fields/{{field}}/", places=FIELD, body={"required": True}),
    _E(f"DELETE {_V}fields/{{field}}/", 204, places={"field": Thing("spare field")}),
]  # fmt: skip
