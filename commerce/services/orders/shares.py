"""Whose part of a paid order is whose: each vendor's share, our commission, shipping and tax.

A vendor's share is what they sold, less the discount on it and the tax contained in it, less our
commission at the rate of that moment. Shipping and tax are not theirs, whether tax was added or
included (docs/decisions/0057). The parts are the total, to the unit.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from commerce import locks
from commerce.enums import PaymentStatus, SettlementState
from commerce.models import Order, OrderLine, OrderSettlement, Vendor
from commerce.models.vendor import ALL_OF_IT_BPS
from commerce.services.orders.paying import ids_of
from commerce.services.orders.purpose import PURPOSE
from core.errors import Conflict
from core.money import Money
from payments.enums import OPEN_DISPUTES, DisputeState, PayeeKind
from payments.models import Dispute
from payments.services.books.accounts import SHIPPING, SHOP_COMMISSION, TAX
from payments.services.referrals.commissions import earn
from payments.services.sharing import returns
from payments.services.sharing.changes import change_sale, terms_of, total_of
from payments.services.sharing.payables import Creditor
from payments.services.sharing.sales import Part, book_sale


@transaction.atomic
def share_out(*, order_id: UUID) -> bool:
    """Book the shares of a paid order and what its buyer's referrer earns; once, however often it
    is told. What a change of it costs more is nobody's until it is paid (`change_shares`). Raises
    NotFound, Conflict while it is not paid."""
    order = locks.lock_order(order_id)
    if order.payment_status == PaymentStatus.UNPAID or order.paid_at is None:
        raise Conflict(f"{order.number} is not paid.")
    lines = list(order.lines.select_related("vendor").order_by("position"))
    due = _due_of(order)
    unpaid = due.shares if due else None
    booked = book_sale(
        source_type=PURPOSE,
        source_id=order.pk,
        total=order.total - due.amount if due else order.total,
        parts=parts_of(order, lines, but=unpaid),
        at=order.paid_at,
        description=f"{order.number} shared out",
        payment_id=order.payment_id,
    )
    earn(
        source_type=PURPOSE,
        source_id=order.pk,
        user_id=order.user_id,
        base=sum(_sold(order, lines, unpaid).values(), order.money(0)),
        at=order.paid_at,
    )
    return booked


@transaction.atomic
def take_back(
    *,
    order_id: UUID,
    payment_id: UUID,
    amount: Money,
    cause: str,
    is_rest: bool = False,
    split: Mapping[str, int] | None = None,
) -> bool:
    """`amount` of the order's payment went back: every part of it follows, once. Pro rata, unless
    `split` says who bears it: a return costs those whose things came back, a cancelled part its
    vendor (0056). An order that is not shared out yet is, so that a split finds its accounts.

    `is_rest`: nothing of the payment is left, so nothing of the order is, if no other paid for it
    too; less may have been accepted for it than its total. Another payment of the same order (paid
    twice) was nobody's share. Raises NotFound, Conflict for news that overtook the payment itself.
    """
    order = _paid_by(order_id, payment_id)
    if order is None:
        return False
    if split:
        share_out(order_id=order.pk)
    whole = _shared_total(order)
    return returns.reverse(
        source_type=PURPOSE,
        source_id=order.pk,
        part=whole if is_rest and ids_of(order) == [payment_id] else amount,
        of=whole,
        cause=cause,
        split=split,
    )


def change_shares(order: Order, shares: Mapping[str, Any], *, cause: str) -> bool:
    """A change of a paid order's lines (services/orders/change_lines.py) is theirs who sell more
    or less, at the rate they sold the rest at; once a cause. The caller holds the order."""
    if not shares:
        return False
    vendors = Vendor.objects.in_bulk([UUID(pk) for pk in shares["vendors"]])
    commission = 0
    parts = []
    for pk, net in shares["vendors"].items():
        vendor = vendors[UUID(pk)]
        known = terms_of(source_type=PURPOSE, source_id=order.pk, payee_id=vendor.pk)
        base, bps = known or (0, vendor.commission_bps)
        before, _ = commission_of(order.money(base), bps)
        after, _ = commission_of(order.money(base + net), bps)
        ours = (after - before).minor
        commission += ours
        creditor = Creditor(PayeeKind.VENDOR, vendor.pk, vendor.name)
        theirs = order.money(net - ours)
        parts.append(Part(creditor.account, theirs, creditor, base=order.money(net), rate_bps=bps))
    parts += [
        Part(SHOP_COMMISSION, order.money(commission)),
        Part(SHIPPING, order.money(shares["shipping"])),
        Part(TAX, order.money(shares["tax"])),
    ]
    return change_sale(
        source_type=PURPOSE,
        source_id=order.pk,
        currency=order.currency,
        parts=parts,
        cause=cause,
        at=order.paid_at or timezone.now(),
    )


@transaction.atomic
def give_again(*, order_id: UUID, cause: str) -> bool:
    """A refund did not last: what it took is given again. False when it took nothing."""
    return returns.undo(source_type=PURPOSE, source_id=order_id, cause=cause)


@transaction.atomic
def follow_dispute(*, order_id: UUID, dispute_id: UUID) -> None:
    """Bring the shares in line with a dispute of the order's payment, as it stands now.

    While one is open, of whichever of its payments, nobody is paid out of the order; a lost one is
    taken back like a refund, one that ended well is given again. A dispute in another currency than
    the order's is about all that was paid by its payment. Raises NotFound, Conflict for news that
    overtook the payment itself.
    """
    dispute = Dispute.objects.select_related("payment").get(pk=dispute_id)
    order = _paid_by(order_id, dispute.payment_id)
    if order is None:
        return
    here: dict[str, Any] = {"source_type": PURPOSE, "source_id": order.pk}
    if dispute.state == DisputeState.LOST:
        whole = _shared_total(order)
        gone = dispute.amount
        if gone.currency != order.currency:
            gone = whole if ids_of(order) == [dispute.payment_id] else dispute.payment.amount
        returns.lose(**here, part=gone, of=whole, dispute=str(dispute.pk))
    else:
        returns.win(**here, dispute=str(dispute.pk))
    disputes = Dispute.objects.filter(payment_id__in=ids_of(order))
    if disputes.filter(state__in=OPEN_DISPUTES).exists():
        returns.freeze(**here, currency=order.currency)
    else:
        returns.unfreeze(**here)


def unpaid_of(order: Order, *, paid: Money) -> dict[str, Any]:
    """What of an order that costs more than was `paid` is nobody's yet, in the form of
    `change_shares`: the payment paid for each thing alike."""
    sold = _sold(order, order.lines.select_related("vendor").order_by("position"))
    whole = [*(net.minor for net in sold.values()), *_beside_goods(order)]
    rest = [all_of - part.minor for all_of, part in zip(whole, paid.split(whole), strict=True)]
    vendors = zip(sold, rest, strict=False)
    return {
        "vendors": {str(vendor.pk): net for vendor, net in vendors if net},
        "shipping": rest[-2],
        "tax": rest[-1],
    }


def parts_of(
    order: Order, lines: Iterable[OrderLine], *, but: Mapping[str, Any] | None = None
) -> list[Part]:
    """The total in parts: a share per vendor, then our commission, shipping and tax; without what
    stands in `but`, in the form of `change_shares`."""
    commission = order.money(0)
    parts = []
    for vendor, net in _sold(order, lines, but).items():
        bps = vendor.commission_bps
        ours, theirs = commission_of(net, bps)
        commission += ours
        creditor = Creditor(PayeeKind.VENDOR, vendor.pk, vendor.name)
        parts.append(Part(creditor.account, theirs, creditor, base=net, rate_bps=bps))
    shipping, tax = _beside_goods(order)
    return [
        *parts,
        Part(SHOP_COMMISSION, commission),
        Part(SHIPPING, order.money(shipping - (but["shipping"] if but else 0))),
        Part(TAX, order.money(tax - (but["tax"] if but else 0))),
    ]


def commission_of(net: Money, bps: int) -> tuple[Money, Money]:
    """What is ours of what a vendor sold, and what is theirs."""
    ours, theirs = net.split([bps, ALL_OF_IT_BPS - bps])
    return ours, theirs


def _sold(
    order: Order, lines: Iterable[OrderLine], but: Mapping[str, Any] | None = None
) -> dict[Vendor, Money]:
    """What each vendor sold, net; without what stands in `but`, which may name others."""
    sold: dict[Vendor, Money] = {}
    for line in lines:
        net = order.money(line.net_minor)
        sold[line.vendor] = sold.get(line.vendor, order.money(0)) + net
    unpaid = {UUID(pk): net for pk, net in but["vendors"].items()} if but else {}
    gone = unpaid.keys() - {vendor.pk for vendor in sold}
    sold |= dict.fromkeys(Vendor.objects.in_bulk(gone).values(), order.money(0)) if gone else {}
    return {vendor: net - order.money(unpaid.get(vendor.pk, 0)) for vendor, net in sold.items()}


def _beside_goods(order: Order) -> tuple[int, int]:
    """Shipping and tax, in minor units."""
    shipping = order.shipping_minor - order.shipping_included_tax_minor
    return shipping, order.tax_minor + order.included_tax_minor


def _due_of(order: Order) -> OrderSettlement | None:
    """What a change of the order costs more and nobody paid yet. One without shares is old: its
    order was shared out as a whole."""
    due = OrderSettlement.objects.filter(order=order, state=SettlementState.DUE)
    return due.exclude(shares={}).first()


def _shared_total(order: Order) -> Money:
    """What the order is shared out of, or will be: all of it but what is still due."""
    shared = total_of(source_type=PURPOSE, source_id=order.pk)
    if shared is not None:
        return shared
    due = _due_of(order)
    return order.total - due.amount if due else order.total


def _paid_by(order_id: UUID, payment_id: UUID) -> Order | None:
    """The order, locked, if it was this payment that paid it, or a change of it."""
    order = locks.lock_order(order_id)
    if order.payment_status == PaymentStatus.UNPAID:
        raise Conflict(f"The payment of {order.number} is not recorded yet.")
    return order if payment_id in ids_of(order) else None
