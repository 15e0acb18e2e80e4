"""Old orders of a file into the tables. They are history: announced as such, nobody is mailed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from django.db import connection
from django.db.models import Q

from commerce.bulk.orders.goods import Warehouse, goods_or_refusal
from commerce.bulk.orders.reading import old_order
from commerce.bulk.orders.retail import Remarks, retail_order, retail_products
from commerce.imports.records import OldOrder, OldProduct
from commerce.imports.writer import Goods, insert_orders
from commerce.models import Order, OrderLine
from core.bulk.columns import RowRefused
from core.bulk.targets import Changes, Group, Importer, SourceRow, Verdict
from core.bulk.words import in_words
from core.enums import BulkOutcome
from core.errors import DomainError, Invalid

MENDABLE = ("tracking_number", "carrier", "notes")  # of an order that is there already
IMPORTED = "import"


class OrderImporter(Importer):
    """Reads groups as old orders, tells known from new, writes the new ones together."""

    def __init__(self, options: Mapping[str, Any], rows: Callable[[], Iterator[SourceRow]]) -> None:
        self._options = options
        self._platform = str(options.get("platform") or IMPORTED)
        self._retail = options.get("rules") == "online-retail"
        self._vendor = str(options.get("vendor", ""))
        self._products: dict[str, OldProduct] = {}
        if options.get("drafts") == "yes" or self._retail:
            self._products = retail_products(rows()) if self._retail else _products(rows(), options)
        drafts = self._products if self._products else None
        self._warehouse = Warehouse(
            vendor=self._vendor, currency=str(options.get("currency") or "GBP"), drafts=drafts
        )

    def carry_out(self, groups: Sequence[Group]) -> list[Verdict]:
        """A batch of orders."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.history', 'on', true)")
        verdicts: list[Verdict | None] = []
        orders: list[tuple[int, OldOrder]] = []
        remarks: dict[int, Remarks] = {}
        for place, group in enumerate(groups):
            try:
                order, remarks[place] = self._read(group)
                orders.append((place, order))
                verdicts.append(None)
            except (DomainError, RowRefused) as refusal:
                verdicts.append(Verdict(BulkOutcome.REFUSED, in_words(refusal)))
        known = _Known([order for _, order in orders], self._platform)
        goods = self._warehouse.goods_of(line for _, order in orders for line in order.lines)
        new: list[OldOrder] = []
        for place, order in orders:
            verdict = self._decide(order, known, goods, new)
            verdict.rows = _of_rows(verdict.outcome, remarks[place])
            verdicts[place] = verdict
        insert_orders(new, platform=self._platform, goods=goods)
        return cast("list[Verdict]", verdicts)

    def confirm(self) -> None:
        """Drafts that were made may be relied on."""
        self._warehouse.confirm()

    def undone(self) -> None:
        """They are gone."""
        self._warehouse.undone()

    def _read(self, group: Group) -> tuple[OldOrder, Remarks]:
        if not self._retail:
            return old_order(group.rows, self._options), {}
        return retail_order(group.rows, self._products)

    def _decide(
        self,
        order: OldOrder,
        known: "_Known",
        goods: Mapping[tuple[str, str], Goods],
        new: list[OldOrder],
    ) -> Verdict:
        try:
            there = known.find(order, self._platform)
            if there is not None:
                return _compare(there, order, known.lines_of(there))
            goods_or_refusal(order.lines, goods, self._vendor)
        except DomainError as refusal:
            return Verdict(BulkOutcome.REFUSED, in_words(refusal))
        new.append(order)
        return Verdict(BulkOutcome.NEW)


def _of_rows(outcome: BulkOutcome, remarks: Remarks) -> dict[int, tuple[BulkOutcome, str]]:
    """What single rows of an order come to, where something is to be said of them."""
    if outcome == BulkOutcome.REFUSED:
        return {}
    return {
        number: (BulkOutcome.REFUSED if left_out else outcome, reason)
        for number, (left_out, reason) in remarks.items()
    }


class _Known:
    """The orders of a batch that are there already, with their lines."""

    def __init__(self, orders: Sequence[OldOrder], platform: str) -> None:
        ids = {order.external_id for order in orders if order.external_id}
        numbers = {order.number for order in orders if order.number}
        platforms = {order.platform or platform for order in orders}
        found = Order.objects.filter(
            Q(external_platform__in=platforms, external_id__in=ids) | Q(number__in=numbers)
        )
        self._orders = list(found)
        self._by_id = {(row.external_platform, row.external_id): row for row in self._orders}
        self._by_number = {row.number: row for row in self._orders}
        self._lines: dict[Any, list[tuple[str, int, int]]] = {}
        for order_id, *line in OrderLine.objects.filter(order__in=self._orders).values_list(
            "order_id", "sku", "quantity", "unit_price_minor"
        ):
            self._lines.setdefault(order_id, []).append(cast("tuple[str, int, int]", tuple(line)))

    def find(self, order: OldOrder, platform: str) -> Order | None:
        """By its number over there, then by ours."""
        return (
            self._by_id.get((order.platform or platform, order.external_id))
            if order.external_id
            else None
        ) or (self._by_number.get(order.number) if order.number else None)

    def lines_of(self, order: Order) -> list[tuple[str, int, int]]:
        """SKU, pieces, price of each."""
        return sorted(self._lines.get(order.pk, []))


def _compare(there: Order, order: OldOrder, lines: list[tuple[str, int, int]]) -> Verdict:
    """Figures of an order that is there are never rewritten by a file; words about it may be."""
    theirs = sorted((x.sku, x.quantity, x.unit_price.minor) for x in order.lines)
    sums = (order.currency, order.discount, order.shipping, order.tax)
    ours = (there.currency, there.discount_minor, there.shipping_minor, there.tax_minor)
    if theirs != lines or sums != ours:
        raise Invalid(f"{there.number} is there with other figures ({there.total}); a file does "
                      "not rewrite an order.")  # fmt: skip
    changes: Changes = {
        name: [getattr(there, name), order.fields[name]]
        for name in MENDABLE
        if order.fields.get(name) and order.fields[name] != getattr(there, name)
    }
    if not changes:
        return Verdict(BulkOutcome.UNCHANGED)
    for name, (_, value) in changes.items():
        setattr(there, name, value)
    there.save(update_fields=[*changes, "updated_at"])
    return Verdict(BulkOutcome.CHANGED, changes=changes)


def _products(rows: Iterable[SourceRow], options: Mapping[str, Any]) -> dict[str, OldProduct]:
    """What the lines say of each SKU; its newest price is the price."""
    from core.money import Money, MoneyError

    found: dict[str, tuple[Any, OldProduct]] = {}
    for row in rows:
        values = row.values
        at, sku = values.get("placed_at"), values["sku"]
        currency = values.get("currency") or options.get("currency", "")
        if at is None or (sku in found and found[sku][0] >= at):
            continue
        try:
            price = Money.parse(values["unit_price"], str(currency).upper())
        except MoneyError:
            continue
        name = values.get("name") or (found[sku][1].name if sku in found else sku)
        service = values.get("service") or "goods"
        found[sku] = (at, OldProduct(sku, name[:200], price, service, is_goods=True))
    return {sku: product for sku, (_, product) in found.items()}
