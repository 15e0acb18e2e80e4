""" "Export these": the rows of an admin list as it is filtered, searched and sorted on the screen.

The list's own address is kept with the job and asked again by the worker, so that what comes out
is what the list shows, however many pages it has.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from core.errors import Invalid
from core.identity import acting_as_system, current_identity

PAGING = ("p", "all", "e", "_changelist_filters", "_popup", "_to_field")


def narrowed(rows: QuerySet[Any], options: Mapping[str, Any], model: str) -> QuerySet[Any]:
    """`rows` that were ticked ("ids"), or that an admin list shows ("list"). Raises Invalid."""
    if ids := options.get("ids"):
        rows = rows.filter(pk__in=ids)
    if "list" in options:
        rows = rows.filter(pk__in=_shown(str(options["list"]), model).values("pk"))
    return rows


def _shown(query: str, model: str) -> QuerySet[Any]:
    """What the list at this address shows. Raises Invalid for an address no list has."""
    request = HttpRequest()
    request.method = "GET"
    given = QueryDict(query, mutable=True)
    for name in PAGING:
        given.pop(name, None)
    request.GET = given
    with acting_as_system("export of a list"):
        user = get_user_model().objects.filter(pk=current_identity().user_id).first()
    if user is None:
        raise Invalid("An admin's list is exported by a person.", details={"list": ["Nobody's."]})
    request.user = user
    model_admin = admin.site.get_model_admin(apps.get_model(model))
    try:
        shown: QuerySet[Any] = model_admin.get_changelist_instance(request).get_queryset(request)
    except (IncorrectLookupParameters, ValidationError, ValueError) as error:
        raise Invalid(
            "This list cannot be shown.", details={"list": [f"{type(error).__name__}."]}
        ) from None
    return shown.order_by()
