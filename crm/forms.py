"""The contact page's form."""

from typing import Any, ClassVar

from django import forms

UNSEEN: dict[str, str] = {"autocomplete": "off", "tabindex": "-1", "aria-hidden": "true"}


class ContactForm(forms.Form):
    """A message to the shop. `website` is a trap: people do not see that field."""

    name = forms.CharField(max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(max_length=254, widget=forms.EmailInput({"autocomplete": "email"}))
    message = forms.CharField(max_length=5000, widget=forms.Textarea({"rows": 8}))
    website = forms.CharField(required=False, max_length=200, widget=forms.TextInput(UNSEEN))

    seen: ClassVar[tuple[str, ...]] = ("name", "email", "message")

    def __init__(self, words: dict[str, str], *args: Any, **kwargs: Any) -> None:
        """`words` hold the labels, in the reader's language."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = words[name]

    def clean_name(self) -> str:
        """One line: a name that breaks lines is none."""
        return " ".join(str(self.cleaned_data["name"]).split())
