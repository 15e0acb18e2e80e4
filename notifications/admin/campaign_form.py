"""The form of a campaign: its filters are asked for by the audiences themselves."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)  # fmt: skip

from core.errors import DomainError
from notifications.campaigns import AUDIENCES, Audience, Filter
from notifications.kinds.own import PREFIX
from notifications.models import Campaign, Template


class CampaignForm(forms.ModelForm):
    """What every campaign has; `campaign_form` adds a field per filter."""

    audience = forms.ChoiceField(choices=[], widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Campaign
        fields = ["name", "channel", "template", "audience", "url", "starts_at", "per_minute"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        template = self.fields.get("template")
        if isinstance(template, forms.ModelChoiceField):
            template.queryset = Template.objects.filter(key__startswith=PREFIX).order_by("-id")
            template.empty_label = "The text below"
        audience = self.fields.get("audience")
        if not isinstance(audience, forms.ChoiceField):  # shown, not asked
            return
        audience.choices = [(one.name, one.label) for one in AUDIENCES.values()]
        for name, answer in (self.instance.filters or {}).items():
            if field := self.fields.get(field_name(self.instance.audience, name)):
                field.initial = answer

    def clean(self) -> dict[str, Any]:
        """The chosen audience's filters, tried; those of the others are left out."""
        given = super().clean() or {}
        template = given.get("template")
        if template and template.channel != given.get("channel"):
            self.add_error("template", f"It is for {template.get_channel_display().lower()}.")
        audience = AUDIENCES.get(given.get("audience", ""))
        if audience is None:
            return given
        answers = {one.name: _text(given, audience, one) for one in audience.filters}
        self.instance.filters = {name: answer for name, answer in answers.items() if answer}
        try:
            audience.check(self.instance.filters)
        except DomainError as refusal:
            for name, reasons in refusal.details.items():
                self.add_error(field_name(audience.name, name), [str(why) for why in reasons])
        return given


def campaign_form() -> type[CampaignForm]:
    """The form with the filters of all audiences that are registered."""
    fields = {
        field_name(audience.name, one.name): _field(one)
        for audience in AUDIENCES.values()
        for one in audience.filters
    }
    return type("CampaignForm", (CampaignForm,), fields)


def fieldsets_of_audiences() -> list[tuple[str, dict[str, Any]]]:
    """A section each."""
    return [
        (
            f"Only if chosen from: {audience.label}",
            {"fields": [field_name(audience.name, one.name) for one in audience.filters]},
        )
        for audience in AUDIENCES.values()
    ]


def field_name(audience: str, name: str) -> str:
    """A form field's name."""
    return f"{audience}__{name}"


def _text(given: dict[str, Any], audience: Audience, one: Filter) -> str:
    answer = given.get(field_name(audience.name, one.name))
    return "" if answer is None else str(answer).strip()


def _field(one: Filter) -> forms.Field:
    common: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": False}
    if one.kind == "choices":
        choices = [("", "All"), *one.choices]
        return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, **common)
    if one.kind == "date":
        return forms.DateField(widget=UnfoldAdminDateWidget, **common)
    return forms.CharField(max_length=100, widget=UnfoldAdminTextInputWidget, **common)
