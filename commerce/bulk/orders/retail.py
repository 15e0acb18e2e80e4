"""Rows of the *Online Retail* kind, by the rules that its own reader decided once
(imports/online_retail.py): corrections and gifts are left out, cancellations are orders."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from commerce.imports.online_retail import (
    LeftOut,
    Row,
    noteworthy,
    orders_of,
    products_of,
    usable,
)
from commerce.imports.records import OldOrder, OldProduct
from core.bulk.columns import RowRefused
from core.bulk.targets import SourceRow

CELLS = (
    "external_id", "sku", "name", "quantity", "placed_at", "unit_price", "customer_external_id",
    "country",
)  # fmt: skip
Remarks = dict[int, tuple[bool, str]]  # row to (left out, why)


def retail_order(
    rows: Sequence[SourceRow], products: Mapping[str, OldProduct]
) -> tuple[OldOrder, Remarks]:
    """One invoice, and what was decided about its odd rows.

    Raises RowRefused when nothing of it is a sale.
    """
    remarks: Remarks = {}
    kept: list[Row] = []
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        cells = cells_of(row)
        try:
            line = usable(row.number, cells)
        except LeftOut as why:
            remarks[row.number] = (True, str(why))
            continue
        kept.append(line)
        if odd := noteworthy(line, cells, seen):
            remarks[row.number] = (False, "; ".join(odd))
    if not kept:
        raise RowRefused("; ".join(dict.fromkeys(why for _, why in remarks.values())))
    (order,) = orders_of(kept, products)
    return order, remarks


def retail_products(rows: Iterable[SourceRow]) -> dict[str, OldProduct]:
    """What all rows of the file say of each stock code."""
    return products_of(_usable(rows))


def _usable(rows: Iterable[SourceRow]) -> Iterator[Row]:
    for row in rows:
        try:
            yield usable(row.number, cells_of(row))
        except LeftOut:
            continue


def cells_of(row: SourceRow) -> list[str]:
    """In the order of the data set's own columns."""
    return [row.cells.get(name, "") for name in CELLS]
