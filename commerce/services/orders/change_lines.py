"""Staff change what an order holds before it is sent: more, less, other things; with a reason.

Lines, stock, parts, figures, history and what is to be paid or given back: one transaction. The
page at the gateway, the mails and the refund follow its news (subscribers/changed_lines.py).
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from commerce import locks
from commerce.enums import CouponKind, PaymentStatus, ReservationState
from commerce.models import CouponRedemption, Order, OrderLine, Reservation
from commerce.services import stock
from commerce.services.orders.line_plan import LineChange, LinePlan, PlannedLine, make_plan
from commerce.services.orders.paid import record_payment
from commerce.services.orders.placing import new_line, order_figures, set_line_figures
from commerce.services.orders.refusing import refuse_money_on_its_way
from commerce.services.orders.revise import refuse_stale, write_revision
from commerce.services.orders.settlement import settle_change
from commerce.services.orders.shares import share_out
from commerce.services.orders.shortages import flag_waiting
from commerce.wording import Wording
from core.errors import Conflict, Invalid, NotFound
from core.events import publish
from core.identity import acting_as_system, current_identity
from core.languages import fallbacks
from core.money import Money

LINE_FIGURES = [
    "quantity", "total_minor", "discount_minor", "tax_minor", "included_tax_minor", "tax_rate",
    "tax_name", "updated_at",
]  # fmt: skip


def preview_lines(*, order_id: UUID, change: LineChange) -> LinePlan:
    """What the change would make of the order; nothing is written. Raises as `change_lines`."""
    with transaction.atomic():
        order = Order.objects.filter(pk=order_id).first()
        if order is None:
            raise NotFound("There is no such order.")
        with acting_as_system("look at a change of an order"):
            return make_plan(order, change)


@transaction.atomic
def change_lines(
    *,
    order_id: UUID,
    revision: int,
    reason: str,
    change: LineChange,
    expected_total: Money | None = None,
) -> LinePlan:
    """Change the lines of an order that is not sent yet, as whoever is acting. Returns what was
    done, with the order as it is now.

    `revision` is the one the caller read, `expected_total` the sum they were shown. Raises Invalid
    (no reason, wrong lines, nothing changed), NotFound, OutOfStock naming what is short, and
    Conflict for an order that is not to be changed any more, one that somebody else changed, money
    that is on its way, or another sum than was expected.
    """
    if not reason.strip():
        raise Invalid("Say why.", details={"reason": ["A change of an order needs a reason."]})
    order = locks.lock_order(order_id)
    refuse_stale(order, revision)
    before = _told(order)
    with acting_as_system("change an order's lines"):
        refuse_money_on_its_way(order)
        _lock_goods(order, change)
        plan = make_plan(order, change)
        _refuse_nothing(plan, change)
        _refuse_other_sum(plan, expected_total)
        if order.payment_id and order.payment_status != PaymentStatus.UNPAID:
            share_out(order_id=order.pk)  # as it was paid; the change follows
        shares = _shares(order, plan)
        vendors = sorted({str(_vendor(one)) for one in plan.changed})
        _move_goods(order, plan)
        _write(order, plan)
        after = _told(order)
    write_revision(order, reason=reason, before=before, after=after)
    order.save(update_fields=["revision", "updated_at"])
    asker = current_identity().user_id
    with acting_as_system("change an order's lines"):
        settle_change(order, was=plan.was, shares=shares, requested_by=asker)
        if order.payment_status == PaymentStatus.UNPAID and not order.total_minor:
            record_payment(order_id=order.pk, payment_id=None, amount=order.total)
        _announce(order, vendors, plan.was)
    order.refresh_from_db()
    return plan


def _lock_goods(order: Order, change: LineChange) -> None:
    """All stock it may touch at once and by id, so that nobody waits crosswise."""
    lines = OrderLine.objects.filter(order=order, variant__isnull=False)
    locks.lock_stock({*lines.values_list("variant_id", flat=True), *change.added})


def _refuse_nothing(plan: LinePlan, change: LineChange) -> None:
    if not plan.changed and not (change.reprice_shipping and plan.difference):
        raise Invalid("Nothing changes.", details={"lines": ["All of it is as it was."]})


def _refuse_other_sum(plan: LinePlan, expected: Money | None) -> None:
    if expected is not None and expected != plan.total:
        raise Conflict(
            f"It would cost {plan.total} now, not {expected}: look at it again.",
            details={"expected": expected.as_json(), "total": plan.total.as_json()},
        )


def _shares(order: Order, plan: LinePlan) -> dict[str, Any]:
    """What the change does to each of those among whom the order is shared, in minor units."""
    vendors: dict[str, int] = {}
    for one in plan.lines:
        vendor = str(_vendor(one))
        net = 0
        if one.quoted:
            net = (one.quoted.goods.total - one.quoted.discount - one.quoted.tax.included).minor
        was = one.line.net_minor if one.line else 0
        vendors[vendor] = vendors.get(vendor, 0) + net - was
    quote = plan.quote
    shipping = quote.shipping.minor - quote.shipping_tax.included.minor
    tax = quote.tax.minor + quote.included_tax.minor
    return {
        "vendors": {vendor: net for vendor, net in vendors.items() if net},
        "shipping": shipping - (order.shipping_minor - order.shipping_included_tax_minor),
        "tax": tax - order.tax_minor - order.included_tax_minor,
    }


def _vendor(one: PlannedLine) -> UUID:
    if one.line:
        return one.line.vendor_id
    assert one.variant is not None  # noqa: S101  - what is added is a variant
    return one.variant.vendor_id


def _move_goods(order: Order, plan: LinePlan) -> None:
    """Fewer pieces are free for others at once; more are held, and sold if the order is paid."""
    fewer: dict[UUID, int] = {}
    for one in plan.changed:
        if one.variant and one.more < 0:
            fewer[one.variant.pk] = fewer.get(one.variant.pk, 0) - one.more
    if fewer:
        stock.release_stock(order_id=order.pk, pieces=fewer)
    more = {one.variant: one.more for one in plan.changed if one.variant and one.more > 0}
    stock.reserve(order=order, promised=stock.promise(more, country=order.country))
    if order.payment_status != PaymentStatus.UNPAID:
        stock.allocate_stock(order_id=order.pk)
    waiting = Reservation.objects.filter(order=order, state=ReservationState.WAITING)
    flag_waiting(order, list(waiting.select_related("item__variant")))


def _write(order: Order, plan: LinePlan) -> None:
    """Lines, the order's figures, what its codes saved; parts follow by trigger. What goes is
    deleted last: an order without parts to send would be cancelled."""
    gone = [one.line.pk for one in plan.lines if one.line and not one.quantity]
    position = max((one.line.position for one in plan.lines if one.line), default=0)
    products = {one.variant.product_id for one in plan.lines if one.variant and not one.line}
    wording = Wording(products, fallbacks([order.language]))
    kept, fresh = [], []
    for one in plan.lines:
        if one.quoted is None:
            continue
        if one.line:
            one.line.quantity, one.line.total_minor = one.quantity, one.total.minor
            set_line_figures(one.line, one.quoted)
            kept.append(one.line)
        elif one.variant:
            position += 1
            fresh.append(new_line(order, position, one.variant, one.quoted, wording))
    OrderLine.objects.bulk_update(kept, LINE_FIGURES)
    OrderLine.objects.bulk_create(fresh)
    OrderLine.objects.filter(pk__in=gone).delete()
    note = plan.quote.tax_note or order.tax_note
    figures = order_figures(plan.quote) | {"tax_note": note}
    for name, value in figures.items():
        setattr(order, name, value)
    order.save(update_fields=[*figures, "updated_at"])
    for judged in plan.codes:
        if judged.coupon and judged.coupon.kind != CouponKind.FREE_SHIPPING:
            saved = plan.quote.saved.get(judged.code, Money.zero(order.currency))
            CouponRedemption.objects.filter(order=order, coupon=judged.coupon).update(
                amount_minor=saved.minor
            )


def _told(order: Order) -> dict[str, Any]:
    """Lines and sum as a revision keeps them."""
    return {
        "lines": [
            {"sku": line.sku, "name": line.name, "quantity": line.quantity,
             "vendor": str(line.vendor_id),
             "total": order.money(line.total_minor).as_json()}
            for line in OrderLine.objects.filter(order=order).order_by("position")
        ],
        "total": order.total.as_json(),
    }  # fmt: skip


def _announce(order: Order, vendors: list[str], was: Money) -> None:
    publish(
        type="order.lines_changed",
        subject=f"order:{order.pk}",
        dedupe_key=f"order.lines_changed:{order.pk}:{order.revision}",
        data={
            "order_id": str(order.pk),
            "number": order.number,
            "revision": order.revision,
            "currency": order.currency,
            "previous_total_minor": was.minor,
            "total_minor": order.total_minor,
            "payment_status": order.payment_status,
            "vendors": vendors,
        },
    )
