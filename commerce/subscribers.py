"""What commerce does when news arrives. Orders that come in as history tell nobody."""

from typing import Any
from uuid import UUID

from commerce.enums import OrderStatus, PaymentStatus
from commerce.locks import lock_order
from commerce.models import Order, OrderLine
from commerce.services.orders import shares
from commerce.services.orders.checkout import PURPOSE
from commerce.services.orders.give_back import give_back
from commerce.services.orders.paid import record_money_going_back, record_payment
from commerce.services.stock import release_stock
from core.errors import Conflict
from core.events import Event, Ignore, Retry, subscribe
from core.money import Money
from notifications.services.notify import notify
from payments.enums import PaymentStatus as GatewayStatus
from payments.enums import RefundOrigin
from payments.gateways.interface import GatewayError
from payments.services.closing import close_payment

MONEY_GOING_BACK = (
    "payment.refunded",
    "payment.refund_failed",
    "payment.disputed",
    "payment.dispute_closed",
)
TOLD_STEPS = frozenset(OrderStatus) - {OrderStatus.PENDING}


@subscribe("payment.succeeded", queue="money")
def mark_order_paid(event: Event) -> None:
    """The money is there: the order is paid, its stock leaves the shelf, `order.paid` goes out."""
    if event.data["purpose"] != PURPOSE:
        raise Ignore(f"Paid for {event.data['purpose']}, not for an order.")
    came = event.data.get("captured_minor", event.data["amount_minor"])
    record_payment(
        order_id=UUID(event.data["purpose_id"]),
        payment_id=UUID(event.data["payment_id"]),
        amount=Money(came, event.data["currency"]),
        is_accepted=came != event.data["amount_minor"],  # another sum is paid by a decision only
    )


@subscribe(*MONEY_GOING_BACK, queue="money")
def show_money_going_back(event: Event) -> None:
    """Refunds and disputes, and how they ended, are seen on the order they concern."""
    if event.data["purpose"] != PURPOSE:
        raise Ignore(f"Paid for {event.data['purpose']}, not for an order.")
    try:
        record_money_going_back(
            order_id=UUID(event.data["purpose_id"]),
            payment_id=UUID(event.data["payment_id"]),
            status=event.data["status"],
        )
    except Conflict as early:  # subscribers of one subject do not wait for each other
        raise Retry(early.message) from early


@subscribe("order.paid", queue="money")
def share_out_order(event: Event) -> None:
    """Vendors are owed their shares, the buyer's referrer a commission."""
    shares.share_out(order_id=UUID(event.data["order_id"]))


@subscribe(*MONEY_GOING_BACK, queue="money")
def adjust_shares(event: Event) -> None:
    """What went back to the buyer is taken back from those it was shared among.

    While a dispute is open nobody is paid out of it; a lost one is a refund that the buyer's bank
    decided (docs/decisions/0045). One subscriber, so that a payment's news is heard in order.
    """
    data = event.data
    if data["purpose"] != PURPOSE:
        raise Ignore(f"Paid for {data['purpose']}, not for an order.")
    order_id, payment_id = UUID(data["purpose_id"]), UUID(data["payment_id"])
    try:
        if event.type == "payment.refunded":
            shares.take_back(
                order_id=order_id,
                payment_id=payment_id,
                amount=Money(data["refund_minor"], data["currency"]),
                cause=f"refund:{data['refund_id']}",
                is_rest=data["status"] == GatewayStatus.REFUNDED,
            )
        elif event.type == "payment.refund_failed":
            shares.give_again(order_id=order_id, cause=f"refund:{data['refund_id']}")
        else:
            shares.follow_dispute(order_id=order_id, dispute_id=UUID(data["dispute_id"]))
    except Conflict as early:
        raise Retry(early.message) from early


@subscribe("order.status_changed", queue="money")
def free_stock_of_cancelled_orders(event: Event) -> None:
    """However an order was cancelled (SQL included), its stock is free again."""
    if event.data["status"] != OrderStatus.CANCELLED:
        raise Ignore(f"Now {event.data['status']}.")
    release_stock(order_id=UUID(event.data["order_id"]))


@subscribe("order.status_changed", queue="money", outside=True)
def close_page_of_cancelled_order(event: Event) -> None:
    """Nobody shall pay for a cancelled order: its page is closed at the gateway."""
    if event.data["status"] != OrderStatus.CANCELLED:
        raise Ignore(f"Now {event.data['status']}.")
    if event.data["payment_status"] != PaymentStatus.UNPAID:
        raise Ignore("It was paid.")
    _close(UUID(event.data["order_id"]), "The order was cancelled.")


@subscribe("order.paid", queue="money", outside=True)
def close_other_page_of_paid_order(event: Event) -> None:
    """A try that had failed paid after all, while the buyer is on the page of the next one: nobody
    shall pay twice."""
    _close(UUID(event.data["order_id"]), "The order is paid.")


@subscribe("order.status_changed", queue="money")
def give_back_what_cancelled_orders_paid(event: Event) -> None:
    """A paid order that is cancelled asks for its refund, in the name of who cancelled it."""
    if event.data["status"] != OrderStatus.CANCELLED or event.data["history"]:
        raise Ignore(f"Now {event.data['status']}.")
    order = lock_order(UUID(event.data["order_id"]))
    if order.payment_status not in (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED):
        raise Ignore(f"It is {order.get_payment_status_display().lower()}.")
    refund = give_back(order, origin=RefundOrigin.CANCELLED, requested_by=event.actor_id)
    if refund is None:
        raise Ignore("Nothing is left to give back, or it was paid outside Tradewind.")


@subscribe("order.placed")
def confirm_order_to_buyer(event: Event) -> None:
    """Thank the buyer and say what was ordered: e-mail, and push when they have a login."""
    order = _told_order(event)
    notify(
        kind="order_placed",
        dedupe_key=f"order_placed:{order.pk}",
        email=order.email,
        user_id=order.user_id,
        language=order.language,
        context={
            "number": order.number,
            "total": order.total.as_json(),
            "name": _name(order),
            "lines": [_line(line) for line in order.lines.all()],
        },
    )


@subscribe("order.status_changed")
def tell_buyer_of_step(event: Event) -> None:
    """Each step has its message, but for the one that the payment's own thank-you tells."""
    if event.data["status"] not in TOLD_STEPS:
        raise Ignore(f"Nobody is told that an order is {event.data['status']}.")
    if event.data["payment_status"] != event.data["previous_payment_status"]:
        raise Ignore("The thank-you for the payment says it.")
    order = _told_order(event)
    notify(
        kind="order_status_changed",
        dedupe_key=f"order_status_changed:{event.id}",
        email=order.email,
        user_id=order.user_id,
        language=order.language,
        context={
            "number": order.number,
            "status": event.data["status"],
            "previous_status": event.data["previous_status"],
            "name": _name(order),
            "note": _parcel(order) if event.data["status"] == OrderStatus.SHIPPED else "",
        },
    )


@subscribe("order.paid")
def tell_vendors(event: Event) -> None:
    """Each vendor hears of the lines that are theirs to send, once an order."""
    order_id = UUID(event.data["order_id"])
    by_vendor: dict[Any, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order_id=order_id).select_related("vendor"):
        by_vendor.setdefault(line.vendor, []).append(line)
    reachable = [vendor for vendor in by_vendor if vendor.contact_email]
    if not reachable:
        raise Ignore("No vendor of this order has an e-mail address.")
    for vendor in reachable:
        lines = by_vendor[vendor]
        total = Money(sum(line.total_minor for line in lines), lines[0].currency)
        notify(
            kind="vendor_new_order",
            dedupe_key=f"vendor_new_order:{order_id}:{vendor.pk}",
            email=vendor.contact_email,
            language=vendor.language,
            context={
                "vendor": vendor.name,
                "number": event.data["number"],
                "total": total.as_json(),
                "lines": [_line(line) for line in lines],
            },
        )


def _close(order_id: UUID, reason: str) -> None:
    """The page of a payment that is still open. Raises Ignore when there is none, Retry."""
    try:
        closed = close_payment(purpose=PURPOSE, purpose_id=order_id, reason=reason)
    except GatewayError as why:
        raise Retry(why.message) from why
    if closed is None:
        raise Ignore("No page of it is open.")


def _told_order(event: Event) -> Order:
    """The order, if its buyer is to be told anything. Raises Ignore."""
    if event.data["history"]:
        raise Ignore("An old order that was brought in: nobody is told.")
    order = Order.objects.filter(pk=event.data["order_id"]).first()
    if order is None:
        raise Ignore("The order is gone.")
    if not order.email and not order.user_id:
        raise Ignore("The buyer left no address.")
    return order


def _name(order: Order) -> str:
    return str(order.shipping_address.get("name", ""))


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "quantity": line.quantity,
        "total": Money(line.total_minor, line.currency).as_json(),
    }


def _parcel(order: Order) -> str:
    return " ".join(part for part in (order.carrier, order.tracking_number) if part)
