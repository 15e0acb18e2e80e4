"""Each request begins as nobody and becomes somebody by proving it."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse

from core.identity.context import Identity, Role, acting_as


class IdentityMiddleware:
    """Session users act in their role; all others as anonymous until a token says otherwise.

    API views bind the user of a token or an API key themselves (core/api). The user is looked up
    before any role is bound: sessions and users are readable to the bare login.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request under the session's identity."""
        with acting_as(identity_of(request.user)):
            return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: SimpleTemplateResponse
    ) -> SimpleTemplateResponse:
        """Render inside a transaction: Django would do it after the view's own has ended, and
        templates that still ask the database (every list of the admin) would ask as nobody.

        Answers of the API come rendered (core/api/views.py) and cost nothing more here.
        """
        if not response.is_rendered:
            with transaction.atomic():
                response.render()
        return response


def identity_of(user: object) -> Identity:
    """The identity a user acts under: the role property decides, a stranger is anonymous."""
    if not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", False):
        return Identity(Role.ANONYMOUS)
    return Identity(role=user.role, user_id=user.pk)  # type: ignore[attr-defined]
