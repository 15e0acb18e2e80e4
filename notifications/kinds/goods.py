"""Kinds about goods: what is short, what is waited for, what comes back."""

from notifications.kinds.kind import Kind, Variable

_NAME = Variable("name", required=False, sample="Amina")
_NUMBER = Variable("number", sample="TW-10482")
_RETURN = Variable("number", sample="TW-10482-R1")
_PIECES = [
    {"name": "Cast-iron teapot", "quantity": 1},
    {"name": "Tea cups, set of four", "quantity": 2},
]

GOODS = (
    Kind(
        "stock_low",
        "Little is left of something (for staff and vendors)",
        (
            Variable("product", sample="Cast-iron teapot"),
            Variable("sku", sample="KI-TEAPOT-L"),
            Variable("location", sample="Main"),
            Variable("available", "number", sample=3),
            Variable("threshold", "number", sample=5),
        ),
    ),
    Kind(
        "rates_held",
        "Exchange rates wait for somebody to look at them (for staff)",
        (
            Variable("count", "number", sample=1),
            Variable(
                "rates",
                "list",
                items=(
                    Variable("day"),
                    Variable("currency"),
                    Variable("rate"),
                    Variable("reason"),
                ),
                sample=[
                    {
                        "day": "2026-11-30",
                        "currency": "TRY",
                        "rate": "61.2",
                        "reason": "It moved by 40 % in a day.",
                    }
                ],
            ),
            Variable(
                "url",
                "url",
                required=False,
                sample="https://shop.example/admin/commerce/exchangerate/",
            ),
        ),
    ),
    Kind(
        "order_waits_for_stock",
        "Paid, but not in stock",
        (
            _NUMBER,
            _NAME,
            Variable(
                "lines",
                "list",
                items=(Variable("name"), Variable("quantity", "number")),
                sample=_PIECES,
            ),
            Variable("refund_on", required=False, sample="2026-12-04 12:00 UTC"),
        ),
    ),
    Kind("order_back_in_stock", "What an order waited for is there", (_NUMBER, _NAME)),
    Kind(
        "return_status_changed",
        "What becomes of a return",
        (
            _RETURN,
            Variable("order_number", sample="TW-10482"),
            Variable("state", sample="approved"),
            Variable("refund", "money", sample={"amount": "48.00", "currency": "EUR"}),
            _NAME,
            Variable("note", required=False, sample="It was worn."),
        ),
    ),
    Kind(
        "vendor_return_requested",
        "Something of a vendor's is to come back",
        (
            Variable("vendor", sample="Kyoto Iron"),
            _RETURN,
            Variable(
                "lines",
                "list",
                items=(Variable("name"), Variable("quantity", "number"), Variable("reason")),
                sample=[piece | {"reason": "damaged"} for piece in _PIECES],
            ),
        ),
    ),
)
