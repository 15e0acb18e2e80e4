from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        """Announce who sends webhooks, what is reacted to, what is personal."""
        from core.intake import register_source
        from payments import (  # noqa: F401 - register themselves
            health,
            personal_data,
            schedule,
            subscribers,
            weekly,
        )
        from payments.gateways.paystack.webhook import PaystackWebhook
        from payments.gateways.razorpay.webhook import RazorpayWebhook
        from payments.gateways.stripe.webhook import StripeWebhook
        from payments.webhooks import probe  # noqa: F401 - registers itself

        register_source("stripe", StripeWebhook())
        register_source("razorpay", RazorpayWebhook())
        register_source("paystack", PaystackWebhook())
