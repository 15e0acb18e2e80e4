"""Stripe. What the event log calls its events, for those who subscribe."""

from payments.gateways.stripe import events

MOVING = tuple(f"stripe.{kind}" for kind in events.MOVING)
BILLING = tuple(f"stripe.{kind}" for kind in events.BILLING)
