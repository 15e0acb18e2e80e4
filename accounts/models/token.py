"""Refresh tokens: a family per login on a device, a chain of single-use tokens in it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.enums import FamilyEnd
from core.constraints import choice_is_known
from core.models import BaseModel


class TokenFamily(BaseModel):
    """One login on one device; its id is the `sid` of every access token it gave out."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="token_families"
    )
    epoch = models.PositiveIntegerField(help_text="The user's session epoch at login")
    expires_at = models.DateTimeField(help_text="However busy it was, it ends here")
    last_used_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True, default=FamilyEnd.OPEN, choices=FamilyEnd.choices)
    ip = models.GenericIPAddressField(null=True, blank=True)
    agent = models.TextField(blank=True, default="", help_text="What the browser called itself")

    class Meta:
        verbose_name = "login"
        verbose_name_plural = "logins"
        constraints = [
            choice_is_known("end_reason", FamilyEnd, table="accounts_tokenfamily"),
            models.CheckConstraint(
                name="accounts_tokenfamily_end_has_reason",
                condition=Q(ended_at__isnull=True, end_reason=FamilyEnd.OPEN)
                | (Q(ended_at__isnull=False) & ~Q(end_reason=FamilyEnd.OPEN)),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-last_used_at"], name="accounts_tokenfamily_user"),
            models.Index(fields=["expires_at"], name="accounts_tokenfamily_expiry"),
        ]

    def __str__(self) -> str:
        return f"login {self.pk}"


class RefreshToken(models.Model):
    """One link of the chain. The token itself is nowhere: only its SHA-256.

    No slow hash and no pepper: it is 256 random bits, there is nothing to guess (ASVS 6.5.2).
    """

    id = models.BigAutoField(primary_key=True)
    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="tokens")
    digest = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"refresh token {self.pk}"
