"""What costs something else than the shopper saw is not ordered unseen."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from commerce.models import Cart, CartLine
from commerce.services.quotes.offer import COMPARED, Offer, differences
from core.errors import Conflict
from core.money import Money


class OfferChanged(Conflict):
    """A price, a code, shipping or tax is not what the shopper saw; `offer` is what it is now, at
    these `prices` by variant."""

    def __init__(
        self,
        message: str,
        *,
        details: dict[str, Any],
        cart_id: UUID,
        prices: Mapping[UUID, Money],
        offer: Offer,
    ) -> None:
        super().__init__(message, details=details)
        self.cart_id = cart_id
        self.prices = dict(prices)
        self.offer = offer


def refuse_what_was_not_shown(
    cart: Cart, lines: Sequence[CartLine], prices: Mapping[UUID, Money], offer: Offer
) -> None:
    """Compare an offer with what the cart's shopper saw.

    Raises OfferChanged naming each changed price, each code that no longer counts and why, and the
    figures as they were shown and as they are.
    """
    new_prices = _new_prices(lines, prices)
    if not new_prices and not differences(cart.shown, offer):
        return
    details: dict[str, Any] = {}
    if new_prices:
        details["price_changed"] = new_prices
    if offer.refused:
        details["coupons"] = [
            {"code": judged.code, "reason": judged.refusal} for judged in offer.refused
        ]
    details["figures"] = {
        "was": _figures(cart.shown or {}, cart.currency),
        "now": _figures(offer.figures(), cart.currency),
    }
    raise OfferChanged(
        _in_words(new_prices, offer),
        details=details,
        cart_id=cart.pk,
        prices=prices,
        offer=offer,
    )


def _new_prices(lines: Sequence[CartLine], prices: Mapping[UUID, Money]) -> list[dict[str, Any]]:
    return [
        {
            "variant": str(line.variant_id),
            "sku": line.variant.sku,
            "was": line.unit_price.as_json(),
            "now": prices[line.variant_id].as_json(),
        }
        for line in lines
        if prices[line.variant_id] != line.unit_price
    ]


def _figures(figures: Mapping[str, Any], currency: str) -> dict[str, Any]:
    return {
        name: Money(figures[name], currency).as_json() if figures.get(name) is not None else None
        for name in ("subtotal", *COMPARED)
    }


def _in_words(new_prices: list[dict[str, Any]], offer: Offer) -> str:
    if new_prices:
        what = f"The price has changed: {', '.join(str(line['sku']) for line in new_prices)}."
    elif offer.refused:
        what = " ".join(judged.refusal for judged in offer.refused)
    else:
        what = "Shipping or tax has changed."
    return f"{what} Check out again to accept it."
