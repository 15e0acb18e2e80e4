"""Making a template for campaigns, and throwing one away; words are written in the editor."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.admin.refusals import in_words
from core.errors import DomainError
from notifications.admin.wording.overview import HOUSE
from notifications.enums import TemplateChannel
from notifications.models import TemplateVersion
from notifications.rendering.wording import Wording, wording_of
from notifications.services.wording.own import LONGEST_NAME, create_template, remove_template

ADD, DELETE = "notifications.add_template", "notifications.delete_template"
LIST = "admin:notifications_template_changelist"


class OwnTemplateForm(forms.Form):
    """What a new one is called, and where it begins."""

    name = forms.CharField(
        max_length=LONGEST_NAME,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "Spring sale"}),
    )
    channel = forms.ChoiceField(choices=TemplateChannel.choices, widget=UnfoldAdminSelectWidget)
    language = forms.ChoiceField(
        choices=[(code, code) for code in HOUSE], widget=UnfoldAdminSelectWidget
    )


def create_view(request: HttpRequest) -> HttpResponse:
    """POST: make it and open its editor."""
    if not request.user.has_perm(ADD):
        raise PermissionDenied
    form = OwnTemplateForm(request.POST)
    if not form.is_valid():
        for name, reasons in form.errors.items():
            messages.error(request, f"{name}: {' '.join(str(reason) for reason in reasons)}")
        return HttpResponseRedirect(reverse(LIST))
    try:
        made = create_template(**form.cleaned_data, by=request.user.pk)
    except DomainError as refusal:
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(reverse(LIST))
    messages.success(request, "Here is a first draft. Campaigns can use it once it is published.")
    place = [made.key, made.channel, form.cleaned_data["language"]]
    return HttpResponseRedirect(reverse("admin:notifications_wording", args=place))


def remove_view(request: HttpRequest, key: str) -> HttpResponse:
    """POST: throw it away."""
    if not request.user.has_perm(DELETE):
        raise PermissionDenied
    try:
        remove_template(key=key)
    except DomainError as refusal:
        messages.error(request, in_words(refusal))
    else:
        messages.success(request, "The template and its history are gone.")
    return HttpResponseRedirect(reverse(LIST))


def words_to_begin_with(key: str, channel: str, language: str, *, is_own: bool) -> Any:
    """What the editor shows where nothing is written yet: what ships, or for a template of staff's
    own its newest words in any language, to be translated."""
    if not is_own:
        return wording_of(key, language, channel)
    written = TemplateVersion.objects.filter(template__key=key, template__channel=channel)
    return written.order_by("-pk").first() or Wording(key, language)
