"""Pages and machine doors of this floor outside the API."""

from django.urls import path

from ops import views

urlpatterns = [
    path("health/live/", views.live),
    path("health/ready/", views.ready),
    path("health/", views.full),
]
