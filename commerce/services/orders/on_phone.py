"""Orders that staff take for somebody: on the phone, by mail, over the counter.

They go the checkout's way, so stock, codes, tax and totals are the same; but nobody has chosen how
to pay yet: staff send the page when the order is ready (payment_request.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from commerce.addresses import Address
from commerce.enums import OrderSource
from commerce.models import CartLine, Order, Variant
from commerce.services import carts
from commerce.services.carts import prices_today
from commerce.services.orders.checkout import Buyer, order_as
from commerce.services.quotes import carts as cart_figures
from commerce.services.quotes.coupons import normal
from commerce.services.quotes.offer import Offer, Wishes, make_offer
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound, PermissionRefused
from core.identity import Role, acting_as_system, current_identity
from core.money import Money
from crm.models import Customer


@dataclass(frozen=True, slots=True)
class Taken:
    """What somebody ordered: pieces by variant, where they go, with which codes, which way.

    For a customer we know (`customer_id`), or whoever has this e-mail address.
    """

    pieces: Mapping[UUID, int]
    currency: str
    shipping_address: Address
    email: str = ""
    customer_id: UUID | None = None
    billing_address: Address | None = None
    shipping_method: str = ""
    coupon_codes: Sequence[str] = field(default_factory=tuple)
    language: str = ""
    notes: str = ""


def quote_order(taken: Taken) -> Offer:
    """What it would cost, the ways it can be sent, which codes count; nothing is written.

    Raises Invalid for things that are not on sale, NotFound for a customer the caller cannot see.
    """
    with transaction.atomic():
        customer = _customer(taken)
        with acting_as_system("quote an order"):
            prices = prices_today(list(taken.pieces), taken.currency)
            known = Variant.objects.select_related("product__category").in_bulk(list(prices))
            _refuse_unknown(taken, known)
            lines = [
                CartLine(variant=known[pk], quantity=count) for pk, count in taken.pieces.items()
            ]
            return make_offer(
                currency=taken.currency,
                lines=lines,
                prices=prices,
                wishes=Wishes(
                    destination=taken.shipping_address.destination,
                    shipping_method=taken.shipping_method,
                    coupon_codes=[normal(code) for code in taken.coupon_codes],
                    language=taken.language or "en",
                    email=_email(taken, customer),
                ),
                now=timezone.now(),
            )


@transaction.atomic
def take_order(*, taken: Taken, expected_total: Money | None = None) -> Order:
    """Place it for its buyer, as whoever is acting; stock is held, nothing is asked to be paid yet.

    Agents take orders of customers they look after. Raises Invalid for things that are not on
    sale, codes that do not count, a way that is not offered; OutOfStock; NotFound for a customer
    the caller cannot see, PermissionRefused, Conflict when it comes to another sum than expected.
    """
    if not taken.pieces:
        raise Invalid("Nothing is ordered.", details={"lines": ["Pick something first."]})
    customer = _customer(taken)
    email = _email(taken, customer)
    with acting_as_system("an order on the phone"):
        _, token = carts.open_cart(currency=taken.currency)
        carts.add_items(token=token, pieces=taken.pieces)
        for code in taken.coupon_codes:
            cart_figures.add_code(token=token, code=code)
        language = taken.language or (customer.language if customer else "") or "en"
        order = order_as(
            token,
            Buyer(
                gateway="",
                email=email,
                shipping_address=taken.shipping_address,
                billing_address=taken.billing_address,
                shipping_method=taken.shipping_method,
                user_id=customer.user_id if customer else None,
                customer_id=customer.pk if customer else None,
                language=language,
                source=OrderSource.ADMIN,
                notes=taken.notes,
            ),
        )
        if expected_total is not None and order.total != expected_total:
            raise Conflict(
                f"It costs {order.total} now, not {expected_total}: look at it again.",
                details={"total": order.total.as_json()},
            )
    record_audit(action="order.taken", resource=order, details={"number": order.number})
    return order


def _customer(taken: Taken) -> Customer | None:
    """As the caller sees them."""
    if taken.customer_id is not None:
        known = Customer.objects.filter(pk=taken.customer_id, merged_into__isnull=True).first()
        if known is None:
            raise NotFound("There is no such customer.")
        return known
    if current_identity().role == Role.AGENT:
        raise PermissionRefused("Say for which customer of yours.")
    return None


def _email(taken: Taken, customer: Customer | None) -> str:
    email = taken.email or (customer.email if customer else "") or ""
    if not email:
        raise Invalid("Say whose order it is.", details={"email": ["Where the page to pay goes."]})
    return email


def _refuse_unknown(taken: Taken, known: Mapping[UUID, Variant]) -> None:
    wrong = {
        str(pk): [f"Not on sale in {taken.currency}."] for pk in taken.pieces if pk not in known
    }
    if wrong or not taken.pieces:
        raise Invalid("That cannot be ordered.", details=wrong or {"lines": ["Pick something."]})
