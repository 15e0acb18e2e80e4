"""The admin's look: django-unfold, with a sidebar grouped by what staff come to do."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import lazy

from config.settings import env

_BADGES = "payments.admin.badges"


_TOLD = "notifications.view_delivery"
# `reverse_lazy`, remembered: every page asks for every address of the sidebar several times
_address = lazy(cache(reverse), str)


def _page(title: str, icon: str, model: str, **more: Any) -> dict[str, Any]:
    """A sidebar line to a model's list; shown to whoever may view it."""
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": _address(f"admin:{app}_{name}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{name}"),
        **more,
    }


def _door(title: str, icon: str, name: str, permission: str, **more: Any) -> dict[str, Any]:
    """A sidebar line to a page that is no list."""
    return {
        "title": title,
        "icon": icon,
        "link": _address(name),
        "permission": lambda request: request.user.has_perm(permission),
        **more,
    }


def _group(title: str, *pages: dict[str, Any]) -> dict[str, Any]:
    """A titled part of the sidebar."""
    return {"title": title, "separator": True, "collapsible": False, "items": list(pages)}


def _folded(title: str, *pages: dict[str, Any]) -> dict[str, Any]:
    """A part that few need every day: closed until it is opened, or one of its pages is."""
    return _group(title, *pages) | {"collapsible": True}


def environment(request: HttpRequest) -> list[str] | None:
    """The label beside the name: nobody should mistake a rehearsal for the real thing."""
    return ["Rehearsal", "warning"] if REHEARSING else None


REHEARSING = "://127.0.0.1" in env.text("STRIPE_API_BASE")

UNFOLD = {
    "SITE_TITLE": "Tradewind",
    "SITE_HEADER": "Tradewind",
    "SITE_SUBHEADER": "Back office",
    "SITE_SYMBOL": "sailing",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("house/icon.svg")}
    ],
    "STYLES": [lambda request: static("house/admin.css")],
    "SCRIPTS": [lambda request: static("house/confirm.js")],
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "config.settings.parts.admin.environment",
    "ACCOUNT": {
        "navigation": [
            {"title": "Two-factor", "link": _address("mfa_index")},
            {"title": "Change password", "link": _address("account_change_password")},
        ]
    },
    "DASHBOARD_CALLBACK": "analytics.dashboard.fill",
    "COLORS": {
        "primary": {
            "50": "#eef7f6",
            "100": "#d5ebe8",
            "200": "#aed8d2",
            "300": "#7ebdb6",
            "400": "#509d97",
            "500": "#3f8f88",
            "600": "#296865",
            "700": "#245452",
            "800": "#204443",
            "900": "#1e3938",
            "950": "#0c2121",
        }
    },
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    {
                        "title": "Dashboard",
                        "icon": "monitoring",
                        "link": _address("admin:index"),
                    }
                ]
            },
            _group(
                "Selling",
                _page("Orders", "shopping_bag", "commerce.order"),
                _page("Returns", "assignment_return", "commerce.returnrequest"),
                _page("Carts", "shopping_cart", "commerce.cart"),
                _page("Exchange rates", "currency_exchange", "commerce.exchangerate"),
                _page("Coupons", "sell", "commerce.coupon"),
            ),
            _group(
                "Catalogue",
                _page("Products", "inventory_2", "commerce.product"),
                _page("Planned prices", "price_change", "commerce.pricechange"),
                _page("Categories", "category", "commerce.category"),
                _page("Custom fields", "list_alt", "commerce.fielddefinition"),
                _page("Vendors", "storefront", "commerce.vendor"),
                _page("Files", "perm_media", "core.storedfile"),
            ),
            _group(
                "Stock",
                _page("On the shelves", "warehouse", "commerce.stockitem"),
                _page("Held and waited for", "hourglass_top", "commerce.reservation"),
                _page("Locations", "pin_drop", "commerce.stocklocation"),
            ),
            _folded(
                "Shipping and tax",
                _page("Shipping zones", "public", "commerce.shippingzone"),
                _page("Ways of sending", "local_shipping", "commerce.shippingmethod"),
                _page("Tax rates", "percent", "commerce.taxrate"),
                _door(
                    "What would this cost?",
                    "calculate",
                    "what-would-it-cost",
                    "commerce.view_shippingmethod",
                ),
            ),
            _group(
                "Files",
                _page("Imports and exports", "swap_vert", "core.bulkjob"),
                _page("Saved mappings", "schema", "core.bulkmapping"),
            ),
            _group(
                "Money",
                _door("Overview", "finance", "money", "payments.view_difference"),
                _page("Payments", "payments", "payments.payment"),
                _door(
                    "Held for review",
                    "front_hand",
                    "payment-review",
                    "payments.view_payment",
                    badge=f"{_BADGES}.held",
                ),
                _page("Refunds", "undo", "payments.refund", badge=f"{_BADGES}.refunds"),
                _page("Disputes", "gavel", "payments.dispute", badge=f"{_BADGES}.disputes"),
                _page("Receipts", "receipt_long", "payments.receipt"),
            ),
            _group(
                "Subscriptions",
                _page("Subscriptions", "autorenew", "payments.subscription"),
                _page("Plans", "sell", "payments.plan"),
            ),
            _group(
                "Paying out",
                _page("Payouts", "outbox", "payments.payout"),
                _page("Whom we owe", "account_circle", "payments.payee"),
            ),
            _group(
                "Books",
                _page(
                    "Differences",
                    "difference",
                    "payments.difference",
                    badge=f"{_BADGES}.differences",
                ),
                _page("Comparisons", "compare_arrows", "payments.reconciliationrun"),
                _door("Trial balance", "rule", "trial-balance", "payments.view_ledgeraccount"),
                _page("Ledger", "account_balance", "payments.ledgertransaction"),
                _page("Accounts", "balance", "payments.ledgeraccount"),
                _page("Legal entities", "domain", "payments.legalentity"),
            ),
            _folded(
                "Referrals",
                _page("Referrals", "diversity_3", "payments.referral"),
                _page("Commissions", "redeem", "payments.commission"),
                _page("Codes", "qr_code_2", "payments.referralcode"),
                _page("Commission rules", "percent", "payments.commissionrule"),
            ),
            _group(
                "Customers",
                _page("Customers", "groups", "crm.customer"),
                _page("Contact form", "contact_mail", "crm.contactmessage"),
            ),
            _folded(
                "Telling people",
                _door("Delivery board", "monitoring", "delivery-board", _TOLD),
                _door("What were they told?", "person_search", "told-to-person", _TOLD),
                _page("Notifications", "notifications", "notifications.notification"),
                _page("Messages sent", "outgoing_mail", "notifications.delivery"),
                _page("Wording", "edit_note", "notifications.template"),
                _page("Not written to", "unsubscribe", "notifications.suppression"),
                _page("Campaigns", "campaign", "notifications.campaign"),
                _page("Their recipients", "group", "notifications.campaignrecipient"),
                _page("Devices", "smartphone", "notifications.device"),
                _page("Topics", "tag", "notifications.topic"),
                _page("Who is in them", "group_work", "notifications.topicsubscription"),
                _page("Device alarms", "phonelink_erase", "notifications.devicealarm"),
                _page("Choices and consents", "rule", "notifications.choicerecord"),
            ),
            _group(
                "Engine room",
                _door("Webhooks", "webhook", "webhook-health", "core.view_event"),
                _page("Events", "stream", "core.event"),
                _page("Deliveries", "sync_alt", "core.delivery", badge=f"{_BADGES}.dead"),
                _page("Schedule", "event_repeat", "django_celery_beat.periodictask"),
                _page("Job runs", "schedule", "core.schedulerun"),
                _page("Audit trail", "policy", "core.auditentry"),
            ),
            _folded(
                "Access",
                _page("Users", "person", "accounts.user"),
                _page("Roles", "badge", "auth.group"),
                _page("API keys", "key", "accounts.apikey"),
                _page("Logins", "devices", "accounts.tokenfamily"),
            ),
        ],
    },
}
