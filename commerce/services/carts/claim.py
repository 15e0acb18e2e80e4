"""After login: the cart somebody filled before it becomes theirs, or joins the one they had."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from commerce import locks
from commerce.enums import CartState
from commerce.models import Cart, CartLine
from commerce.models.cart import LIVE, MOST_PIECES
from commerce.services.carts.items import MOST_LINES, prices_today, refuse_ended, touched
from commerce.services.carts.tokens import find_cart, for_the_house, new_key
from commerce.services.carts.wishes import bring_wishes, note
from core.errors import Conflict, NotFound

TRIES = 5  # of two logins at once, one finds the other's cart; five never happen at once


@dataclass(slots=True)
class Claimed:
    """The user's cart, a token that opens it, and what did not go into it as it was."""

    cart: Cart
    token: str
    notes: list[dict[str, Any]] = field(default_factory=list)


@for_the_house
def claim_cart(*, token: str, user_id: UUID) -> Claimed:
    """Give the cart behind `token` to a user who has logged in.

    A user without a cart of that currency takes it over, and its token stays good. Otherwise its
    lines join the user's cart at today's prices, quantities added up to the limits; where it goes,
    how, and its codes come along; and the token is answered with Conflict from then on. Asked
    again, the answer is the same. Raises NotFound (also for another user's cart), Conflict for a
    cart that was ordered.
    """
    for _ in range(TRIES):
        claimed = _try(find_cart(token=token), token, user_id)
        if claimed is not None:
            return claimed
    raise Conflict("Your cart is being changed somewhere else. Try again.")


def _try(found: Cart, token: str, user_id: UUID) -> Claimed | None:
    """None when another login was quicker: look again."""
    theirs = Cart.objects.filter(user_id=user_id, currency=found.currency, state__in=LIVE)
    ids = {found.pk, *theirs.values_list("pk", flat=True)}
    carts = locks.lock_carts(ids)
    cart = carts.pop(found.pk, None)
    if cart is None:  # removed meanwhile
        return None
    if cart.user_id not in (None, user_id):
        raise NotFound("There is no such cart.")
    if cart.state == CartState.MERGED:
        return _of_before(cart, user_id)
    refuse_ended(cart)
    own = next((one for one in carts.values() if one.state in LIVE), None)
    if own is None:
        return _take_over(cart, token, user_id)
    notes = _join(cart, own)
    return Claimed(touched(own), new_key(own), notes)


def _of_before(cart: Cart, user_id: UUID) -> Claimed | None:
    """It was joined already: the answer is the cart it went into."""
    assert cart.merged_into_id is not None  # noqa: S101  - a constraint
    into = locks.lock_carts([cart.merged_into_id]).get(cart.merged_into_id)
    if into is None or into.user_id != user_id:
        raise NotFound("There is no such cart.")
    refuse_ended(into)
    return Claimed(into, new_key(into))


def _take_over(cart: Cart, token: str, user_id: UUID) -> Claimed | None:
    if cart.user_id is None:
        try:
            with transaction.atomic():
                Cart.objects.filter(pk=cart.pk).update(user_id=user_id)
        except IntegrityError:  # the user's other device has just opened one
            return None
        cart.lines.update(user_id=user_id)
        cart.user_id = user_id
        touched(cart)
    return Claimed(cart, token)


def _join(guest: Cart, own: Cart) -> list[dict[str, Any]]:
    """Move the guest's lines and wishes over; says what did not go in as it was."""
    had = {line.variant_id: line for line in own.lines.all()}
    lines = list(guest.lines.select_related("variant").order_by("created_at", "id"))
    prices = prices_today([line.variant_id for line in lines], own.currency)
    notes: list[dict[str, Any]] = []
    moved: list[CartLine] = []
    changed: list[CartLine] = []
    for line in lines:
        price = prices.get(line.variant_id)
        if price is not None:  # what is no longer sold keeps the price it was seen at
            line.unit_price_minor = price.minor
        present = had.get(line.variant_id)
        if present is not None:
            wanted = present.quantity + line.quantity
            present.quantity = min(wanted, MOST_PIECES)
            present.unit_price_minor = line.unit_price_minor
            changed.append(present)
            if wanted > MOST_PIECES:
                said = f"{MOST_PIECES} pieces at most; {wanted} were asked for."
                notes.append(note("item", said, line.variant))
        elif len(had) + len(moved) < MOST_LINES:
            line.cart, line.user_id = own, own.user_id
            moved.append(line)
        else:
            said = f"Left out: a cart holds {MOST_LINES} different things."
            notes.append(note("item", said, line.variant))
    CartLine.objects.bulk_update(changed, ["quantity", "unit_price_minor"])
    CartLine.objects.bulk_update(moved, ["cart", "user_id", "unit_price_minor"])
    guest.lines.all().delete()
    Cart.objects.filter(pk=guest.pk).update(
        state=CartState.MERGED, merged_into=own, user_id=own.user_id
    )
    if not own.email and guest.email:
        own.email, own.reminders, own.language = guest.email, guest.reminders, guest.language
        own.save(update_fields=["email", "reminders", "language"])
    return notes + bring_wishes(guest, own)
