"""Pages of the admin that are no list of one table."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

Fill = Callable[..., dict[str, Any]]
View = Callable[..., HttpResponse]


class Choice(NamedTuple):
    """One of a few views of the same thing: the days, or the currency, that are shown."""

    label: str
    url: str
    on: bool


def admin_page(*, title: str, template: str, permission: str) -> Callable[[Fill], View]:
    """Make a page in the admin's frame of a function that gathers what it shows."""

    def make(fill: Fill) -> View:
        def page(request: HttpRequest, **named: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            context = admin.site.each_context(request) | {"title": title}
            return TemplateResponse(request, template, context | fill(request, **named))

        page.__doc__ = fill.__doc__
        return admin.site.admin_view(page)

    return make
