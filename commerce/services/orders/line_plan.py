"""What an order would hold and cost with other lines: planned, shown, and only then written.

What was ordered keeps the price, the codes and the tax it was ordered at; what is added costs what
it costs today. Figures come from the same pure functions as at checkout.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils import timezone

from commerce.addresses import from_json
from commerce.enums import OrderStatus
from commerce.models import CartLine, Order, OrderLine, OrderPart, Variant
from commerce.models.cart import MOST_PIECES
from commerce.pricing import Delivery, Goods, LineQuote, Quote, make_quote
from commerce.pricing.tax import Rate
from commerce.services.carts import MOST_LINES, prices_today
from commerce.services.orders.refusing import refuse_other_orders
from commerce.services.quotes import coupons
from commerce.services.quotes.coupons import Judged
from commerce.services.quotes.shipping import options_for
from commerce.services.quotes.taxes import rates_for
from core.errors import Conflict, Invalid
from core.money import Money, MoneyError

SHIPPING = "as ordered: shipping"
OPEN_PARTS = (OrderStatus.PENDING, OrderStatus.CONFIRMED, OrderStatus.PROCESSING)


@dataclass(frozen=True, slots=True)
class LineChange:
    """What is to become of an order's lines: how many of which line (0: none), how many of which
    variant besides. `reprice_shipping`: sending is charged as it costs today for what is left."""

    quantities: Mapping[UUID, int] = field(default_factory=dict)
    added: Mapping[UUID, int] = field(default_factory=dict)
    reprice_shipping: bool = False


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line as it was and as it would be; `line` is None for what is new. It says so also when
    the change has been written."""

    line: OrderLine | None
    variant: Variant | None
    before: int
    quantity: int
    unit_price: Money
    quoted: LineQuote | None = None

    @property
    def more(self) -> int:
        """How many come (below nothing: go)."""
        return self.quantity - self.before

    @property
    def sku(self) -> str:
        """Of the thing."""
        return self.line.sku if self.line else self.variant.sku if self.variant else ""

    @property
    def total(self) -> Money:
        """Of the line, before discount and tax."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class LinePlan:
    """All lines, those that go included, and the figures of those that stay."""

    order: Order
    was: Money
    lines: list[PlannedLine]
    quote: Quote
    codes: list[Judged]

    @property
    def total(self) -> Money:
        """What the order would cost."""
        return self.quote.total

    @property
    def difference(self) -> Money:
        """So much more (below nothing: less) than before."""
        return self.total - self.was

    @property
    def changed(self) -> list[PlannedLine]:
        """Lines with another number of pieces."""
        return [one for one in self.lines if one.more]

    @property
    def refused(self) -> list[Judged]:
        """Codes that would count no longer, each with its reason."""
        return [judged for judged in self.codes if not judged.discount]


def make_plan(order: Order, change: LineChange) -> LinePlan:
    """Work out a change; nothing is written, nothing held. As the house.

    Raises Invalid naming each wrong line or variant, Conflict for an order or a line that is not
    to be changed any more, or when nothing would be left.
    """
    refuse_other_orders(order)
    present = list(
        order.lines.select_related("variant__product__category").order_by("position")
    )  # fmt: skip
    lines = [*_kept(present, change.quantities), *_added(order, present, change.added)]
    if not any(one.quantity for one in lines):
        raise Conflict("Nothing would be left: cancel the order instead.")
    if len([one for one in lines if one.quantity]) > MOST_LINES:
        raise Invalid("Too many lines.", details={"add": [f"At most {MOST_LINES} lines an order."]})
    closed = _closed_parts(order)
    _refuse_closed_parts(closed, lines)
    staying = [one for one in lines if one.quantity]
    goods = _goods(staying)
    judged = _codes(order, staying, goods)
    try:
        quote = make_quote(
            goods,
            currency=order.currency,
            discounts=[one.discount for one in judged if one.discount],
            delivery=_delivery(order, staying, change),
            rates=_rates(order, staying, change),
        )
    except MoneyError as error:
        raise Invalid("Nobody books so much.", details={"lines": [str(error)]}) from None
    by_key = {one.goods.key: one for one in quote.lines}
    keys = iter(goods)
    quoted = [replace(one, quoted=by_key[next(keys).key]) if one.quantity else one for one in lines]
    _refuse_other_figures(closed, quoted)
    return LinePlan(order, order.total, quoted, quote, judged)


def _kept(present: list[OrderLine], quantities: Mapping[UUID, int]) -> list[PlannedLine]:
    known = {line.pk for line in present}
    wrong = {str(key): ["No line of this order."] for key in quantities if key not in known}
    wrong |= {
        str(key): [f"0 to {MOST_PIECES} pieces."]
        for key, quantity in quantities.items()
        if not 0 <= quantity <= MOST_PIECES
    }
    if wrong:
        raise Invalid("Some lines cannot be changed so.", details=wrong)
    return [
        PlannedLine(
            line,
            line.variant,
            line.quantity,
            quantities.get(line.pk, line.quantity),
            Money(line.unit_price_minor, line.currency),
        )
        for line in present
    ]


def _added(order: Order, present: list[OrderLine], added: Mapping[UUID, int]) -> list[PlannedLine]:
    if not added:
        return []
    prices = prices_today(list(added), order.currency)
    found = Variant.objects.select_related("product__category").in_bulk(list(added))
    held = {line.variant_id for line in present}
    wrong = {}
    for key, quantity in added.items():
        if key in held:
            wrong[str(key)] = ["It is in the order: change how many of it."]
        elif key not in prices or key not in found:
            wrong[str(key)] = [f"Not on sale in {order.currency}."]
        elif not 1 <= quantity <= MOST_PIECES:
            wrong[str(key)] = [f"1 to {MOST_PIECES} pieces."]
    if wrong:
        raise Invalid("Some things cannot be added.", details=wrong)
    return [PlannedLine(None, found[key], 0, count, prices[key]) for key, count in added.items()]


def _closed_parts(order: Order) -> dict[UUID, OrderPart]:
    """Those that are sent, or called off, by vendor: they stay as they are."""
    return {part.vendor_id: part for part in order.parts.all() if part.status not in OPEN_PARTS}


def _refuse_closed_parts(closed: Mapping[UUID, OrderPart], lines: list[PlannedLine]) -> None:
    for one in lines:
        vendor_id = one.line.vendor_id if one.line else one.variant and one.variant.vendor_id
        part = closed.get(vendor_id) if vendor_id and one.more else None
        if part is not None:
            status = part.get_status_display().lower()
            raise Conflict(
                f"{one.sku} belongs to {part.number}, which is {status}: its lines stay.",
                details={"part": part.number, "status": part.status},
            )


def _refuse_other_figures(closed: Mapping[UUID, OrderPart], lines: list[PlannedLine]) -> None:
    """A code is shared by all lines: of what is sent, or called off, it takes what it took."""
    for one in lines:
        part = closed.get(one.line.vendor_id) if one.line else None
        if part is None or one.line is None or one.quoted is None:
            continue
        line, tax = one.line, one.quoted.tax
        was = (line.discount_minor, line.tax_minor, line.included_tax_minor)
        if was != (one.quoted.discount.minor, tax.added.minor, tax.included.minor):
            status = part.get_status_display().lower()
            raise Conflict(
                f"What {one.sku} costs in {part.number}, which is {status}, would change with it: "
                "they share a code. Take another order for what is added, cancel the part of what "
                "is taken out.",
                details={"part": part.number, "status": part.status},
            )


def _goods(lines: list[PlannedLine]) -> list[Goods]:
    """Keyed by variant, as at checkout, so that the same lines cost the same."""
    seen: set[UUID] = set()
    goods = []
    for one in lines:
        key = one.variant.pk if one.variant else None
        if key is None or key in seen:
            assert one.line is not None  # noqa: S101  - what is added has a variant of its own
            key = one.line.pk
        seen.add(key)
        goods.append(Goods(key, one.unit_price, one.quantity, _tax_key(one)))
    return goods


def _codes(order: Order, lines: list[PlannedLine], goods: list[Goods]) -> list[Judged]:
    codes = [code for code in order.coupon_code.split(", ") if code]
    if not codes:
        return []
    as_cart = [CartLine(variant=one.variant, quantity=one.quantity) for one in lines if one.variant]
    return coupons.judge(
        codes,
        coupons.read(codes),
        lines=as_cart,
        subtotal=sum((one.total for one in goods), start=order.money(0)),
        now=timezone.now(),
        is_used=True,
    )


def _delivery(order: Order, lines: list[PlannedLine], change: LineChange) -> Delivery | None:
    """The way it goes, at the price that was agreed or at today's."""
    if not change.reprice_shipping:
        if not (order.shipping_method or order.shipping_minor):
            return None
        price = order.money(order.shipping_minor)
        return Delivery(order.shipping_method, order.shipping_method_name, price, SHIPPING)
    sent = [one for one in lines if one.variant and one.variant.requires_shipping]
    if not sent or not order.shipping_method:
        return None
    weight = sum((one.variant.weight_grams or 0) * one.quantity for one in sent if one.variant)
    options = options_for(
        from_json(order.shipping_address).destination,
        weight=weight,
        value=sum((one.total for one in lines), start=order.money(0)),
        language=order.language,
        now=timezone.now(),
    )
    same = next((one for one in options if one.method.code == order.shipping_method), None)
    if same is None:
        raise Conflict(f"It cannot be sent by {order.shipping_method_name} any more.")
    return same.delivery


def _tax_key(one: PlannedLine) -> str:
    """Under which its rate is looked up: a line's own, a new thing's kind."""
    return f"as ordered: {one.line.pk}" if one.line else str(_tax_class(one))


def _tax_class(one: PlannedLine) -> str:
    return one.variant.product.tax_class if one.variant else ""


def _rates(order: Order, lines: list[PlannedLine], change: LineChange) -> Callable[[str], Rate]:
    """As ordered for what was ordered, and for the rest those of the order's day."""
    day = rates_for(from_json(order.shipping_address).destination, on=order.placed_at.date())
    known: dict[str, Rate] = {}
    for one in lines:
        if one.line:
            known[_tax_key(one)] = _as_ordered(
                Rate(
                    one.line.tax_name,
                    one.line.tax_rate,
                    is_included=one.line.included_tax_minor > 0,
                ),
                day(_tax_class(one)),
            )
    if not change.reprice_shipping:
        known[SHIPPING] = _as_ordered(
            Rate(
                order.shipping_tax_name,
                order.shipping_tax_rate,
                is_included=order.shipping_included_tax_minor > 0,
            ),
            day(""),
        )
    return lambda kind: known.get(kind) or day(kind)


def _as_ordered(kept: Rate, day: Rate) -> Rate:
    """The rate of the day, where it is the one that was ordered at: it knows its note."""
    same = (day.name, day.percent) == (kept.name, kept.percent)
    return day if same else kept
