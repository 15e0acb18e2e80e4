"""Which gateways a shop front may offer."""

from typing import Any

from rest_framework.request import Request

from core.api import ApiView, Response
from core.errors import Invalid
from core.money import CURRENCIES, Money, MoneyError
from payments.services.offers import offers

OFFERS: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["gateway", "name", "available", "reason"],
        "properties": {
            "gateway": {"type": "string", "examples": ["stripe"]},
            "name": {"type": "string", "examples": ["Stripe"]},
            "available": {"type": "boolean"},
            "reason": {"type": "string", "description": "Why it is not available; else empty."},
        },
    },
}


class GatewaysView(ApiView):
    """Gateways for `?currency=EUR`, or for `&amount=12.34` of it; usable ones first."""

    public = {"GET"}
    output = OFFERS

    def get(self, request: Request) -> Response:
        """Nobody is called for it."""
        currency = request.query_params.get("currency", "")
        if currency not in CURRENCIES:
            raise Invalid(
                "Which currency?", details={"currency": ["An ISO 4217 code such as EUR."]}
            )
        amount = _amount(request.query_params.get("amount"), currency)
        shown = [
            {
                "gateway": one.gateway,
                "name": one.name,
                "available": one.available,
                "reason": one.reason,
            }
            for one in offers(currency=currency, amount=amount)
        ]
        return Response(shown)


def _amount(text: str | None, currency: str) -> Money | None:
    if text is None:
        return None
    try:
        money = Money.parse(text, currency)
    except MoneyError as error:
        raise Invalid(str(error), details={"amount": [str(error)]}) from None
    if money.minor <= 0:
        raise Invalid("A payment is more than nothing.", details={"amount": ["More than 0."]})
    return money
