"""The kinds Tradewind ships. Their wording: notifications/templates_builtin/<kind>/."""

from notifications.enums import Channel
from notifications.kinds.campaigns import CAMPAIGNS
from notifications.kinds.digest import DIGEST
from notifications.kinds.goods import GOODS
from notifications.kinds.kind import Kind, Variable
from notifications.kinds.orders import ORDERS
from notifications.kinds.people import PEOPLE
from notifications.kinds.secrets import confirmation_link, reset_link

_TEAPOT = {"name": "Cast-iron teapot", "quantity": 1}
_CUPS = {"name": "Tea cups, set of four", "quantity": 2}
_LINES = Variable(
    "lines",
    "list",
    items=(Variable("name"), Variable("quantity", "number"), Variable("total", "money")),
    sample=[
        _TEAPOT | {"total": {"amount": "48.00", "currency": "EUR"}},
        _CUPS | {"total": {"amount": "62.50", "currency": "EUR"}},
    ],
)
_NUMBER = Variable("number", sample="TW-10482")
_NAME = Variable("name", required=False, sample="Amina")
_TOTAL = Variable("total", "money", sample={"amount": "110.50", "currency": "EUR"})
_URL = Variable("url", "url", required=False, sample="https://shop.example/orders/TW-10482")
_PLAN = Variable("plan", sample="Pro")
_MANAGE = Variable("url", "url", required=False, sample="https://shop.example/account")

BUILTIN = (
    Kind("order_placed", "Order placed", (_NUMBER, _TOTAL, _LINES, _NAME, _URL)),
    Kind(
        "payment_thank_you",
        "Thank you for your payment",
        (
            Variable("reference", sample="pay_8Q2M"),
            Variable("amount", "money", sample={"amount": "110.50", "currency": "EUR"}),
            _NAME,
            Variable("number", required=False, sample="TW-10482"),
            Variable("description", required=False, sample="Order TW-10482"),
            Variable(
                "receipt_url",
                "url",
                required=False,
                sample="https://shop.example/payments/tw-8q2m/receipt.pdf",
            ),
            _URL,
        ),
    ),
    Kind(
        "payment_refunded",
        "Money is on its way back",
        (
            Variable("reference", sample="pay_8Q2M"),
            Variable("amount", "money", sample={"amount": "48.00", "currency": "EUR"}),
            Variable("paid", "money", sample={"amount": "110.50", "currency": "EUR"}),
            _NAME,
            Variable("number", required=False, sample="TW-10482"),
            Variable("description", required=False, sample="Order TW-10482"),
            _URL,
        ),
    ),
    Kind(
        "dispute_opened",
        "A payment is disputed (for staff)",
        (
            Variable("reference", sample="pay_8Q2M"),
            Variable("gateway", sample="Stripe"),
            Variable("amount", "money", sample={"amount": "110.50", "currency": "EUR"}),
            Variable("reason", required=False, sample="fraudulent"),
            Variable("due_by", required=False, sample="2026-12-04 23:59 UTC"),
            _URL,
        ),
        channels=frozenset({Channel.EMAIL}),
    ),
    Kind(
        "devices_alarm",
        "Too many devices look gone (for staff)",
        (
            Variable("gone", "number", sample=184),
            Variable("answered", "number", sample=200),
            Variable("url", "url", sample="https://shop.example/admin/"),
        ),
        channels=frozenset({Channel.EMAIL}),
    ),
    Kind(
        "staff_push",
        "A push written by staff",
        (
            Variable("title", sample="We are open on Sunday"),
            Variable("body", required=False, sample="From 10 to 16, with tea for everybody."),
            _URL,
        ),
        channels=frozenset({Channel.PUSH, Channel.IN_APP}),
    ),
    Kind(
        "vendor_new_order",
        "New order for a vendor",
        (Variable("vendor", sample="Kyoto Iron"), _NUMBER, _TOTAL, _LINES, _URL),
    ),
    Kind(
        "vendor_status_changed",
        "A vendor was approved, suspended, closed",
        (
            Variable("vendor", sample="Kyoto Iron"),
            Variable("status", sample="suspended"),
            Variable("previous_status", required=False, sample="active"),
            Variable("reason", required=False, sample="Two parcels in three arrived broken."),
        ),
    ),
    Kind(
        "vendor_invitation",
        "Act for a vendor",
        (Variable("vendor", sample="Kyoto Iron"), Variable("role", sample="owner"), _URL),
        channels=frozenset({Channel.EMAIL}),
    ),
    Kind(
        "order_status_changed",
        "Order status changed",
        (
            _NUMBER,
            Variable("status", sample="shipped"),
            Variable("previous_status", required=False, sample="paid"),
            _NAME,
            Variable("note", required=False, sample="Parcel JP123456789."),
            _URL,
        ),
    ),
    Kind(
        "cart_reminder",
        "A cart waits for its shopper",
        (_LINES, _NAME, Variable("url", "url", sample="https://shop.example/carts/k9Q2")),
        channels=frozenset({Channel.EMAIL}),
    ),
    Kind(
        "email_confirmation",
        "Confirm an e-mail address",
        (_NAME,),
        channels=frozenset({Channel.EMAIL}),
        secrets={"link": confirmation_link},
    ),
    Kind(
        "password_reset",
        "Choose a new password",
        (_NAME,),
        channels=frozenset({Channel.EMAIL}),
        secrets={"link": reset_link},
    ),
    Kind(
        "password_changed",
        "The password was changed",
        (_NAME,),
        channels=frozenset({Channel.EMAIL}),
        secrets={"link": reset_link},
    ),
    Kind(
        "contact_confirmation",
        "Your message has arrived",
        (_NAME,),
        channels=frozenset({Channel.EMAIL}),
    ),
    Kind(
        "contact_notice",
        "Somebody wrote to the shop",
        (
            Variable("name", sample="Amina Diallo"),
            Variable("email", sample="amina@example.com"),
            Variable("message", sample="Do you ship to Dakar?"),
            Variable(
                "url", "url", required=False, sample="https://shop.example/admin/messages/8q2m"
            ),
        ),
        channels=frozenset({Channel.EMAIL}),
    ),
    Kind(
        "subscription_payment_failed",
        "A renewal was not paid",
        (
            _PLAN,
            Variable("amount", "money", sample={"amount": "29.00", "currency": "EUR"}),
            Variable("next_attempt", required=False, sample="24 November 2026"),
            Variable("access_until", required=False, sample="27 November 2026"),
            _NAME,
            _MANAGE,
        ),
    ),
    Kind(
        "subscription_trial_ending",
        "A trial ends soon",
        (
            _PLAN,
            Variable("date", sample="24 November 2026"),
            Variable(
                "amount", "money", required=False, sample={"amount": "29.00", "currency": "EUR"}
            ),
            _NAME,
            _MANAGE,
        ),
    ),
    Kind(
        "subscription_ending",
        "A subscription ends soon",
        (_PLAN, Variable("date", sample="24 November 2026"), _NAME, _MANAGE),
    ),
    Kind(
        "subscription_cancelled",
        "A subscription has ended",
        (_PLAN, Variable("date", sample="24 November 2026"), _NAME, _MANAGE),
    ),
    Kind(
        "referral_commission",
        "Somebody you brought has bought",
        (
            Variable("amount", "money", sample={"amount": "4.90", "currency": "EUR"}),
            Variable("base", "money", sample={"amount": "49.00", "currency": "EUR"}),
            Variable("payable_on", sample="4 December 2026"),
            _NAME,
            _URL,
        ),
    ),
    *ORDERS,
    *GOODS,
    *PEOPLE,
    *CAMPAIGNS,
    DIGEST,
)
