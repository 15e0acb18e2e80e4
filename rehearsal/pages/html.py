"""HTML made from templates whose values are always escaped, unless they are Html already."""

from __future__ import annotations

import html as escaping
from collections.abc import Iterable
from typing import Any


class Html(str):
    """Text that is safe to put into a page as it is."""

    __slots__ = ()


def html(template: str, **values: Any) -> Html:
    """Fill `{name}` places of a template; `{{` and `}}` are literal braces."""
    return Html(template.format(**{name: escaped(value) for name, value in values.items()}))


def escaped(value: Any) -> Html:
    """Html stays, None is empty, everything else is escaped."""
    if isinstance(value, Html):
        return value
    return Html(escaping.escape("" if value is None else str(value)))


def join(parts: Iterable[Html]) -> Html:
    """One piece out of many."""
    return Html("".join(parts))
