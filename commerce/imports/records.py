"""What every format turns its file into."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

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


@dataclass(frozen=True, slots=True)
class Remark:
    """What was decided about one line of the file, and why."""

    line: int
    left_out: bool
    reason: str
    row: str


@dataclass(slots=True)
class History:
    """All that a file says, in the file's own order."""

    rows: int
    orders: list[OldOrder]
    products: dict[str, OldProduct]
    remarks: list[Remark]

    @property
    def left_out(self) -> int:
        """How many rows are not part of any order."""
        return sum(remark.left_out for remark in self.remarks)


class Format(Protocol):
    """How one kind of file is read."""

    name: ClassVar[str]
    vendor: ClassVar[str]

    def read(self, path: Path) -> History:
        """Read a whole file. Raises UnreadableFile naming what is not as it should be."""
        ...


class UnreadableFile(ValueError):
    """Not a file of this format at all."""
