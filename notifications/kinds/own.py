"""Templates that staff make for campaigns: kinds that no code declares.

The key says it all ("own_email_spring_sale"): the channel, the name, and that it is told as
campaigns are. So nothing has to be looked up to know such a kind, and what was told by it stays
known after the template is gone.
"""

import re
from functools import lru_cache

from notifications.enums import Channel, TemplateChannel
from notifications.kinds.kind import Kind, Variable

PREFIX, PUSH_PREFIX = "own_", "own_push_"
KEY = re.compile(r"own_(email|push)_[a-z0-9]+(?:_[a-z0-9]+)*")
CHANNELS = {
    TemplateChannel.EMAIL: frozenset({Channel.EMAIL}),
    TemplateChannel.PUSH: frozenset({Channel.PUSH, Channel.IN_APP}),
}
VARIABLES = (
    Variable("name", required=False, sample="Amina"),
    Variable("url", "url", required=False, sample="https://shop.example/spring"),
)


def own_key(channel: str, name: str) -> str:
    """The key of a template of that name; "" for a name without a letter or digit of ASCII."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return f"{PREFIX}{TemplateChannel(channel).value}_{words}" if words else ""


@lru_cache(maxsize=512)
def own_kind(key: str) -> Kind | None:
    """The kind behind such a key; None for any other key."""
    found = KEY.fullmatch(key)
    if found is None:
        return None
    channel = TemplateChannel(found[1])
    title = key.removeprefix(f"{PREFIX}{channel.value}_").replace("_", " ").capitalize()
    return Kind(key, title, VARIABLES, channels=CHANNELS[channel])
