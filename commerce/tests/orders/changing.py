"""What tests of changed orders do over and over: change lines, pay, look at money and shelves."""

from typing import Any

from commerce.models import Order, StockItem, Variant
from commerce.services.orders.change_lines import change_lines
from commerce.services.orders.line_plan import LineChange
from payments.models import LedgerEntry, Payment, SalePart
from payments.tests.house import House


def changed(
    order: Order,
    *,
    lines: dict[str, int] | None = None,
    add: dict[Variant, int] | None = None,
    **more: Any,
) -> Order:
    """Change lines by SKU and add variants."""
    order.refresh_from_db()
    known = {line.sku: line.pk for line in order.lines.all()}
    change = LineChange(
        {known[sku]: quantity for sku, quantity in (lines or {}).items()},
        {variant.pk: quantity for variant, quantity in (add or {}).items()},
    )
    return change_lines(
        order_id=order.pk, revision=order.revision, reason="rang us", change=change, **more
    ).order


def pay(house: House, order: Order) -> Payment:
    """The buyer pays on the page of the order's newest payment."""
    payment = Payment.objects.filter(purpose_id=order.pk).order_by("-id")[0]
    house.stripe.pay(house.session_of(payment))
    house.deliver()
    house.work()
    order.refresh_from_db()
    return payment


def settled(house: House) -> None:
    """Everybody has heard of everything, us and the gateway."""
    for _ in range(3):
        house.work()
        house.deliver()
    house.work()


def shared(order: Order) -> int:
    """What the order is shared out of, in minor units."""
    parts = SalePart.objects.filter(sale__source_id=order.pk)
    return sum(parts.values_list("amount_minor", flat=True))


def free(variant: Variant) -> int:
    return StockItem.objects.get(variant=variant).free


def given_back(house: House) -> list[int]:
    return [one["amount"] for one in house.stripe.stripe_book()["refunds"]]


def owed(account: str) -> int:
    """What stands in the books there."""
    return sum(
        LedgerEntry.objects.filter(account__code=account).values_list("amount_minor", flat=True)
    )
