"""The page behind the link of a reminder."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_bidi, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce.api.cart_json import cart_json
from commerce.buyer_words import all_of
from commerce.enums import CartState
from commerce.models import Cart
from commerce.services.carts.abandoned import forget_reminders
from commerce.services.carts.links import cart_to_show
from core.errors import NotFound
from core.money import Money


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cart_page(request: HttpRequest, key: str) -> HttpResponse:
    """A cart one was reminded of. Looking changes nothing (mail programs look too); the button
    ends all reminders."""
    try:
        cart = cart_to_show(key=key)
    except NotFound:
        raise Http404 from None
    if request.method == "POST":
        forget_reminders(cart_id=cart.pk)
        return redirect(f"{request.path}?stopped")
    number = cart.order.number if cart.state == CartState.CONVERTED else ""
    with override(cart.language):  # the mail that led here was in it
        shown = {
            "cart": cart,
            "lines": _lines(cart),
            "stopped": "stopped" in request.GET,
            "language": cart.language,
            "rtl": get_language_bidi(),
            "say": all_of("cart", cart.language, number=number),
        }
        response = render(request, "commerce/cart.html", shown)
    response["Content-Language"] = cart.language
    response["Referrer-Policy"] = "no-referrer"
    return response


def _lines(cart: Cart) -> list[dict[str, object]]:
    return [
        {
            "name": item["name"],
            "quantity": item["quantity"],
            "price": _money(item["price_now"]),
            "changed": item["on_sale"] and item["price_now"] != item["unit_price"],
            "in_stock": item["in_stock"],
        }
        for item in cart_json(cart, token="")["items"]
    ]


def _money(said: dict[str, str] | None) -> str:
    return Money.parse(said["amount"], said["currency"]).readable if said else ""
