"""Which gateways there are."""

from django.conf import settings

from core.errors import Invalid
from payments.enums import GatewayName
from payments.gateways.billing import BillingGateway
from payments.gateways.interface import Gateway


def is_configured(name: str) -> bool:
    """Whether its keys are set."""
    keys = {
        GatewayName.STRIPE: [settings.STRIPE_SECRET_KEY],
        GatewayName.RAZORPAY: [settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET],
        GatewayName.PAYSTACK: settings.PAYSTACK_SECRET_KEYS,
    }
    needed = keys[GatewayName(name)]
    return bool(needed) and all(needed)


def must_be_configured(name: str) -> None:
    """Raises Invalid, naming those that are, unless the keys of `name` are set."""
    if is_configured(name):
        return
    usable = ", ".join(one for one in GatewayName.values if is_configured(one)) or "none yet"
    sentence = f"{GatewayName(name).label} is not set up here. Choose one of: {usable}."
    raise Invalid(sentence, details={"gateway": [sentence]})


def account_of(name: str) -> str:
    """The account that payments through this gateway belong in; "" where nobody told us."""
    told = {
        GatewayName.STRIPE: settings.STRIPE_ACCOUNT,
        GatewayName.RAZORPAY: settings.RAZORPAY_ACCOUNT,
    }
    return told.get(GatewayName(name), "")


def gateway(name: str) -> Gateway:
    """The adapter called `name`. Raises Invalid for one we do not have.

    Adapters are imported when first asked for: their SDKs take a while to load.
    """
    if name == GatewayName.STRIPE:
        from payments.gateways.stripe.adapter import StripeGateway

        return StripeGateway.from_settings()
    if name == GatewayName.RAZORPAY:
        from payments.gateways.razorpay.adapter import RazorpayGateway

        return RazorpayGateway.from_settings()
    if name == GatewayName.PAYSTACK:
        from payments.gateways.paystack.adapter import PaystackGateway

        return PaystackGateway.from_settings()
    raise Invalid(
        f"There is no gateway called {name!r}.",
        details={"gateway": [f"Choose one of: {', '.join(GatewayName.values)}."]},
    )


def billing_gateway(name: str) -> BillingGateway:
    """The subscriptions of `name`. Raises Invalid, GatewayError like `gateway`."""
    if name == GatewayName.STRIPE:
        from payments.gateways.stripe.billing import StripeBilling

        return StripeBilling.from_settings()
    if name == GatewayName.PAYSTACK:
        from payments.gateways.paystack.billing import PaystackBilling

        return PaystackBilling.from_settings()
    if name == GatewayName.RAZORPAY:
        from payments.gateways.razorpay.billing import RazorpayBilling

        return RazorpayBilling.from_settings()
    raise Invalid(
        f"There are no subscriptions at {name!r}.",
        details={"gateway": [f"Choose one of: {', '.join(GatewayName.values)}."]},
    )
