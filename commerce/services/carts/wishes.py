"""What somebody wished before the login - where it goes, how, with which codes - comes along."""

from typing import Any

from commerce.models import Cart, Variant
from commerce.services.quotes.carts import ways_of
from commerce.services.quotes.coupons import MOST_CODES

WISHES = ["destination", "shipping_method", "coupon_codes"]


def note(about: str, message: str, variant: Variant | None = None) -> dict[str, Any]:
    """What did not go into the cart as it was, and of which thing."""
    return {
        "about": about,
        "variant": variant.pk if variant else None,
        "sku": variant.sku if variant else None,
        "message": message,
    }


def bring_wishes(guest: Cart, own: Cart) -> list[dict[str, Any]]:
    """Give the user's cart what it has none of; says what was left out, and why.

    What the user's own cart says stays. Codes of both count where they may be used together. The
    caller holds both carts, whose lines are joined already.
    """
    notes = _destination(guest, own) + _shipping_method(guest, own) + _codes(guest, own)
    own.save(update_fields=WISHES)
    return notes


def _destination(guest: Cart, own: Cart) -> list[dict[str, Any]]:
    if not guest.destination or guest.destination == own.destination:
        return []
    if not own.destination:
        own.destination = guest.destination
        return []
    here, there = _place(own), _place(guest)
    return [note("destination", f"Your cart goes to {here}, as it did before, not to {there}.")]


def _shipping_method(guest: Cart, own: Cart) -> list[dict[str, Any]]:
    code = guest.shipping_method
    if not code or code == own.shipping_method:
        return []
    if own.shipping_method:
        said = f"Your cart is sent by {own.shipping_method}, as it was before, not by {code}."
        return [note("shipping_method", said)]
    own.shipping_method = code
    offer = ways_of(own)
    if not offer.needs_shipping or code in {option.method.code for option in offer.options}:
        return []
    own.shipping_method = ""
    return [note("shipping_method", f"All of it cannot be sent by {code} to {_place(own)}.")]


def _codes(guest: Cart, own: Cart) -> list[dict[str, Any]]:
    """Codes that do not count come along to a cart without any: it says why they do not."""
    if not own.coupon_codes:
        own.coupon_codes = guest.coupon_codes
        return []
    had = list(own.coupon_codes)
    new = [code for code in guest.coupon_codes if code not in had]
    if not new:
        return []
    own.coupon_codes = [*had, *new]
    refused = {one.code: one.refusal for one in ways_of(own).refused if one.code in new}
    fit = [code for code in new if code not in refused][: max(0, MOST_CODES - len(had))]
    own.coupon_codes = [*had, *fit]
    full = f"At most {MOST_CODES} codes a cart."
    return [
        note("coupon", f"{code} was left out: {refused.get(code, full)}")
        for code in new
        if code not in fit
    ]


def _place(cart: Cart) -> str:
    where = cart.destination or {}
    named = (where.get(name) for name in ("country", "region", "postal_code"))
    return " ".join(filter(None, named)) or "nowhere yet"
