"""What a shopper says about a cart besides what is in it: an address, reminders, the currency."""

from django.db import IntegrityError, transaction

from commerce.models import Cart, CartLine
from commerce.services.carts.items import open_for_change, prices_today, touched
from commerce.services.carts.tokens import check_currency, for_the_house
from core.errors import Conflict


@for_the_house
def change_cart(
    *,
    token: str,
    email: str | None = None,
    reminders: bool | None = None,
    currency: str = "",
    language: str = "",
) -> Cart:
    """Keep an address with the cart, say yes or no to being reminded of it, or price it anew.

    None and "" leave things as they are, but `email=""` forgets the address, and with it the
    consent that went with it; so does another address. Raises NotFound, Invalid, and Conflict for
    a cart that has ended, for what is not sold in the new currency, and when the user has a cart
    in that currency already.
    """
    cart = open_for_change(token)
    if email is not None and email != cart.email:
        cart.email, cart.reminders = email, None
    if reminders is not None:
        cart.reminders = reminders
    if language:
        cart.language = language
    cart.save(update_fields=["email", "reminders", "language"])
    if currency and currency != cart.currency:
        _price_in(cart, currency)
    return touched(cart)


def _price_in(cart: Cart, currency: str) -> None:
    check_currency(currency)
    lines = list(cart.lines.select_related("variant"))
    prices = prices_today([line.variant_id for line in lines], currency)
    unsold = sorted(line.variant.sku for line in lines if line.variant_id not in prices)
    if unsold:
        raise Conflict(
            f"Not on sale in {currency}: {', '.join(unsold)}.", details={"not_on_sale": unsold}
        )
    try:
        with transaction.atomic():
            cart.currency = currency
            cart.save(update_fields=["currency"])
    except IntegrityError:
        raise Conflict(f"You have a cart in {currency} already. Open it: POST carts/.") from None
    for line in lines:
        line.currency = currency
        line.unit_price_minor = prices[line.variant_id].minor
    CartLine.objects.bulk_update(lines, ["currency", "unit_price_minor"])
