"""Carts that were left: called abandoned, reminded of once, and in the end removed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from commerce import locks
from commerce.enums import CartState
from commerce.models import Cart, CartLine, Order
from commerce.models.cart import LIVE
from commerce.services.carts.items import prices_today
from commerce.services.carts.links import cart_link
from core.events import Ignore, publish
from core.identity import acting_as_system
from core.money import Money
from notifications.services.notify import notify

BATCH = 500
LATE = timedelta(days=3)  # older ones are not reminded of: the shopper has moved on
MOST_SHOWN = 20  # lines in the mail
GONE_STATES = [*LIVE, CartState.MERGED]


def abandon_idle_carts() -> int:
    """Call carts with an address abandoned that were left alone for CART_ABANDONED_HOURS.

    Each raises `cart.abandoned` in the same transaction. Carts that somebody is changing or
    ordering just now are skipped. Returns how many.
    """
    since = timedelta(hours=settings.CART_ABANDONED_HOURS)
    abandoned = 0
    while True:
        with acting_as_system("carts"), transaction.atomic():
            idle = list(
                Cart.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(
                    Exists(CartLine.objects.filter(cart=OuterRef("pk"))),
                    ~Q(email="") | Q(user__isnull=False),
                    state=CartState.OPEN,
                    updated_at__lt=Now() - since,
                    updated_at__gt=Now() - since - LATE,
                )
                .order_by("updated_at")[:BATCH]
            )
            Cart.objects.filter(pk__in=[cart.pk for cart in idle]).update(
                state=CartState.ABANDONED, abandoned_at=Now()
            )
            for cart in idle:
                publish(type="cart.abandoned", subject=f"cart:{cart.pk}", data=_news(cart))
        abandoned += len(idle)
        if len(idle) < BATCH:
            return abandoned


def remind_of_cart(*, cart_id: UUID) -> None:
    """Write the one mail about a cart, unless there is a reason not to. Raises Ignore with it.

    Needed: an address with a yes (`reminders`), or a user who has not said no. Never twice, not
    when it is used again or ordered, nor when its shopper has ordered anything since.
    """
    cart = locks.lock_carts([cart_id]).get(cart_id)
    if cart is None:
        raise Ignore("The cart is gone.")
    if cart.state != CartState.ABANDONED:
        raise Ignore(f"The cart is {cart.get_state_display().lower()}.")
    if cart.reminded_at is not None:
        raise Ignore("Its shopper was reminded before.")
    address = _address(cart)
    if _ordered_since(cart, address):
        raise Ignore("Its shopper has ordered since.")
    lines = list(
        cart.lines.select_related("variant__product").order_by("created_at", "id")[:MOST_SHOWN]
    )
    prices = prices_today([line.variant_id for line in lines], cart.currency)
    sold = [line for line in lines if line.variant_id in prices]
    if not sold:
        raise Ignore("Nothing in it is on sale any more.")
    notify(
        kind="cart_reminder",
        dedupe_key=f"cart_reminder:{cart.pk}",
        email=address,
        language=cart.user.language if cart.user else cart.language,
        category="marketing",
        context={
            "name": cart.user.full_name if cart.user else "",
            "lines": [_line(line, prices[line.variant_id]) for line in sold],
            "url": cart_link(cart.pk),
        },
    )
    Cart.objects.filter(pk=cart.pk).update(reminded_at=Now())


def remove_idle_carts(*, dry_run: bool = False) -> Iterator[int]:
    """Remove carts left alone for CART_KEPT_DAYS, a batch a transaction; yields each batch's size.

    Ordered carts stay with their orders, a cart in checkout is locked and stays. Where somebody
    said no to reminders, the empty cart stays to remember that. A dry run only counts.
    """
    if dry_run:
        with acting_as_system("carts"), transaction.atomic():
            yield _removable().count()
        return
    while True:
        with acting_as_system("carts"), transaction.atomic():
            old = _removable().select_for_update(of=("self",), skip_locked=True)
            ids = list(old.order_by("updated_at").values_list("pk", flat=True)[:BATCH])
            Cart.objects.filter(pk__in=ids).delete()
        yield len(ids)
        if len(ids) < BATCH:
            break
    with acting_as_system("carts"), transaction.atomic():
        CartLine.objects.filter(cart__in=_idle().filter(reminders=False)).delete()


def forget_reminders(*, cart_id: UUID) -> None:
    """Its shopper does not want to be reminded: not of this cart, nor of any they fill later."""
    with acting_as_system("cart"), transaction.atomic():
        cart = locks.lock_carts([cart_id]).get(cart_id)
        if cart is None:
            return
        same = Q(pk=cart.pk)
        if cart.email:
            same |= Q(email__iexact=cart.email)
        if cart.user_id:
            same |= Q(user_id=cart.user_id)
        ids = Cart.objects.filter(same).values_list("pk", flat=True)
        locks.lock_carts(ids)
        Cart.objects.filter(pk__in=list(ids)).update(reminders=False)


def _idle() -> QuerySet[Cart]:
    return Cart.objects.filter(
        state__in=GONE_STATES, updated_at__lt=Now() - timedelta(days=settings.CART_KEPT_DAYS)
    )


def _removable() -> QuerySet[Cart]:
    return _idle().filter(Q(reminders__isnull=True) | Q(reminders=True))


def _address(cart: Cart) -> str:
    """Where to write. Raises Ignore when nobody said yes, or the last word was no."""
    if cart.reminders is False or (cart.user is not None and _said_no(user_id=cart.user_id)):
        raise Ignore("The shopper does not want to be reminded.")
    if cart.email:
        if cart.reminders is not True and cart.user is None:
            raise Ignore("The address was given without a yes to reminders.")
        return str(cart.email)
    if cart.user is None or not cart.user.is_active or not cart.user.email:
        raise Ignore("There is nowhere to write to.")
    return str(cart.user.email)


def _said_no(**whose: Any) -> bool:
    """What the shopper last said about reminders, with whichever cart."""
    said = Cart.objects.filter(reminders__isnull=False, **whose).order_by("-updated_at")
    return said.values_list("reminders", flat=True).first() is False


def _ordered_since(cart: Cart, address: str) -> bool:
    theirs = Q(email__in={address, address.lower()})
    if cart.user_id:
        theirs |= Q(user_id=cart.user_id)
    return Order.objects.filter(theirs, placed_at__gte=cart.updated_at).exists()


def _line(line: CartLine, price: Money) -> dict[str, Any]:
    return {
        "name": line.variant.product.name,
        "quantity": line.quantity,
        "total": (price * line.quantity).as_json(),
    }


def _news(cart: Cart) -> dict[str, Any]:
    return {
        "cart_id": str(cart.pk),
        "user_id": str(cart.user_id) if cart.user_id else None,
        "currency": cart.currency,
        "idle_since": cart.updated_at.isoformat(),
    }
