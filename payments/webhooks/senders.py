"""What is known of each gateway as a sender, without having seen anything of it."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from payments.enums import GatewayName


@dataclass(frozen=True, slots=True)
class Sender:
    """`repeats_for`: how long an event that we did not take is sent again."""

    name: str
    title: str
    key_setting: str
    repeats_for: timedelta
    habit: str

    @property
    def is_set_up(self) -> bool:
        """Whether we have a key, so that something may be expected."""
        return bool(getattr(settings, self.key_setting, ""))


# Sources: docs.stripe.com/webhooks, razorpay.com/docs/webhooks/best-practices,
# paystack.com/docs/payments/webhooks.
SENDERS = (
    Sender(
        GatewayName.STRIPE,
        GatewayName.STRIPE.label,
        "STRIPE_SECRET_KEY",
        timedelta(days=3),
        "Stripe sends an event again for up to three days, less and less often. What is missed "
        "after that can be fetched for thirty days.",
    ),
    Sender(
        GatewayName.RAZORPAY,
        GatewayName.RAZORPAY.label,
        "RAZORPAY_KEY_ID",
        timedelta(hours=24),
        "Razorpay sends an event again for 24 hours. A webhook that has failed for that long is "
        "disabled and has to be enabled by hand in Razorpay's dashboard.",
    ),
    Sender(
        GatewayName.PAYSTACK,
        GatewayName.PAYSTACK.label,
        "PAYSTACK_SECRET_KEYS",
        timedelta(hours=72),
        "Paystack sends an event again every three minutes four times, then hourly for 72 hours.",
    ),
)
