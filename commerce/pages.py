"""Pages of this floor for people outside."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce.services.vendors.members import accept_invitation, invitation_for
from core.errors import DomainError


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """The link of an invitation to act for a vendor. A button accepts: scanners follow links."""
    state: dict[str, Any] = {"state": "ask"}
    try:
        invitation = invitation_for(invitation_id=invitation_id, user=request.user)
        state |= {"vendor": invitation.vendor.name, "is_owner": invitation.role == "owner"}
        if request.method == "POST":
            accept_invitation(invitation_id=invitation_id, user=request.user)
            state["state"] = "done"
    except DomainError as refusal:
        state |= {"state": "refused", "reason": refusal.message}
    status = {"refused": 404}.get(state["state"], 200)
    return render(request, "commerce/invitation.html", state, status=status)
