"""Errands to products: their options, variants, prices and texts."""

from tests.doors.errand import Errand, Thing

_E = Errand
_V = "/api/v1/"
PRODUCT = {"id": Thing("sized product")}
VARIANT = PRODUCT | {"variant": Thing("sized variant")}
PRICE = VARIANT | {"currency": Thing("currency")}
PLANNED = {"id": Thing("planned price change")}
DONE = {"id": Thing("done price change")}
FRENCH = PRODUCT | {"language": Thing("language")}

ALL = [
    _E(f"POST {_V}products/{{id}}/duplicate/", 201, places=PRODUCT, body={}),
    _E(
        f"PUT {_V}products/{{id}}/options/", places=PRODUCT,
        body={"options": [{"name": "Size", "values": ["S", "M", "L"]}]},
    ),
    _E(f"POST {_V}products/{{id}}/combinations/", 201, places=PRODUCT, body={}),
    _E(f"GET {_V}products/{{id}}/translations/", who="readonly", places=PRODUCT),
    _E(
        f"PUT {_V}products/{{id}}/translations/{{language}}/", places=FRENCH,
        body={"name": "Théière", "description": "En fonte.", "options": {"Size": "Taille"}},
    ),
    _E(f"DELETE {_V}products/{{id}}/translations/{{language}}/", 204, places=FRENCH),
    _E(
        f"PATCH {_V}products/{{id}}/variants/{{variant}}/", places=VARIANT,
        body={"sku": "POT-9", "barcode": "4006381333931", "options": {"Size": "M"},
              "weight_grams": 900, "position": 3, "active": True, "tracks_stock": True,
              "prices": [{"amount": "12.34", "currency": "EUR"}]},
    ),
    _E(
        f"GET {_V}products/{{id}}/variants/{{variant}}/prices/", who="readonly", places=VARIANT,
    ),
    _E(
        f"POST {_V}products/{{id}}/variants/{{variant}}/prices/", 201, places=VARIANT,
        body={"price": {"amount": "9.99", "currency": "EUR"}, "sale": True, "valid_from": None,
              "valid_to": None},
    ),
    _E(f"DELETE {_V}products/{{id}}/variants/{{variant}}/prices/{{currency}}/", 204, places=PRICE),
    _E(
        f"DELETE {_V}products/{{id}}/variants/{{variant}}/prices/{{currency}}/sale/", 204,
        places=PRICE,
    ),
    _E(f"GET {_V}price-changes/", query="expand=items"),
    _E(
        f"POST {_V}price-changes/", 201,
        body={"percent_bps": -1000, "currency": "EUR", "ending": "ninety_nine",
              "selection": {"vendor": Thing("vendor"), "status": "active"}},
    ),
    _E(f"GET {_V}price-changes/{{id}}/", places=PLANNED, query="expand=items"),
    _E(f"POST {_V}price-changes/{{id}}/apply/", 202, places=PLANNED, body={}),
    _E(f"POST {_V}price-changes/{{id}}/undo/", 202, places=DONE, body={}),
]  # fmt: skip
