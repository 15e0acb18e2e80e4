"""Topics: who follows, how far FCM is, and pushing to all who do."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from accounts.admin.refusals import ServiceAdmin, back_to
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError
from notifications.admin.push_forms import SEND, PeopleForm, WordsForm
from notifications.enums import Membership
from notifications.models import Topic, TopicSubscription
from notifications.models.topic import IN_STEP
from notifications.services.pushes_by_staff import push_to_topic, users_named
from notifications.services.topics.follow import subscribe_users
from notifications.services.topics.manage import ask_again

LABELS = {"in": "success", "out": "default", "joining": "info", "leaving": "info", "not": "danger"}
WORDS = {
    "in": "Follows",
    "out": "Has left",
    "joining": "Joins",
    "leaving": "Leaves",
    "not": "FCM refuses",
}


@admin.register(Topic)
class TopicAdmin(ServiceAdmin):
    """Made here; followed by people on their phones, or by staff for them."""

    list_display = ["title", "key", "open_to_all", "followers", "waiting"]
    search_fields = ["title__icontains", "key__istartswith"]
    fields = ["key", "title", "description", "open_to_all"]
    actions_detail = ["push_now", "subscribe", "unsubscribe"]
    empty_note = "A topic is public news people follow on their phones, such as offers of a city."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """Followers are counted in the same query."""
        joined = Q(subscriptions__actual=Membership.JOINED, subscriptions__wanted=True)
        out_of_step = ~Q(
            Q(subscriptions__wanted=True, subscriptions__actual=Membership.JOINED)
            | Q(subscriptions__wanted=False, subscriptions__actual=Membership.LEFT)
        ) & Q(subscriptions__isnull=False)
        return (
            super()
            .get_queryset(request)
            .annotate(
                joined=Count("subscriptions", filter=joined),
                out_of_step=Count("subscriptions", filter=out_of_step),
            )
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """FCM knows it by its key for ever."""
        return ["key"] if obj else []

    @display(description="Devices", ordering="joined")
    def followers(self, topic: Any) -> str:
        """That are in it."""
        return f"{topic.joined:,}"

    @display(description="Not done yet", ordering="out_of_step")
    def waiting(self, topic: Any) -> str:
        """Asked of FCM."""
        return f"{topic.out_of_step:,}" if topic.out_of_step else "–"

    def has_send_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Sending to people is a right of its own."""
        return bool(request.user.has_perm(SEND))

    @action(
        description="Push to all who follow",
        permissions=["send"],
        dialog={
            "title": "Push to all who follow",
            "description": "It goes out at once, to every device in this topic.",
            "form_class": WordsForm,
            "form_submit_text": "Send",
        },
    )
    def push_now(self, request: HttpRequest, form: WordsForm, object_id: str) -> HttpResponse:
        """One message; FCM hands it on."""
        try:
            delivery = push_to_topic(
                topic=Topic.objects.get(pk=object_id), words=form.words, dedupe_key=form.dedupe_key
            )
        except DomainError as refusal:
            self.tell(request, refusal)
            return self._back(request, object_id)
        self.message_user(request, "Queued; here is what becomes of it.", messages.SUCCESS)
        page = reverse("admin:notifications_notification_change", args=[delivery.notification_id])
        return back_to(request, page)

    @action(
        description="Put people in",
        permissions=["send"],
        dialog={
            "title": "Put people in",
            "description": "All their devices join.",
            "form_class": PeopleForm,
            "form_submit_text": "Put them in",
        },
    )
    def subscribe(self, request: HttpRequest, form: PeopleForm, object_id: str) -> HttpResponse:
        """By their addresses."""
        return self._subscribe(request, form, object_id, wanted=True)

    @action(
        description="Take people out",
        permissions=["send"],
        dialog={
            "title": "Take people out",
            "description": "All their devices leave.",
            "form_class": PeopleForm,
            "form_submit_text": "Take them out",
        },
    )
    def unsubscribe(self, request: HttpRequest, form: PeopleForm, object_id: str) -> HttpResponse:
        """By their addresses."""
        return self._subscribe(request, form, object_id, wanted=False)

    def _subscribe(
        self, request: HttpRequest, form: PeopleForm, object_id: str, *, wanted: bool
    ) -> HttpResponse:
        try:
            people = users_named(form.cleaned_data["people"])
            topic = Topic.objects.get(pk=object_id)
            asked = subscribe_users(topic=topic, user_ids=people, wanted=wanted)
        except DomainError as refusal:
            self.tell(request, refusal)
        else:
            deed = "join" if wanted else "leave"
            self.message_user(request, f"{asked:,} devices of {len(people):,} people {deed}.")
        return self._back(request, object_id)

    def _back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return back_to(request, reverse("admin:notifications_topic_change", args=[UUID(object_id)]))


class InStepFilter(admin.SimpleListFilter):
    """What FCM has not done yet."""

    title = "done at FCM"
    parameter_name = "done"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Yes and no."""
        return [("yes", "Yes"), ("no", "Not yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows in step, or out of it."""
        if self.value() in ("yes", "no"):
            return queryset.filter(IN_STEP if self.value() == "yes" else ~IN_STEP)
        return queryset


@admin.register(TopicSubscription)
class TopicSubscriptionAdmin(ReadOnlyAdmin):
    """Every device in every topic: asked for, done, and FCM's reason when not."""

    list_display = ["topic", "user", "device", "shown_state", "error", "tries", "updated_at"]
    list_filter = ["topic", InStepFilter]
    search_fields = ["user__email__startswith"]
    search_help_text = "An e-mail address"
    ordering = ["-id"]
    list_select_related = ["topic", "user", "device"]
    actions = ["try_again"]
    fields = ["topic", "user", "device", "shown_state", "error", "tries", "due_at", "updated_at"]
    readonly_fields = fields
    empty_note = "Whoever follows a topic is listed here with each of their devices."

    @display(description="State", label=LABELS)
    def shown_state(self, row: TopicSubscription) -> Labelled:
        """Where it stands."""
        if row.wanted:
            refused = "not" if row.error and row.due_at is None else "joining"
            key = "in" if row.actual == Membership.JOINED else refused
        else:
            key = "out" if row.actual == Membership.LEFT else "leaving"
        return Labelled(key, WORDS[key], LABELS)

    def has_send_permission(self, request: HttpRequest) -> bool:
        """As for pushing."""
        return bool(request.user.has_perm(SEND))

    @admin.action(description="Ask FCM again", permissions=["send"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[TopicSubscription]) -> None:
        """What was given up begins anew."""
        number = ask_again(ids=list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"{number:,} are asked again.", messages.SUCCESS)
