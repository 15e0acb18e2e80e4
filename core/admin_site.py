"""The admin: unfold's, without the work of a list that its pages are given and do not show."""

from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


class SiteConfig(AppConfig):
    """Stands in for unfold's own configuration, which makes a plain site."""

    name = "unfold"

    def ready(self) -> None:
        from unfold.sites import UnfoldAdminSite

        class Site(UnfoldAdminSite):
            def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
                """Every model a person may see: made once somebody looks at it."""
                ask = super().get_app_list
                return SimpleLazyObject(lambda: ask(request, app_label))

        admin.site = admin.sites.site = Site()
