"""Returns follow their refunds; buyers and vendors hear what becomes of them."""

from uuid import UUID

from commerce.enums import OrderSource, ReturnState
from commerce.models import ReturnRequest
from commerce.services.orders.purpose import PURPOSE
from commerce.services.returns import follow_refund
from core.events import Event, Ignore, subscribe
from notifications.services.notify import notify

TOLD = frozenset(ReturnState) - {ReturnState.INSPECTED}


@subscribe("payment.refunded", "payment.refund_failed", queue="money")
def show_refund_on_return(event: Event) -> None:
    """A return knows what became of its refund."""
    if event.data["purpose"] != PURPOSE or not event.data.get("refund_id"):
        raise Ignore("It is no order's.")
    if not follow_refund(refund_id=UUID(event.data["refund_id"])):
        raise Ignore("It is no return's.")


@subscribe("return.requested", "return.status_changed")
def tell_buyer_of_return(event: Event) -> None:
    """What became of what they send back, in their language."""
    if event.data["state"] not in TOLD:
        raise Ignore(f"Nobody is told that a return is {event.data['state']}.")
    request = ReturnRequest.objects.select_related("order").get(pk=event.data["return_id"])
    order = request.order
    if order.source == OrderSource.DEMO:
        raise Ignore("A made-up order: nobody is told.")
    if not order.email and not order.user_id:
        raise Ignore("The buyer left no address.")
    last = request.changes.last()
    notify(
        kind="return_status_changed",
        dedupe_key=f"return:{request.pk}:{event.data['state']}",
        email=order.email,
        user_id=order.user_id,
        language=order.language,
        context={
            "number": request.number,
            "order_number": order.number,
            "state": event.data["state"],
            "refund": request.refund.as_json(),
            "name": str(order.shipping_address.get("name", "")),
            "note": last.note if last and event.data["state"] == ReturnState.REJECTED else "",
        },
    )


@subscribe("return.requested")
def tell_vendors_of_return(event: Event) -> None:
    """Each vendor hears which of their things are to come back."""
    request = ReturnRequest.objects.select_related("order").get(pk=event.data["return_id"])
    if request.order.source == OrderSource.DEMO:
        raise Ignore("A made-up order: nobody is told.")
    by_vendor: dict[UUID, list[dict[str, object]]] = {}
    rows = request.lines.select_related("line", "vendor")
    vendors = {row.vendor_id: row.vendor for row in rows}
    for row in rows:
        by_vendor.setdefault(row.vendor_id, []).append(
            {
                "name": row.line.name,
                "quantity": row.quantity,
                "reason": row.reason,
            }
        )
    reachable = [vendor for vendor in vendors.values() if vendor.contact_email]
    if not reachable:
        raise Ignore("No vendor of this return has an e-mail address.")
    for vendor in reachable:
        notify(
            kind="vendor_return_requested",
            dedupe_key=f"vendor_return:{request.pk}:{vendor.pk}",
            email=vendor.contact_email,
            language=vendor.language,
            context={
                "vendor": vendor.name,
                "number": request.number,
                "lines": by_vendor[vendor.pk],
            },
        )
