"""Razorpay. What the event log calls its events, for those who subscribe."""

from payments.gateways.razorpay import events

PAGES = tuple(f"razorpay.{kind}" for kind in events.LINK)  # taken at their word
HINTS = tuple(f"razorpay.{kind}" for kind in events.HINTS)  # Razorpay is asked about these
MOVING = tuple(f"razorpay.{kind}" for kind in events.MOVING)
BILLING = tuple(f"razorpay.{kind}" for kind in events.BILLING)
