"""Coloured labels that are labels everywhere.

unfold's `@display(label=LABELS)` colours a (key, text) pair in lists; on the page of one row, and
in inlines, the same pair would be printed as a Python tuple. This pair knows how it looks there.

    @display(description="State", ordering="state", label=LABELS)
    def shown_state(self, order: Order) -> Labelled:
        return Labelled(order.state, order.get_state_display(), LABELS)
"""

from collections.abc import Mapping
from typing import Any, Self

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class Labelled(tuple[str, str]):
    """(key, text) for lists, a coloured label as HTML."""

    labels: Mapping[Any, str]

    def __new__(cls, key: str, text: str, labels: Mapping[Any, str]) -> Self:
        """`labels` says the colour of each key: default, primary, info, success ..."""
        pair = super().__new__(cls, (key, text))
        pair.labels = labels
        return pair

    def __html__(self) -> str:
        """What Django's pages show instead of the tuple."""
        return str(self)

    def __str__(self) -> SafeString:
        """The same where a template prints it: Django asks for the text of what is no text."""
        key, text = self
        context = {"text": text, "variant": self.labels.get(key, "default")}
        return render_to_string("unfold/helpers/label.html", context)
