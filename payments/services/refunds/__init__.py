"""Giving money back: asked for, approved, handed to the gateway, and followed until it is there."""

from payments.services.refunds.asking import ask_refunds, refunds_seen
from payments.services.refunds.following import follow_up
from payments.services.refunds.hint import compare
from payments.services.refunds.observing import observe
from payments.services.refunds.requesting import approve_refund, reject_refund, request_refund
from payments.services.refunds.room import refundable
from payments.services.refunds.sending import execute_refund

__all__ = [
    "approve_refund",
    "ask_refunds",
    "compare",
    "execute_refund",
    "follow_up",
    "observe",
    "refundable",
    "refunds_seen",
    "reject_refund",
    "request_refund",
]
