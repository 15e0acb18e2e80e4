"""A product's pictures and documents, on the product's page."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display

from commerce.admin.media_form import MediaForm, MediaFormSet, RemovedForm, RemovedFormSet
from commerce.models import Product, ProductMedia
from commerce.services.media import add_media
from core.admin.badge import Labelled
from core.admin.labels import THUMBNAIL_LABELS
from core.enums import FileKind
from core.errors import DomainError
from core.files.links import url_for_staff

PICTURE = (
    '<a href="{}"><img src="{}" alt="{}" width="64" height="64" loading="lazy" '
    'class="rounded object-contain bg-base-100"></a>'
)
DOCUMENT = (
    '<a class="text-primary-600" href="{}">'
    '<span class="material-symbols-outlined">description</span></a>'
)


class _MediaLines(TabularInline):
    """Lines of files; new ones come by the field above them."""

    model = ProductMedia
    extra = 0
    max_num = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductMedia]:
        """With the files, one query however many there are."""
        return super().get_queryset(request).select_related("file", "variant")

    @display(description="")
    def preview(self, media: ProductMedia) -> SafeString:
        """What it looks like; a click opens or saves the whole one."""
        whole = url_for_staff(media.file)
        if media.kind == FileKind.DOCUMENT:
            return format_html(DOCUMENT, whole)
        alt = media.alt.get(settings.LANGUAGE_CODE, "")
        return format_html(PICTURE, whole, url_for_staff(media.file, 96), alt)

    @display(description="File")
    def file_name(self, media: ProductMedia) -> str:
        """As it was called, and how large it is."""
        return f"{media.file.original_name} ({filesizeformat(media.file.size)})"

    @display(description="Small pictures", label=THUMBNAIL_LABELS)
    def thumbnails(self, media: ProductMedia) -> Labelled:
        """Whether they are made."""
        file = media.file
        return Labelled(file.thumbnails, file.get_thumbnails_display(), THUMBNAIL_LABELS)


class MediaInline(_MediaLines):
    """What hangs there now: dragged into order, described, taken away."""

    form = MediaForm
    formset = MediaFormSet
    ordering_field = "position"
    hide_ordering_field = True
    verbose_name_plural = "Pictures and documents"
    fields = ["preview", "file_name", "alt_text", "on_variant", "thumbnails", "position"]
    readonly_fields = ["preview", "file_name", "thumbnails"]
    ordering = ["position", "id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductMedia]:
        """Without what was taken away."""
        return super().get_queryset(request).filter(removed_at__isnull=True)

    @display(description="What it shows")
    def alt_text(self, media: ProductMedia) -> str:
        """For those who may only look; others get the form's field of this name."""
        return str(media.alt.get(settings.LANGUAGE_CODE, ""))

    @display(description="Of the variant")
    def on_variant(self, media: ProductMedia) -> str:
        """The same."""
        return str(media.variant or "the whole product")


class RemovedMediaInline(_MediaLines):
    """What was taken away lately."""

    form = RemovedForm
    formset = RemovedFormSet
    can_delete = False
    verbose_name_plural = "Taken away lately"
    fields = ["preview", "file_name", "removed_at", "put_back"]
    readonly_fields = ["preview", "file_name", "removed_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductMedia]:
        """As long as their files are surely there."""
        return super().get_queryset(request).filter(removed_at__gt=undo_until())

    @display(description="Put back")
    def put_back(self, media: ProductMedia) -> str:
        """For those who may only look."""
        return "Possible"


def undo_until() -> Any:
    """What was taken away after this can be put back."""
    return timezone.now() - timedelta(days=settings.UPLOAD_UNDO_DAYS)


def has_removed(product: Product) -> bool:
    """Whether there is anything to put back."""
    return ProductMedia.objects.filter(product=product, removed_at__gt=undo_until()).exists()


def add_uploads(model_admin: Any, request: HttpRequest, product: Product, uploads: Any) -> None:
    """Each file for itself: one that is refused stops no other, and its reason is told."""
    added = 0
    for upload in uploads:
        try:
            add_media(product_id=product.pk, upload=upload)
        except DomainError as refusal:
            model_admin.message_user(request, f"{upload.name}: {refusal.message}", messages.ERROR)
        else:
            added += 1
    if added:
        words = "file was" if added == 1 else "files were"
        model_admin.message_user(request, f"{added} {words} added.", messages.SUCCESS)
