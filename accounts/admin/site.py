"""The admin has no login and no password page of its own: two-factor would be passed by."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def lead_login_through_allauth() -> None:
    """Send `/admin/login/` and the password page to allauth, and hide allauth's own tables.

    Authenticators hold secrets; addresses are not kept in allauth's table here.
    """
    admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
    admin.site.password_change = _password_page  # type: ignore[method-assign, assignment]
    for model in (Authenticator, EmailAddress, EmailConfirmation):
        if admin.site.is_registered(model):
            admin.site.unregister(model)


def _password_page(
    request: HttpRequest, extra_context: dict[str, Any] | None = None
) -> HttpResponse:
    return redirect("account_change_password")
