"""What people are told about themselves: welcomed, what they finished, how their week went."""

from notifications.kinds.kind import Kind, Variable

_NAME = Variable("name", required=False, sample="Amina")
_URL = Variable("url", "url", required=False, sample="https://shop.example/account")

PEOPLE = (
    Kind("welcome", "Welcome", (_NAME, Variable("url", "url", sample="https://shop.example/"))),
    Kind(
        "payment_failed",
        "A payment did not go through",
        (
            Variable("reference", sample="pay_8Q2M"),
            Variable("amount", "money", sample={"amount": "110.50", "currency": "EUR"}),
            _NAME,
            Variable("description", required=False, sample="Order TW-10482"),
            Variable(
                "url", "url", required=False, sample="https://shop.example/payments/pay_8Q2M/"
            ),
        ),
    ),
    Kind(
        "workshop_completed",
        "A workshop is completed",
        (
            Variable("workshop", sample="Import duties without tears"),
            _NAME,
            Variable("completed_on", required=False, sample="24 November 2026"),
            Variable("score", "number", required=False, sample=92),
            Variable("next_workshop", required=False, sample="Incoterms in practice"),
            Variable(
                "certificate_url",
                "url",
                required=False,
                sample="https://shop.example/certificates/8q2m",
            ),
            _URL,
        ),
    ),
    Kind(
        "achievement",
        "Something was achieved",
        (
            Variable("title", sample="First parcel abroad"),
            _NAME,
            Variable("description", required=False, sample="10 parcels sent to 4 countries."),
            Variable("earned_on", required=False, sample="24 November 2026"),
            _URL,
        ),
    ),
    Kind(
        "weekly_progress",
        "How the week went",
        (
            # the sender writes names and values in the reader's language, with its digits
            Variable("week", sample="16.11.2026 – 22.11.2026"),
            Variable(
                "items",
                "list",
                items=(Variable("name"), Variable("value"), Variable("note")),
                sample=[
                    {"name": "Kyoto Iron", "value": "12", "note": "+3"},
                    {"name": "Import duties without tears", "value": "80 %", "note": ""},
                ],
            ),
            Variable(
                "totals",
                "list",
                required=False,
                items=(Variable("name"), Variable("value")),
                sample=[{"name": "Tradewind", "value": "1 240,50 €"}],
            ),
            _NAME,
            _URL,
        ),
    ),
)
