"""The rows of an order, as one old order. What contradicts itself is refused, never guessed."""

from collections.abc import Mapping, Sequence
from typing import Any

from commerce.addresses import countries, problem_with
from commerce.bulk.orders.columns import ADDRESS, LINE_MONEY, ORDER_MONEY, SAID_ONCE
from commerce.enums import OrderStatus, PaymentStatus
from commerce.imports.countries import UNKNOWN, country_code
from commerce.imports.records import OldLine, OldOrder
from core.bulk.targets import SourceRow
from core.errors import Invalid
from core.money import Money, MoneyError

NOT_YET_PAID = (OrderStatus.PENDING,)
GAVE_BACK = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
PLAIN = (
    "shipped_at", "delivered_at", "tracking_number", "carrier", "language", "notes",
    "shipping_method_name", "coupon_code",
)  # fmt: skip
SUMS = ("shipping_tax", "included_tax", "shipping_included_tax")
OF_LINES = ("line_discount", "line_tax", "line_included_tax")


def old_order(rows: Sequence[SourceRow], options: Mapping[str, Any]) -> OldOrder:
    """All rows of one order. Raises Invalid naming what is missing or said twice differently."""
    said = _said_once(rows)
    placed = [row.values["placed_at"] for row in rows if row.values.get("placed_at")]
    if not placed:
        raise Invalid("Placed at is needed.")
    currency = (said.get("currency") or str(options.get("currency", ""))).upper()
    status = OrderStatus(said.get("status") or options.get("status") or OrderStatus.DELIVERED)
    country = _country(said.get("country") or said.get("ship_country") or "")
    try:
        Money.zero(currency)
        order = OldOrder(
            external_id=said.get("external_id") or "",
            placed_at=min(placed),
            customer=said.get("customer_external_id") or "",
            country=country,
            currency=currency,
            cancelled=status in GAVE_BACK,
            lines=[_line(row, currency) for row in rows],
            platform=said.get("external_platform") or "",
            number=said.get("number") or "",
            customer_platform=said.get("customer_platform") or "",
            email=said.get("email") or "",
            customer_name=said.get("customer_name") or "",
            discount=_minor(said, "discount", currency),
            shipping=_minor(said, "shipping", currency),
            tax=_minor(said, "tax", currency),
        )
    except MoneyError as error:
        raise Invalid(str(error)) from None
    order.fields = _fields(said, order, status)
    order.fields |= {
        ORDER_MONEY[part]: _minor(said, part, currency) for part in SUMS if part in said
    }
    if "discount" not in said:
        order.discount = sum(line.figures.get("discount_minor", 0) for line in order.lines)
    if "tax" not in said:
        order.tax = order.fields.get("shipping_tax_minor", 0) + sum(
            line.figures.get("tax_minor", 0) for line in order.lines
        )
    _check_total(order, said, currency)
    return order


def _said_once(rows: Sequence[SourceRow]) -> dict[str, Any]:
    """What the order's rows say of the order. A row may leave out what another says."""
    said: dict[str, Any] = {}
    for column in SAID_ONCE:
        for row in rows:
            value = row.values.get(column.name)
            if value in (None, ""):
                continue
            if said.setdefault(column.name, value) != value:
                raise Invalid(
                    f"{column.label} is {said[column.name]} in one line and {value} in line "
                    f"{row.number} of the same order."
                )
    return said


def _line(row: SourceRow, currency: str) -> OldLine:
    values = row.values
    price = Money.parse(values["unit_price"], currency)
    if price.minor < 0:
        raise Invalid(f"Line {row.number}: a price is not below zero.")
    sku = values["sku"]
    return OldLine(
        sku=sku,
        name=values.get("name") or sku,
        quantity=values["quantity"],
        unit_price=price,
        vendor=values.get("vendor") or "",
        service=values.get("service"),
        figures={
            LINE_MONEY[part]: _minor(values, part, currency)
            for part in OF_LINES
            if values.get(part) is not None
        }
        | {name: values[name] for name in ("tax_rate", "tax_name") if values.get(name)},
    )


def _minor(said: Mapping[str, Any], part: str, currency: str) -> int:
    amount = Money.parse(said.get(part) or 0, currency)
    if amount.minor < 0:
        raise Invalid(f"{part.replace('_', ' ').capitalize()} is not below zero.")
    return amount.minor


def _country(text: str) -> str:
    if not text:
        return ""
    code = country_code(text)
    if code == UNKNOWN and text.casefold() not in ("zz", "unspecified"):
        raise Invalid(f"Country {text[:40]!r} is not known.")
    return code


def _fields(said: Mapping[str, Any], order: OldOrder, status: OrderStatus) -> dict[str, Any]:
    """The order's other columns."""
    payment = said.get("payment_status") or (
        PaymentStatus.UNPAID
        if status in NOT_YET_PAID
        else PaymentStatus.REFUNDED
        if status in GAVE_BACK
        else PaymentStatus.PAID
    )
    unpaid = payment == PaymentStatus.UNPAID
    fields: dict[str, Any] = {
        "status": status,
        "payment_status": payment,
        "paid_at": None if unpaid else said.get("paid_at") or order.placed_at,
        **{name: said[name] for name in PLAIN if name in said},
    }
    shipping = _address(said, "ship")
    if any(shipping.values()):
        fields["shipping_address"] = shipping
    billing = _address(said, "bill")
    if any(billing.values()):
        fields["billing_address"] = billing
    return fields


def _address(said: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """An address with all its parts. What old shops left empty stays empty."""
    parts = {part: str(said.get(f"{prefix}_{part}") or "") for part in ADDRESS}
    if parts["country"] and parts["country"] not in countries():
        parts["country"] = _country(parts["country"])
    for part, text in parts.items():
        problem = problem_with(part, text) if text else ""
        if problem:
            raise Invalid(f"{prefix}_{part}: {problem}")
    return parts


def _check_total(order: OldOrder, said: Mapping[str, Any], currency: str) -> None:
    if "total" not in said:
        return
    goods = sum(line.unit_price.minor * line.quantity for line in order.lines)
    parts = Money(goods - order.discount + order.shipping + order.tax, currency)
    if Money.parse(said["total"], currency) != parts:
        raise Invalid(f"The parts come to {parts}, the total says {said['total']}.")
