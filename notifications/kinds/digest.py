"""What happened while somebody wanted to be left in peace, in one message."""

from notifications.enums import Channel
from notifications.kinds.kind import Kind, Variable

DIGEST = Kind(
    "digest",
    "What happened during quiet hours",
    (
        Variable("count", "number", sample=2),
        Variable("more", "number", required=False, sample=0),
        Variable(
            "items",
            "list",
            items=(Variable("title"), Variable("body"), Variable("url"), Variable("subject")),
            sample=[
                {
                    "title": "Order TW-10482 is on its way",
                    "body": "Japan Post, JP123456789",
                    "url": "https://shop.example/orders/TW-10482",
                    "subject": "orders",
                },
                {
                    "title": "You earned a commission",
                    "body": "4.90 EUR, payable on 4 December",
                    "url": "",
                    "subject": "referrals",
                },
            ],
        ),
    ),
    channels=frozenset({Channel.EMAIL, Channel.PUSH}),
)
