"""What a state takes of an amount, and which rate counts where."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from commerce.enums import TaxClass
from commerce.pricing.rounding import WHOLE, half_up, parts_per_million, payable
from core.money import Money


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax of one percentage; `is_included`: prices contain it already."""

    name: str = ""
    percent: Decimal = Decimal(0)
    is_included: bool = False
    note: str = ""
    is_on_shipping: bool = True

    def of(self, amount: Money) -> "Tax":
        """The tax on an amount that is charged, rounded once."""
        parts = parts_per_million(self.percent)
        nothing = Money.zero(amount.currency)
        if self.is_included:
            inside = half_up(amount.minor * parts, WHOLE + parts)
            return Tax(added=nothing, included=Money(inside, amount.currency))
        on_top = payable(amount.minor * parts, WHOLE, amount.currency)
        return Tax(added=Money(on_top, amount.currency), included=nothing)


@dataclass(frozen=True, slots=True)
class Tax:
    """`added` comes on top of the amount, `included` is contained in it; one of them is nothing."""

    added: Money
    included: Money


NO_TAX = Rate()


@dataclass(frozen=True, slots=True)
class PlacedRate:
    """A rate and for what it counts; `regions` in small letters, none: the whole country."""

    tax_class: TaxClass
    regions: frozenset[str]
    rate: Rate


class Rates:
    """The rates of one country on one day."""

    def __init__(self, rates: Iterable[PlacedRate], *, region: str = "") -> None:
        self._here = region.strip().casefold()
        self._rates = list(rates)

    def __call__(self, tax_class: str) -> Rate:
        """What counts for a kind of goods: the region's rate before the country's. A kind without
        a rate of its own is taxed as standard, so that nothing is left untaxed by mistake."""
        if tax_class == TaxClass.UNTAXED:
            return self._found(TaxClass.UNTAXED) or NO_TAX
        return self._found(tax_class) or self._found(TaxClass.STANDARD) or NO_TAX

    def _found(self, tax_class: str) -> Rate | None:
        ours = [placed for placed in self._rates if placed.tax_class == tax_class]
        closest = [placed for placed in ours if self._here in placed.regions]
        anywhere = [placed for placed in ours if not placed.regions]
        return next((placed.rate for placed in [*closest, *anywhere]), None)


UNTAXED = Rates([])
