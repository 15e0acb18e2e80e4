"""An order of two vendors that was paid at the gateway and has arrived."""

from dataclasses import dataclass

from commerce.models import Order, OrderLine, ReturnRequest, Variant, Vendor
from commerce.services.orders.status import change_status
from commerce.services.returns import (
    Finding,
    Piece,
    inspect_return,
    move_return,
    request_return,
)
from commerce.services.stock import promise, reserve
from commerce.tests.shop import make_order, make_variant, make_vendor
from core.money import Money
from payments.models import Payment
from payments.tests.house import House

# three at 3.33 less 1.00, plus 0.57 tax: 9.56 was paid; two at 5.00 with 1.67 tax in them: 10.00
POTS = {"quantity": 3, "unit_price_minor": 333, "total_minor": 999, "discount_minor": 100,
        "tax_minor": 57}  # fmt: skip
CUPS = {"quantity": 2, "unit_price_minor": 500, "total_minor": 1000, "included_tax_minor": 167}
SHIPPING = 490
TOTAL = 956 + 1000 + SHIPPING


@dataclass
class Sold:
    order: Order
    payment: Payment
    pots: OrderLine
    cups: OrderLine
    potter: Vendor
    cupper: Vendor
    pot: Variant

    def ask(self, *, pots: int = 0, cups: int = 0) -> ReturnRequest:
        wanted = [(self.pots, pots), (self.cups, cups)]
        return request_return(
            order_id=self.order.pk,
            pieces=[Piece(line.pk, count, "damaged") for line, count in wanted if count],
        )

    def send_back(self, *, pots: int = 0, cups: int = 0, shipping: bool = False) -> ReturnRequest:
        """All the way to the inspection, all accepted."""
        return accept(self.ask(pots=pots, cups=cups), shipping=shipping)


def accept(request: ReturnRequest, *, shipping: bool = False, **found: object) -> ReturnRequest:
    move_return(return_id=request.pk, to="approved")
    move_return(return_id=request.pk, to="received")
    return inspect_return(
        return_id=request.pk,
        findings=[Finding(row.pk, row.quantity, **found) for row in request.lines.all()],
        refund_shipping=shipping,
    )


def line(order: Order, position: int, variant: Variant, **figures: int) -> OrderLine:
    return OrderLine.objects.create(
        order=order, position=position, variant=variant, vendor_id=variant.vendor_id,
        sku=variant.sku, name=variant.product.name, currency="EUR", **figures,
    )  # fmt: skip


def sold(house: House, *, arrived: bool = True) -> Sold:
    potter = make_vendor(commission_bps=1000)
    cupper = make_vendor(commission_bps=1333)
    pot, cup = make_variant(potter), make_variant(cupper)
    order = make_order(
        email="ada@example.com", subtotal_minor=1999, discount_minor=100, tax_minor=57,
        included_tax_minor=167, shipping_minor=SHIPPING, total_minor=TOTAL,
    )  # fmt: skip
    pots, cups = line(order, 1, pot, **POTS), line(order, 2, cup, **CUPS)
    reserve(order=order, promised=promise({pot: 3, cup: 2}))
    payment = house.submitted(Money(TOTAL, "EUR"), purpose_id=order.pk)
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk)
    house.stripe.pay(house.session_of(payment))
    settle(house)
    if arrived:
        for status in ("shipped", "delivered"):
            change_status(order_id=order.pk, to=status)
    order.refresh_from_db()
    return Sold(order, payment, pots, cups, potter, cupper, pot)


def settle(house: House) -> None:
    """Gateway and workers have done all there is to do."""
    for _ in range(3):
        house.work()
        house.deliver()
    house.work()
