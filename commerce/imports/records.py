"""Old orders as every format gives them, before they are rows of ours."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.money import Money


@dataclass(frozen=True, slots=True)
class OldLine:
    """One line of an old order. `quantity` is always positive, also of what was returned."""

    sku: str
    name: str
    quantity: int
    unit_price: Money
    vendor: str = ""  # its slug; empty: whoever the file is of
    service: str | None = None  # None: what the product says
    figures: dict[str, Any] = field(default_factory=dict)  # discount_minor, tax_minor, tax_rate ...


@dataclass(slots=True)
class OldOrder:
    """An order as the other shop kept it. `customer` is its number there, or nobody's.

    Without further words an old order was paid and delivered, a cancelled one gave its money back.
    `fields` are columns of ours that the file knew more of (status, tracking number ...); the sums
    beside its lines are minor units of its currency.
    """

    external_id: str
    placed_at: datetime
    customer: str
    country: str
    currency: str
    cancelled: bool
    lines: list[OldLine] = field(default_factory=list)
    platform: str = ""  # empty: the file's
    number: str = ""  # ours, from an export
    customer_platform: str = ""  # empty: the order's
    email: str = ""
    customer_name: str = ""
    discount: int = 0
    shipping: int = 0
    tax: int = 0
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OldProduct:
    """A product as its lines tell of it; `price` is the newest."""

    sku: str
    name: str
    price: Money
    service: str
    is_goods: bool
