"""Paths of this floor under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from notifications.api.views_choices import ChoicesView, QuietHoursView
from notifications.api.views_devices import DevicesView, DeviceView
from notifications.api.views_inbox import (
    NotificationsView,
    NotificationView,
    ReadAllView,
    ReadView,
    UnreadCountView,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("devices/", DevicesView.as_view()),
    path("devices/<uuid:id>/", DeviceView.as_view()),
    path("notifications/", NotificationsView.as_view()),
    path("notifications/unread-count/", UnreadCountView.as_view()),
    path("notifications/read-all/", ReadAllView.as_view()),
    path("notifications/preferences/", ChoicesView.as_view()),
    path("notifications/quiet-hours/", QuietHoursView.as_view()),
    path("notifications/<uuid:id>/", NotificationView.as_view()),
    path("notifications/<uuid:id>/read/", ReadView.as_view()),
]
