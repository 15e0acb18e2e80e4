"""Words that messages about orders share."""

from typing import Any

from commerce.models import OrderLine
from core.money import Money


def line_words(line: OrderLine) -> dict[str, Any]:
    """A line as templates show it."""
    return {
        "name": line.name,
        "quantity": line.quantity,
        "total": Money(line.total_minor, line.currency).as_json(),
    }


def goods_words(line: OrderLine) -> dict[str, Any]:
    """A line without its price."""
    return {"name": line.name, "quantity": line.quantity}
