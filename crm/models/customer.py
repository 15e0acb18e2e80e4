"""Who buys."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from core.constraints import choice_is_known, not_negative
from core.folding import Fold, WordsField
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money
from crm.enums import CustomerStatus
from crm.models.querysets import CustomerQuerySet
from crm.validators import COUNTRY_CODE, LANGUAGE_TAG, known_currency, known_time_zone

# what a search finds a customer by; folded and split into words by the database
SEARCHED = (
    "name",
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "city",
    "external_id",
)


def _searched_text() -> Fold:
    parts: list[F | Value] = []
    for field in SEARCHED:
        parts += [F(field), Value(" ")]
    return Fold(Concat(*parts[:-1], output_field=models.TextField()))


def base_currency() -> str:
    """The currency the house adds up in (BASE_CURRENCY)."""
    return str(settings.BASE_CURRENCY)


class Customer(BaseModel):
    """A person or a company that buys, with or without a login (`user`).

    The totals are kept by a trigger on orders (commerce), never by Python: they count what was
    paid for, net of refunds, in the currency the house adds up in. A merged customer stays as a
    pointer (`merged_into`); an anonymised one keeps its row, its totals and nothing personal.
    """

    name = models.CharField(max_length=200, blank=True, help_text="As shown to staff")
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    company = models.CharField(max_length=200, blank=True)
    # collation C: equality and prefix search share one index, and both are leakproof (agents)
    email = models.EmailField(
        null=True, blank=True, db_collation="C", help_text="Case-folded; empty for a guest"
    )
    phone = models.CharField(max_length=40, blank=True)
    line1 = models.CharField("address line 1", max_length=200, blank=True)
    line2 = models.CharField("address line 2", max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(
        max_length=2, blank=True, validators=[COUNTRY_CODE], help_text="ISO 3166, such as DE"
    )
    time_zone = models.CharField(max_length=64, blank=True, validators=[known_time_zone])
    language = models.CharField(max_length=10, blank=True, validators=[LANGUAGE_TAG])
    currency = CurrencyField(
        blank=True, help_text="What they like to pay in", validators=[known_currency]
    )
    status = models.CharField(
        max_length=10, choices=CustomerStatus.choices, default=CustomerStatus.ACTIVE
    )
    custom = models.JSONField(default=dict, blank=True, help_text="The shop's own fields")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="customer",
        help_text="Their login, when they have one",
    )
    external_platform = models.CharField(max_length=20, blank=True, help_text="shopify ...")
    external_id = models.CharField(max_length=100, blank=True, help_text="Their id over there")

    orders_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    lifetime_value_minor = MinorUnitsField(default=0, db_default=0, editable=False)
    lifetime_value_currency = CurrencyField(default=base_currency, editable=False)
    first_order_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_order_at = models.DateTimeField(null=True, blank=True, editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)
    search_words = models.GeneratedField(
        expression=SearchVector(_searched_text(), config="simple"),
        output_field=WordsField(),
        db_persist=True,
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        db_table = "crm_customer"
        ordering = ["-id"]  # UUIDv7: newest first without an index of its own
        constraints = [
            choice_is_known("status", CustomerStatus, table="crm_customer"),
            not_negative("orders_count", table="crm_customer"),
            not_negative("lifetime_value_minor", table="crm_customer"),
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(merged_into__isnull=True),
                name="crm_customer_email_once",
                violation_error_message="Another customer has this e-mail address.",
            ),
            models.UniqueConstraint(
                fields=["external_platform", "external_id"],
                condition=~Q(external_id=""),
                name="crm_customer_external_once",
            ),
            models.CheckConstraint(
                name="crm_customer_email_not_empty", condition=~Q(email="") | Q(email__isnull=True)
            ),
            models.CheckConstraint(
                name="crm_customer_external_whole",
                condition=Q(external_id="") | ~Q(external_platform=""),
            ),
            models.CheckConstraint(
                name="crm_customer_country_code",
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
            ),
            models.CheckConstraint(
                name="crm_customer_anonymised_has_no_contact",
                condition=Q(anonymised_at__isnull=True)
                | Q(email__isnull=True, phone="", name="", first_name="", last_name=""),
            ),
            models.CheckConstraint(
                name="crm_customer_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="crm_customer_status"),
            models.Index(fields=["country", "-id"], name="crm_customer_country"),
            models.Index(fields=["-lifetime_value_minor", "-id"], name="crm_customer_value"),
            models.Index(fields=["-last_order_at", "-id"], name="crm_customer_last_order"),
            GinIndex(fields=["search_words"], name="crm_customer_words"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or f"Customer {str(self.pk)[-6:]}"

    def clean(self) -> None:
        """An id means nothing without the platform that gave it."""
        if self.external_id and not self.external_platform:
            raise ValidationError({"external_platform": "Name the platform the id belongs to."})

    @property
    def lifetime_value(self) -> Money:
        """What they paid over the years, net of refunds, in the currency the house adds up in."""
        return Money(self.lifetime_value_minor, self.lifetime_value_currency)
