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
from notifications.api.views_pushes import PushesView
from notifications.api.views_topics import (
    SubscribersView,
    SubscriptionsView,
    SubscriptionView,
    TopicsView,
    TopicView,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("devices/", DevicesView.as_view()),
    path("devices/<uuid:id>/", DeviceView.as_view()),
    path("topics/", TopicsView.as_view()),
    path("topics/<uuid:id>/", TopicView.as_view()),
    path("topics/<uuid:id>/subscription/", SubscriptionView.as_view()),
    path("topics/<uuid:id>/subscribers/", SubscribersView.as_view()),
    path("topic-subscriptions/", SubscriptionsView.as_view()),
    path("pushes/", PushesView.as_view()),
    path("notifications/", NotificationsView.as_view()),
    path("notifications/unread-count/", UnreadCountView.as_view()),
    path("notifications/read-all/", ReadAllView.as_view()),
    path("notifications/preferences/", ChoicesView.as_view()),
    path("notifications/quiet-hours/", QuietHoursView.as_view()),
    path("notifications/<uuid:id>/", NotificationView.as_view()),
    path("notifications/<uuid:id>/read/", ReadView.as_view()),
]
