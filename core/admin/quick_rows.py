"""Long lists without a template for each cell: half of what such a page costs is the same few
pieces of HTML, made anew for every row."""

from collections.abc import Mapping
from functools import lru_cache, wraps
from typing import Any

from django.contrib.admin import helpers
from django.db.models import Model
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import ModelAdmin, checkbox
from unfold.decorators import display
from unfold.utils import display_for_label

HERE = "\x02"  # where the key of a row goes; no key holds it


class QuickRows(ModelAdmin):
    """A list whose rows cost little. Labels in it come from `label_html`."""

    @display(description=mark_safe(checkbox.render("action_toggle_all", 1)))  # noqa: S308 - unfold's
    def action_checkbox(self, obj: Model) -> SafeString:
        """unfold's box, made once and filled in."""
        return SafeString(_box().replace(HERE, escape(str(obj.pk))))


@lru_cache(maxsize=1)
def _box() -> str:
    return str(checkbox.render(helpers.ACTION_CHECKBOX_NAME, HERE))


def label_html(key: str, text: str, labels: Mapping[Any, str]) -> SafeString:
    """What `@display(label=labels)` draws for the pair (key, text)."""
    return _label(str(text), labels.get(key))


@lru_cache(maxsize=1024)
def _label(text: str, colour: str | None) -> SafeString:
    pair: Any = ("key", text) if colour else text
    return display_for_label(pair, "", {"key": colour} if colour else {})


def remember_headers() -> None:
    """unfold asks for the headings of a list once for every row of it; they stay the same."""
    from unfold.templatetags import unfold_list

    made = unfold_list.result_headers
    if hasattr(made, "__wrapped__"):
        return

    @wraps(made)
    def once(cl: Any) -> list[dict[str, Any]]:
        if not hasattr(cl, "made_headers"):
            cl.made_headers = list(made(cl))
        return cl.made_headers

    unfold_list.result_headers = once
