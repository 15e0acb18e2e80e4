"""What is in a cart, priced: its figures, the ways it can be sent, and which codes count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from commerce.models import CartLine, Coupon
from commerce.pricing import Goods, Quote, make_quote
from commerce.pricing.quote import discounted
from commerce.pricing.shipping import Destination
from commerce.services.quotes import coupons as codes_of
from commerce.services.quotes.coupons import Judged
from commerce.services.quotes.shipping import Option, options_for, ships_at_all
from commerce.services.quotes.taxes import rates_for
from core.errors import Invalid
from core.money import Money, MoneyError

COMPARED = ("discount", "shipping", "tax", "total")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants of the shop, beside the goods. `email`: known at checkout only."""

    destination: Destination | None = None
    shipping_method: str = ""
    coupon_codes: Sequence[str] = ()
    language: str = "en"
    email: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the shop makes of it. `no_way`: it needs to be sent and cannot be, there."""

    quote: Quote
    codes: Sequence[Judged]
    options: Sequence[Option] = ()
    chosen: Option | None = None
    destination: Destination | None = None
    needs_shipping: bool = True
    no_way: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether shipping and tax are known, so that `total` is what will be owed."""
        return self.destination is not None and not self.no_way

    @property
    def applied(self) -> list[Judged]:
        """The codes that count."""
        return [judged for judged in self.codes if judged.discount]

    @property
    def refused(self) -> list[Judged]:
        """The codes that do not, each with its reason."""
        return [judged for judged in self.codes if not judged.discount]

    def figures(self) -> dict[str, int | None]:
        """What a shopper is shown, in minor units; None is not known yet."""
        quote, known = self.quote, self.is_complete
        return {
            "subtotal": quote.subtotal.minor,
            "discount": quote.discount.minor,
            "shipping": quote.shipping.minor if known else None,
            "tax": quote.tax.minor if known else None,
            "included_tax": quote.included_tax.minor if known else None,
            "total": quote.total.minor if known else None,
        }


def make_offer(
    *,
    currency: str,
    lines: Sequence[CartLine],
    prices: Mapping[UUID, Money],
    wishes: Wishes,
    now: datetime,
    coupons: dict[str, Coupon] | None = None,
) -> Offer:
    """Price these lines (each with variant, product and category) for these wishes.

    A way of sending that is not offered is not an error here: the cheapest stands in for it. About
    ten queries with everything in play, however many lines there are. Raises Invalid for a sum that
    is more than Tradewind books.
    """
    goods = [
        Goods(
            key=line.variant_id,
            unit_price=prices[line.variant_id],
            quantity=line.quantity,
            tax_class=line.variant.product.tax_class,
        )
        for line in lines
    ]
    subtotal = sum((one.total for one in goods), start=Money.zero(currency))
    if coupons is None:
        coupons = codes_of.read(wishes.coupon_codes)
    judged = codes_of.judge(
        wishes.coupon_codes,
        coupons,
        lines=lines,
        subtotal=subtotal,
        now=now,
        email=wishes.email,
        language=wishes.language,
    )
    discounts = [one.discount for one in judged if one.discount]
    off, _ = discounted(goods, discounts=discounts)
    value = subtotal - sum(off.values(), start=Money.zero(currency))
    options, no_way = _ways(lines, value, wishes, now)
    chosen = _chosen(options, wishes.shipping_method)
    rates = rates_for(wishes.destination, on=now.date())
    try:
        quote = make_quote(
            goods,
            currency=currency,
            discounts=discounts,
            delivery=chosen.delivery if chosen else None,
            rates=rates,
        )
    except MoneyError as error:
        raise Invalid("Nobody books so much.", details={"cart": [str(error)]}) from None
    return Offer(
        quote=quote,
        codes=judged,
        options=options,
        chosen=chosen,
        destination=wishes.destination,
        needs_shipping=_needs_shipping(lines),
        no_way=no_way,
    )


def differences(shown: Mapping[str, Any] | None, offer: Offer) -> bool:
    """Whether the offer contradicts what its shopper saw; what was not known yet cannot."""
    if not shown:
        return False
    now = offer.figures()
    return any(shown.get(name) not in (None, now[name]) for name in COMPARED)


def _ways(
    lines: Sequence[CartLine], value: Money, wishes: Wishes, now: datetime
) -> tuple[list[Option], bool]:
    """The ways of sending, and whether one is needed that does not exist."""
    if wishes.destination is None or not _needs_shipping(lines):
        return [], False
    weight = sum(
        (line.variant.weight_grams or 0) * line.quantity
        for line in lines
        if line.variant.requires_shipping
    )
    options = options_for(
        wishes.destination, weight=weight, value=value, language=wishes.language, now=now
    )
    return options, not options and ships_at_all()


def _needs_shipping(lines: Sequence[CartLine]) -> bool:
    return any(line.variant.requires_shipping for line in lines)


def _chosen(options: Sequence[Option], code: str) -> Option | None:
    named = (option for option in options if option.method.code == code)
    return next(named, options[0] if options else None)
