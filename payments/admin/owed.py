"""What a payee is owed, as a table for any page that has a payee."""

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Sum
from django.db.models.functions import JSONObject
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.money import Money
from payments.models import LedgerEntry
from payments.services.sharing.owed import Owed, owed_to


def owed_table(payee_id: UUID, *, draft_url: str = "") -> SafeString:
    """By currency: payable, waiting, in drafts, and what the books say."""
    found = owed_to(payee_id)
    books = _in_books(payee_id)
    rows = []
    for currency in sorted({*found, *books}):
        owed = found.get(currency, Owed(currency))
        rows.append(
            {
                "currency": currency,
                "payable": owed.money(owed.payable),
                "waiting": owed.money(owed.waiting),
                "drafted": owed.money(owed.drafted),
                "books": books.get(currency, Money.zero(currency)),
                "url": draft_url if owed.payable > 0 else "",
            }
        )
    return render_to_string("payments/admin/owed.html", {"owed": rows})


def balances_of_payee() -> QuerySet[LedgerEntry, Any]:
    """For lists of payees: what the books owe each, by currency, as {"currency", "minor"}."""
    entries = LedgerEntry.objects.filter(account__owner_id=OuterRef("pk")).values("currency")
    sums = entries.annotate(owed=-Sum("amount_minor")).exclude(owed=0).order_by("currency")
    return sums.values(line=JSONObject(currency="currency", minor="owed"))


def _in_books(payee_id: UUID) -> dict[str, Money]:
    """Their account, by currency: what we owe is positive here."""
    rows = (
        LedgerEntry.objects.filter(account__owner_id=payee_id)
        .values("currency")
        .annotate(sum=Sum("amount_minor"))
        .order_by("currency")
    )
    return {row["currency"]: Money(-int(row["sum"]), row["currency"]) for row in rows}
