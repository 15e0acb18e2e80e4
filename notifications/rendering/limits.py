"""How long a rendering takes and how large it grows, where Liquid's own limits are blind.

Liquid counts the turns of nested loops, but not those of loops one after another, and sees what
filters make only once it is written out: `{{ s | append: s | append: s ... }}` fits into a
template and would make gigabytes. So the clock is looked at before each node, and the clock and
the size after each filter.
"""

import time
from collections.abc import Callable
from typing import Any

from liquid import RenderContext
from liquid.exceptions import LiquidError
from liquid.template import BoundTemplate
from liquid.token import Token

RENDER_SECONDS = 1.0  # of this thread's own work: a busy machine makes no mail fail for good
VALUE_CAP = 300_000  # characters a filter may make


class TookTooLong(LiquidError):
    """The time of one rendering is over."""


class TooLarge(LiquidError):
    """A filter made more than a mail may hold."""


class LimitedContext(RenderContext):
    """One rendering, with its end. Every node asks for `disabled_tags` before it is rendered."""

    _until: float | None = None

    @property
    def disabled_tags(self) -> list[str]:
        """None; asking for them is what looks at the clock."""
        self._look_at_clock()
        return []

    @disabled_tags.setter
    def disabled_tags(self, value: list[str]) -> None:
        """Set once, as the rendering begins."""
        self._until = time.thread_time() + RENDER_SECONDS

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        """The filter, with a look at the clock and at the size of what it made."""
        plain = super().filter(name, token)

        def limited(*args: Any, **kwargs: Any) -> object:
            self._look_at_clock()
            made = plain(*args, **kwargs)
            if isinstance(made, str) and len(made) > VALUE_CAP:
                raise TooLarge(f"{name} makes more than {VALUE_CAP} characters", token=token)
            return made

        return limited

    def _look_at_clock(self) -> None:
        if self._until is not None and time.thread_time() > self._until:
            raise TookTooLong(f"this takes longer than {RENDER_SECONDS:g} second", token=None)


class LimitedTemplate(BoundTemplate):
    """A template whose renderings end."""

    context_class = LimitedContext
