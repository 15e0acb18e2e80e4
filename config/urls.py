"""Every door, by floor. Each floor lists its own paths in `<floor>/api/urls.py`."""

from django.contrib import admin
from django.urls import include, path

from config.home import home, icon

API_FLOORS = [
    "core",
    "accounts",
    "notifications",
    "crm",
    "payments",
    "commerce",
    "analytics",
    "ops",
]

urlpatterns = [
    path("", home, name="home"),
    path("favicon.ico", icon),
    path("admin/", include("payments.admin.urls")),
    path("admin/", include("commerce.admin.urls")),
    path("admin/", include("notifications.admin.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include([path("", include(f"{floor}.api.urls")) for floor in API_FLOORS])),
    *[
        path("", include(f"{floor}.urls"))
        for floor in ("core", "accounts", "notifications", "crm", "payments", "commerce", "ops")
    ],
]

handler500 = "core.api.doors.server_error"
