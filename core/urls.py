"""Pages and machine doors of this floor outside the API."""

from django.urls import URLPattern, URLResolver, path

from core.intake.views import receive

urlpatterns: list[URLPattern | URLResolver] = [
    # granian answers these before Django (core/intake/wsgi.py); runserver and tests come here
    path("webhooks/<path:source>", receive, name="webhook"),
]
