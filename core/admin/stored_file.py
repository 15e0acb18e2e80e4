"""All files: what was sent in, what was refused and why, how much room they take."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from core.admin.badge import Labelled
from core.admin.labels import FILE_LABELS, THUMBNAIL_LABELS
from core.admin.readonly import ReadOnlyAdmin
from core.admin.when_filter import WhenFilter
from core.enums import FileKind, FileState
from core.errors import DomainError
from core.files.hands import ask_for_thumbnails
from core.files.links import url_for_staff
from core.files.uses import owners_of
from core.models import StoredFile
from core.models.stored_file import KEPT

MOST_REASONS = 20
SMALL = '<img src="{}" alt="" width="48" height="48" loading="lazy" class="rounded object-contain">'
LARGE = (
    '<a href="{}"><img src="{}" alt="" class="rounded max-w-full" style="max-height: 320px"></a>'
)


class ReasonFilter(admin.SimpleListFilter):
    """Refused files by the reason they were told; the most frequent ones."""

    title = "reason of refusal"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What was said, with how often."""
        refused = StoredFile.objects.filter(state=FileState.REJECTED).values("reason")
        counted = refused.annotate(times=Count("pk")).order_by("-times", "reason")[:MOST_REASONS]
        return [(row["reason"], f"{row['reason']} ({row['times']})") for row in counted]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[StoredFile]
    ) -> QuerySet[StoredFile]:
        """Those refused for it."""
        if self.value():
            return queryset.filter(state=FileState.REJECTED, reason=self.value())
        return queryset


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """Services store, attach and sweep; here they are looked at, and small pictures asked for."""

    list_display = [
        "small", "original_name", "shown_state", "kind", "shown_thumbnails", "shown_size",
        "created_at", "reason",
    ]  # fmt: skip
    list_display_links = ["original_name"]
    list_filter = [
        "state", "kind", "thumbnails", ReasonFilter, "is_public",
        ("created_at", WhenFilter),
    ]  # fmt: skip
    search_fields = ["original_name__icontains", "key__exact", "sha256__exact"]
    search_help_text = "Name, key or SHA-256"
    ordering = ["-id"]
    actions = ["make_thumbnails"]
    list_before_template = "core/admin/file_totals.html"
    fieldsets = [
        (None, {"fields": ["preview", "original_name", "shown_state", "reason", "used_by"]}),
        ("What it is", {"fields": ["kind", "mime", "shown_size", "width", "height", "sha256"]}),
        (
            "Small pictures",
            {"fields": ["shown_thumbnails", "thumbnails_error", "thumbnails_size"]},
        ),
        (
            "Whose it is",
            {"fields": ["is_public", "holder_id", "uploaded_by_id", "key", "orphaned_at"]},
        ),
    ]
    readonly_fields = ["preview", "used_by", "shown_state", "shown_thumbnails", "shown_size"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the totals above the list."""
        found = StoredFile.objects.values("state").annotate(
            files=Count("pk"), bytes=Sum(F("size") + F("thumbnails_size"))
        )
        by_state = {row["state"]: row for row in found}
        totals = [
            {"title": state.label, "files": row["files"], "bytes": row["bytes"]}
            for state in FileState
            if (row := by_state.get(state.value))
        ]
        context = {"totals": totals, **(extra_context or {})}
        return super().changelist_view(request, context)

    def has_thumbnails_permission(self, request: HttpRequest) -> bool:
        """Asking for work is a right of its own."""
        return request.user.has_perm("core.change_storedfile")

    @admin.action(description="Make small pictures again", permissions=["thumbnails"])
    def make_thumbnails(self, request: HttpRequest, queryset: QuerySet[StoredFile]) -> None:
        """In the background; the list shows how it went."""
        asked = 0
        for file in queryset:
            try:
                ask_for_thumbnails(file.pk)
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.WARNING)
            else:
                asked += 1
        if asked:
            self.message_user(request, f"{asked} are being made again.", messages.SUCCESS)

    @display(description="")
    def small(self, file: StoredFile) -> SafeString:
        """What it looks like."""
        if file.kind != FileKind.IMAGE or file.state not in KEPT:
            return format_html("")
        return format_html(SMALL, url_for_staff(file, 96))

    @display(description="Picture")
    def preview(self, file: StoredFile) -> SafeString:
        """Larger; a click opens the whole one. Documents are saved."""
        if file.state not in KEPT:
            return format_html("Nothing is kept of it.")
        whole = url_for_staff(file)
        if file.kind == FileKind.IMAGE:
            return format_html(LARGE, whole, url_for_staff(file, 320))
        return format_html('<a class="text-primary-600" href="{}">Save the document</a>', whole)

    @display(description="Used by")
    def used_by(self, file: StoredFile) -> SafeString:
        """Links to what it hangs on."""
        owners = owners_of(file.pk)
        if not owners:
            return format_html("Nothing at present.")
        return format_html_join(format_html("<br>"), "{}", ((_linked(row),) for row in owners))

    @display(description="State", ordering="state", label=FILE_LABELS)
    def shown_state(self, file: StoredFile) -> Labelled:
        """A coloured label."""
        return Labelled(file.state, file.get_state_display(), FILE_LABELS)

    @display(description="Small pictures", ordering="thumbnails", label=THUMBNAIL_LABELS)
    def shown_thumbnails(self, file: StoredFile) -> Labelled:
        """A coloured label."""
        return Labelled(file.thumbnails, file.get_thumbnails_display(), THUMBNAIL_LABELS)

    @display(description="Size", ordering="size")
    def shown_size(self, file: StoredFile) -> str:
        """As people say it."""
        return filesizeformat(file.size)


def _linked(row: Any) -> SafeString:
    meta = row._meta
    try:
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return format_html("{}", row)
    return format_html('<a class="text-primary-600" href="{}">{}</a>', url, row)
