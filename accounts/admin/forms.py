"""Forms of the admin. They check; services write."""

from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import ApiKey, User
from accounts.scopes import SCOPES
from core.identity import Role
from core.time_zones import time_zones

ROLES = [
    (role.name, role.name.capitalize())
    for role in (Role.SHOPPER, Role.READONLY, Role.AGENT, Role.MANAGER, Role.ADMIN)
]


class RoleField(forms.TypedChoiceField):
    """One of the roles people have."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=ROLES,
            coerce=lambda name: Role[name],
            widget=UnfoldAdminSelectWidget,
            help_text="Staff roles open the admin. A change ends all sessions of the user.",
            **kwargs,
        )


class InviteForm(forms.ModelForm):
    """Somebody new; they choose their password by the link in the mail."""

    role = RoleField(initial=Role.AGENT.name)

    class Meta:
        model = User
        fields = ["email", "full_name", "language"]
        widgets = {
            "email": UnfoldAdminEmailInputWidget,
            "full_name": UnfoldAdminTextInputWidget,
            "language": UnfoldAdminSelectWidget(choices=settings.LANGUAGES),
        }


class UserForm(forms.ModelForm):
    """What may be changed about a user."""

    role = RoleField()

    class Meta:
        model = User
        fields = ["full_name", "time_zone", "language"]
        widgets = {
            "full_name": UnfoldAdminTextInputWidget,
            "time_zone": UnfoldAdminTextInputWidget(attrs={"placeholder": "Europe/Berlin"}),
            "language": UnfoldAdminSelectWidget(choices=settings.LANGUAGES),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "role" in self.fields:
            self.fields["role"].initial = self.instance.role.name

    def clean_time_zone(self) -> str:
        """A name the machine knows."""
        name: str = self.cleaned_data["time_zone"]
        if name not in time_zones():
            raise forms.ValidationError('Give a name like "Europe/Berlin".')
        return name


class ApiKeyForm(forms.ModelForm):
    """A key to be made."""

    scopes = forms.MultipleChoiceField(
        choices=[(name, f"{name}: {meaning}") for name, meaning in SCOPES.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="No more than the owner's role and yours have.",
    )

    class Meta:
        model = ApiKey
        fields = ["owner", "name", "expires_at"]
