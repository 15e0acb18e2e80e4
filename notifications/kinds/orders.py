"""What buyers and vendors are told on an order's way. Wording: notifications/templates_builtin/."""

from notifications.kinds.kind import Kind, Variable

_TEAPOT = {"name": "Cast-iron teapot", "quantity": 1}
_NUMBER = Variable("number", sample="TW-10482")
_NAME = Variable("name", required=False, sample="Amina")
_URL = Variable("url", "url", required=False, sample="https://shop.example/orders/TW-10482")
_TOTAL = Variable("total", "money", sample={"amount": "110.50", "currency": "EUR"})
_BACK = Variable("refund", "money", required=False, sample={"amount": "48.00", "currency": "EUR"})
_GOODS = Variable(
    "lines", "list", items=(Variable("name"), Variable("quantity", "number")), sample=[_TEAPOT]
)
_LINES = Variable(
    "lines",
    "list",
    items=(Variable("name"), Variable("quantity", "number"), Variable("total", "money")),
    sample=[_TEAPOT | {"total": {"amount": "48.00", "currency": "EUR"}}],
)
_PARCELS = Variable(
    "parcels",
    "list",
    required=False,
    items=(Variable("carrier"), Variable("tracking_number"), Variable("url")),
    sample=[
        {
            "carrier": "Japan Post",
            "tracking_number": "JP123456789",
            "url": "https://carrier.example/JP123456789",
        }
    ],
)

STEPS = {
    "confirmed": "order_confirmed",
    "processing": "order_processing",
    "shipped": "order_shipped",
    "out_for_delivery": "order_out_for_delivery",
    "delivered": "order_delivered",
    "cancelled": "order_cancelled",
    "refunded": "order_refunded",
}
"""Which kind tells which status of an order."""

ORDERS = (
    Kind("order_confirmed", "Order confirmed", (_NUMBER, _NAME, _URL)),
    Kind("order_processing", "Order being prepared", (_NUMBER, _NAME, _URL)),
    Kind("order_shipped", "Order shipped", (_NUMBER, _NAME, _PARCELS, _URL)),
    Kind("order_out_for_delivery", "Order out for delivery", (_NUMBER, _NAME, _PARCELS, _URL)),
    Kind("order_delivered", "Order delivered", (_NUMBER, _NAME, _URL)),
    Kind("order_cancelled", "Order cancelled", (_NUMBER, _NAME, _BACK, _URL)),
    Kind("order_refunded", "Order refunded", (_NUMBER, _NAME, _BACK, _URL)),
    Kind("order_part_shipped", "Part of an order shipped",
         (_NUMBER, _NAME, _GOODS, _PARCELS, _URL)),
    Kind("order_part_cancelled", "Part of an order cancelled",
         (_NUMBER, _NAME, _GOODS, _BACK, _URL)),
    Kind("order_step_taken_back", "A step of an order was a mistake", (_NUMBER, _NAME, _URL)),
    Kind("order_changed", "Order changed", (_NUMBER, _NAME, _LINES, _TOTAL, _BACK, _URL)),
    Kind(
        "order_payment_request",
        "Please pay for an order",
        (
            _NUMBER,
            _NAME,
            Variable("amount", "money", sample={"amount": "110.50", "currency": "EUR"}),
            _LINES,
            _TOTAL,
            Variable("url", "url", sample="https://shop.example/pay/tw-8q2m"),
        ),
    ),
    Kind(
        "vendor_order_changed",
        "An order of a vendor's goods was changed",
        (Variable("vendor", sample="Kyoto Iron"), _NUMBER, _GOODS, _URL),
    ),
    Kind(
        "vendor_order_cancelled",
        "An order of a vendor's goods was cancelled",
        (Variable("vendor", sample="Kyoto Iron"), _NUMBER, _GOODS, _URL),
    ),
)  # fmt: skip
