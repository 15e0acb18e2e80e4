"""Doors for those who are not known yet: sign up, log in, carry on, log out."""

from rest_framework.request import Request

from accounts.api.answers import (
    DETAIL_SCHEMA,
    REGISTERED_SCHEMA,
    TOKENS_SCHEMA,
    detail,
    tokens_answer,
)
from accounts.api.inputs import Login, Logout, Refresh, Registration
from accounts.limits import SIGN_UP
from accounts.services.login import log_in
from accounts.services.registration import register
from accounts.services.tokens import (
    begin_login,
    end_login,
    end_login_by_token,
    refresh_login,
)
from core.api import ApiView, Response
from core.requests.client import client_address, network_of


def caller(request: Request) -> str:
    """The address limits count by."""
    return network_of(client_address(request.META))


def agent(request: Request) -> str:
    """What the caller's program calls itself."""
    return str(request.META.get("HTTP_USER_AGENT", ""))


class Door(ApiView):
    """For strangers: no credentials are read, so that a stale token does not shut the door.

    Services bring their own transactions: what a refusal writes must stay (a counted try, the
    end of a login whose token came back), and a slow hash must not hold a connection.
    """

    authentication_classes = []
    public = True
    atomic = False

    def handle_no_store(self) -> None:
        """Answers hold tokens: nobody may keep them (ASVS 14.3.2)."""
        self.headers["Cache-Control"] = "no-store"


class RegistrationView(Door):
    """Sign up; the new shopper is logged in, the address to be confirmed by mail."""

    input = Registration
    output = (201, REGISTERED_SCHEMA)

    def post(self, request: Request) -> Response:
        """Make the user and begin the first login."""
        self.handle_no_store()
        SIGN_UP.spend(caller(request))
        given = self.valid()
        user = register(
            email=given["email"],
            password=given["password1"],
            full_name=given.get("full_name", ""),
            language=given.get("language", "en"),
            referral_code=given.get("referral_code", ""),
        )
        tokens = begin_login(user=user, ip=client_address(request.META), agent=agent(request))
        answer = detail("Verification e-mail sent.") | tokens_answer(tokens)
        return Response(answer, status=201)


class LoginView(Door):
    """E-mail address and password, and the second factor where there is one."""

    input = Login
    output = (200, TOKENS_SCHEMA)

    def post(self, request: Request) -> Response:
        """Begin a login."""
        self.handle_no_store()
        given = self.valid()
        tokens = log_in(
            email=given["email"],
            password=given["password"],
            code=given.get("code", ""),
            ip=client_address(request.META),
            agent=agent(request),
        )
        return Response(tokens_answer(tokens))


class RefreshView(Door):
    """The next pair of tokens for a refresh token, once."""

    input = Refresh
    output = (200, TOKENS_SCHEMA)

    def post(self, request: Request) -> Response:
        """Carry a login on."""
        self.handle_no_store()
        return Response(tokens_answer(refresh_login(token=self.valid()["refresh"])))


class LogoutView(ApiView):
    """End the login of the access token, or of the refresh token in the body."""

    public = True
    atomic = False
    input = Logout
    output = (200, DETAIL_SCHEMA)

    def post(self, request: Request) -> Response:
        """Log out. Logging out twice is no error."""
        given = self.valid()
        family_id = getattr(request.auth, "family_id", None)
        if family_id is not None:
            end_login(family_id=family_id)
        if "refresh" in given:
            end_login_by_token(token=given["refresh"])
        return Response(detail("Successfully logged out."))
