"""Who a user is at a gateway."""

from django.conf import settings
from django.db import models

from core.constraints import choice_is_known
from core.models import BaseModel
from payments.enums import GatewayName


class BillingCustomer(BaseModel):
    """A user as one gateway knows them.

    The row is there before the gateway is asked: its id is the key under which the customer is
    made, however many ask at once. Address and name are those first sent, since a repeated call
    must say the same.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    gateway = models.TextField(choices=GatewayName.choices)
    customer_ref = models.TextField(null=True, blank=True, help_text="Empty until the gateway said")
    email = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    failures = models.PositiveIntegerField(
        default=0, help_text="Failures the gateway answered with, and repeats to the same key"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            choice_is_known("gateway", GatewayName, table="payments_billingcustomer"),
            models.UniqueConstraint(
                fields=["user", "gateway"], name="payments_billingcustomer_one_per_gateway"
            ),
            models.UniqueConstraint(
                fields=["gateway", "customer_ref"], name="payments_billingcustomer_ref_once"
            ),
        ]

    def __str__(self) -> str:
        return self.customer_ref or f"{self.gateway} customer to be"

    @property
    def idempotency_key(self) -> str:
        """The same for every try to make this customer whose outcome is not known."""
        return f"customer:{self.pk}:create:{self.failures}"
