"""Messages from the contact form, for whoever answers them."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from accounts.admin.refusals import ask_first, back_to
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from crm.enums import ContactState
from crm.models import ContactMessage
from crm.services.contact import deal_with

LABELS = {
    ContactState.NEW: "warning",
    ContactState.ANSWERED: "success",
    ContactState.SPAM: "default",
}


@admin.register(ContactMessage)
class ContactMessageAdmin(ReadOnlyAdmin):
    """Read, answered by mail, and marked as dealt with."""

    list_display = ["created_at", "name", "email", "beginning", "state_shown"]
    list_filter = ["state"]
    search_fields = ["email__exact", "name__icontains"]
    search_help_text = "Whole e-mail address, or a part of the name"
    list_select_related = ["customer"]
    ordering = ["-id"]
    actions_detail = ["answered", "spam", "reopen"]
    fieldsets = [
        (None, {"fields": ["state_shown", "created_at", "name", "address", "customer", "text"]}),
        ("Dealt with", {"fields": ["answered_at", "answered_by"]}),
    ]
    readonly_fields = ["state_shown", "address", "text"]

    @display(description="State", ordering="state", label=LABELS)
    def state_shown(self, message: ContactMessage) -> Labelled:
        """A coloured label."""
        return Labelled(message.state, message.get_state_display(), LABELS)

    @display(description="Message")
    def beginning(self, message: ContactMessage) -> str:
        """Its first words."""
        words = " ".join(message.message.split())
        return words if len(words) <= 80 else f"{words[:80]}…"

    @display(description="E-mail address")
    def address(self, message: ContactMessage) -> SafeString:
        """To answer with one click."""
        return format_html('<a href="mailto:{}">{}</a>', message.email, message.email)

    @display(description="Message")
    def text(self, message: ContactMessage) -> SafeString:
        """As it was written, line by line."""
        return format_html('<div style="white-space: pre-wrap">{}</div>', message.message)

    def has_deal_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Who may change messages."""
        return bool(request.user.has_perm("crm.change_contactmessage"))

    @action(
        description="Dealt with",
        icon="done",
        permissions=["deal"],
        dialog=ask_first("Somebody answered, and nobody needs to look at it.", "Dealt with"),
    )
    def answered(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        """Somebody answered."""
        return self._deal(request, object_id, ContactState.ANSWERED)

    @action(
        description="Spam",
        icon="block",
        permissions=["deal"],
        dialog=ask_first("It is put away without an answer.", "Spam"),
    )
    def spam(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        """Not worth an answer."""
        return self._deal(request, object_id, ContactState.SPAM)

    @action(
        description="Open again",
        icon="undo",
        permissions=["deal"],
        dialog=ask_first("It waits for an answer as if nobody had seen it.", "Open again"),
    )
    def reopen(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        """It was not dealt with after all."""
        return self._deal(request, object_id, ContactState.NEW)

    def _deal(self, request: HttpRequest, object_id: str, state: ContactState) -> HttpResponse:
        assert request.user.pk is not None  # noqa: S101 - staff only
        try:
            deal_with(message_id=UUID(object_id), state=state, by=request.user.pk)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.WARNING)
        else:
            self.message_user(request, f"{state.label}.", messages.SUCCESS)
        return back_to(request, reverse("admin:crm_contactmessage_change", args=[object_id]))
