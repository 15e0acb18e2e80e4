"""The fields of the editor: the parts of a wording, as source."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from notifications.enums import TemplateChannel
from notifications.rendering.wording import FIELDS

LABELS = {
    "subject": ("Subject", "One line. Short ones are read."),
    "preheader": ("Preview line", "Shown behind the subject in the list of mails."),
    "html": ("HTML", "h1, p, table.lines, a.button ...: the looks come by themselves."),
    "text": ("Plain text", "The same for watches, screen readers and spam filters."),
    "push_title": ("Title", "About 50 characters fit a lock screen."),
    "push_body": ("Text", "About 150 characters fit."),
}
ROWS = {"html": 16, "text": 12, "push_body": 3}


class WordingForm(forms.Form):
    """The parts of one channel. What is wrong with the words is said by the look at them."""

    def __init__(self, channel: str, *args: Any, direction: str = "ltr", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS[TemplateChannel(channel)]:
            label, hint = LABELS[name]
            source = {"dir": direction, "data-part": name, "spellcheck": "true"}
            widget = (
                UnfoldAdminTextareaWidget(attrs={**source, "rows": ROWS[name]})
                if name in ROWS
                else UnfoldAdminTextInputWidget(attrs=source)
            )
            self.fields[name] = forms.CharField(
                label=label, help_text=hint, required=False, strip=False, widget=widget
            )
