"""Every consent given or taken back, and the page on which staff change choices for somebody."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from accounts.models import User
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError, NotFound
from notifications.addresses import address_keys
from notifications.choices.tokens import Whose
from notifications.enums import Channel, Source
from notifications.models import ChoiceRecord
from notifications.services.choices import FEW, choices_of, of_user
from notifications.services.choices_form import save_form
from notifications.services.quiet_hours import quiet_hours_of

SAID_LABELS = {"yes": "success", "no": "warning"}
NEWEST = 20


@admin.register(ChoiceRecord)
class ChoiceRecordAdmin(ReadOnlyAdmin):
    """Append-only: what somebody wanted, when, and by which way they said so."""

    list_display = ["created_at", "whose", "subject", "channel", "said", "source", "actor"]
    list_filter = ["source", "subject", "channel", "wanted"]
    search_fields = ["user_id__exact"]
    search_help_text = "A whole e-mail address, or a user's id"
    ordering = ["-id"]
    fields = ["created_at", "whose", "subject", "channel", "said", "source", "actor"]
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Addresses are kept as keyed hashes: only a whole one can be found."""
        term = search_term.strip()
        if "@" in term:
            users = list(User.objects.filter(email=term.lower()).values_list("pk", flat=True))
            asked = Q(address_key__in=address_keys(term)) | Q(user_id__in=users)
            return queryset.filter(asked), False
        if term:
            try:
                return queryset.filter(user_id=UUID(term)), False
            except ValueError:
                return queryset.none(), False
        return queryset, False

    @display(description="Who")
    def whose(self, record: ChoiceRecord) -> str:
        """The user's id, or the beginning of an address's key: there is nothing to read there."""
        return str(record.user_id or f"address {record.address_key[:8]}…")

    @display(description="Said", label=SAID_LABELS)
    def said(self, record: ChoiceRecord) -> Labelled:
        """Yes or no."""
        word = "yes" if record.wanted else "no"
        return Labelled(word, word.capitalize(), SAID_LABELS)

    @display(description="Logged in as")
    def actor(self, record: ChoiceRecord) -> str:
        """Who did it, where somebody was logged in."""
        return str(record.actor_id or "nobody")

    def get_urls(self) -> list[URLPattern]:
        """The page of one person's choices, beside the record."""
        page = self.admin_site.admin_view(self.choices_page)
        return [
            path("of/<str:kind>/<str:key>/", page, name="notifications_choices"),
            *super().get_urls(),
        ]

    def choices_page(self, request: HttpRequest, kind: str, key: str) -> HttpResponse:
        """What one person wants to hear; changed for them it is audited and on their record."""
        whose = _whose(kind, key)
        if not request.user.has_perm("notifications.view_preference"):
            raise PermissionDenied
        may_change = request.user.has_perm("notifications.change_preference")
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            return self._saved(request, whose)
        user = User.objects.filter(pk=whose.user_id).first() if whose.user_id else None
        same = Q(user_id=whose.user_id, user_id__isnull=False) | Q(address_key__in=whose.keys)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": f"What {user.email if user else 'an address'} wants to hear",
            "choices": choices_of(whose, also=FEW),
            "channels": [one for one in Channel if whose.user_id or one is Channel.EMAIL],
            "hours": quiet_hours_of(whose.user_id) if whose.user_id else None,
            "person": user,
            "may_change": may_change,
            "records": ChoiceRecord.objects.filter(same).order_by("-id")[:NEWEST],
        }
        return TemplateResponse(request, "admin/notifications/choices.html", context)

    def _saved(self, request: HttpRequest, whose: Whose) -> HttpResponse:
        try:
            save_form(sent=request.POST, whose=whose, source=Source.STAFF, also=FEW)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(request, "Saved, and noted in the audit trail.")
        return HttpResponseRedirect(request.path)


def choices_url(whose: Whose) -> str:
    """Where staff see and change somebody's choices."""
    args = ["user", str(whose.user_id)] if whose.user_id else ["address", whose.address_key]
    return reverse("admin:notifications_choices", args=args)


def _whose(kind: str, key: str) -> Whose:
    """From the page's address. Raises Http404."""
    try:
        if kind == "user":
            return of_user(UUID(key))
        if kind == "address" and len(bytes.fromhex(key)) == 16:
            return Whose(address_key=key.lower())
    except (ValueError, NotFound):
        pass
    raise Http404
