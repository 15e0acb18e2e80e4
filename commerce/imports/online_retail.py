"""The rules of the *Online Retail* data set (UCI, doi 10.24432/C5BW33).

    InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country

Its lines come in any order; they are grouped by invoice. What each kind of odd row means was
decided once, here:

* an invoice beginning with C is a cancellation: an order of its own, cancelled, with positive
  quantities; a line without the minus sign is left out;
* a price of zero, or a negative quantity outside a cancellation, is a stock correction or a gift
  ("found", "damaged", "check"): left out, no money moved;
* a negative price is a book-keeper's adjustment: left out;
* a price with more digits than the pound has is left out, never rounded;
* a line that is repeated within its invoice is kept: it was scanned twice and charged twice;
* a missing description is taken from the other lines of that stock code;
* a buyer without a number is a guest; the order is kept without a customer;
* times have no zone: they are taken as UTC, so that the days stay those of the file.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from commerce.imports.countries import UNKNOWN, country_code
from commerce.imports.records import OldLine, OldOrder, OldProduct
from core.money import Money, MoneyError

NAME = "online-retail"
VENDOR = "Online Retail"
COLUMNS = [
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
    "CustomerID", "Country",
]  # fmt: skip
CURRENCY = "GBP"
# stock codes that are no goods, and the line of business they are reported under
CHARGES = {
    "POST": "shipping", "DOT": "shipping", "C2": "shipping", "D": "discount", "M": "manual",
    "S": "samples", "AMAZONFEE": "fees", "BANK CHARGES": "fees", "CRUK": "fees", "PADS": "manual",
}  # fmt: skip
GOODS = "goods"


AT_HAND = 2_048  # moments and prices: lines of one invoice share the one, the same goods the other


class LeftOut(ValueError):
    """The row is no part of a sale; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is part of a sale."""

    number: int
    invoice: str
    sku: str
    description: str
    quantity: int
    at: datetime
    price: Money
    customer: str
    country: str

    @property
    def cancels(self) -> bool:
        return self.invoice.startswith("C")


def usable(number: int, cells: list[str]) -> Row:
    """A row whose parts can be meant. Raises LeftOut."""
    if len(cells) != len(COLUMNS):
        raise LeftOut(f"{len(cells)} columns instead of {len(COLUMNS)}")
    invoice, sku, description, quantity, at, price, customer, country = map(str.strip, cells)
    if not invoice or not sku:
        raise LeftOut("no invoice number or no stock code")
    row = Row(
        number=number,
        invoice=invoice.upper(),
        sku=sku.upper(),
        description=" ".join(description.split()),
        quantity=_whole(quantity),
        at=_moment(at),
        price=_price(price),
        customer=customer.removesuffix(".0"),
        country=country_code(country),
    )
    if row.quantity == 0:
        raise LeftOut("quantity is zero")
    if row.quantity < 0 and not row.cancels:
        raise LeftOut("negative quantity outside a cancellation: a stock correction")
    if row.quantity > 0 and row.cancels:
        raise LeftOut("positive quantity in a cancellation")
    return row


@lru_cache(AT_HAND)
def _price(text: str) -> Money:
    try:
        price = Money.parse(text, CURRENCY)
    except MoneyError as error:
        raise LeftOut(f"price: {error}") from None
    if price.minor == 0:
        raise LeftOut("price is zero: a stock correction or a gift, no money moved")
    if price.minor < 0:
        raise LeftOut("price is negative: a book-keeper's adjustment")
    return price


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise LeftOut(f"quantity {text!r} is not a whole number") from None


@lru_cache(AT_HAND)
def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise LeftOut(f"date {text!r} is not YYYY-MM-DD HH:MM:SS") from None


def noteworthy(row: Row, cells: Sequence[str], seen: set[tuple[str, ...]]) -> list[str]:
    """What is odd about a row that is kept. `seen` holds the rows before it."""
    odd = []
    if tuple(cells) in seen:
        odd.append("repeated within its invoice: charged twice")
    if not row.description:
        odd.append("no description: taken from other lines of the stock code")
    if row.country == UNKNOWN:
        odd.append("country not known")
    seen.add(tuple(cells))
    return odd


def products_of(rows: Iterable[Row]) -> dict[str, OldProduct]:
    """What the lines say of each stock code: its commonest description, its newest price."""
    names: dict[str, Counter[str]] = {}
    newest: dict[str, Row] = {}
    for row in rows:
        names.setdefault(row.sku, Counter())[row.description] += bool(row.description)
        if row.sku not in newest or row.at > newest[row.sku].at:
            newest[row.sku] = row
    return {
        sku: OldProduct(
            sku=sku,
            name=names[sku].most_common(1)[0][0] or sku,
            price=row.price,
            service=CHARGES.get(sku, GOODS),
            is_goods=sku not in CHARGES,
        )
        for sku, row in newest.items()
    }


def orders_of(rows: list[Row], products: Mapping[str, OldProduct]) -> list[OldOrder]:
    """One order an invoice; its earliest line says when it was placed."""
    orders: dict[str, OldOrder] = {}
    for row in rows:
        order = orders.setdefault(
            row.invoice,
            OldOrder(row.invoice, row.at, row.customer, row.country, CURRENCY, row.cancels),
        )
        order.placed_at = min(order.placed_at, row.at)
        order.customer = order.customer or row.customer
        name = row.description or products[row.sku].name
        order.lines.append(OldLine(row.sku, name, abs(row.quantity), row.price))
    return list(orders.values())
