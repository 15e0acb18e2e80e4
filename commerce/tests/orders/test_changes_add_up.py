"""Whatever is changed about an order, in whatever currency: its sums, its parts and the books."""

from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from commerce.enums import SettlementState
from commerce.models import Order, OrderPart, OrderSettlement, Variant
from commerce.services.orders import shares
from commerce.services.orders.change_lines import change_lines
from commerce.services.orders.line_plan import LineChange
from commerce.services.orders.paid import record_payment
from commerce.tests.quotes.purchases import bought, purchases
from commerce.tests.shop import make_variant, make_vendor
from core.errors import Conflict, Invalid
from core.money import Money
from payments.models import SalePart
from payments.services.books.balances import trial_balance

changes = st.lists(
    st.tuples(
        st.lists(st.integers(0, 5), min_size=4, max_size=4),
        st.none() | st.integers(1, 10**6),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=3,
)


class Changes(TestCase):
    """Each example in a transaction of its own."""

    @given(purchases(), changes, st.sampled_from(["unpaid", "paid", "quicker than the changes"]))
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def test_lines_parts_and_shares_are_the_total(
        self, asked: dict[str, Any], steps: list[Any], buyer: str
    ) -> None:
        order = bought(asked)
        was = order.total
        if buyer == "paid" and order.total:
            record_payment(order_id=order.pk, payment_id=uuid4(), amount=order.total)
        vendors = [make_vendor(), *{line.vendor for line in order.lines.all()}]
        for quantities, price, pieces in steps:
            lines = list(order.lines.order_by("position"))
            wanted = dict(zip([line.pk for line in lines], quantities, strict=False))
            added = _new(order, price, vendors[pieces % len(vendors)])
            change = LineChange(wanted, {variant.pk: pieces for variant in added})
            before = _figures(order)
            try:
                order = change_lines(
                    order_id=order.pk, revision=order.revision, reason="asked for", change=change
                ).order
            except (Conflict, Invalid):
                order.refresh_from_db()
                assert _figures(order) == before
                continue
            self.check(order)
        if buyer == "quicker than the changes" and was and order.payment_status == "unpaid":
            order = record_payment(order_id=order.pk, payment_id=uuid4(), amount=was)
            shares.share_out(order_id=order.pk)
            order.refresh_from_db()
            self.check(order)
            assert _shared(order) == min(was, order.total).minor
        due = OrderSettlement.objects.filter(order=order, state=SettlementState.DUE).first()
        if due:
            record_payment(order_id=order.pk, payment_id=uuid4(), amount=due.amount)
            order.refresh_from_db()
            self.check(order)
        if order.payment_id and order.payment_status != "unpaid":
            shares.share_out(order_id=order.pk)  # by news, for whom no change did it before
            parts = SalePart.objects.filter(sale__source_id=order.pk)
            assert _shared(order) == order.total_minor
            assert all(part.amount_minor >= 0 for part in parts)
            assert {one.account: one.amount_minor for one in parts if one.amount_minor} == {
                part.account.code: part.amount.minor
                for part in shares.parts_of(order, order.lines.select_related("vendor"))
                if part.amount
            }

    def check(self, order: Order) -> None:
        """The database's own adding up, and ours."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        lines = list(order.lines.all())
        assert order.subtotal_minor == sum(line.total_minor for line in lines)
        assert order.discount_minor == sum(line.discount_minor for line in lines)
        parts = OrderPart.objects.filter(order=order)
        goods = order.total_minor - order.shipping_minor - order.shipping_tax_minor
        assert sum(part.total_minor for part in parts) == goods
        assert set(trial_balance().values()) <= {0}


def _new(order: Order, price: int | None, vendor: Any) -> list[Variant]:
    """A thing to be added, which nobody has ordered yet."""
    if price is None:
        return []
    amount = Money(price, order.currency)
    made = make_variant(vendor, price=str(amount.decimal), currency=order.currency, stock=100)
    return [made]


def _shared(order: Order) -> int:
    """What it is shared out of."""
    parts = SalePart.objects.filter(sale__source_id=order.pk)
    return sum(part.amount_minor for part in parts)


def _figures(order: Order) -> tuple[int, int, list[tuple[UUID, int]]]:
    lines = order.lines.order_by("position").values_list("pk", "quantity")
    return order.revision, order.total_minor, list(lines)
