"""Pages and machine doors of this floor outside the API."""

from django.urls import URLPattern, URLResolver, path, re_path

from core.bulk.download import download
from core.files.serving import serve_private
from core.intake.views import receive

urlpatterns: list[URLPattern | URLResolver] = [
    # granian answers these before Django (core/intake/wsgi.py); runserver and tests come here
    path("webhooks/<path:source>", receive, name="webhook"),
    path("exports/<str:token>/", download, name="bulk-file"),
    # public files are answered by core.files.serving.PublicFiles before it comes to this
    re_path(r"^media/(?P<rest>[0-9a-f]{32}/.*)$", serve_private, name="media"),
]
