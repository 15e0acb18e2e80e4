"""What staff write when they push by hand."""

from uuid import uuid4

from django import forms
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from notifications.services.pushes_by_staff import BODY_LENGTH, TITLE_LENGTH, Words

SEND = "notifications.send_push"


class WordsForm(BaseDialogForm):
    """Title, text and link. `once` makes a button that was pressed twice send once."""

    title = forms.CharField(max_length=TITLE_LENGTH, widget=UnfoldAdminTextInputWidget)
    body = forms.CharField(
        max_length=BODY_LENGTH, required=False, label="Text", widget=UnfoldAdminTextareaWidget
    )
    url = forms.URLField(
        required=False,
        assume_scheme="https",
        label="Link",
        help_text="Where a tap leads; begins with https://",
        widget=UnfoldAdminTextInputWidget,
    )
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    @property
    def words(self) -> Words:
        """As the services take them."""
        given = self.cleaned_data
        return Words(given["title"], given["body"], given["url"])

    @property
    def dedupe_key(self) -> str:
        """One a form."""
        return f"push:{self.cleaned_data['once']}"


class PeopleForm(BaseDialogForm):
    """Whom, by address."""

    people = forms.CharField(
        widget=UnfoldAdminTextareaWidget,
        help_text="E-mail addresses of logins, one a line or with commas",
    )


class PeopleWordsForm(WordsForm, PeopleForm):
    """Whom, and what."""

    field_order = ["people", "title", "body", "url"]
