"""The pages of the wording: all messages, and the editor of one with its live preview."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from notifications.admin.wording.deeds import DEEDS
from notifications.admin.wording.form import WordingForm
from notifications.admin.wording.history import history
from notifications.admin.wording.overview import HOUSE, channels_of, lines
from notifications.admin.wording.own import (
    ADD,
    DELETE,
    OwnTemplateForm,
    create_view,
    remove_view,
    words_to_begin_with,
)
from notifications.admin.wording.preview import recent_records, shown
from notifications.enums import VersionState
from notifications.kinds import Kind, kind_or_none
from notifications.kinds.own import own_kind
from notifications.models import Template, TemplateVersion
from notifications.rendering.formats import direction_of, is_language
from notifications.rendering.wording import FIELDS, languages_of

EDIT, PUBLISH = "notifications.change_templateversion", "notifications.publish_templateversion"


@admin.register(Template)
class TemplateAdmin(ReadOnlyAdmin):
    """The list shows kinds, not rows: a row is there only once somebody has edited it."""

    def get_urls(self) -> list[URLPattern]:
        """The editor's pages before the usual ones."""
        one = "<slug:key>/<slug:channel>/<slug:language>/"
        view = self.admin_site.admin_view
        return [
            path(f"edit/{one}", view(self.editor), name="notifications_wording"),
            path(
                f"edit/{one}preview/",
                view(require_POST(self.preview)),
                name="notifications_wording_preview",
            ),
            path("own/", view(require_POST(create_view)), name="notifications_wording_own"),
            path(
                "own/<slug:key>/remove/",
                view(require_POST(remove_view)),
                name="notifications_wording_remove",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every message with its languages, how often it goes out, and what is not translated."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = lines()
        sought = request.GET.get("q", "").strip().lower()
        chosen = [
            one
            for one in found
            if (not sought or sought in f"{one.kind.key} {one.kind.title}".lower())
            and ("missing" not in request.GET or one.missing)
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Wording",
            "lines": chosen,
            "languages": [cell.language for cell in found[0].cells],
            "missing": sum(one.missing for one in found),
            "sought": sought,
            "only_missing": "missing" in request.GET,
            "new": OwnTemplateForm() if request.user.has_perm(ADD) else None,
        }
        return TemplateResponse(request, "admin/notifications/wordings.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A row's page is its editor."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return self.editor(request, row.key, row.channel, HOUSE[0])

    def editor(self, request: HttpRequest, key: str, channel: str, language: str) -> HttpResponse:
        """The words of one message in one language; changing them is asked of the services."""
        kind = self._kind(request, key, channel, language)
        here = reverse("admin:notifications_wording", args=[key, channel, language])
        other = request.GET.get("other", "").strip().lower().replace("_", "-")
        if is_language(other):
            return HttpResponseRedirect(
                reverse("admin:notifications_wording", args=[key, channel, other])
            )
        posted: dict[str, str] = {}
        refused: dict[str, Any] = {}
        if request.method == "POST":
            deed = DEEDS.get(request.POST.get("deed", ""))
            if deed is None or not request.user.has_perm(deed.permission):
                raise PermissionDenied
            try:
                told = deed.do(request, key, channel, language)
            except DomainError as refusal:
                messages.error(request, refusal.message)
                refused = refusal.details
                posted = {name: request.POST.get(name, "") for name in FIELDS[channel]}
            else:
                messages.success(request, told)
                return HttpResponseRedirect(here)
        versions = TemplateVersion.objects.filter(
            template__key=key, template__channel=channel, language=language
        )
        draft = versions.filter(state=VersionState.DRAFT).first()
        published = versions.filter(state=VersionState.PUBLISHED).first()
        is_own = own_kind(key) is not None
        words = draft or published or words_to_begin_with(key, channel, language, is_own=is_own)
        initial = posted or {name: getattr(words, name) for name in FIELDS[channel]}
        direction = direction_of(language)
        form = WordingForm(channel, initial=initial, direction=direction)
        others = set(languages_of(key)) | set(HOUSE) | set(
            TemplateVersion.objects.filter(template__key=key, template__channel=channel)
            .values_list("language", flat=True)
        )  # fmt: skip
        preview = shown(kind, channel, language, initial, record="", scheme="light")
        context = {
            **self.admin_site.each_context(request),
            "title": kind.title,
            "kind": kind,
            "key": key,
            "channel": channel,
            "language": language,
            "languages": sorted(others, key=lambda one: (one not in HOUSE, one)),
            "channels": channels_of(kind),
            "direction": direction,
            "form": form,
            "refused": {
                part: why for part, why in refused.items() if part not in preview["findings"]
            },
            "draft": draft,
            "published": published,
            "ships": language in languages_of(key),
            "is_own": is_own,
            "may_remove": is_own and request.user.has_perm(DELETE),
            "history": history(key, channel, language),
            "records": recent_records(kind),
            "variables": [*(v.name for v in kind.variables), *kind.secrets],
            "may_edit": request.user.has_perm(EDIT),
            "may_publish": request.user.has_perm(PUBLISH),
            "shown": preview,
            "address": here,
        }
        return TemplateResponse(request, "admin/notifications/wording.html", context)

    def preview(self, request: HttpRequest, key: str, channel: str, language: str) -> JsonResponse:
        """The words of the form filled in; nothing is kept."""
        kind = self._kind(request, key, channel, language)
        made = shown(
            kind,
            channel,
            language,
            {name: request.POST.get(name, "") for name in FIELDS[channel]},
            record=request.POST.get("record", ""),
            scheme=request.POST.get("scheme", "light"),
        )
        return JsonResponse(made)

    def _kind(self, request: HttpRequest, key: str, channel: str, language: str) -> Kind:
        """A declared kind with words on that channel, for whoever may look."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind = kind_or_none(key)
        if kind is None or channel not in channels_of(kind) or not is_language(language):
            raise Http404
        if own_kind(key) and not Template.objects.filter(key=key).exists():
            raise Http404
        return kind
