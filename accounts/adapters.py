"""What allauth does differently here: no sign-up pages, our limits, no mail of its own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.db import transaction
from django.http import HttpRequest

from accounts.limits import LOGIN, WRONG_PASSWORDS
from accounts.models import User
from accounts.services.passwords import change_password, request_password_reset
from accounts.services.registration import mark_confirmed
from core.audit import record_audit
from core.encryption import decrypt, encrypt
from core.errors import RateLimited
from core.events import publish
from core.identity import acting_as_system
from core.requests.client import client_address, network_of

# notices that accounts.services.passwords tells already (user.password_changed)
TOLD_ALREADY = {"password_changed", "password_reset", "password_set"}


class AccountAdapter(DefaultAccountAdapter):
    """Login pages. They run as the house (accounts/urls.py), since nobody is known there yet."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Shoppers sign up through the API, staff are made by an admin."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The caller's address, from as many proxies as we were told to trust."""
        return client_address(request.META)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """The same limits as the API's login."""
        try:
            WRONG_PASSWORDS.check(self._network(request))
            LOGIN.spend(self._network(request), str(credentials.get("email", "")).lower())
        except RateLimited:
            raise self.validation_error("too_many_login_attempts") from None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check the password; a right one is not counted as a try."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            LOGIN.give_back(self._network(request), str(credentials.get("email", "")).lower())
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a wrong password against the caller."""
        WRONG_PASSWORDS.spend(self._network(request))

    def login(self, request: HttpRequest, user: User) -> None:
        """All factors are shown: open the session."""
        super().login(request, user)
        record_audit(action="user.login", resource=f"user:{user.pk}", details={"door": "pages"})

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff go to the admin; there is nothing behind the login for others."""
        return super().get_login_redirect_url(request) if request.user.is_staff else "/"

    def set_password(self, user: User, password: str) -> None:
        """Through the service: every other session and token ends."""
        logged_in = self.request.user.is_authenticated
        with transaction.atomic():
            change_password(user=user, password=password, how="change" if logged_in else "reset")
            if not logged_in:
                mark_confirmed(user)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Announce it; notifications makes the link when the mail is rendered."""
        request_password_reset(email=user.email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No mail leaves from here: to unknown addresses none at all."""

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Announce what changed about the user's safety ("totp_deactivated")."""
        notice = template_prefix.rsplit("/", 1)[-1]
        if notice in TOLD_ALREADY:
            return
        # allauth calls this after the commit as well, so it brings a transaction of its own
        with acting_as_system("account pages"), transaction.atomic():
            record_audit(action=f"user.{notice}", resource=f"user:{user.pk}")
            publish(
                type="user.security_notice",
                subject=f"user:{user.pk}",
                data={"user_id": str(user.pk), "notice": notice, "language": user.language},
            )

    def _network(self, request: HttpRequest) -> str:
        return network_of(client_address(request.META))


class MfaAdapter(DefaultMFAAdapter):
    """Two-factor: secrets are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        """Seal a TOTP secret or a recovery seed."""
        return encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open it. Raises DecryptionFailed when its key is gone."""
        return decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        """What security keys show: the house, not a row of django.contrib.sites."""
        return "Tradewind"
