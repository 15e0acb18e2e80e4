"""The page at `/`: where to go from here. It asks the database nothing."""

from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

ICON = (Path(__file__).parent / "static/house/icon.svg").read_bytes()


class Way(NamedTuple):
    """A place one can go."""

    title: str
    note: str
    url: str


@require_safe
@transaction.non_atomic_requests
def home(request: HttpRequest) -> HttpResponse:
    """Links to the house's doors; beside them the rehearsal's pages while there is one."""
    ways = [
        Way(_("Back office"), _("Orders, payments, customers, the event log"), "/admin/"),
        Way(_("API"), _("Every door described, to try out here"), reverse("api-docs")),
        Way(_("Health"), _("How everything is, with latencies"), "/health/"),
    ]
    return render(request, "home.html", {"ways": ways, "rehearsal": rehearsal_pages()})


def rehearsal_pages() -> list[Way]:
    """The pages of the rehearsal; empty when real gateways are configured."""
    if not settings.REHEARSING:
        return []
    stage = settings.STRIPE_API_BASE.removesuffix("/stripe")
    return [
        Way(_("Stage"), _("Payments and webhooks; make things go wrong"), f"{stage}/"),
        Way(_("Mailbox"), _("Every mail the shop sent"), f"{stage}/mail"),
        Way(_("Phone"), _("Every push that arrived"), f"{stage}/push"),
    ]


@require_safe
@cache_control(public=True, max_age=86_400)
@transaction.non_atomic_requests
def icon(request: HttpRequest) -> HttpResponse:
    """The sail that browsers ask for on every host."""
    return HttpResponse(ICON, content_type="image/svg+xml")
