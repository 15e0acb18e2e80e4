"""Exchange rates: looked up, drawn, set by hand, let in or refused."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from accounts.models import User
from commerce.admin.labels import RATE_LABELS
from commerce.admin.rate_chart import chart_of
from commerce.enums import RateSource, RateState
from commerce.models import ExchangeRate
from commerce.services.rates.by_hand import (
    approve_held_rate,
    refuse_held_rate,
    set_manual_rate,
    withdraw_manual_rate,
)
from commerce.services.rates.lookup import convert_on
from core.admin.badge import Labelled
from core.admin.readonly import ReadOnlyAdmin
from core.errors import DomainError, Invalid
from core.money import Money, MoneyError
from payments.admin.deed import Button, Words, attempt, deed, given

LIST = "admin:commerce_exchangerate_changelist"
WHY = Words("decision_reason", "Why: the next person has only this")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadOnlyAdmin):
    """The list is under the tools: convert on a day, set by hand, and a chart per currency."""

    list_display = ["day", "currency", "shown_rate", "source", "shown_state", "reason"]
    list_filter = ["state", "source", ("day", RangeDateFilter)]
    search_fields = ["currency__iexact"]
    search_help_text = "Currency code, such as USD; its course is drawn above the list"
    ordering = ["-day", "currency"]
    empty_note = "Rates come every hour from the European Central Bank: manage.py refresh_rates."
    list_before_template = "commerce/admin/rates.html"
    fields = [
        ("day", "currency", "shown_rate"), ("source", "shown_state"), "reason", "who_set",
        "decision", ("who_decided", "decided_at"), "created_at", "deeds",
    ]  # fmt: skip
    readonly_fields = [
        "shown_rate", "shown_state", "who_set", "who_decided", "decided_at", "created_at", "deeds",
    ]  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        """POST here sets a rate, or decides about one."""
        wrap = self.admin_site.admin_view
        return [
            path("set/", wrap(self.set_view), name="commerce_exchangerate_set"),
            path("<int:rate_id>/decide/", wrap(self.decide_view), name="commerce_exchangerate_do"),
            *super().get_urls(),
        ]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who may change rates; looking needs less."""
        return bool(request.user.has_perm("commerce.change_exchangerate"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Under the tools."""
        wanted = request.GET.get("q", "").strip().upper()
        held = ExchangeRate.objects.filter(state=RateState.HELD)
        shown = {
            "may_decide": self.has_decide_permission(request),
            "set_url": reverse("admin:commerce_exchangerate_set"),
            "held": held.count(),
            "held_url": f"{reverse(LIST)}?state__exact={RateState.HELD}",
            "today": date.today(),  # noqa: DTZ011 - a proposal in a field
            "chart": chart_of(wanted),
            "converted": _converted(request),
            "asked": {name: given_in(request, name) for name in CONVERT_FIELDS},
        }
        rest = request.GET.copy()
        for name in CONVERT_FIELDS:
            rest.pop(name, None)  # or the list would take them for filters
        request.GET = rest  # type: ignore[assignment]  # the list changes nothing in it
        return super().changelist_view(request, (extra_context or {}) | shown)

    def set_view(self, request: HttpRequest) -> HttpResponse:
        """Set a rate by hand."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_decide_permission(request):
            raise PermissionDenied
        currency = given(request, "currency").upper()
        attempt(
            request,
            lambda: set_manual_rate(
                day=_day(given(request, "day")),
                currency=currency,
                per_euro=_rate(given(request, "per_euro")),
                reason=given(request, "reason"),
                is_sure=bool(given(request, "is_sure")),
            ),
            done="The rate is in force; what the bank says of the day stands behind it.",
        )
        return redirect(f"{reverse(LIST)}?q={currency if currency.isalpha() else ''}")

    def decide_view(self, request: HttpRequest, rate_id: int) -> HttpResponse:
        """Approve, refuse or withdraw, and back to its page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_decide_permission(request):
            raise PermissionDenied
        reason = given(request, "decision_reason")
        act, done = {
            "approve": (approve_held_rate, "It is in force, and what follows from it."),
            "refuse": (refuse_held_rate, "It will not be used."),
            "withdraw": (withdraw_manual_rate, "Taken back; what the bank said is in force."),
        }.get(given(request, "deed"), (None, ""))
        if act is None:
            messages.error(request, "Approve, refuse or withdraw?")
        else:
            attempt(request, lambda: act(rate_id=rate_id, reason=reason), done=done)
        return redirect(reverse("admin:commerce_exchangerate_change", args=[rate_id]))

    @display(description="One euro is", ordering="per_euro")
    def shown_rate(self, rate: ExchangeRate) -> str:
        """Without the zeros the column is filled up with."""
        return f"{rate.per_euro.normalize():f}"

    @display(description="State", ordering="state", label=RATE_LABELS)
    def shown_state(self, rate: ExchangeRate) -> Labelled:
        """A coloured label."""
        return Labelled(rate.state, rate.get_state_display(), RATE_LABELS)

    @display(description="Set by")
    def who_set(self, rate: ExchangeRate) -> str:
        """A person, or the bank."""
        return (
            _person(rate.set_by) if rate.source == RateSource.MANUAL else rate.get_source_display()
        )

    @display(description="Decided by")
    def who_decided(self, rate: ExchangeRate) -> str:
        """A person, or the house."""
        if rate.decided_at is None:
            return "-"
        return _person(rate.decided_by)

    @display(description="Decide")
    def deeds(self, rate: ExchangeRate) -> SafeString | str:
        """The buttons that fit its state."""
        if rate.state == RateState.HELD:
            buttons = [Button("approve", "Let it into force"), Button("refuse", "Refuse", True)]
        elif rate.source == RateSource.MANUAL and rate.state == RateState.IN_FORCE:
            buttons = [Button("withdraw", "Take it back", True)]
        else:
            return "Nothing to decide."
        url = reverse("admin:commerce_exchangerate_do", args=[rate.pk])
        return deed(url, inputs=[WHY], buttons=buttons)


CONVERT_FIELDS = ("amount", "from", "to", "on")


def given_in(request: HttpRequest, name: str) -> str:
    """What was asked in the address."""
    return str(request.GET.get(name, ""))[:40].strip()


def _converted(request: HttpRequest) -> dict[str, Any] | None:
    """The answer of the "convert on a day" tool; None when nothing was asked."""
    amount, code, to, on = (given_in(request, name) for name in CONVERT_FIELDS)
    if not amount:
        return None
    try:
        money = Money.parse(amount, code.upper())
        found = convert_on(amount=money, to=to.upper(), day=_day(on))
    except (MoneyError, DomainError) as refusal:
        return {"refusal": str(getattr(refusal, "message", refusal))}
    return {
        "amount": money.readable,
        "result": found.amount.readable,
        "rate": f"{found.rate:.10f}".rstrip("0").rstrip("."),
        "day": found.day,
    }


def _day(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Invalid("Give a day such as 2026-11-27.")
    return day


def _rate(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Invalid("Give a rate such as 1.0850.") from None


def _person(user_id: Any) -> str:
    person = User.objects.filter(pk=user_id).first() if user_id else None
    return str(person or "The house")
