"""The figures of an order, line by line: what goods, discount, shipping and tax come to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from commerce.enums import CouponKind, TaxClass
from commerce.pricing.discount import Discount, in_order, take_off
from commerce.pricing.tax import NO_TAX, UNTAXED, Rate, Tax
from core.money import MAX_MINOR, Money, MoneyError


@dataclass(frozen=True, slots=True)
class Goods:
    """So many pieces of a variant at one price."""

    key: UUID
    unit_price: Money
    quantity: int
    tax_class: str = TaxClass.STANDARD

    @property
    def total(self) -> Money:
        """The line before discount and tax."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Delivery:
    """The way that was chosen, and its price before any code."""

    code: str
    name: str
    price: Money
    tax_class: str = TaxClass.STANDARD


@dataclass(frozen=True, slots=True)
class LineQuote:
    """One line's figures."""

    goods: Goods
    discount: Money
    tax: Tax
    rate: Rate


@dataclass(frozen=True, slots=True)
class Quote:
    """An order's figures. `total` is subtotal - discount + shipping + tax, always."""

    currency: str
    lines: Sequence[LineQuote]
    delivery: Delivery | None
    shipping: Money
    shipping_tax: Tax
    shipping_rate: Rate
    saved: dict[str, Money] = field(default_factory=dict)  # by code; what it took off

    @property
    def subtotal(self) -> Money:
        """Goods at their prices."""
        return self._sum(line.goods.total for line in self.lines)

    @property
    def discount(self) -> Money:
        """What codes took off the goods."""
        return self._sum(line.discount for line in self.lines)

    @property
    def tax(self) -> Money:
        """Tax added on top, of goods and shipping."""
        return self._sum(line.tax.added for line in self.lines) + self.shipping_tax.added

    @property
    def included_tax(self) -> Money:
        """Tax contained in prices, of goods and shipping."""
        return self._sum(line.tax.included for line in self.lines) + self.shipping_tax.included

    @property
    def total(self) -> Money:
        """What the buyer owes."""
        return self.subtotal - self.discount + self.shipping + self.tax

    @property
    def tax_note(self) -> str:
        """What receipts must say about these taxes."""
        notes = [line.rate.note for line in self.lines]
        if self.delivery:
            notes.append(self.shipping_rate.note)
        return "\n".join(dict.fromkeys(filter(None, notes)))

    def taxes(self) -> list[tuple[Rate, Tax]]:
        """Each rate that counts, with its tax of goods and shipping, highest first."""
        sums: dict[tuple[str, Decimal, bool], tuple[Rate, Tax]] = {}
        pairs = [(line.rate, line.tax) for line in self.lines]
        if self.delivery:
            pairs.append((self.shipping_rate, self.shipping_tax))
        for rate, tax in pairs:
            if rate.name:
                key = (rate.name, rate.percent, rate.is_included)
                known = sums.get(key, (rate, Tax(*[Money.zero(self.currency)] * 2)))[1]
                both = Tax(known.added + tax.added, known.included + tax.included)
                sums[key] = (rate, both)
        return sorted(sums.values(), key=lambda pair: (-pair[0].percent, pair[0].name))

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return sum(amounts, start=Money.zero(self.currency))


def discounted(
    goods: Sequence[Goods], *, discounts: Iterable[Discount]
) -> tuple[dict[UUID, Money], dict[str, Money]]:
    """What is taken off each line, by key, and what each code took off goods.

    A later code counts on what the earlier ones left.
    """
    left = {one.key: one.total for one in goods}
    off = {one.key: Money.zero(one.unit_price.currency) for one in goods}
    saved: dict[str, Money] = {}
    for discount in in_order(discounts):
        parts = take_off(discount, left)
        for key, part in parts.items():
            left[key] -= part
            off[key] += part
        if parts:
            saved[discount.code] = sum(
                parts.values(), start=Money.zero(next(iter(parts.values())).currency)
            )
    return off, saved


def make_quote(
    goods: Sequence[Goods],
    *,
    currency: str,
    discounts: Sequence[Discount] = (),
    delivery: Delivery | None = None,
    rates: Callable[[str], Rate] = UNTAXED,
) -> Quote:
    """The figures of these goods, sent that way, taxed at these rates.

    Tax is taken of what is charged, that is after the discount, and rounded once a line. Raises
    CurrencyMismatch, MoneyError for a sum beyond what Tradewind books.
    """
    off, saved = discounted(goods, discounts=discounts)
    lines = [_line(one, off[one.key], rates(one.tax_class)) for one in goods]
    shipping, rate = Money.zero(currency), NO_TAX
    if delivery:
        shipping, rate = delivery.price, rates(delivery.tax_class)
        rate = rate if rate.is_on_shipping else NO_TAX
        for code in free_shipping(discounts):
            saved[code] = shipping
            shipping = Money.zero(currency)
    quote = Quote(
        currency=currency,
        lines=lines,
        delivery=delivery,
        shipping=shipping,
        shipping_tax=rate.of(shipping),
        shipping_rate=rate,
        saved=saved,
    )
    if quote.subtotal.minor + quote.shipping.minor + quote.tax.minor > MAX_MINOR:
        raise MoneyError(f"{quote.total} is more than Tradewind books.")
    return quote


def free_shipping(discounts: Iterable[Discount]) -> list[str]:
    """The codes that let goods go for nothing; the first of them saves it."""
    return [one.code for one in in_order(discounts) if one.kind == CouponKind.FREE_SHIPPING]


def _line(goods: Goods, discount: Money, rate: Rate) -> LineQuote:
    return LineQuote(goods, discount, rate.of(goods.total - discount), rate)
