"""Two-factor for staff, where the setting asks for it."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.lookups import looking_up
from accounts.services.second_factor import has_second_factor


class StaffTwoFactorMiddleware:
    """With STAFF_TWO_FACTOR_REQUIRED, staff without a second factor reach no admin page.

    They are led to the page where one is set up. Logins through the API ask for the same
    (accounts/services/second_factor.py, accounts/authentication.py).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to the set-up."""
        if self._must_set_up(request):
            messages.warning(request, "Please set up two-factor authentication to go on.")
            return redirect("mfa_index")
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        if not settings.STAFF_TWO_FACTOR_REQUIRED or not request.path.startswith("/admin/"):
            return False
        if not request.user.is_authenticated:
            return False
        with looking_up():
            return not has_second_factor(request.user.pk)
