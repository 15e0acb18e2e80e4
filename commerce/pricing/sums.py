"""Sums of lines whose other figures are known already: old orders, demo data."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.money import MAX_MINOR, Money, MoneyError


@dataclass(frozen=True, slots=True)
class PricedLine:
    """So many pieces at one price."""

    unit_price: Money
    quantity: int

    @property
    def total(self) -> Money:
        """The line's sum."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures under an order. `total` is subtotal - discount + shipping + tax, always."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money

    @property
    def total(self) -> Money:
        """What the buyer owes."""
        return self.subtotal - self.discount + self.shipping + self.tax


def add_up(
    lines: Iterable[PricedLine],
    *,
    currency: str,
    shipping: Money | None = None,
    discount: Money | None = None,
    tax: Money | None = None,
) -> Totals:
    """The totals of an order's lines. A discount never exceeds what it is taken from.

    Raises CurrencyMismatch when a line is in another currency, MoneyError for a negative figure
    or a sum beyond what Tradewind books.
    """
    nothing = Money.zero(currency)
    subtotal = sum((line.total for line in lines), start=nothing)
    totals = Totals(
        subtotal=subtotal,
        discount=min(discount or nothing, subtotal),
        shipping=shipping or nothing,
        tax=tax or nothing,
    )
    for figure in (totals.subtotal, totals.discount, totals.shipping, totals.tax):
        if figure < nothing:
            raise MoneyError(f"{figure} is less than nothing.")
    if totals.total.minor > MAX_MINOR:
        raise MoneyError(f"{totals.total} is more than Tradewind books.")
    return totals
