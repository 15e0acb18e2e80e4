"""The admin of tables whose rules live above the model: it shows, services change."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from core.admin.paginator import EstimatedPaginator


class ReadOnlyAdmin(ModelAdmin):
    """Nothing is added, changed or deleted by hand; actions call services."""

    paginator = EstimatedPaginator
    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True
    list_filter_submit = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are made by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Pages open for looking."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing goes away by hand."""
        return False


class ReadOnlyInline(TabularInline):
    """Child rows, for looking."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are made by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For looking."""
        return False
