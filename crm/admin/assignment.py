"""Agents of a customer, on the customer's page."""

from typing import Any

from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from unfold.admin import TabularInline
from unfold.decorators import display

from accounts.models import User
from core.identity import Role
from crm.models import Assignment
from crm.services.assignments import MAY_ASSIGN


class AssignmentInline(TabularInline):
    """Managers assign and take away; everybody else looks. Saved through services."""

    model = Assignment
    fk_name = "customer"
    fields = ["user", "since"]
    readonly_fields = ["since"]
    extra = 0
    hide_title = True
    verbose_name = "agent"
    verbose_name_plural = "Looked after by"

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Active agents only."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(
                is_active=True, groups__name=Role.AGENT.name.lower()
            ).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description="Since")
    def since(self, assignment: Assignment) -> str:
        """When they were assigned."""
        return date_format(localtime(assignment.created_at), "DATETIME_FORMAT")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may assign."""
        return _may_assign(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An assignment is made or taken away, not changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may assign."""
        return _may_assign(request)


def _may_assign(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.role in MAY_ASSIGN
