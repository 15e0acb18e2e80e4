"""Doors that forgot to say who may use them stop the start."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from core.api.views import ApiView

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@register(Tags.urls)
def every_door_says_who_may_use_it(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """core.E010: a method without scope that is not public; core.E011: a scope for no method."""
    found: list[CheckMessage] = []
    for route, view in api_views():
        offered = {method for method in METHODS if hasattr(view, method.lower())}
        public = offered if view.public is True else set(view.public or ())
        missing = offered - public - set(view.scopes)
        if missing:
            found.append(
                Error(
                    f"/{route}: nobody said who may {', '.join(sorted(missing))}.",
                    hint='Declare `scopes = {"GET": "things:read"}` or `public = True`.',
                    obj=view,
                    id="core.E010",
                )
            )
        superfluous = (set(view.scopes) | public) - offered
        if superfluous:
            found.append(
                Error(
                    f"/{route}: {', '.join(sorted(superfluous))} is declared but not written.",
                    obj=view,
                    id="core.E011",
                )
            )
    return found


def api_views() -> Iterator[tuple[str, type[ApiView]]]:
    """Every ApiView with its route."""
    for route, callback in patterns(get_resolver().url_patterns):
        view = getattr(callback, "cls", None)
        if isinstance(view, type) and issubclass(view, ApiView):
            yield route, view


def patterns(
    entries: Sequence[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, Any]]:
    """All (route, view) below a list of URL patterns."""
    for entry in entries:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, route)
        else:
            yield route, entry.callback
