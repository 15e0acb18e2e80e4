"""Lists and single things, from a declaration."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.lists.filters import FilterMap
from core.api.lists.page import page_of
from core.api.lists.parameters import Parameters
from core.api.renderer import ListAnswer
from core.api.rows.rows import Rows
from core.api.views import ApiView
from core.languages import accepted, fallbacks, read_in


class RowsView(ApiView):
    """A view whose answers are `rows`."""

    rows: ClassVar[Rows]
    # texts in the caller's language: `?lang=de-AT`, else Accept-Language (core/languages.py)
    multilingual: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Which languages are read, before anything is."""
        if self.multilingual:
            asked = request.query_params.get("lang", "")
            header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
            read_in(fallbacks([asked]) if asked else accepted(header))
            self.headers["Vary"] = "Accept-Language"
        else:
            read_in(())
        super().initial(request, *args, **kwargs)

    def queryset_for(self, request: Request) -> QuerySet[Any]:
        """What there is for this caller, unordered. Row-level security narrows it further."""
        raise NotImplementedError

    def one(self, queryset: QuerySet[Any]) -> dict[str, Any]:
        """One row as this view shows it, honouring `?fields=` and `?expand=`."""
        wanted = Parameters.of_detail(self, self.request)
        return self.rows.one(queryset, fields=wanted.fields, expand=wanted.expand)


class ListView(RowsView):
    """GET of a list: pages, filters, order, search, field choice and embedding.

    Everything a caller may ask for is declared; whatever else stands in the address is a 400 that
    names it. The number of queries does not depend on the number of rows: one for the page and its
    count, one per embedded relation (and, above COUNT_EXACTLY_UP_TO rows, one estimate by the
    planner, remembered for a few seconds).
    """

    filters: ClassVar[FilterMap] = {}
    ordering: ClassVar[tuple[str, ...]] = ("created_at",)  # names callers may order by
    default_ordering: ClassVar[str] = "-created_at"
    ordering_sources: ClassVar[Mapping[str, str]] = {}  # name -> path where they differ
    search: ClassVar[tuple[str, ...]] = ()  # paths `?search=` looks into
    default_limit: ClassVar[int] = 25
    max_limit: ClassVar[int] = 200
    prefixes: ClassVar[tuple[str, ...]] = ()  # further parameters, e.g. ("cf.",), see `narrow`
    # the same by whole names: name -> (JSON Schema, what it says)
    further: ClassVar[Mapping[str, tuple[dict[str, Any], str]]] = {}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page."""
        rows, meta = page_of(self, request)
        return ListAnswer(rows, meta)

    def narrow(self, queryset: QuerySet[Any], parameters: dict[str, str]) -> QuerySet[Any]:
        """Hook for parameters of `further`, and those that begin with one of `prefixes`."""
        return queryset


class DetailView(RowsView):
    """GET of one thing, looked up by the path's `id` (or `lookup = {"reference": "reference"}`)."""

    lookup: ClassVar[Mapping[str, str]] = {"id": "pk"}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The thing, or 404."""
        return Response(self.one(self.object_query()))

    def object_query(self) -> QuerySet[Any]:
        """The queryset that holds the one thing the path names."""
        named = {path: self.kwargs[name] for name, path in self.lookup.items()}
        return self.queryset_for(self.request).filter(**named)
