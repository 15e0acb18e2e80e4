"""Paystack. What the event log calls its events, for those who subscribe."""

from payments.gateways.paystack import events

MOVING = tuple(f"paystack.{kind}" for kind in events.MOVING)
BILLING = tuple(f"paystack.{kind}" for kind in events.BILLING)
