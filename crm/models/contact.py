"""What people write to the shop through the contact form."""

from django.db import models
from django.db.models import Q

from core.constraints import choice_is_known
from core.models import BaseModel
from crm.enums import ContactState
from crm.models.customer import Customer


class ContactMessage(BaseModel):
    """A message and what became of it. `customer` is who writes, when the address is known."""

    name = models.CharField(max_length=100)
    email = models.EmailField()
    message = models.TextField(max_length=5000)
    language = models.CharField(max_length=10, default="en", help_text="Of the page it came from")
    state = models.TextField(choices=ContactState.choices, default=ContactState.NEW)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contact_messages",
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True, help_text="The user who dealt with it")

    class Meta:
        db_table = "crm_contactmessage"
        ordering = ["-id"]
        constraints = [
            choice_is_known("state", ContactState, table="crm_contactmessage"),
            models.CheckConstraint(
                name="crm_contactmessage_answered_has_time",
                condition=~Q(state=ContactState.ANSWERED) | Q(answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-id"],
                name="crm_contactmessage_new",
                condition=Q(state=ContactState.NEW),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.created_at:%Y-%m-%d}"
