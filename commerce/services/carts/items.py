"""What is in a cart: put in, changed, priced. The token alone opens a cart, so these act for the
house."""

from collections.abc import Mapping
from uuid import UUID

from commerce import locks
from commerce.enums import CartState, ProductStatus, VendorStatus
from commerce.models import Cart, CartLine, Price
from commerce.models.cart import MOST_PIECES
from commerce.services.carts.tokens import for_the_house, token_digest
from core.errors import Conflict, Invalid, NotFound
from core.money import Money

MOST_LINES = 200


def add_item(*, token: str, variant_id: UUID, quantity: int = 1) -> Cart:
    """Put so many more pieces in the cart, at today's price.

    Raises NotFound, Conflict for a cart that is ordered already, Invalid for a variant that is
    not sold (in this currency) or a quantity out of range.
    """
    return add_items(token=token, pieces={variant_id: quantity})


@for_the_house
def add_items(*, token: str, pieces: Mapping[UUID, int]) -> Cart:
    """The same for several variants, in as many statements as for one. Raises as `add_item`."""
    cart = open_for_change(token)
    lines = {line.variant_id: line for line in cart.lines.all()}
    prices = _sold(list(pieces), cart.currency)
    if len(lines.keys() | pieces) > MOST_LINES:
        raise Invalid(f"A cart holds {MOST_LINES} different things at most.")
    for variant_id, quantity in pieces.items():
        line = lines.get(variant_id) or CartLine(cart=cart, variant_id=variant_id, quantity=0)
        line.quantity += quantity
        _check(line.quantity, added=quantity)
        line.unit_price_minor = prices[variant_id].minor
        line.repeat_cart()
        lines[variant_id] = line
    CartLine.objects.bulk_create(
        [lines[variant_id] for variant_id in pieces],
        update_conflicts=True,
        unique_fields=["cart", "variant"],
        update_fields=["quantity", "unit_price_minor", "updated_at"],
    )
    return touched(cart)


@for_the_house
def change_item(*, token: str, variant_id: UUID, quantity: int) -> Cart:
    """Have exactly so many pieces in the cart; none takes the line out. Raises as `add_item`."""
    cart = open_for_change(token)
    line = cart.lines.filter(variant_id=variant_id).first()
    if line is None:
        raise NotFound("That is not in the cart.")
    if quantity == 0:
        line.delete()
        return touched(cart)
    _check(quantity, added=quantity)
    line.quantity = quantity
    line.save()
    return touched(cart)


@for_the_house
def accept_prices(*, cart_id: UUID, prices: dict[UUID, Money]) -> None:
    """Show the shopper these prices (by variant) from now on."""
    lines = list(CartLine.objects.filter(cart_id=cart_id, variant_id__in=prices))
    for line in lines:
        line.unit_price_minor = prices[line.variant_id].minor
    CartLine.objects.bulk_update(lines, ["unit_price_minor"])


def prices_today(variant_ids: list[UUID], currency: str) -> dict[UUID, Money]:
    """What these variants cost now, those that are sold in this currency. One query."""
    found = Price.objects.at().filter(
        variant_id__in=variant_ids,
        currency=currency,
        variant__is_active=True,
        variant__product__status=ProductStatus.ACTIVE,
        variant__vendor__status=VendorStatus.ACTIVE,
    )
    rows = found.values_list("variant_id", "amount_minor")
    return {variant_id: Money(minor, currency) for variant_id, minor in rows}


def open_for_change(token: str) -> Cart:
    """The cart, locked. Raises NotFound, Conflict for one that has ended."""
    cart = locks.lock_cart(token_digest(token))
    refuse_ended(cart)
    return cart


def refuse_ended(cart: Cart) -> None:
    """Raise Conflict for a cart that was ordered, or joined with another."""
    if cart.state == CartState.CONVERTED:
        raise Conflict("This cart has been ordered. Open a new one.")
    if cart.state == CartState.MERGED:
        raise Conflict(
            "This cart was joined with the one of your account. Open that one: POST carts/.",
            details={"merged": ["Joined with the cart of an account."]},
        )


def _sold(variant_ids: list[UUID], currency: str) -> dict[UUID, Money]:
    prices = prices_today(variant_ids, currency)
    if len(prices) < len(variant_ids):
        raise Invalid("That is not on sale.", details={"variant": [f"Not on sale in {currency}."]})
    return prices


def _check(quantity: int, *, added: int) -> None:
    if added < 1 or quantity > MOST_PIECES:
        raise Invalid(
            "The quantity is out of range.", details={"quantity": [f"1 to {MOST_PIECES} pieces."]}
        )


def touched(cart: Cart) -> Cart:
    """An abandoned cart that is used again is open again."""
    cart.state = CartState.OPEN
    cart.abandoned_at = None
    cart.save(update_fields=["state", "abandoned_at", "updated_at"])
    return cart
