"""The audit trail, for reading."""

from django.contrib import admin

from core.admin.readonly import ReadOnlyAdmin
from core.admin.when_filter import WhenFilter
from core.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what to which thing."""

    list_display = ["at", "action", "resource", "actor_id", "actor_role", "reason", "success"]
    list_filter = ["success", "actor_role", ("at", WhenFilter)]
    search_fields = ["action__startswith", "resource__startswith", "actor_id__exact"]
    ordering = ["-at"]
