"""How a price becomes another: by percent or an amount, with an ending. Pure functions."""

from dataclasses import dataclass

from commerce.enums import PriceChangeKind, PriceEnding
from core.money import exponent


@dataclass(frozen=True, slots=True)
class Rule:
    """How a price becomes another. Exactly one of percent and amount says something."""

    kind: PriceChangeKind
    percent_bps: int = 0
    amount_minor: int = 0
    ending: PriceEnding = PriceEnding.EXACT

    def applied_to(self, minor: int, currency: str) -> int:
        """The new price, never below zero; half a unit is rounded up."""
        if self.kind == PriceChangeKind.PERCENT:
            changed = (minor * (10_000 + self.percent_bps) + 5_000) // 10_000
        else:
            changed = minor + self.amount_minor
        changed = max(changed, 0)
        rounded = _ended(changed, self.ending, exponent(currency))
        return rounded if rounded > 0 else changed  # no gift by rounding


def _ended(minor: int, ending: PriceEnding, digits: int) -> int:
    """Rounded to the nearest amount with this ending."""
    if ending == PriceEnding.EXACT:
        return minor
    if digits < 2:  # yen: there are no smaller units to end in
        return minor if ending == PriceEnding.WHOLE else _nearest(minor, 10)
    hundredth, unit = 10 ** (digits - 2), 10**digits
    below = {PriceEnding.NINETY_NINE: hundredth, PriceEnding.NINETY_FIVE: 5 * hundredth}
    if ending == PriceEnding.FIVE:
        return _nearest(minor, 5 * hundredth)
    short = below.get(ending, 0)
    return _nearest(minor + short, unit) - short


def _nearest(minor: int, step: int) -> int:
    return (minor + step // 2) // step * step
