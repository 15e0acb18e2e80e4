"""Money of a changed order goes back: by refunds of several payments, by disputes, to the unit."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from commerce.models import Order, Variant
from commerce.services.orders import shares
from commerce.services.orders.pay import send_to_pay
from commerce.tests.orders.changing import changed, pay
from payments.models import Dispute, Payment, Sale, SalePart
from payments.tests.house import House, attempt_of

pytestmark = pytest.mark.django_db


def paid_twice(house: House, order: Order, sku: str) -> tuple[Payment, Payment]:
    """Two pieces are paid, then two more by a page of their own."""
    send_to_pay(order)
    first = pay(house, order)
    changed(order, lines={sku: 4})
    house.work()
    return first, pay(house, order)


def dispute(payment: Payment, minor: int, currency: str = "EUR", state: str = "lost") -> Dispute:
    """What the payer's bank said of it."""
    now = datetime.now(UTC)
    return Dispute.objects.create(
        payment=payment,
        attempt=attempt_of(payment),
        gateway="stripe",
        gateway_ref=f"dp_{payment.pk}",
        amount_minor=minor,
        currency=currency,
        state=state,
        closed_at=now if state == "lost" else None,
        withdrawn_currency=currency,
        fee_currency=currency,
        opened_at=now,
        as_of=now,
    )


def left(order: Order) -> int:
    """What is left of the order's shares."""
    return sum(part.left.minor for part in SalePart.objects.filter(sale__source_id=order.pk))


def test_one_of_two_refunds_that_fails_gives_again_its_own_part_alone(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    both = paid_twice(house, placed, variant.sku)
    Payment.objects.update(status="refunded")  # both went back before anybody here heard of one
    for payment in both:
        shares.take_back(
            order_id=placed.pk, payment_id=payment.pk, amount=payment.amount,
            cause=f"refund:{payment.pk}", is_rest=True,
        )  # fmt: skip
    assert left(placed) == 0
    shares.give_again(order_id=placed.pk, cause=f"refund:{both[0].pk}")
    assert left(placed) == 2500


@pytest.mark.parametrize(("minor", "currency", "stays"), [
    (3000, "USD", 0), (1250, "EUR", 1250),
])  # fmt: skip
def test_a_dispute_counts_against_what_is_shared_while_more_is_due(
    house: House,
    order: Callable[..., Order],
    variant: Variant,
    minor: int,
    currency: str,
    stays: int,
) -> None:
    placed = order({variant: 2})
    send_to_pay(placed)
    first = pay(house, placed)
    changed(placed, lines={variant.sku: 4})  # and nobody has paid for that
    lost = dispute(first, minor, currency)
    shares.follow_dispute(order_id=placed.pk, dispute_id=lost.pk)
    assert left(placed) == stays


def test_a_dispute_in_another_currency_is_about_its_own_payment(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    _, second = paid_twice(house, placed, variant.sku)
    lost = dispute(second, 3000, "USD")
    shares.follow_dispute(order_id=placed.pk, dispute_id=lost.pk)
    assert left(placed) == 2500


def test_shares_wait_while_any_payment_of_the_order_is_disputed(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    first, second = paid_twice(house, placed, variant.sku)
    for one in (dispute(first, 2500, state="needs_response"), dispute(second, 2500)):
        shares.follow_dispute(order_id=placed.pk, dispute_id=one.pk)
    assert Sale.objects.get(source_id=placed.pk).frozen_at is not None
