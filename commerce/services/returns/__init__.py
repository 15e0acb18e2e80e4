"""Returns: asked for, decided on, received, inspected, and paid back to the cent."""

from commerce.services.returns.asking import Piece, request_return
from commerce.services.returns.inspecting import Finding, inspect_return
from commerce.services.returns.refunding import follow_refund, refund_return, split_of_refund
from commerce.services.returns.steps import move_return

__all__ = [
    "Finding",
    "Piece",
    "follow_refund",
    "inspect_return",
    "move_return",
    "refund_return",
    "request_return",
    "split_of_refund",
]
