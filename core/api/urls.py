"""Paths of this floor under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from core.api.schema.views import DocumentView, PagesView

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", DocumentView.as_view(), name="api-schema"),
    path("docs/", PagesView.as_view(), name="api-docs"),
]
