"""Keys for machines."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import BaseModel


class ApiKey(BaseModel):
    """A key that acts for its owner, with no more than the scopes it was given.

    `public_id` is part of the key and finds the row by its unique index; of the secret only an
    HMAC is kept. While a rotation overlaps, the former secret counts as well.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=100)
    public_id = models.CharField(max_length=8, unique=True)
    digest = models.BinaryField(max_length=32)
    last4 = models.CharField(max_length=4, help_text="The end of the key, to tell keys apart")
    former_digest = models.BinaryField(max_length=32, null=True, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    scopes = ArrayField(models.CharField(max_length=64))
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(
                name="accounts_apikey_former_has_end",
                condition=Q(former_digest__isnull=True, former_until__isnull=True)
                | Q(former_digest__isnull=False, former_until__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["owner", "-created_at"], name="accounts_apikey_owner")]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown})"

    @property
    def shown(self) -> str:
        """What may be shown of the key after it was made."""
        return f"tw_live_{self.public_id}_…{self.last4}"

    @property
    def is_live(self) -> bool:
        """Neither revoked nor past its end."""
        if self.revoked_at is not None:
            return False
        return self.expires_at is None or self.expires_at > timezone.now()
