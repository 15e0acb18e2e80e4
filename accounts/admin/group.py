"""Roles: the four staff groups, kept by the code, and whatever groups an admin adds."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.enums import STAFF_GROUPS

admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ModelAdmin):
    """The named four cannot be edited here: every `migrate` makes them say what the code says."""

    list_display = ["name", "kept_by_code"]
    search_fields = ["name"]
    ordering = ["name"]
    filter_horizontal = ["permissions"]
    compressed_fields = True

    @display(description="Kept by the code", boolean=True)
    def kept_by_code(self, group: Group) -> bool:
        """One of the four."""
        return group.name in STAFF_GROUPS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only groups of the admins' own."""
        own = obj is None or obj.name not in STAFF_GROUPS
        return own and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only groups of the admins' own."""
        own = obj is None or obj.name not in STAFF_GROUPS
        return own and super().has_delete_permission(request, obj)
