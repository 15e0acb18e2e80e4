"""The books, for reading: what was booked, and what stands in each account."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.services.books.balances import balances, trial_balance


class EntryInline(ReadOnlyInline):
    """Debits and credits."""

    model = LedgerEntry
    fields = ["account", "debit", "credit"]
    readonly_fields = fields
    show_change_link = False
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        """With the accounts' names."""
        return super().get_queryset(request).select_related("account")

    @display(description="Debit")
    def debit(self, entry: LedgerEntry) -> str:
        """What came in."""
        return str(entry.amount) if entry.amount_minor > 0 else ""

    @display(description="Credit")
    def credit(self, entry: LedgerEntry) -> str:
        """What went out."""
        return str(-entry.amount) if entry.amount_minor < 0 else ""


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    """What was booked."""

    list_display = ["id", "kind", "description", "amounts", "created_at"]
    list_filter = ["kind", ("created_at", RangeDateTimeFilter)]
    search_fields = ["source__startswith", "description__startswith"]
    ordering = ["-id"]
    inlines = [EntryInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerTransaction]:
        """Entries come with one query for the page."""
        return super().get_queryset(request).prefetch_related("entries")

    @display(description="Debits")
    def amounts(self, booked: LedgerTransaction) -> str:
        """The sum of one side is the amount."""
        debits = [str(entry.amount) for entry in booked.entries.all() if entry.amount_minor > 0]
        return ", ".join(debits)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    """The accounts, under the trial balance."""

    list_display = ["code", "name", "kind"]
    list_filter = ["kind"]
    search_fields = ["code__startswith", "name__icontains"]
    list_before_template = "payments/admin/trial_balance.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With balances and the proof that they sum to nothing."""
        shown = {"balances": balances(), "sums": trial_balance()}
        return super().changelist_view(request, (extra_context or {}) | shown)
