"""Logins through the API: where a user is logged in."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from accounts.enums import FamilyEnd
from accounts.models import TokenFamily
from accounts.services.tokens import end_login
from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline

LABELS = {"open": "success", "logout": "default", "ended": "default", "reuse": "danger"}


@admin.register(TokenFamily)
class TokenFamilyAdmin(ReadOnlyAdmin):
    """For looking, and for ending one of them."""

    list_display = ["user", "shown_state", "ip", "agent", "created_at", "last_used_at"]
    list_filter = ["end_reason"]
    search_fields = ["user__email"]
    ordering = ["-last_used_at"]
    list_select_related = ["user"]
    actions = ["end_selected"]

    @display(description="State", label=LABELS)
    def shown_state(self, login: TokenFamily) -> tuple[str, str]:
        """A coloured label."""
        return login.end_reason or "open", login.get_end_reason_display()

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Those who may change logins may end them."""
        return request.user.has_perm("accounts.change_tokenfamily")

    @admin.action(description="End", permissions=["end"])
    def end_selected(self, request: HttpRequest, queryset: QuerySet[TokenFamily]) -> None:
        """Log these devices out."""
        ended = sum(
            end_login(family_id=pk, reason=FamilyEnd.ENDED)
            for pk in list(queryset.values_list("pk", flat=True))
        )
        self.message_user(request, f"{ended} ended.", messages.SUCCESS)


class LoginInline(ReadOnlyInline):
    """The logins of one user."""

    model = TokenFamily
    verbose_name_plural = "Logins through the API"
    fields = ["created_at", "last_used_at", "ip", "agent", "end_reason"]
    readonly_fields = fields
    ordering = ["-last_used_at"]
    per_page = 10

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Open ones."""
        return super().get_queryset(request).filter(ended_at=None)
