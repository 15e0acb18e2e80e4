"""Fixtures of the money floor that the storms share."""

from payments.tests.conftest import paystack, razorpay_keys, running, stripe_keys

__all__ = ["paystack", "razorpay_keys", "running", "stripe_keys"]
