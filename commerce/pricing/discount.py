"""What codes take off, and off which lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from commerce.enums import CouponKind
from commerce.pricing.rounding import WHOLE, parts_per_million, payable
from core.money import Money

ORDER = (CouponKind.PERCENT, CouponKind.FIXED, CouponKind.FREE_SHIPPING)
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Discount:
    """One code in one currency. `counts_on` are the keys of lines, None: all of them."""

    code: str
    kind: CouponKind
    percent: Decimal = Decimal(0)
    off: Money | None = None
    most: Money | None = None
    counts_on: frozenset[object] | None = None

    def of(self, amount: Money) -> Money:
        """What it takes off an amount: never more than it."""
        if self.kind == CouponKind.FREE_SHIPPING:
            return Money.zero(amount.currency)
        if self.kind == CouponKind.FIXED:
            off = self.off or Money.zero(amount.currency)
        else:
            parts = parts_per_million(self.percent)
            minor = payable(amount.minor * parts, WHOLE, amount.currency)
            off = Money(minor, amount.currency)
        return min([off, amount, *([self.most] if self.most else [])])


def in_order(discounts: Iterable[Discount]) -> list[Discount]:
    """Percentages first, then amounts, so that it does not matter which code came first."""
    return sorted(discounts, key=lambda one: (ORDER.index(one.kind), one.code))


def take_off(discount: Discount, left: Mapping[Key, Money]) -> dict[Key, Money]:
    """A code's part of each line, by what is left of it: the parts are the discount, to the unit.

    Lines are taken by their keys, never by their places: the same lines cost the same.
    """
    lines = [
        (key, amount)
        for key, amount in sorted(left.items(), key=lambda line: str(line[0]))
        if discount.counts_on is None or key in discount.counts_on
    ]
    weights = [amount.minor for _, amount in lines]
    if not sum(weights):
        return {}
    whole = Money(sum(weights), lines[0][1].currency)
    parts = discount.of(whole).split(weights)
    return {key: part for (key, _), part in zip(lines, parts, strict=True)}
