"""Doors around passwords and addresses."""

from rest_framework.request import Request

from accounts.api.answers import DETAIL_SCHEMA, detail
from accounts.api.inputs import Address, PasswordChange, PasswordReset, VerificationKey
from accounts.api.person import person
from accounts.api.views_login import Door, caller
from accounts.limits import KEYS, LOGIN, MAIL_FROM, MAIL_TO
from accounts.password_rules import refuse_weak
from accounts.services.passwords import change_password, request_password_reset, reset_password
from accounts.services.registration import confirm_email, request_confirmation
from core.api import ApiView, Response
from core.errors import Invalid

SENT = "If the address is known, a mail is on its way."


class MailDoor(Door):
    """Has a mail sent to an address, and answers the same whether it is known or not."""

    input = Address
    output = (200, DETAIL_SCHEMA)

    def post(self, request: Request) -> Response:
        """Count the try, then ask for the mail."""
        MAIL_FROM.spend(caller(request))
        email = self.valid()["email"].strip().lower()
        MAIL_TO.spend(type(self).__name__, email)
        self.ask(email)
        return Response(detail(SENT))

    def ask(self, email: str) -> None:
        """Which mail."""
        raise NotImplementedError


class PasswordResetView(MailDoor):
    """A link to set a new password."""

    def ask(self, email: str) -> None:
        """Ask for it."""
        request_password_reset(email=email)


class ResendView(MailDoor):
    """The confirmation mail once more."""

    def ask(self, email: str) -> None:
        """Ask for it."""
        request_confirmation(email=email)


class PasswordResetConfirmView(Door):
    """The new password. Logs nobody in: two-factor would be passed by."""

    input = PasswordReset
    output = (200, DETAIL_SCHEMA)

    def post(self, request: Request) -> Response:
        """Set it; everything open under the old one ends."""
        KEYS.spend(caller(request))
        given = self.valid()
        reset_password(uid=given["uid"], token=given["token"], password=given["new_password1"])
        return Response(detail("Password has been reset with the new password."))


class VerifyEmailView(Door):
    """Prove an address with the key of the mail."""

    input = VerificationKey
    output = (200, DETAIL_SCHEMA)

    def post(self, request: Request) -> Response:
        """Confirm it; a second time is no error."""
        KEYS.spend(caller(request))
        confirm_email(key=self.valid()["key"])
        return Response(detail("ok"))


class PasswordChangeView(ApiView):
    """A new password by somebody who knows the old one."""

    scopes = {"POST": "profile:write"}
    atomic = False
    input = PasswordChange
    output = (200, DETAIL_SCHEMA)

    def post(self, request: Request) -> Response:
        """Set it. Every login ends, this one too: log in again."""
        given, user = self.valid(), person(request)
        LOGIN.spend("password-change", str(user.pk))
        if not user.check_password(given["old_password"]):
            raise Invalid(
                "The old password is wrong.", details={"old_password": ["This is not it."]}
            )
        LOGIN.give_back("password-change", str(user.pk))
        refuse_weak(given["new_password1"], user=user, field="new_password1")
        change_password(user=user, password=given["new_password1"])
        return Response(detail("New password has been saved. Please log in again."))
