"""Staff changed what an order holds: its page, its difference, its buyer and its vendors follow."""

from typing import Any
from uuid import UUID

from django.db import transaction

from commerce.enums import OrderSource, PaymentStatus, SettlementState
from commerce.models import Order, OrderLine, OrderRevision, OrderSettlement, Vendor
from commerce.services.orders.pay import close_page_of_old_sum
from commerce.services.orders.payment_request import ask_for_payment
from commerce.services.orders.settlement import due_of
from commerce.subscribers.words import goods_words, line_words
from core.errors import Conflict, UpstreamUnavailable
from core.events import Event, Ignore, Retry, subscribe
from notifications.services.notify import notify
from payments.models import Payment


@subscribe("order.lines_changed", queue="money", outside=True)
def ask_for_the_new_sum(event: Event) -> None:
    """A page of the old sum is closed and its buyer sent the new one; what a paid order costs more
    is asked for where it was paid."""
    order_id = UUID(event.data["order_id"])
    try:
        closed = close_page_of_old_sum(order_id)
        gateway = closed.gateway if closed and closed.closing_reason else _gateway(order_id)
        if not gateway:
            raise Ignore("No page was open and nothing more is due.")
        ask_for_payment(order_id=order_id, gateway=gateway)
    except UpstreamUnavailable as why:
        raise Retry(why.message) from why
    except Conflict as why:
        raise Ignore(why.message) from why


@subscribe("order.paid", queue="money", outside=True)
def ask_for_what_else_is_due(event: Event) -> None:
    """Its buyer was quicker than a change that made it dearer: the rest is asked for now, as there
    was nothing to ask for when the change was told."""
    with transaction.atomic():
        if due_of(Order.objects.get(pk=event.data["order_id"])) is None:
            raise Ignore("Nothing else is due.")
    ask_for_the_new_sum(event)


def _gateway(order_id: UUID) -> str:
    """Where what is due is asked for: where the order was paid, or where its page was closed and
    the next one did not come, as the gateway was away."""
    with transaction.atomic():
        order = Order.objects.get(pk=order_id)
        known = Payment.objects.filter(pk=order.payment_id).first() if order.payment_id else None
        if known is None:
            return ""
        if order.payment_status == PaymentStatus.UNPAID:
            is_missing = known.closing_reason or not known.authorization_url
        else:
            is_missing = due_of(order) is not None
        return known.gateway if is_missing else ""


@subscribe("order.lines_changed")
def tell_buyer_of_changed_lines(event: Event) -> None:
    """What it holds and costs now, and what they get back; what is due has a message of its own."""
    order = Order.objects.get(pk=event.data["order_id"])
    if not order.email and not order.user_id:
        raise Ignore("The buyer left no address.")
    if order.source == OrderSource.DEMO:
        raise Ignore("A made-up order: nobody is told.")
    if order.source == OrderSource.ADMIN and order.payment_id is None:
        raise Ignore("Staff are still writing it: they send the page to pay on when it is ready.")
    if order.revision != event.data["revision"]:
        raise Ignore("It was changed again: that is told.")
    back = OrderSettlement.objects.filter(
        order=order, revision=order.revision, state=SettlementState.BACK
    ).first()
    words: dict[str, Any] = {"refund": back.amount.as_json()} if back else {}
    notify(
        kind="order_changed",
        dedupe_key=f"order_changed:{order.pk}:{order.revision}",
        email=order.email,
        user_id=order.user_id,
        language=order.language,
        context={
            "number": order.number,
            "name": str(order.shipping_address.get("name", "")),
            "lines": [line_words(line) for line in order.lines.order_by("position")],
            "total": order.total.as_json(),
            **words,
        },
    )


@subscribe("order.lines_changed")
def tell_vendors_of_changed_lines(event: Event) -> None:
    """Who was told to send something hears what it is now; who sends nothing more, that it is off.
    Of an unpaid order nobody was told yet."""
    if event.data["payment_status"] == PaymentStatus.UNPAID:
        raise Ignore("Vendors hear of it when it is paid.")
    order_id, revision = UUID(event.data["order_id"]), event.data["revision"]
    changed = OrderRevision.objects.get(order_id=order_id, number=revision)
    vendors = Vendor.objects.filter(pk__in=event.data["vendors"]).exclude(contact_email="")
    if not vendors:
        raise Ignore("No vendor of these lines has an e-mail address.")
    for vendor in vendors:
        lines = OrderLine.objects.filter(order_id=order_id, vendor=vendor).order_by("position")
        words = [goods_words(line) for line in lines]
        kind = "vendor_order_changed" if words else "vendor_order_cancelled"
        notify(
            kind=kind,
            dedupe_key=f"{kind}:{order_id}:{vendor.pk}:{revision}",
            email=vendor.contact_email,
            language=vendor.language,
            context={
                "vendor": vendor.name,
                "number": event.data["number"],
                "lines": words or _were(changed, vendor),
            },
        )


def _were(revision: OrderRevision, vendor: Vendor) -> list[dict[str, Any]]:
    """What they were to send before; nothing of it is known once its buyer was erased."""
    return [
        {"name": line["name"], "quantity": line["quantity"]}
        for line in (revision.before or {}).get("lines", [])
        if line["vendor"] == str(vendor.pk)
    ]
