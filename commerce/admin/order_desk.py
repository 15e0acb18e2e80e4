"""What staff do on one order's page besides its steps: parts, notes, corrections, a slip undone.

Each is a button that submits the page's own form (and its CSRF token) to a view of its own, which
asks the service that the API asks too, and says what it answered.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from accounts.admin.refusals import in_words
from accounts.models import User
from commerce.addresses import LONGEST, REQUIRED, Address
from commerce.admin.labels import ORDER_LABELS
from commerce.carriers import tracking_url
from commerce.enums import OrderStatus
from commerce.models import Order
from commerce.services.orders.archive import bring_back
from commerce.services.orders.notes import add_note
from commerce.services.orders.parts import change_part_status, part_steps, write_parcel
from commerce.services.orders.refund_again import ask_again
from commerce.services.orders.revise import revise_order
from commerce.services.orders.take_back import take_step_back, why_it_stays
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError

Deed = Callable[[HttpRequest, UUID], str]
SHORT, LONG = 100, 1000  # characters of what is typed


class DeskAdmin(ReadOnlyAdmin):
    """Panels of the order's page and the views behind their buttons."""

    def get_urls(self) -> list[URLPattern]:
        """POST alone; each goes back to the order."""
        deeds: dict[str, Deed] = {
            "part": _move_part,
            "parcel": _write_parcel,
            "note": _add_note,
            "correct": _correct,
            "take-back": _take_back,
            "bring-back": _bring_back,
            "refund-again": _refund_again,
        }
        return [
            *[
                path(
                    f"<uuid:order_id>/{name}/",
                    self.admin_site.admin_view(self._view_of(deed)),
                    name=f"commerce_order_{name.replace('-', '_')}",
                )
                for name, deed in deeds.items()
            ],
            *super().get_urls(),
        ]

    @display(description="Parts")
    def parts_panel(self, order: Order) -> SafeString:
        """A line a vendor: where it stands, its parcel, what may follow."""
        parts = list(order.parts.select_related("vendor").order_by("position"))
        return render_to_string(
            "commerce/admin/parts.html",
            {
                "parts": [
                    {
                        "row": part,
                        "status": Labelled(part.status, part.get_status_display(), ORDER_LABELS),
                        "label": ORDER_LABELS[OrderStatus(part.status)],
                        "url": tracking_url(part.carrier, part.tracking_number),
                        "steps": part_steps(part.status),
                        "cancelled": OrderStatus.CANCELLED,
                    }
                    for part in parts
                ],
                "step_url": reverse("admin:commerce_order_part", args=[order.pk]),
                "parcel_url": reverse("admin:commerce_order_parcel", args=[order.pk]),
            },
        )

    @display(description="Among ourselves")
    def notes_panel(self, order: Order) -> SafeString:
        """The staff's thread, oldest first, and a line to go on."""
        notes = list(order.desk_notes.order_by("created_at", "id"))
        people = User.objects.in_bulk({note.author_id for note in notes if note.author_id})
        return render_to_string(
            "commerce/admin/notes.html",
            {
                "notes": [(note, people.get(note.author_id)) for note in notes],
                "url": reverse("admin:commerce_order_note", args=[order.pk]),
            },
        )

    @display(description="Correct it")
    def correct_panel(self, order: Order) -> SafeString:
        """What may be corrected, as it stands; the reason is asked for."""
        address = order.shipping_address or {}
        return render_to_string(
            "commerce/admin/correct.html",
            {
                "order": order,
                "parts": [
                    (part, part.replace("_", " ").capitalize(), address.get(part, ""), longest,
                     part in REQUIRED)
                    for part, longest in LONGEST.items()
                ],
                "url": reverse("admin:commerce_order_correct", args=[order.pk]),
                "revisions": order.revisions.order_by("-number")[:20],
            },
        )  # fmt: skip

    @display(description="Undo")
    def undo_panel(self, order: Order) -> SafeString:
        """The last step, while it may be taken back; an archived order comes back."""
        last = order.status_changes.order_by("-id").first()
        return render_to_string(
            "commerce/admin/undo.html",
            {
                "last": last,
                "stays": why_it_stays(order, last),
                "order": order,
                "url": reverse("admin:commerce_order_take_back", args=[order.pk]),
                "back_url": reverse("admin:commerce_order_bring_back", args=[order.pk]),
            },
        )

    def _view_of(self, deed: Deed) -> Callable[[HttpRequest, UUID], HttpResponse]:
        def view(request: HttpRequest, order_id: UUID) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            if not request.user.has_perm("commerce.change_order"):
                messages.error(request, "You may not change orders.")
            else:
                try:
                    messages.success(request, deed(request, order_id))
                except DomainError as refusal:
                    messages.error(request, in_words(refusal))
            return redirect(reverse("admin:commerce_order_change", args=[order_id]))

        return view


class ArchivedFilter(admin.SimpleListFilter):
    """Lists show live orders; who searches finds all."""

    title = "archive"
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Besides the live ones."""
        return [("yes", "Archived"), ("all", "All orders")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """Live ones unless something is asked for."""
        if self.value() == "yes":
            return queryset.filter(archived_at__isnull=False)
        if self.value() == "all" or request.GET.get("q"):
            return queryset
        return queryset.filter(archived_at__isnull=True)


def _move_part(request: HttpRequest, order_id: UUID) -> str:
    part_id, _, to = request.POST.get("part_to", "").partition(":")
    part = change_part_status(
        part_id=_part_id(part_id),
        to=to,
        reason=_typed(request, f"part_reason_{part_id}", LONG),
        carrier=_typed(request, f"part_carrier_{part_id}"),
        tracking_number=_typed(request, f"part_tracking_{part_id}"),
    )
    return f"{part.number} is {part.get_status_display().lower()}."


def _write_parcel(request: HttpRequest, order_id: UUID) -> str:
    part_id = request.POST.get("part", "")
    part = write_parcel(
        part_id=_part_id(part_id),
        carrier=_typed(request, f"part_carrier_{part_id}"),
        tracking_number=_typed(request, f"part_tracking_{part_id}"),
    )
    return f"The parcel of {part.number} is written down."


def _add_note(request: HttpRequest, order_id: UUID) -> str:
    add_note(order_id=order_id, text=request.POST.get("note_text", ""))
    return "The note is there."


def _correct(request: HttpRequest, order_id: UUID) -> str:
    revision = request.POST.get("correct_revision", "")
    given = {part: _typed(request, f"correct_{part}", longest) for part, longest in LONGEST.items()}
    changes: dict[str, Any] = {
        "email": _typed(request, "correct_email", 254),
        "notes": request.POST.get("correct_notes", "")[:4000].replace("\r\n", "\n").strip(),
    }
    if any(given.values()):
        changes["shipping_address"] = Address.parse(given)
    if not changes["email"]:
        del changes["email"]
    order = revise_order(
        order_id=order_id,
        revision=int(revision) if revision.isascii() and revision.isdigit() else -1,
        reason=_typed(request, "correct_reason", LONG),
        changes=changes,
    )
    return f"{order.number} is corrected."


def _take_back(request: HttpRequest, order_id: UUID) -> str:
    order = take_step_back(order_id=order_id, reason=_typed(request, "undo_reason", LONG))
    return f"{order.number} is {order.get_status_display().lower()} again."


def _bring_back(request: HttpRequest, order_id: UUID) -> str:
    return f"{bring_back(order_id=order_id).number} is in the lists again."


def _refund_again(request: HttpRequest, order_id: UUID) -> str:
    again = ask_again(order_id=order_id, refund_id=_part_id(request.POST.get("refund", "")))
    return f"{again.amount} is asked back again: {again.get_state_display().lower()}."


def _typed(request: HttpRequest, name: str, longest: int = SHORT) -> str:
    return request.POST.get(name, "")[:longest].strip()


def _part_id(text: str) -> UUID:
    """What no button of ours sends is no part."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
