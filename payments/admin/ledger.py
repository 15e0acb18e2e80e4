"""The books, for reading: what was booked, and what stands in each account."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from core.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from core.admin.when_filter import WhenFilter
from core.money import Money
from payments.admin.ledger_words import KINDS
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
        return entry.amount.readable if entry.amount_minor > 0 else ""

    @display(description="Credit")
    def credit(self, entry: LedgerEntry) -> str:
        """What went out."""
        return (-entry.amount).readable if entry.amount_minor < 0 else ""


class KindFilter(admin.SimpleListFilter):
    """By what happened."""

    title = "what was booked"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In words."""
        return list(KINDS.items())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[LedgerTransaction]
    ) -> QuerySet[LedgerTransaction]:
        """The chosen one."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    """What was booked."""

    list_display = ["what", "description", "amounts", "created_at"]
    list_filter = [KindFilter, ("created_at", WhenFilter)]
    search_fields = ["source__startswith", "description__startswith"]
    ordering = ["-id"]
    inlines = [EntryInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerTransaction]:
        """Entries come with one query for the page."""
        return super().get_queryset(request).prefetch_related("entries")

    @display(description="Booked", ordering="kind")
    def what(self, booked: LedgerTransaction) -> str:
        """What happened, in a word or two."""
        return KINDS.get(booked.kind) or booked.kind.replace("_", " ").capitalize()

    @display(description="Amount")
    def amounts(self, booked: LedgerTransaction) -> str:
        """The sum of one side, per currency."""
        sums: dict[str, Money] = {}
        for entry in booked.entries.all():
            if entry.amount_minor > 0:
                sums[entry.currency] = sums.get(entry.currency, Money(0, entry.currency)) + (
                    entry.amount
                )
        return ", ".join(total.readable for total in sums.values())


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
