"""Lists from one moment to another."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateTimeFilter

EDGES = {"from": time.min, "to": time.max}  # of a day that is named without a time


class WhenFilter(RangeDateTimeFilter):
    """unfold's filter, for which a day is enough: from its beginning, or to its end. Days and times
    are those that the page shows (the current time zone); what is no day is told, and finds
    nothing."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Both edges belong to it."""
        try:
            begin, end = self._moment("from"), self._moment("to")
        except ValidationError as wrong:
            messages.error(request, f"{self.title}: {' '.join(wrong.messages)}")
            return queryset.none()
        if begin:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": begin})
        if end:
            queryset = queryset.filter(**{f"{self.parameter_name}__lte": end})
        return queryset

    def _moment(self, edge: str) -> datetime | None:
        """What was typed into the two fields of an edge. Raises ValidationError."""
        given = [self.used_parameters.get(f"{self.parameter_name}_{edge}_{n}") for n in (0, 1)]
        day = forms.DateField(required=False).clean(given[0])
        if day is None:
            return None
        hour = forms.TimeField(required=False).clean(given[1])
        return timezone.make_aware(datetime.combine(day, hour or EDGES[edge]))
