"""What a variant costs, in which currency, from when until when."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from commerce.enums import PriceChangeKind, PriceChangeState, PriceEnding, PriceItemState
from commerce.models.catalogue import Variant
from core.constraints import choice_is_known, not_negative
from core.models import BaseModel
from core.money import CurrencyField, MinorUnitsField, Money


def _just(column: str, function: str) -> Func:
    """A column as the range that holds it alone: GiST indexes ranges without an extension."""
    return Func(
        F(column), F(column), Value("[]"), function=function, output_field=models.TextField()
    )


class PriceQuerySet(models.QuerySet["Price"]):
    """Prices by time."""

    def at(self, moment: datetime | None = None) -> "PriceQuerySet":
        """Those in force at an instant, or now by the database's clock: one a currency."""
        when: Any = moment or Now()
        return self.filter(in_force(when))

    def to_come(self, moment: datetime | None = None) -> "PriceQuerySet":
        """Those in force and those planned, not those that are over."""
        when: Any = moment or Now()
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=when))


def in_force(when: Any, prefix: str = "") -> Q:
    """The condition of being in force at `when`; `prefix` leads to the price ("prices__")."""
    begun = Q(**{f"{prefix}valid_from__lte": when})
    not_over = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": when})
    return begun & not_over


class Price(BaseModel):
    """A stretch of time in which a variant costs so much in a currency.

    Stretches of one variant and currency never overlap; a gap means: not sold in it then. What
    has begun is never changed but ended (services/catalogue/prices.py). In a sale
    `compare_at_minor` is the regular price, which the buyer sees struck through.
    """

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    currency = CurrencyField()
    amount_minor = MinorUnitsField()
    compare_at_minor = MinorUnitsField(
        null=True, blank=True, help_text="In a sale: the regular price"
    )
    valid_from = models.DateTimeField(db_default=Now())
    valid_to = models.DateTimeField(null=True, blank=True, help_text="Empty: until further notice")

    objects: ClassVar[Any] = PriceQuerySet.as_manager()

    class Meta:
        constraints = [
            not_negative("amount_minor", table="commerce_price"),
            models.CheckConstraint(
                name="commerce_price_sale_is_below_regular",
                condition=Q(compare_at_minor__isnull=True)
                | Q(compare_at_minor__gt=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="commerce_price_ends_after_it_began",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="commerce_price_one_at_a_time",
                expressions=[
                    (_just("variant", "commerce_idrange"), RangeOperators.EQUAL),
                    (_just("currency", "commerce_wordrange"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Another price is in force then.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["variant", "currency", "-valid_from"], name="commerce_price_history"
            ),
        ]

    def __str__(self) -> str:
        return str(self.amount)

    @property
    def amount(self) -> Money:
        """The price as money."""
        return Money(self.amount_minor, self.currency)

    @property
    def regular_minor(self) -> int:
        """What it costs when there is no sale."""
        return self.amount_minor if self.compare_at_minor is None else self.compare_at_minor


class PriceChange(BaseModel):
    """Many prices changed at once: what was asked for, of which products, and how far it is."""

    kind = models.TextField(choices=PriceChangeKind.choices)
    percent_bps = models.IntegerField(
        default=0, db_default=0, help_text="Hundredths of a percent: -1250 is 12.5 % less"
    )
    amount_minor = MinorUnitsField(default=0, db_default=0, help_text="Added to each price")
    currency = CurrencyField(blank=True, help_text="Empty: every currency")
    ending = models.TextField(
        choices=PriceEnding.choices, default=PriceEnding.EXACT, db_default=PriceEnding.EXACT
    )
    selection = models.JSONField(default=dict, help_text="Which products, as they were asked for")
    state = models.TextField(
        choices=PriceChangeState.choices,
        default=PriceChangeState.PLANNED,
        db_default=PriceChangeState.PLANNED,
    )
    total = models.PositiveIntegerField(default=0, db_default=0)
    done = models.PositiveIntegerField(default=0, db_default=0)
    kept = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Not taken back: changed again since"
    )
    actor_id = models.UUIDField(null=True, blank=True, editable=False)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            choice_is_known("kind", PriceChangeKind, table="commerce_pricechange"),
            choice_is_known("state", PriceChangeState, table="commerce_pricechange"),
            choice_is_known("ending", PriceEnding, table="commerce_pricechange"),
            models.CheckConstraint(
                name="commerce_pricechange_amount_has_a_currency",
                condition=Q(kind=PriceChangeKind.PERCENT) | ~Q(currency=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.created_at:%Y-%m-%d %H:%M}"


class PriceChangeItem(models.Model):
    """One price of such a change: the regular price before and after it."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(PriceChange, on_delete=models.CASCADE, related_name="items")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    currency = CurrencyField()
    before_minor = MinorUnitsField()
    after_minor = MinorUnitsField()
    state = models.TextField(
        choices=PriceItemState.choices,
        default=PriceItemState.PLANNED,
        db_default=PriceItemState.PLANNED,
    )

    class Meta:
        constraints = [
            choice_is_known("state", PriceItemState, table="commerce_pricechangeitem"),
            not_negative("before_minor", table="commerce_pricechangeitem"),
            not_negative("after_minor", table="commerce_pricechangeitem"),
            models.UniqueConstraint(
                fields=["change", "variant", "currency"], name="commerce_pricechangeitem_once"
            ),
        ]
        indexes = [
            models.Index(fields=["change", "state", "id"], name="commerce_pricechangeitem_next"),
        ]

    def __str__(self) -> str:
        before = Money(self.before_minor, self.currency)
        return f"{before} → {Money(self.after_minor, self.currency)}"
