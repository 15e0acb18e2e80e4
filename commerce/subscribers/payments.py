"""What payments, and news of money going back, do to orders."""

from uuid import UUID

from commerce.services.orders.paid import record_money_going_back, record_payment
from commerce.services.orders.purpose import PURPOSE
from core.errors import Conflict
from core.events import Event, Ignore, Retry, subscribe
from core.money import Money

MONEY_GOING_BACK = (
    "payment.refunded",
    "payment.refund_failed",
    "payment.disputed",
    "payment.dispute_closed",
)


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
