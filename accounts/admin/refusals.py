"""A service's refusal inside an admin form becomes a message instead of an error page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.dataclasses import ActionDialog

from core.errors import DomainError


class ServiceAdmin(ModelAdmin):
    """Forms whose saving goes through services."""

    compressed_fields = True
    list_filter_submit = True
    show_full_result_count = False
    list_per_page = 50

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; a refusal undoes everything and is told above it."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            self.tell(request, refusal)
            return HttpResponseRedirect(request.get_full_path())

    def tell(self, request: HttpRequest, refusal: DomainError) -> None:
        """The refusal's own sentence, and its reasons."""
        messages.error(request, in_words(refusal))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing goes away by hand: it is disabled, revoked or ended."""
        return False


def in_words(refusal: DomainError) -> str:
    """The refusal's sentence and its reasons, for a page without that form."""
    return " ".join([refusal.message, *(reason for _, reason in refusal.reasons)])


def ask_first(question: str, submit: str) -> ActionDialog:
    """A dialog before a deed: what a link (GET) does must not change anything."""
    return ActionDialog(
        title=submit, description=question, form_class=None, form_submit_text=submit
    )


def back_to(request: HttpRequest, url: str) -> HttpResponse:
    """Leave a dialog, which htmx posted, for a whole page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
