"""People who log in: staff and shoppers."""

from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models

from accounts.managers import UserManager
from core.identity import Role
from core.models import BaseModel

# the widest role first: a user in two groups acts in the first of them
STAFF_GROUPS = {
    "admin": Role.ADMIN,
    "manager": Role.MANAGER,
    "agent": Role.AGENT,
    "readonly": Role.READONLY,
}


class User(BaseModel, AbstractBaseUser, PermissionsMixin):
    """A person who logs in with an e-mail address. Rights come from groups (roles)."""

    email = models.EmailField(unique=True, help_text="Case-folded; also the login")
    full_name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the admin")
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=10, default="en")
    avatar = models.ImageField(upload_to="avatars/", null=True, blank=True)
    session_epoch = models.PositiveIntegerField(
        default=0, help_text="Grows when all access tokens must end at once"
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email

    @cached_property
    def role(self) -> Role:
        """The database role this user's queries run under."""
        if self.is_superuser:
            return Role.ADMIN
        groups = set(self.groups.values_list("name", flat=True))
        for name, role in STAFF_GROUPS.items():
            if name in groups:
                return role
        return Role.SHOPPER

    def get_full_name(self) -> str:
        """How the admin greets them."""
        return self.full_name or self.email
