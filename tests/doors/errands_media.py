"""Errands to pictures and documents of products."""

from core.tests.files.samples import picture
from tests.doors.errand import Errand, Thing

_E = Errand
_V = "/api/v1/products/{id}/media/"
PRODUCT = {"id": Thing("product")}
SHOWN = PRODUCT | {"media": Thing("media")}

ALL = [
    _E(f"GET {_V}", who="anonymous", places=PRODUCT),
    _E(f"POST {_V}", 201, places=PRODUCT, file=("pot.png", picture(colour="navy"))),
    _E(f"PUT {_V}order/", places=PRODUCT, body={"order": [Thing("media")]}),
    _E(
        f"PATCH {_V}{{media}}/", places=SHOWN,
        body={"alt": {"en": "A teapot", "fr": "Théière"}, "variant": Thing("variant"),
              "position": 0},
    ),
    _E(f"DELETE {_V}{{media}}/", 204, places=SHOWN),
    _E(f"POST {_V}{{media}}/restore/", places=PRODUCT | {"media": Thing("removed media")}),
]  # fmt: skip
