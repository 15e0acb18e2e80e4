"""Which agent looks after which customer."""

from django.conf import settings
from django.db import models

from core.models import BaseModel
from crm.models.customer import Customer


class Assignment(BaseModel):
    """An agent sees exactly the customers assigned to them: this table decides, not the code.

    `app_my_customers()` (0002_policies) reads it for every policy on customers, their orders and
    their activities. An assignment row may be written before its customer within a transaction
    (the foreign key is checked at commit): that is how an agent creates a customer.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="assignments",
        verbose_name="agent",
        db_index=False,  # leads the unique index below
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="assignments")
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        db_table = "crm_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "customer"],
                name="crm_assignment_once",
                violation_error_message="This agent already looks after this customer.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} looks after {self.customer_id}"
