"""The admin's look: django-unfold, with a sidebar grouped by what staff come to do."""

from typing import Any

from django.urls import reverse_lazy

from config.settings import env


def _page(title: str, icon: str, model: str) -> dict[str, Any]:
    """A sidebar line to a model's list; shown to whoever may view it."""
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": f"config.sidebar.may_view_{app}_{name}",
    }


UNFOLD = {
    "SITE_TITLE": "Tradewind",
    "SITE_HEADER": "Tradewind",
    "SITE_SUBHEADER": "Back office",
    "SITE_SYMBOL": "sailing",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "config.sidebar.environment",
    "DASHBOARD_CALLBACK": "analytics.dashboard.fill",
    "COLORS": {
        "primary": {
            "50": "#eef7f6",
            "100": "#d5ebe8",
            "200": "#aed8d2",
            "300": "#7ebdb6",
            "400": "#509d97",
            "500": "#35827d",
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
                        "link": reverse_lazy("admin:index"),
                    }
                ]
            },
        ],
    },
}
REHEARSING = "127.0.0.1" in env.text("STRIPE_API_BASE")
