"""Questions that only tests ask: what a kind looks like as it ships, what holds for one address."""

from notifications.choices.links import sample_ways_out
from notifications.kinds import kind_named
from notifications.models import Notification
from notifications.rendering import Rendered, render_with_copy
from notifications.rendering.render import filled
from notifications.services.suppression import suppressions_of


def render_sample(kind_key: str, language: str) -> Rendered:
    """What ships, with made-up values."""
    kind = kind_named(kind_key)
    return filled(kind, kind.sample_context(), language, sample_ways_out(kind_key))


def render(notification: Notification) -> Rendered:
    """What is sent to the person: mail and push."""
    return render_with_copy(notification)[0]


def suppression_of(email: str, category: str) -> str | None:
    """Why mail of `category` must not go to `email`; None: it may go."""
    return suppressions_of([email], category).get(email)
