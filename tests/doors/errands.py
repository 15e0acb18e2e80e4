"""One proper request for every operation of the API: what it needs, and what it is answered.

The truth of the document, the authorisation matrix and the catalogue of nonsense all begin here, so
that a new door is tried by all of them from the day its errand is written. A test names the doors
that have none.
"""

from tests.doors import (
    errands_bulk,
    errands_figures,
    errands_goods,
    errands_media,
    errands_products,
    errands_vendors,
)
from tests.doors.errand import Errand, Thing
from tests.doors.errands_orders import ORDERS
from tests.doors.world import PASSWORD

__all__ = ["ALL", "BY_OPERATION", "Errand", "Thing"]

NEW_PASSWORD = "another horse 10 battery"
ADDRESS = {
    "name": "Ada Byron", "line1": "12 Rue des Arts", "line2": "", "city": "Lyon", "region": "",
    "postal_code": "69001", "country": "FR",
}  # fmt: skip


ID = "id"
ORDER = {ID: Thing("order")}
CUSTOMER = {ID: Thing("customer")}
PRODUCT = {ID: Thing("product")}
CART = {"token": Thing("cart")}
LINE = {"token": Thing("cart"), "variant": Thing("variant")}
PAYMENT = {"reference": Thing("reference")}
DEVICE = {ID: Thing("device")}
NOTIFICATION = {ID: Thing("notification")}
TOPIC = {ID: Thing("topic")}
API_KEY = {ID: Thing("api key")}
TWICE = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

_E = Errand
_V = "/api/v1/"
ALL = [
    # -- accounts ----------------------------------------------------------------------------------
    _E(
        f"POST {_V}auth/registration/", 201, who="anonymous",
        body={"email": "new@doors.example", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD,
              "full_name": "New Person", "language": "fr", "referral_code": "K7QM-2XWD"},
    ),
    _E(
        f"POST {_V}auth/login/", who="anonymous",
        body={"email": Thing("email"), "password": PASSWORD},
    ),
    _E(f"POST {_V}auth/token/refresh/", who="anonymous", body={"refresh": Thing("refresh token")}),
    _E(f"POST {_V}auth/logout/", who="shopper", body={"refresh": Thing("refresh token")}),
    _E(f"POST {_V}auth/password/reset/", who="anonymous", body={"email": Thing("email")}),
    _E(
        f"POST {_V}auth/password/reset/confirm/", who="anonymous",
        body={"uid": Thing("reset uid"), "token": Thing("reset token"), **TWICE},
    ),
    _E(f"POST {_V}auth/password/change/", who="shopper", body={"old_password": PASSWORD, **TWICE}),
    _E(f"POST {_V}auth/email/verify/", who="anonymous", body={"key": Thing("confirmation key")}),
    _E(f"POST {_V}auth/email/resend/", who="anonymous", body={"email": Thing("email")}),
    _E(f"GET {_V}auth/user/", who="shopper"),
    _E(
        f"PATCH {_V}auth/user/", who="shopper",
        body={"full_name": "Zoë", "time_zone": "Europe/Paris", "language": "fr"},
    ),
    _E(f"PUT {_V}auth/user/", who="shopper", body={"full_name": "Zoë", "avatar": None}),
    _E(f"GET {_V}auth/logins/", who="shopper", query="ordering=-last_used_at"),
    _E(f"DELETE {_V}auth/logins/", who="shopper"),
    _E(f"DELETE {_V}auth/logins/{{id}}/", 204, who="shopper", places={ID: Thing("login")}),
    _E(f"GET {_V}api-keys/"),
    _E(f"POST {_V}api-keys/", 201, body={"name": "shop front", "scopes": ["orders:read"]}),
    _E(f"GET {_V}api-keys/{{id}}/", places=API_KEY),
    _E(f"DELETE {_V}api-keys/{{id}}/", 204, places=API_KEY),
    _E(f"POST {_V}api-keys/{{id}}/rotate/", places=API_KEY, body={"overlap_hours": 1}),
    # -- commerce ----------------------------------------------------------------------------------
    _E(f"GET {_V}vendors/", who="anonymous", query="limit=1"),
    _E(
        f"POST {_V}vendors/", 201,
        body={"name": "Tea & Co", "slug": "tea-co", "country": "FR", "contact_name": "Ada",
              "contact_email": "ada@vendors.example", "contact_phone": "+33 1",
              "payout_currency": "EUR"},
    ),
    *errands_vendors.ALL,
    *errands_media.ALL,
    *errands_products.ALL,
    *errands_figures.ALL,
    *errands_goods.ALL,
    _E(f"GET {_V}vendors/{{id}}/", query="expand=terms", places={ID: Thing("vendor")}),
    _E(f"GET {_V}categories/", who="anonymous"),
    _E(
        f"POST {_V}categories/", 201,
        body={"name": "Green", "slug": "green", "parent": Thing("category")},
    ),
    _E(f"GET {_V}categories/{{id}}/", who="anonymous", places={ID: Thing("category")}),
    _E(f"GET {_V}products/", who="anonymous", query="expand=vendor,category"),
    _E(f"GET {_V}products/facets/", who="anonymous"),
    _E(
        f"POST {_V}products/", 201,
        body={"name": "Teapot", "slug": "teapot", "vendor": Thing("vendor"),
              "category": Thing("category"), "status": "active", "service": "goods",
              "description": "For two.",
              "variants": [{"sku": "POT-1", "stock": 3, "options": {"size": "L"},
                            "tracks_stock": True,
                            "prices": [{"amount": "12.50", "currency": "EUR"}]}]},
    ),
    _E(f"GET {_V}products/{{id}}/", who="anonymous", places=PRODUCT, query="expand=vendor"),
    _E(f"PATCH {_V}products/{{id}}/", places=PRODUCT, body={"name": "Pot", "category": None}),
    _E(f"GET {_V}products/{{id}}/variants/", who="anonymous", places=PRODUCT),
    _E(
        f"POST {_V}products/{{id}}/variants/", 201, places=PRODUCT,
        body={"sku": "POT-2", "barcode": "", "stock": 1, "options": {"Size": "M"},
              "weight_grams": 900, "tracks_stock": True,
              "prices": [{"amount": "1250", "currency": "JPY"}]},
    ),
    _E(f"POST {_V}carts/", 201, who="anonymous", body={"currency": "EUR"}),
    _E(f"GET {_V}carts/{{token}}/", who="anonymous", places=CART),
    _E(
        f"POST {_V}carts/{{token}}/items/", 201, who="anonymous", places=CART,
        body={"variant": Thing("variant"), "quantity": 2},
    ),
    _E(
        f"PATCH {_V}carts/{{token}}/items/{{variant}}/", who="anonymous", places=LINE,
        body={"quantity": 3},
    ),
    _E(f"DELETE {_V}carts/{{token}}/items/{{variant}}/", who="anonymous", places=LINE),
    _E(
        f"POST {_V}carts/{{token}}/checkout/", 201, who="anonymous", places=CART, idempotent=True,
        gateway=True,
        body={"gateway": "stripe", "email": "ada@buyers.example", "shipping_address": ADDRESS,
              "billing_address": ADDRESS, "shipping_method": ""},
    ),
    _E(
        f"PATCH {_V}carts/{{token}}/", who="anonymous", places=CART,
        body={"email": "ada@buyers.example", "reminders": True, "country": "FR", "region": "",
              "postal_code": "69001", "shipping_method": ""},
    ),
    _E(f"POST {_V}carts/{{token}}/claim/", who="shopper", places={"token": Thing("guest cart")}),
    _E(f"POST {_V}carts/restore/", who="anonymous", body={"key": Thing("cart key")}),
    _E(f"GET {_V}exchange-rates/", who="anonymous", query="currency=USD&date=2026-01-05"),
    _E(
        f"GET {_V}exchange-rates/convert/", who="anonymous",
        query="amount=12.34&from=EUR&to=USD&date=2026-01-05",
    ),
    _E(f"GET {_V}orders/", who="shopper", query="expand=customer,history,parts"),
    _E(f"GET {_V}orders/{{id}}/", who="shopper", places=ORDER, query="expand=customer,parts"),
    _E(f"GET {_V}orders/{{id}}/transitions/", who="shopper", places=ORDER),
    _E(
        f"POST {_V}orders/{{id}}/transitions/", places=ORDER, who="agent",
        body={"to": "processing", "reason": "checked", "tracking_number": "T1", "carrier": "Post"},
    ),
    *ORDERS,
    *errands_bulk.BULK,
    # -- customers ---------------------------------------------------------------------------------
    _E(f"GET {_V}customers/", query="expand=assignments&cf.size=9"),
    _E(
        f"POST {_V}customers/", 201,
        body={"name": "Ada Byron", "first_name": "Ada", "last_name": "Byron", "company": "Tea",
              "email": "ada@new.example", "phone": "+33 1 23 45 67 89", "line1": "12 Rue",
              "line2": "", "city": "Lyon", "region": "", "postal_code": "69001", "country": "FR",
              "time_zone": "Europe/Paris", "language": "fr", "currency": "EUR",
              "custom": {"size": "9"}, "external_platform": "shopify", "external_id": "77"},
    ),
    _E(f"GET {_V}customers/{{id}}/", places=CUSTOMER, query="expand=assignments"),
    _E(f"PATCH {_V}customers/{{id}}/", places=CUSTOMER, body={"name": "Ada", "version": 1}),
    _E(f"GET {_V}customers/{{id}}/assignments/", places=CUSTOMER),
    _E(
        f"POST {_V}customers/{{id}}/assignments/", 201, places=CUSTOMER,
        body={"user": Thing("serving agent")},
    ),
    _E(
        f"DELETE {_V}customers/{{id}}/assignments/{{user_id}}/",
        places=CUSTOMER | {"user_id": Thing("serving agent")},
    ),
    _E(
        f"POST {_V}contact/", 201, who="anonymous",
        body={"name": "Ada Byron", "email": "ada@doors.example", "message": "Do you ship here?",
              "website": ""},
    ),
    # -- payments ----------------------------------------------------------------------------------
    _E(f"GET {_V}payments/", who="shopper"),
    _E(
        f"POST {_V}payments/", 201, who="anonymous", idempotent=True, gateway=True,
        body={"email": "ada@buyers.example", "amount": "12.50", "currency": "EUR",
              "gateway": "stripe", "description": "A gift"},
    ),
    _E(f"GET {_V}payments/gateways/", who="anonymous", query="currency=EUR&amount=12.34"),
    _E(f"GET {_V}payments/{{reference}}/", who="anonymous", places=PAYMENT),
    _E(
        f"GET {_V}payments/{{reference}}/receipt/", who="anonymous",
        places={"reference": Thing("paid reference")},
    ),
    _E(f"GET {_V}receipts/", query="ordering=-issued_at"),
    _E(
        f"GET {_V}payments/{{reference}}/refunds/", places={"reference": Thing("paid reference")},
    ),
    _E(
        f"POST {_V}payments/{{reference}}/refunds/", 201, idempotent=True,
        places={"reference": Thing("paid reference")},
        body={"amount": "1.00", "currency": "EUR", "reason": "Broken on arrival"},
    ),
    _E(f"GET {_V}payments/{{reference}}/verify/", who="anonymous", places=PAYMENT),
    _E(f"POST {_V}payments/{{reference}}/verify/", who="anonymous", places=PAYMENT),
    _E(
        f"POST {_V}payments/{{reference}}/submit/", who="anonymous", places=PAYMENT, gateway=True,
    ),
    _E(f"GET {_V}ledger/balances/"),
    _E(f"GET {_V}payouts/", query="state=draft&ordering=-created_at"),
    _E(f"GET {_V}referrals/", who="shopper"),
    _E(f"POST {_V}referrals/", 201, who="shopper", body={"code": Thing("referral code")}),
    _E(f"GET {_V}referrals/commissions/", who="shopper", query="state=held&ordering=-earned_at"),
    # -- subscriptions -----------------------------------------------------------------------------
    _E(f"GET {_V}billing/plans/", who="anonymous"),
    _E(
        f"POST {_V}billing/checkout-session/", 201, who="shopper", idempotent=True, gateway=True,
        body={"plan": "pro", "interval": "month", "currency": "EUR", "gateway": "stripe"},
    ),
    _E(f"GET {_V}billing/subscription/", who="shopper"),
    _E(  # nobody here has one: who had, could not subscribe
        f"PATCH {_V}billing/subscription/", 404, who="shopper",
        body={"action": "change", "plan": "pro", "interval": "month"},
    ),
    _E(f"POST {_V}billing/portal/", who="shopper", gateway=True,
       body={"return_url": Thing("our address")}),
    # -- notifications -----------------------------------------------------------------------------
    _E(f"GET {_V}devices/", who="shopper"),
    _E(
        f"POST {_V}devices/", who="shopper",
        body={"token": "a new phone", "platform": "ios", "kind": "token",
              "installation_id": "kitchen", "app_version": "2.1", "locale": "de-AT",
              "time_zone": "Europe/Vienna"},
    ),
    _E(f"GET {_V}devices/{{id}}/", who="shopper", places=DEVICE),
    _E(f"DELETE {_V}devices/{{id}}/", 204, who="shopper", places=DEVICE),
    _E(f"GET {_V}topics/", who="shopper"),
    _E(
        f"POST {_V}topics/", 201,
        body={"key": "offers", "title": "Offers", "description": "Once a week",
              "open_to_all": True},
    ),
    _E(f"GET {_V}topics/{{id}}/", who="shopper", places=TOPIC),
    _E(f"POST {_V}topics/{{id}}/subscription/", who="shopper", places=TOPIC),
    _E(f"DELETE {_V}topics/{{id}}/subscription/", who="shopper", places=TOPIC),
    _E(
        f"POST {_V}topics/{{id}}/subscribers/", places=TOPIC,
        body={"users": [Thing("user")], "subscribed": True},
    ),
    _E(f"GET {_V}topic-subscriptions/", who="shopper"),
    _E(
        f"POST {_V}pushes/", 202, idempotent=True,
        body={"users": [Thing("user")], "topic": None, "title": "Open on Sunday",
              "body": "From 10 to 16", "url": "https://shop.example/hours"},
    ),
    _E(f"GET {_V}notifications/", who="shopper"),
    _E(f"GET {_V}notifications/{{id}}/", who="shopper", places=NOTIFICATION),
    _E(f"POST {_V}notifications/{{id}}/read/", who="shopper", places=NOTIFICATION),
    _E(f"POST {_V}notifications/read-all/", who="shopper"),
    _E(f"GET {_V}notifications/unread-count/", who="shopper"),
    _E(f"GET {_V}notifications/preferences/", who="shopper"),
    _E(
        f"PATCH {_V}notifications/preferences/", who="shopper",
        body={"subject": "orders", "channel": "email", "wanted": False},
    ),
    _E(f"GET {_V}notifications/quiet-hours/", who="shopper"),
    _E(
        f"PUT {_V}notifications/quiet-hours/", who="shopper",
        body={"starts": "22:00", "ends": "08:00"},
    ),
    _E(f"DELETE {_V}notifications/quiet-hours/", 204, who="shopper"),
]  # fmt: skip
BY_OPERATION = {errand.operation: errand for errand in ALL}
