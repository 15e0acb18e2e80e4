"""Ways of looking at a list: those that ship, those staff save, one click each.

    class OrderAdmin(ViewsAdmin):
        shipped_views = (ShippedView("To ship", "work=to_ship", counted=to_ship), ...)

A view is the part of the list's address behind the `?`. What is saved is read by the list as
anything else that is typed there, so a view shows nobody more than they may see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from core.admin.view_shelf import forget_view, keep_view
from core.errors import DomainError
from core.models import SavedView

NOT_OF_A_VIEW = {"p", "e", "all", "_popup", "_to_field", "_changelist_filters"}
MANY = 100  # counted no further: "99+"


@dataclass(frozen=True, slots=True)
class ShippedView:
    """A view that comes with the product. `counted` narrows the list's rows as `query` does, so
    that the chip can say how many wait; leave it out where nobody asks how many."""

    name: str
    query: str
    counted: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """What the template draws."""

    name: str
    href: str
    is_active: bool
    count: str = ""
    shared: bool = False
    forget: str = ""


def normal(query: str) -> str:
    """Filters, search and order without page and pop-up marks, sorted: equal views, equal text."""
    pairs = parse_qsl(query, keep_blank_values=False)
    return urlencode(sorted(pair for pair in pairs if pair[0] not in NOT_OF_A_VIEW))


class ViewsAdmin(ModelAdmin):
    """A list with views above it."""

    shipped_views: ClassVar[tuple[ShippedView, ...]] = ()
    list_before_template = "core/admin/views.html"

    def get_urls(self) -> list[URLPattern]:
        """POST to save one, POST to forget one."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        site = self.admin_site
        return [
            path("views/", site.admin_view(self.save_view_view), name=f"{name}_save_view"),
            path(
                "views/<uuid:view_id>/forget/",
                site.admin_view(self.forget_view_view),
                name=f"{name}_forget_view",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Under the views."""
        shown: dict[str, Any] = {}
        if request.method == "GET" and self.has_view_permission(request):
            here = normal(request.GET.urlencode())
            chips = self.chips(request, here)
            shown = {
                "views": chips,
                "view_here": "" if any(chip.is_active for chip in chips) else here,
                "view_save_url": self._url("save_view"),
                "may_share_views": self.may_share(request),
            }
        return super().changelist_view(request, (extra_context or {}) | shown)

    def chips(self, request: HttpRequest, here: str) -> list[Chip]:
        """All rows, what ships, then what was saved: two statements and one a counted view."""
        base = self._url("changelist")
        rows = self.get_queryset(request).order_by()
        chips = [Chip("All", base, is_active=not here)]
        for view in self.shipped_views:
            waiting = view.counted(rows)[:MANY].count() if view.counted else 0
            chips.append(
                Chip(
                    view.name,
                    f"{base}?{view.query}",
                    is_active=normal(view.query) == here,
                    count=_few(waiting),
                )
            )
        mine = Q(user_id=request.user.pk) | Q(is_shared=True)
        for saved in SavedView.objects.filter(mine, table=self._table()):
            own = saved.user_id == request.user.pk
            chips.append(
                Chip(
                    saved.name,
                    f"{base}?{saved.query}",
                    is_active=saved.query == here,
                    shared=saved.is_shared,
                    forget=self._url("forget_view", saved.pk)
                    if own or self.may_share(request)
                    else "",
                )
            )
        return chips

    def may_share(self, request: HttpRequest) -> bool:
        """Views for everybody are put up, and taken down, by those who lead."""
        return bool(request.user.has_perm("core.share_savedview"))

    def save_view_view(self, request: HttpRequest) -> HttpResponse:
        """Keep the list as it stands now under a name."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        query = normal(request.POST.get("query", "")[:4000])
        back = f"{self._url('changelist')}?{query}"
        if not self.has_view_permission(request):
            messages.error(request, "You may not open this list.")
            return redirect(reverse("admin:index"))
        try:
            with transaction.atomic():
                view = keep_view(
                    user_id=request.user.pk,  # type: ignore[arg-type]  # signed in: the admin asked
                    table=self._table(),
                    name=request.POST.get("name", ""),
                    query=query,
                    is_shared="share" in request.POST and self.may_share(request),
                )
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"“{view.name}” is one click away from now on.")
        return redirect(back)

    def forget_view_view(self, request: HttpRequest, view_id: Any) -> HttpResponse:
        """Take one away. The message carries what it was, so that it can be opened once more."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        back = self._url("changelist")
        try:
            gone = forget_view(
                view_id=view_id,
                user_id=request.user.pk,  # type: ignore[arg-type]  # the same
                may_share=self.may_share(request),
            )
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(
                request, f"“{gone.name}” is gone. This is what it showed; save it again to undo."
            )
            back = f"{back}?{gone.query}"
        return redirect(back)

    def _table(self) -> str:
        return str(self.opts.label_lower)

    def _url(self, what: str, *args: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{what}"
        return reverse(name, args=args)


def _few(number: int) -> str:
    if not number:
        return ""
    return f"{number}" if number < MANY else f"{MANY - 1}+"
