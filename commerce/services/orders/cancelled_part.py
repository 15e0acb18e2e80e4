"""What a cancelled part of an order leaves behind: goods to free, money to give back."""

from uuid import UUID

from django.db import transaction

from commerce import locks
from commerce.enums import PaymentStatus
from commerce.models import Order, OrderLine, OrderPart
from commerce.services.orders.give_back import PART_KEY, first_key, may_give_back, part_key
from commerce.services.orders.purpose import PURPOSE
from commerce.services.orders.settlement import is_paid_in_steps
from commerce.services.orders.shares import commission_of
from core.money import Money
from payments.enums import PayeeKind, RefundOrigin
from payments.models import Payment, Refund
from payments.services.books.accounts import SHOP_COMMISSION, TAX, payable_to
from payments.services.refunds import refundable, request_refund
from payments.services.sharing.sales import share_of

REFUND_DUE = "{number} was cancelled after it was paid elsewhere: {amount} is due."
CHANGED_DUE = (
    "{number} was cancelled, of an order that was changed after it was paid: give back by hand "
    "what was paid of its {amount}, and ask for no more than the rest costs."
)


@transaction.atomic
def give_back_part(*, part_id: UUID, requested_by: UUID | None) -> bool:
    """Ask for the refund of what the buyer paid for a part, once a part.

    False when nothing of it was paid or nothing is left. Two kinds a person must give back, as the
    order's `attention` says: what was paid outside Tradewind, and parts of an order that was
    changed and costs more since, as nobody knows which payment paid for what. Who may not give
    refunds asks for one.
    """
    part = OrderPart.objects.get(pk=part_id)
    order = locks.lock_order(part.order_id)
    if order.payment_status not in (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED):
        return False
    amount = price_of(order, part)
    if not amount:
        return False
    if is_paid_in_steps(order):
        _say_it_is_due(order, CHANGED_DUE.format(number=part.number, amount=amount))
        return True
    payment = Payment.objects.filter(pk=order.payment_id).first() if order.payment_id else None
    left = refundable(payment) if payment else None
    if payment is None or left is None or left.currency != amount.currency:
        _say_it_is_due(order, REFUND_DUE.format(number=part.number, amount=amount))
        return True
    if Refund.objects.filter(idempotency_key=part_key(part.pk)).exists():
        return True
    if not left:
        return False
    request_refund(
        payment_id=payment.pk,
        amount=min(amount, left),
        reason=f"{part.number} was cancelled.",
        requested_by=requested_by,
        key=part_key(part.pk),
        origin=RefundOrigin.CANCELLED,
        alone=may_give_back(requested_by),
    )
    return True


def price_of(order: Order, part: OrderPart) -> Money:
    """What the buyer pays for a part: its own figures, and its share of what is the order's alone.

    An order's discount or tax that stands on no line is shared by the parts as they cost. Shipping
    stays with the parcels that are sent.
    """
    parts = list(OrderPart.objects.filter(order=order).order_by("position"))
    place = next(n for n, one in enumerate(parts) if one.pk == part.pk)
    weights = [one.subtotal_minor for one in parts]
    loose_discount = order.discount_minor - sum(one.discount_minor for one in parts)
    loose_tax = order.tax_minor - order.shipping_tax_minor - sum(one.tax_minor for one in parts)
    price = part.total
    if sum(weights):
        price -= order.money(max(0, loose_discount)).split(weights)[place]
        price += order.money(max(0, loose_tax)).split(weights)[place]
    return max(price, order.money(0))


def split_of_part(refund_id: UUID) -> dict[str, int] | None:
    """Who bears the refund of a cancelled part, by account in the books: its vendor with all of
    their share, we with our commission on it, and the tax of its lines. None when it is no
    part's."""
    refund = Refund.objects.filter(
        pk=refund_id, origin=RefundOrigin.CANCELLED, idempotency_key__startswith=PART_KEY
    ).first()
    if refund is None:
        return None
    part_id = first_key(refund).removeprefix(PART_KEY)
    part = OrderPart.objects.select_related("vendor").get(pk=part_id)
    lines = list(OrderLine.objects.filter(order_id=part.order_id, vendor_id=part.vendor_id))
    net = part.money(sum(line.net_minor for line in lines))
    theirs = share_of(source_type=PURPOSE, source_id=part.order_id, payee_id=part.vendor_id)
    if theirs is None:  # the refund was quicker than the shares, which are made as of now
        _, theirs = commission_of(net, part.vendor.commission_bps)
    return {
        payable_to(PayeeKind.VENDOR, part.vendor_id, "").code: theirs.minor,
        SHOP_COMMISSION.code: (net - theirs).minor,
        TAX.code: sum(line.tax_minor + line.included_tax_minor for line in lines),
    }


def _say_it_is_due(order: Order, line: str) -> None:
    if line not in order.attention.splitlines():
        order.attention = "\n".join(filter(None, [order.attention, line]))
        order.save(update_fields=["attention", "updated_at"])
