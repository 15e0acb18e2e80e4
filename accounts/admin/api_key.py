"""API keys: made here or by the API, shown once, then only revoked or rotated."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from unfold.decorators import action, display

from accounts.admin.forms import ApiKeyForm
from accounts.admin.refusals import ServiceAdmin
from accounts.models import ApiKey
from accounts.scopes import scopes_of
from accounts.services.api_keys import MadeKey, create_api_key, revoke_api_key, rotate_api_key
from core.errors import DomainError

LABELS = {"live": "success", "revoked": "danger", "expired": "default"}


@admin.register(ApiKey)
class ApiKeyAdmin(ServiceAdmin):
    """Keys of everybody, for admins."""

    form = ApiKeyForm
    list_display = ["name", "shown", "owner", "shown_state", "last_used_at", "expires_at"]
    list_filter = ["expires_at", "last_used_at"]
    search_fields = ["name", "public_id", "owner__email"]
    list_select_related = ["owner"]
    ordering = ["-created_at"]
    autocomplete_fields = ["owner"]
    actions = ["revoke_selected"]
    actions_detail = ["rotate"]
    fields = ["owner", "name", "scopes", "expires_at"]

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """What is entered for a new one, everything but the digests for one that is there."""
        if obj is None:
            return list(self.fields)
        return [
            "owner", "name", "shown", "scopes", "created_at", "expires_at", "last_used_at",
            "former_until", "revoked_at",
        ]  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """A key is not edited. (Without an object Django asks for the list's actions.)"""
        return obj is None and super().has_change_permission(request, obj)

    def has_rotate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Those who may make keys may rotate them."""
        return self.has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Through the service; the key itself waits for `response_add`."""
        given = form.cleaned_data
        made = create_api_key(
            owner=given["owner"],
            name=given["name"],
            scopes=given["scopes"],
            allowed=scopes_of(request.user.role),  # type: ignore[union-attr]  # staff only
            expires_at=given["expires_at"],
        )
        obj.__dict__.update(made.row.__dict__)
        form.made = made
        request.made_key = made  # type: ignore[attr-defined]  # for response_add

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the key, this once."""
        return self._shown_once(request, request.made_key)  # type: ignore[attr-defined]

    @display(description="State", label=LABELS)
    def shown_state(self, key: ApiKey) -> str:
        """A coloured label."""
        if key.revoked_at is not None:
            return "revoked"
        return "live" if key.is_live else "expired"

    @display(description="Key")
    def shown(self, key: ApiKey) -> str:
        """What may be shown of it."""
        return key.shown

    @admin.action(description="Revoke", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Refused everywhere within five seconds."""
        revoked = sum(revoke_api_key(key=key) for key in queryset)
        self.message_user(request, f"{revoked} revoked.", messages.SUCCESS)

    @action(description="Rotate", permissions=["rotate"], url_path="rotate")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new secret; the former one counts for another day."""
        key = get_object_or_404(ApiKey, pk=object_id)
        if request.method != "POST":
            return self._page(request, "admin/accounts/apikey/rotate.html", {"key": key})
        try:
            return self._shown_once(request, rotate_api_key(key=key))
        except DomainError as refusal:
            return self._page(
                request, "admin/accounts/apikey/rotate.html", {"key": key, "refusal": refusal}
            )

    def _shown_once(self, request: HttpRequest, made: MadeKey) -> HttpResponse:
        response = self._page(
            request, "admin/accounts/apikey/shown_once.html", {"key": made.row, "text": made.text}
        )
        response["Cache-Control"] = "no-store"
        return response

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> TemplateResponse:
        return TemplateResponse(
            request,
            template,
            {**self.admin_site.each_context(request), "opts": self.opts, "title": "API key"}
            | context,
        )
