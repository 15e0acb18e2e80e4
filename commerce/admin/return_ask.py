"""Staff ask for a return in a buyer's name: a form of the order's lines."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from commerce.enums import ReturnReason
from commerce.models import Order
from commerce.services.returns import Piece, request_return
from commerce.services.returns.asking import returnable
from core.errors import DomainError


class AskingAdmin(ModelAdmin):
    """`ask/<order>/`: what of it can come back, and how many pieces do."""

    def get_urls(self) -> list[URLPattern]:
        """The form, and its answer."""
        view = self.admin_site.admin_view(self.ask_view)
        return [path("ask/<uuid:order_id>/", view, name="commerce_return_ask"), *super().get_urls()]

    def ask_view(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """GET shows the lines; POST asks for the return and opens it."""
        order = Order.objects.filter(pk=order_id).first()
        if order is None or not request.user.has_perm("commerce.change_order"):
            raise Http404
        if request.method == "POST":
            try:
                made = request_return(
                    order_id=order.pk,
                    pieces=_pieces(order, request),
                    note=request.POST.get("note", "")[:2000].strip(),
                )
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
            except ValueError:
                self.message_user(request, "Give whole numbers.", messages.ERROR)
            else:
                self.message_user(request, f"{made.number} is asked for.", messages.SUCCESS)
                return redirect(reverse("admin:commerce_returnrequest_change", args=[made.pk]))
        left = returnable(order)
        context = self.admin_site.each_context(request) | {
            "title": f"Return of {order}",
            "order": order,
            "lines": [(line, left[line.pk]) for line in order.lines.all()],
            "reasons": ReturnReason.choices,
            "opts": self.opts,
        }
        return render(request, "commerce/admin/return_ask.html", context)


def _pieces(order: Order, request: HttpRequest) -> list[Piece]:
    """The lines with a number. Raises ValueError."""
    pieces = []
    for line in order.lines.all():
        count = int(request.POST.get(f"pieces_{line.pk}", "").strip() or 0)
        if count:
            reason = ReturnReason(request.POST.get(f"reason_{line.pk}", ReturnReason.OTHER))
            pieces.append(Piece(line.pk, count, reason))
    return pieces
