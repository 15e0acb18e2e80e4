"""Facts people were told, with what they were sent."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display

from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from notifications.admin.delivery import DeliveryInline
from notifications.admin.labels import CATEGORY_LABELS
from notifications.kinds import KINDS, Kind, title_of
from notifications.models import Notification
from notifications.rendering import render_sample
from notifications.rendering.wording import languages_of


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """One row per fact. The page shows every delivery with its reason, and the words."""

    list_display = [
        "created_at",
        "message",
        "shown_category",
        "email",
        "user",
        "language",
        "read_at",
    ]
    list_filter = ["kind", "category", "language", ("created_at", RangeDateTimeFilter)]
    search_fields = ["email__startswith", "dedupe_key__startswith"]
    search_help_text = "An e-mail address or a dedupe key"
    ordering = ["-id"]
    list_select_related = ["user"]
    inlines = [DeliveryInline]
    actions_list = ["show_templates"]
    fields = [
        "message", "shown_category", "email", "user", "language", "words", "context", "dedupe_key",
        "created_at", "read_at",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="Category", ordering="category", label=CATEGORY_LABELS)
    def shown_category(self, notification: Notification) -> Labelled:
        """Whether it may be switched off."""
        text = notification.get_category_display()
        return Labelled(notification.category, text, CATEGORY_LABELS)

    @display(description="Message", ordering="kind")
    def message(self, notification: Notification) -> str:
        """Which message."""
        return title_of(notification.kind)

    @display(description="Template")
    def words(self, notification: Notification) -> SafeString:
        """A link to what this kind looks like. Links with secrets are never shown here."""
        url = reverse("admin:notifications_template", args=[notification.kind])
        return format_html(
            '<a class="text-primary-600 underline" href="{}?language={}">{}</a>',
            url,
            notification.language,
            "Preview",
        )

    def get_urls(self) -> list[URLPattern]:
        """The pages of templates, beside the rows."""
        site = self.admin_site
        own = [
            path(
                "templates/<str:kind>/",
                site.admin_view(self.template_page),
                name="notifications_template",
            ),
        ]
        return own + list(super().get_urls())

    @action(description="Templates", url_path="templates")
    def show_templates(self, request: HttpRequest) -> HttpResponse:
        """Begin with the first one."""
        return self.template_page(request, next(iter(KINDS)))

    def template_page(self, request: HttpRequest, kind: str) -> HttpResponse:
        """One kind in one language, with made-up values: subject, push, both bodies.

        The HTML stands in a sandboxed frame: no scripts, no links followed.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        language = request.GET.get("language", "en")
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _known(kind).title,
            "kind": _known(kind),
            "kinds": KINDS.values(),
            "languages": languages_of(kind),
            "rendered": render_sample(kind, language),
        }
        return TemplateResponse(request, "admin/notifications/template.html", context)


def _known(kind: str) -> Kind:
    """A declared kind, or the page for what is not there."""
    try:
        return KINDS[kind]
    except KeyError:
        raise Http404 from None
