"""Staff change what an order holds: counted anew, looked at, confirmed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from accounts.admin.refusals import in_words
from commerce.admin.ask_to_pay import asking
from commerce.admin.picking import find, picked, pieces, sum_looked_at
from commerce.models import Order
from commerce.services.orders.change_lines import change_lines, preview_lines
from commerce.services.orders.line_plan import LineChange, LinePlan
from commerce.services.orders.refund_again import not_given
from commerce.services.orders.revise import BEFORE_IT_IS_SENT
from commerce.services.orders.settlement import settlements_of
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from core.money import Money

LINE = "line_"


class GoodsAdmin(ReadOnlyAdmin):
    """`<order>/goods/`: the lines with their numbers, things to add, and what it comes to."""

    def get_urls(self) -> list[URLPattern]:
        """The form, what it would come to, and its answer."""
        view = self.admin_site.admin_view(self.goods_view)
        return [
            path("<uuid:order_id>/goods/", view, name="commerce_order_goods"),
            *super().get_urls(),
        ]

    @display(description="What it holds")
    def goods_panel(self, order: Order) -> SafeString:
        """The way to the form while it may be used, and what changes left to settle."""
        return render_to_string(
            "commerce/admin/goods_panel.html",
            {
                "url": reverse("admin:commerce_order_goods", args=[order.pk]),
                "may": order.status in BEFORE_IT_IS_SENT,
                "pay": asking(order),
                "not_given": not_given(order),
                "again_url": reverse("admin:commerce_order_refund_again", args=[order.pk]),
                "settlements": settlements_of(order),
            },
        )

    def goods_view(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """GET shows the lines; POST looks for things, shows what it comes to, or confirms it."""
        order = Order.objects.filter(pk=order_id).first()
        if order is None or not request.user.has_perm("commerce.change_order"):
            raise Http404
        plan, given = None, request.POST
        try:
            change = _change(order, given)
            if given.get("do") == "confirm":
                return self._confirmed(request, order, change)
            if given.get("do") == "look":
                plan = preview_lines(order_id=order.pk, change=change)
        except DomainError as refusal:
            messages.error(request, in_words(refusal))
            change = _change(order, QueryDict())
        return render(
            request, "commerce/admin/goods.html", self._goods_page(request, order, change, plan)
        )

    def _confirmed(self, request: HttpRequest, order: Order, change: LineChange) -> HttpResponse:
        revision = request.POST.get("revision", "")
        after = change_lines(
            order_id=order.pk,
            revision=int(revision) if revision.isascii() and revision.isdigit() else -1,
            reason=request.POST.get("reason", "")[:1000].strip(),
            change=change,
            expected_total=sum_looked_at(request.POST, order.currency),
        ).order
        messages.success(request, f"{after.number} is changed: it costs {after.total} now.")
        return redirect(reverse("admin:commerce_order_change", args=[order.pk]))

    def _goods_page(
        self, request: HttpRequest, order: Order, change: LineChange, plan: LinePlan | None
    ) -> dict[str, Any]:
        lines = list(order.lines.select_related("variant", "vendor").order_by("position"))
        text = request.POST.get("find", "")[:100]
        known = {*change.added, *(line.variant_id for line in lines if line.variant_id)}
        return self.admin_site.each_context(request) | {
            "title": f"What {order} holds",
            "opts": self.opts,
            "order": order,
            "lines": [
                (line, Money(line.unit_price_minor, line.currency),
                 change.quantities.get(line.pk, line.quantity))
                for line in lines
            ],
            "added": picked(change.added, currency=order.currency),
            "find": text,
            "found": find(text, currency=order.currency, but=known),
            "reason": request.POST.get("reason", "")[:1000],
            "reprice": change.reprice_shipping,
            "revision": request.POST.get("revision", order.revision),
            "plan": plan,
            "figures": _figures(order, plan) if plan else [],
            "expected": plan.total.minor if plan else "",
        }  # fmt: skip


def _change(order: Order, given: QueryDict) -> LineChange:
    """What the form asks for; lines it does not name stay. Raises Invalid."""
    added = {key: count for key, count in pieces(given).items() if count}
    return LineChange(pieces(given, LINE), added, reprice_shipping="reprice" in given)


def _figures(order: Order, plan: LinePlan) -> list[tuple[str, Money, Money]]:
    """Each figure as it is and as it would be."""
    quote = plan.quote
    return [
        ("Goods", order.money(order.subtotal_minor), quote.subtotal),
        ("Discount", order.money(-order.discount_minor), -quote.discount),
        ("Shipping", order.money(order.shipping_minor), quote.shipping),
        ("Tax", order.money(order.tax_minor), quote.tax),
        ("Total", order.total, quote.total),
    ]
