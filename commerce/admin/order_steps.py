"""The next steps of orders in the admin: buttons on one order, actions on many. Services move."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from commerce.enums import OrderStatus
from commerce.models import Order
from commerce.services.orders.status import change_status, steps_of
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError

IN_BULK = (
    OrderStatus.CONFIRMED, OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELIVERED,
    OrderStatus.CANCELLED,
)  # fmt: skip


class StepsAdmin(ReadOnlyAdmin):
    """Buttons on one order, actions on many; each refusal is told, order by order."""

    def get_urls(self) -> list[URLPattern]:
        """POST here takes one step of one order."""
        urls: list[URLPattern] = super().get_urls()
        view = self.admin_site.admin_view(self.step_view)
        return [path("<uuid:order_id>/step/", view, name="commerce_order_step"), *urls]

    def has_step_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Moving an order on is changing it."""
        return bool(request.user.has_perm("commerce.change_order"))

    @display(description="Next step")
    def next_steps(self, order: Order) -> SafeString:
        """Buttons that submit the page's own form (and its CSRF token) to `step_view`."""
        following = steps_of(order)
        return render_to_string(
            "commerce/admin/next_steps.html",
            {
                "order": order,
                "steps": [(step, step == OrderStatus.CANCELLED) for step in following],
                "ships": OrderStatus.SHIPPED in following,
                "url": reverse("admin:commerce_order_step", args=[order.pk]),
            },
        )

    def step_view(self, request: HttpRequest, order_id: Any) -> HttpResponse:
        """Take the step and go back to the order."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_step_permission(request):
            self.tell(request, "You may not move orders on.", messages.ERROR)
        else:
            self.step(
                request,
                order_id,
                to=request.POST.get("to", ""),
                reason=request.POST.get("step_reason", "")[:1000].strip(),
                carrier=request.POST.get("step_carrier", "")[:100].strip(),
                tracking_number=request.POST.get("step_tracking", "")[:100].strip(),
            )
        return redirect(reverse("admin:commerce_order_change", args=[order_id]))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One action a status, for whoever may."""
        actions: dict[str, Any] = super().get_actions(request)
        if self.has_step_permission(request):
            for status in IN_BULK:
                name = f"move_to_{status}"
                actions[name] = (_bulk(status), name, f"Move to: {status.label}")
        return actions

    def tell(self, request: HttpRequest, text: str, level: int) -> None:
        """A message on the next page."""
        messages.add_message(request, level, text)

    def step(self, request: HttpRequest, order_id: Any, *, to: str, **words: str) -> None:
        """Ask the service, and say what it answered."""
        try:
            order = change_status(order_id=order_id, to=to, **words)
        except DomainError as refusal:
            self.tell(request, refusal.message, messages.ERROR)
        else:
            text = f"{order.number} is {order.get_status_display().lower()}."
            self.tell(request, text, messages.SUCCESS)


def _bulk(status: OrderStatus) -> Any:
    """The action that moves the chosen orders to `status`."""

    @admin.action(description=f"Move to: {status.label}")
    def move(modeladmin: StepsAdmin, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        for order_id in queryset.order_by("id").values_list("pk", flat=True):
            modeladmin.step(request, order_id, to=status.value, reason="from the list")

    return move
