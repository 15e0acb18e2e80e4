"""The contact page's form."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

UNSEEN: dict[str, str] = {"autocomplete": "off", "tabindex": "-1", "aria-hidden": "true"}


class ContactForm(forms.Form):
    """A message to the shop. `website` is a trap: people do not see that field."""

    name = forms.CharField(
        label=_("Your name"), max_length=100, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    message = forms.CharField(
        label=_("Your message"), max_length=5000, widget=forms.Textarea({"rows": 8})
    )
    website = forms.CharField(
        required=False, max_length=200, widget=forms.TextInput(UNSEEN), label=_("Website")
    )

    seen: ClassVar[tuple[str, ...]] = ("name", "email", "message")

    def clean_name(self) -> str:
        """One line: a name that breaks lines is none."""
        return " ".join(str(self.cleaned_data["name"]).split())
