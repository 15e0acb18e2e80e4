"""The columns of an order and of its lines."""

from commerce.addresses import LONGEST
from commerce.enums import OrderStatus, PaymentStatus
from core.bulk.cells import Choice, Moment, Number, Text, WholeNumber
from core.bulk.columns import Column

ADDRESS = {
    "name": "name", "line1": "line 1", "line2": "line 2", "city": "city", "region": "region",
    "postal_code": "postal code", "country": "country",
}  # fmt: skip
MOST_PIECES = 1_000_000


def _address(prefix: str, label: str) -> list[Column]:
    return [
        Column(f"{prefix}_{part}", f"{label} {words}", Text(LONGEST[part]))
        for part, words in ADDRESS.items()
    ]


OF_ORDER = [
    Column("number", "Order number", Text(20), help="Ours, from an export",
           example="TW-2026-000001"),
    Column("external_id", "External id", Text(120), help="The order's number over there",
           aliases=("order", "order id", "order no", "invoice", "invoiceno", "invoice number")),
    Column("external_platform", "Platform", Text(40), aliases=("source system",),
           help="Which shop or system it is from"),
    Column("placed_at", "Placed at", Moment(), example="2026-11-20 08:00:00",
           aliases=("date", "order date", "invoice date", "invoicedate", "created at")),
    Column("status", "Status", Choice(OrderStatus.choices), example="delivered"),
    Column("payment_status", "Payment status", Choice(PaymentStatus.choices), example="paid"),
    Column("email", "E-mail", Text(254), aliases=("customer email", "mail"),
           example="ada@example.com"),
    Column("customer_external_id", "Customer's external id", Text(100),
           aliases=("customerid", "customer id", "customer number")),
    Column("customer_platform", "Customer's platform", Text(20),
           help="Where the customer's external id is from; else the order's"),
    Column("customer_name", "Customer's name", Text(200), aliases=("customer", "buyer")),
    Column("currency", "Currency", Text(3), example="EUR"),
    Column("discount", "Discount", Number(), example="0.00"),
    Column("shipping", "Shipping", Number(), aliases=("postage", "shipping cost"), example="4.90"),
    Column("tax", "Tax", Number(), aliases=("vat",), example="0.00"),
    Column("shipping_tax", "Tax on shipping", Number()),
    Column("included_tax", "Tax included in prices", Number()),
    Column("shipping_included_tax", "Tax included in shipping", Number()),
    Column("shipping_method_name", "Shipping method", Text(120)),
    Column("coupon_code", "Coupon", Text(250)),
    Column("total", "Total", Number(), help="Compared with what the parts come to"),
    Column("country", "Country", Text(100), example="FR"),
    *_address("ship", "Shipping"),
    *_address("bill", "Billing"),
    Column("paid_at", "Paid at", Moment()),
    Column("shipped_at", "Shipped at", Moment()),
    Column("delivered_at", "Delivered at", Moment()),
    Column("tracking_number", "Tracking number", Text(100)),
    Column("carrier", "Carrier", Text(100)),
    Column("language", "Language", Text(10)),
    Column("notes", "Notes", Text(10_000, lines=True)),
]  # fmt: skip
OF_LINE = [
    Column("sku", "SKU", Text(64), required=True, example="TEA-100",
           aliases=("stock code", "stockcode", "article", "item number")),
    Column("name", "Product", Text(300), aliases=("description", "item", "title", "product name"),
           example="Green tea, 100 g"),
    Column("quantity", "Quantity", WholeNumber(1, MOST_PIECES), required=True,
           aliases=("qty", "pieces"), example="2"),
    Column("unit_price", "Unit price", Number(), required=True,
           aliases=("price", "unitprice", "price each"), example="7.50"),
    Column("vendor", "Vendor", Text(100), help="Its slug", aliases=("seller", "supplier")),
    Column("service", "Line of business", Text(60)),
    Column("line_discount", "Discount on the line", Number()),
    Column("line_tax", "Tax on the line", Number()),
    Column("line_included_tax", "Tax included in the line", Number()),
    Column("tax_rate", "Tax rate in percent", Number()),
    Column("tax_name", "Tax's name", Text(60)),
]  # fmt: skip
ORDER_MONEY = {
    "discount": "discount_minor", "shipping": "shipping_minor", "tax": "tax_minor",
    "total": "total_minor", "shipping_tax": "shipping_tax_minor",
    "included_tax": "included_tax_minor", "shipping_included_tax": "shipping_included_tax_minor",
}  # fmt: skip
LINE_MONEY = {
    "unit_price": "unit_price_minor", "line_discount": "discount_minor", "line_tax": "tax_minor",
    "line_included_tax": "included_tax_minor",
}  # fmt: skip
COLUMNS = [*OF_ORDER, *OF_LINE]
LINE_NAMES = frozenset(column.name for column in OF_LINE)
SAID_ONCE = [column for column in OF_ORDER if column.name != "placed_at"]
