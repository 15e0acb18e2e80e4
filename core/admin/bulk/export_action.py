"""An action for the lists of what can be exported: "Export these"."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from core.admin.bulk.exports import export_form
from core.admin.bulk.page import EXPORT, require
from core.bulk.targets import TARGETS

DESCRIPTION = "Export (CSV, Excel)"


@admin.action(description=DESCRIPTION)
def export_chosen(
    model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """The ticked rows; with "select all" whatever the list shows when the worker comes to it."""
    require(request, EXPORT)
    label = model_admin.model._meta.label_lower
    target = next(t for t in TARGETS.values() if t.admin_model == label)
    if request.POST.get("select_across") == "1":
        return export_form(request, target, list=request.GET.urlencode())
    return export_form(request, target, ids=list(queryset.values_list("pk", flat=True)))


class ExportableList:
    """A list with that action, for whoever may take files out. Comes before the admin's class."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Besides the list's own."""
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]  # a mixin
        if request.user.has_perm(EXPORT):
            actions["export_chosen"] = (export_chosen, "export_chosen", DESCRIPTION)
        return actions
