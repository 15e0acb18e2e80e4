"""What stands on a receipt, as the floor above knows it.

This floor books payments for a purpose and does not look behind it. Whoever opened the payment
registers who can tell what was bought:

    register("order", what_was_ordered)     # purpose_id -> Contents, or None

Without that (or when its total is not what was paid) the receipt has one line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from core.money import Money


@dataclass(frozen=True, slots=True)
class Item:
    """One line: so many of one thing at one price."""

    name: str
    total: Money
    quantity: int = 1
    unit_price: Money | None = None  # None: the total
    detail: str = ""  # below the name, smaller: a SKU, a period


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One rate and what it came to. `is_included`: contained in prices, not added to them."""

    name: str
    percent: Decimal
    amount: Money
    is_included: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """Lines and what is added to them. `subject` is its number there (an order's), `buyer` the
    lines of an address without the country, which is ISO 3166.

    `tax` is all that was added to prices; `taxes` say by rate what was added, what contained.
    """

    items: tuple[Item, ...]
    discount: Money
    shipping: Money
    tax: Money
    subject: str = ""
    buyer: tuple[str, ...] = ()
    country: str = ""
    taxes: tuple[TaxLine, ...] = ()
    codes: str = ""  # what the discount was given for
    shipped_by: str = ""  # the way of sending, as the buyer read it
    note: str = ""  # what the law wants said, such as why no tax is charged

    @property
    def subtotal(self) -> Money:
        """All lines."""
        return sum((item.total for item in self.items), Money.zero(self.tax.currency))

    @property
    def contained_tax(self) -> Money:
        """All tax in the total, added or included."""
        included = (line.amount for line in self.taxes if line.is_included)
        return sum(included, start=self.tax)

    @property
    def total(self) -> Money:
        """What the buyer owes."""
        return self.subtotal - self.discount + self.shipping + self.tax

    @classmethod
    def single(cls, name: str, total: Money) -> "Contents":
        """One line and nothing besides."""
        nothing = Money.zero(total.currency)
        return cls((Item(name, total),), discount=nothing, shipping=nothing, tax=nothing)


Reader = Callable[[UUID], Contents | None]
_readers: dict[str, Reader] = {}


def register(purpose: str, reader: Reader) -> None:
    """Payments for `purpose` are described by `reader`. Raises ValueError for a second one."""
    if _readers.setdefault(purpose, reader) is not reader:
        raise ValueError(f"Somebody else describes payments for {purpose!r}.")


def contents_of(purpose: str, purpose_id: UUID) -> Contents | None:
    """What was bought, if anybody knows."""
    reader = _readers.get(purpose)
    return reader(purpose_id) if reader else None
