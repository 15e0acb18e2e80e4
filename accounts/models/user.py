"""People who log in: staff and shoppers."""

from functools import cached_property
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from accounts.emails import normalise_email
from accounts.enums import STAFF_GROUPS, Tier
from accounts.managers import UserManager
from core.constraints import choice_is_known
from core.identity import Role, acting_as_system
from core.models import BaseModel


class User(BaseModel, AbstractBaseUser, PermissionsMixin):
    """A person who logs in with an e-mail address. Rights come from groups (roles).

    Only services change rows (accounts/services): in the database a user's own role may change
    no more than name, time zone, language and avatar.
    """

    email = models.EmailField(unique=True, help_text="In lower case; also the login")
    full_name = models.CharField(max_length=200, blank=True)
    email_confirmed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When they proved the address is theirs; until then nothing is joined by address",
    )
    is_active = models.BooleanField(default=True, help_text="Off: every door is shut within 5 s")
    is_staff = models.BooleanField(default=False, help_text="May open the admin")
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=10, default="en")
    avatar = models.ImageField(upload_to="avatars/", null=True, blank=True)
    session_epoch = models.PositiveIntegerField(
        default=0, help_text="Grows when every session and token must end at once"
    )

    tier = models.TextField(
        choices=Tier.choices,
        default=Tier.FREE,
        db_default=Tier.FREE,
        help_text="What they have subscribed to; only services/tiers changes it",
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_user_email_lower", condition=Q(email=Lower(F("email")))
            ),
            choice_is_known("tier", Tier, table="accounts_user"),
        ]
        indexes = [
            # what agents may see: colleagues
            models.Index(fields=["email"], name="accounts_user_staff", condition=Q(is_staff=True)),
            # everybody of a time zone, in the order of their ids
            models.Index(
                fields=["time_zone", "id"], name="accounts_user_zone", condition=Q(is_active=True)
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @cached_property
    def role(self) -> Role:
        """The database role this user's queries run under.

        Read while the system identity looks the user up (accounts/lookups.py): afterwards the
        rows of other users' groups are out of sight.
        """
        if self.is_superuser:
            return Role.ADMIN
        groups = {group.name for group in self.groups.all()}
        for name, role in STAFF_GROUPS.items():
            if name in groups:
                return role
        return Role.SHOPPER

    @property
    def email_confirmed(self) -> bool:
        """Whether the address is proven to be theirs."""
        return self.email_confirmed_at is not None

    def clean(self) -> None:
        """One spelling per address, from the admin's forms too."""
        self.email = normalise_email(self.email)

    def get_full_name(self) -> str:
        """How the admin greets them."""
        return self.full_name or self.email

    def get_short_name(self) -> str:
        """The first word of the name, for greetings."""
        return self.full_name.split(" ")[0] if self.full_name else self.email

    def check_password(self, raw_password: str) -> bool:
        """Compare; a hash made by an older hasher is made anew, as the house (see decisions)."""

        def make_anew(raw: str) -> None:
            self.set_password(raw)
            self._password = None
            with acting_as_system("password hash upgrade"), transaction.atomic():
                self.save(update_fields=["password"])

        return check_password(raw_password, self.password, make_anew)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What an admin session is bound to: the password and the session epoch.

        Django's own binds to the password only, so that "end all sessions" would spare the admin.
        """
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()
