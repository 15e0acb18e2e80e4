"""What campaigns send: staff's own text, filled in for each person before it is written down."""

from notifications.enums import Channel
from notifications.kinds.kind import Kind, Variable

_WORDS = (
    Variable("subject", sample="Spring tea is here"),
    Variable(
        "lines",
        "list",
        items=(Variable("text"),),
        sample=[{"text": "Dear Amina, the first harvest has come."}, {"text": "See you soon."}],
    ),
    Variable("url", "url", required=False, sample="https://shop.example/spring"),
    Variable("button", required=False, sample="See the spring teas"),
)

CAMPAIGNS = (
    Kind("campaign", "Campaign by e-mail", _WORDS, channels=frozenset({Channel.EMAIL})),
    Kind(
        "campaign_push",
        "Campaign by push",
        _WORDS[:3],
        channels=frozenset({Channel.PUSH, Channel.IN_APP}),
    ),
)
KIND_OF_CHANNEL = {Channel.EMAIL: "campaign", Channel.PUSH: "campaign_push"}

# what staff may write into their text: {{ name }}
TEXT = Kind("campaign_text", "Text of a campaign", (Variable("name", required=False),))
