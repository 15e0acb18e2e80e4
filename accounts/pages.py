"""Pages under /accounts/: logging in, two-factor, passwords, confirming an address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.services.registration import confirm_email
from core.errors import Invalid
from core.identity import acting_as_system

View = Callable[..., HttpResponse]


def as_house(view: View) -> View:
    """Run a page as the house: it finds out who somebody is, or changes what protects them.

    allauth's views ask for the rows of `request.user` or of the login in progress only; no role
    of ours may read them before the login is complete.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with acting_as_system("account pages"):
            try:
                response = view(request, *args, **kwargs)
            except ReauthenticationRequired:
                response = _ask_for_password(request)
            if isinstance(response, SimpleTemplateResponse):
                response.render()  # templates may ask the database, too
            return response

    return wrapped


def _ask_for_password(request: HttpRequest) -> HttpResponse:
    """What allauth's middleware would do outside the view, where nobody's rows are readable."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    url = methods[0]["url"] if methods else reverse("account_login")
    return suspend_request(request, url)


def for_confirmed(view: View) -> View:
    """Two-factor on an address that is not proven could lock its real owner out."""

    @wraps(view)
    @login_required
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.email_confirmed:  # type: ignore[union-attr]  # login_required
            messages.error(request, "Please confirm your e-mail address first.")
            return redirect("mfa_index")
        return view(request, *args, **kwargs)

    return wrapped


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email_page(request: HttpRequest, key: str) -> HttpResponse:
    """The link of the confirmation mail. A button confirms: mail scanners follow links too."""
    if request.method != "POST":
        return render(request, "account/email_confirm.html", {"state": "ask"})
    try:
        confirm_email(key=key)
    except Invalid as refusal:
        return render(
            request,
            "account/email_confirm.html",
            {"state": "refused", "reason": refusal.message},
            status=400,
        )
    return render(request, "account/email_confirm.html", {"state": "done"})
