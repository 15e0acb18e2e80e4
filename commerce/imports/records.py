"""What every format turns its file into."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Protocol

from core.money import Money


@dataclass(frozen=True, slots=True)
class OldLine:
    """One line of an old order. `quantity` is always positive, also of what was returned."""

    sku: str
    name: str
    quantity: int
    unit_price: Money


@dataclass(slots=True)
class OldOrder:
    """An order as the other shop kept it. `customer` is its number there, or nobody's."""

    external_id: str
    placed_at: datetime
    customer: str
    country: str
    currency: str
    cancelled: bool
    lines: list[OldLine] = field(default_factory=list)


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
