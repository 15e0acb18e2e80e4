"""Razorpay. What the event log calls its events, for those who subscribe."""

from payments.gateways.razorpay import events

MOVING = tuple(f"razorpay.{kind}" for kind in events.MOVING)
BILLING = tuple(f"razorpay.{kind}" for kind in events.BILLING)
