"""Campaigns: written here, counted, tried, started, paused and stopped."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from unfold.admin import StackedInline
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin.refusals import ServiceAdmin, back_to
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from notifications.admin.campaign_form import campaign_form, fieldsets_of_audiences
from notifications.admin.campaign_page import LABELS, RUN, page_of
from notifications.campaigns import AUDIENCES
from notifications.enums import CampaignState, RecipientState
from notifications.models import Campaign, CampaignRecipient, CampaignText
from notifications.services.campaigns import steering
from notifications.services.campaigns.trying import send_trial

DEEDS = {
    "prepare": steering.prepare,
    "start": steering.start,
    "pause": steering.pause,
    "resume": steering.resume,
    "stop": steering.stop,
    "edit": steering.edit_again,
}
PEOPLE_LABELS = {
    RecipientState.COUNTED: "default",
    RecipientState.WANTED: "info",
    RecipientState.UNWANTED: "warning",
    RecipientState.TOLD: "success",
}


class TextInline(StackedInline):
    """The words, in as many languages as the shop speaks."""

    model = CampaignText
    extra = 0
    fields = [("language", "button"), "subject", "body"]
    hide_title = True
    verbose_name_plural = "Text"

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """An empty one to begin with, where no template says it all."""
        return 0 if obj and (obj.template_id or obj.texts.exists()) else 1

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While it is a draft."""
        return _is_draft(obj) and bool(request.user.has_perm("notifications.change_campaign"))

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


class TrialForm(BaseDialogForm):
    """Where to, and in which language."""

    email = forms.EmailField(required=False, widget=UnfoldAdminTextInputWidget)
    language = forms.CharField(max_length=10, initial="en", widget=UnfoldAdminTextInputWidget)


@admin.register(Campaign)
class CampaignAdmin(ServiceAdmin):
    """A draft is edited; from counting its people on, only its buttons change it."""

    list_display = ["name", "channel", "audience", "shown_state", "progress", "starts_at"]
    list_filter = ["state", "channel"]
    search_fields = ["name__icontains"]
    ordering = ["-id"]
    inlines = [TextInline]
    actions_detail = ["send_trial"]
    change_form_outer_before_template = "admin/notifications/campaign.html"
    empty_note = (
        "A campaign sends one text to many people, once to each: to customers who said they want "
        "offers, by e-mail or to their phones."
    )

    class Media:
        js = ["core/bulk.js"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """With the filters of the audiences."""
        return super().get_form(request, obj, change, **{"form": campaign_form()} | kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Filters as fields while they can be changed, as a sentence afterwards."""
        own = [("name", "channel"), "template", "url", ("starts_at", "per_minute")]
        may_edit = (
            self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        )
        if not may_edit:
            return [(None, {"fields": [*own, "chosen"]})]
        return [(None, {"fields": [*own, "audience"]}), *fieldsets_of_audiences()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Methods only; the rest is by permission."""
        return ["chosen"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While it is a draft."""
        return _is_draft(obj) and bool(super().has_change_permission(request, obj))

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """With who made it."""
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]  # staff are users
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        """The fresh part, and the deeds."""
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:key>/live/", wrap(self.live_view), name="notifications_campaign_live"),
            path("<uuid:key>/do/<str:deed>/", wrap(self.do_view), name="notifications_campaign_do"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:  # fmt: skip
        """Under how far it is."""
        campaign = self.get_object(request, object_id)
        more = page_of(campaign, request) if campaign else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | more)

    def live_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The part of the page that changes while it is at work."""
        campaign = self.get_object(request, str(key))
        if campaign is None or not self.has_view_permission(request, campaign):
            return HttpResponse(status=404)
        context = page_of(campaign, request)
        return render(request, "admin/notifications/campaign_live.html", context)

    def do_view(self, request: HttpRequest, key: UUID, deed: str) -> HttpResponse:
        """POST: prepare, start, pause, resume, stop, edit."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(RUN) or deed not in DEEDS:
            return HttpResponse(status=403)
        try:
            DEEDS[deed](campaign_id=key)
        except DomainError as refusal:
            self.tell(request, refusal)
        return redirect(reverse("admin:notifications_campaign_change", args=[key]))

    def has_run_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """A right of its own."""
        return bool(request.user.has_perm(RUN))

    @action(
        description="Try it",
        permissions=["run"],
        dialog={
            "title": "Try it",
            "description": "As it would go out, to you or a colleague. A push goes to your own "
            "devices.",
            "form_class": TrialForm,
            "form_submit_text": "Send",
        },
    )
    def send_trial(self, request: HttpRequest, form: TrialForm, object_id: str) -> HttpResponse:
        """One message; it is listed under Deliveries like any other."""
        page = reverse("admin:notifications_campaign_change", args=[object_id])
        try:
            trial = send_trial(
                campaign=Campaign.objects.get(pk=object_id),
                language=form.cleaned_data["language"],
                email=form.cleaned_data["email"],
                user_id=request.user.pk,
            )
        except DomainError as refusal:
            self.tell(request, refusal)
            return back_to(request, page)
        self.message_user(request, "Sent; here is what becomes of it.", messages.SUCCESS)
        return back_to(request, reverse("admin:notifications_notification_change", args=[trial.pk]))

    @display(description="State", ordering="state", label=LABELS)
    def shown_state(self, campaign: Campaign) -> Labelled:
        """Where it stands."""
        return Labelled(campaign.state, campaign.get_state_display(), LABELS)

    @display(description="People")
    def progress(self, campaign: Campaign) -> str:
        """Done of all."""
        return f"{campaign.done:,} of {campaign.people:,}" if campaign.people else "–"

    @display(description="Audience")
    def chosen(self, campaign: Campaign) -> str:
        """In words."""
        audience = AUDIENCES.get(campaign.audience)
        labels = {one.name: one.label for one in audience.filters} if audience else {}
        parts = [f"{labels.get(name, name)}: {value}" for name, value in campaign.filters.items()]
        return ", ".join([audience.label if audience else campaign.audience, *parts])


@admin.register(CampaignRecipient)
class CampaignRecipientAdmin(ReadOnlyAdmin):
    """Every person of every campaign, and why some will not be written to."""

    list_display = ["campaign", "email", "name", "language", "shown_state", "reason"]
    list_filter = ["state", "language", "campaign"]
    search_fields = ["email__startswith"]
    search_help_text = "An e-mail address"
    ordering = ["-id"]
    list_select_related = ["campaign"]
    fields = ["campaign", "email", "name", "language", "shown_state", "reason", "notification_id"]
    readonly_fields = fields
    empty_note = "A campaign's people are written down when it counts them."

    @display(description="State", ordering="state", label=PEOPLE_LABELS)
    def shown_state(self, row: CampaignRecipient) -> Labelled:
        """Where it stands with them."""
        return Labelled(row.state, row.get_state_display(), PEOPLE_LABELS)


def _is_draft(campaign: Any) -> bool:
    return campaign is None or campaign.state == CampaignState.DRAFT
