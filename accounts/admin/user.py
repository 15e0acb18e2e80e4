"""Users: who they are, their role, their access."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from accounts.admin.forms import InviteForm, UserForm
from accounts.admin.login import LoginInline
from accounts.admin.panels import panels_of
from accounts.admin.refusals import ServiceAdmin, ask_first, back_to
from accounts.models import User
from accounts.services.profile import CHANGEABLE, update_profile
from accounts.services.second_factor import has_second_factor, remove_second_factor
from accounts.services.sessions import end_all_sessions
from accounts.services.users import disable, enable, invite, send_password_link, set_role
from core.errors import DomainError

ROLE_LABELS = {
    "admin": "danger",
    "manager": "warning",
    "agent": "info",
    "readonly": "default",
    "shopper": "success",
}


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """Staff and shoppers. Passwords are never seen or set here; a link is sent."""

    list_display = ["email", "full_name", "shown_role", "shown_active", "confirmed", "last_login"]
    list_filter = ["groups", "is_active", "is_staff"]
    search_fields = ["email", "full_name"]
    ordering = ["-created_at"]
    inlines = [LoginInline]
    actions = ["disable_selected", "enable_selected", "end_sessions_of_selected"]
    actions_detail = ["send_link", "end_sessions", "switch_off_second_factor"]
    change_form_after_template = "accounts/panels.html"
    readonly_fields = [
        "email", "is_active", "confirmed", "second_factor", "last_login", "created_at",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With the groups, from which the role is read."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        """Invite somebody, or change somebody."""
        kwargs["form"] = UserForm if obj else InviteForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[Any]:
        """What is entered, and what is only shown."""
        if obj is None:
            fields = ["email", "full_name", "role", "language"]
            return [(None, {"fields": fields})]
        shown = ["is_active", "confirmed", "second_factor", "last_login", "created_at"]
        entered = ["email", "full_name", "time_zone", "language"]
        if self.has_change_permission(request, obj):
            entered.insert(2, "role")
        return [(None, {"fields": entered}), ("Access", {"fields": shown})]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nothing is read-only about somebody who is not there yet."""
        return list(self.readonly_fields) if obj else []

    def get_inlines(self, request: HttpRequest, obj: User | None = None) -> list[Any]:
        """Logins belong to users who are there."""
        return list(self.inlines) if obj else []

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With what the upper floors know of them."""
        user = self.get_object(request, object_id)
        context = {"panels": panels_of(user) if user else [], **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Through services, which check, audit and announce."""
        given = form.cleaned_data
        if not change:
            made = invite(
                email=given["email"],
                full_name=given["full_name"],
                role=given["role"],
                language=given["language"],
            )
            obj.__dict__.update(made.__dict__)
            return
        user = User.objects.get(pk=obj.pk)
        changes = {name: given[name] for name in form.changed_data if name in CHANGEABLE}
        if changes:
            update_profile(user=user, changes=changes)
        if given["role"] is not user.role:
            set_role(user=user, role=given["role"])

    # -- what is shown --------------------------------------------------------------------------

    @display(description="Role", label=ROLE_LABELS)
    def shown_role(self, user: User) -> str:
        """A coloured label."""
        return user.role.name.lower()

    @display(description="Active", boolean=True, ordering="is_active")
    def shown_active(self, user: User) -> bool:
        """May log in."""
        return user.is_active

    @display(description="Address confirmed", boolean=True)
    def confirmed(self, user: User) -> bool:
        """They proved the address."""
        return user.email_confirmed

    @display(description="Two-factor", boolean=True)
    def second_factor(self, user: User) -> bool:
        """Set up."""
        return has_second_factor(user.pk)

    # -- what may be done -----------------------------------------------------------------------

    @admin.action(description="Disable", permissions=["change"])
    def disable_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Shut every door for them."""
        self._each(request, queryset, lambda user: disable(user=user), "disabled")

    @admin.action(description="Enable", permissions=["change"])
    def enable_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let them log in again."""
        self._each(request, queryset, lambda user: enable(user=user), "enabled")

    @admin.action(description="End all sessions", permissions=["change"])
    def end_sessions_of_selected(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Log them out everywhere."""
        self._each(
            request,
            queryset,
            lambda user: end_all_sessions(user=user, reason="by staff"),
            "logged out everywhere",
        )

    @action(
        description="Send password link",
        permissions=["change"],
        dialog=ask_first("They get a mail and choose a new password themselves.", "Send the link"),
    )
    def send_link(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        """They choose a new password themselves."""
        return self._one(request, object_id, lambda user: send_password_link(user=user), "sent")

    @action(
        description="End all sessions",
        permissions=["change"],
        dialog=ask_first("They are logged out on every device within seconds.", "End sessions"),
    )
    def end_sessions(self, request: HttpRequest, form: Form, object_id: str) -> HttpResponse:
        """Log them out everywhere."""
        return self._one(
            request,
            object_id,
            lambda user: end_all_sessions(user=user, reason="by staff"),
            "logged out everywhere",
        )

    @action(
        description="Switch two-factor off",
        permissions=["change"],
        dialog=ask_first(
            "Only after asking them in person: whoever has the password gets in.", "Switch off"
        ),
    )
    def switch_off_second_factor(
        self, request: HttpRequest, form: Form, object_id: str
    ) -> HttpResponse:
        """For somebody who lost phone and recovery codes."""
        return self._one(
            request, object_id, lambda user: remove_second_factor(user=user), "without two-factor"
        )

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[User],
        do: Callable[[User], object],
        done: str,
    ) -> None:
        """One by one; refusals are told row by row."""
        count = 0
        for user in User.objects.filter(pk__in=queryset.values("pk")):
            try:
                do(user)
                count += 1
            except DomainError as refusal:
                self.tell(request, refusal)
        self.message_user(request, f"{count} {done}.", messages.SUCCESS)

    def _one(
        self, request: HttpRequest, object_id: str, do: Callable[[User], object], done: str
    ) -> HttpResponse:
        self._each(request, User.objects.filter(pk=object_id), do, done)
        return back_to(request, reverse("admin:accounts_user_change", args=[object_id]))
