"""What a person's weekly report says of money: what they paid, what they earned by referrals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Sum

from core.money import Money
from notifications.weekly import Lines, Period, Reader, Row, report_section
from notifications.weekly.words import in_language, money_in_words
from payments.models import Commission, Payment

PAID = {"en": "Paid", "fr": "Payé", "ar": "دفعت"}
EARNED = {"en": "Earned by referrals", "fr": "Gagné par parrainage", "ar": "ربحت من الإحالات"}


@report_section
def paid(readers: Sequence[Reader], period: Period) -> Lines:
    """What came in from them, less what went back, by currency."""
    sums = (
        Payment.objects.filter(
            user_id__in=[reader.user_id for reader in readers],
            paid_at__gte=period.begins,
            paid_at__lt=period.ends,
        )
        .order_by()
        .values("currency", whose=F("user_id"))
        .annotate(total=Sum(F("captured_minor") - F("refunded_minor")))
        .order_by("currency")
    )
    return _lines(sums, readers, PAID)


@report_section
def earned(readers: Sequence[Reader], period: Period) -> Lines:
    """Commissions, less what was taken back, by currency."""
    sums = (
        Commission.objects.filter(
            beneficiary_id__in=[reader.user_id for reader in readers],
            earned_at__gte=period.begins,
            earned_at__lt=period.ends,
        )
        .order_by()
        .values("currency", whose=F("beneficiary_id"))
        .annotate(total=Sum(F("amount_minor") - F("returned_minor")))
        .order_by("currency")
    )
    return _lines(sums, readers, EARNED)


def _lines(
    sums: Iterable[dict[str, Any]], readers: Sequence[Reader], name: Mapping[str, str]
) -> Lines:
    """One line for each currency in which something is left."""
    languages = {reader.user_id: reader.language for reader in readers}
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in sums:
        if row["total"]:
            language = languages[row["whose"]]
            value = money_in_words(Money(row["total"], row["currency"]), language)
            found[row["whose"]].append(Row(in_language(name, language), value, total=True))
    return found
