"""Deeds on a row's page: a line of words to give, a button each; a service acts and may refuse."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.errors import DomainError, Invalid
from core.money import Money, MoneyError

LONGEST = 1000  # characters


@dataclass(frozen=True, slots=True)
class Words:
    """Something to be typed."""

    name: str
    label: str
    value: str = ""
    wide: bool = True


@dataclass(frozen=True, slots=True)
class Button:
    """What can be done; `grave` ones look like it, `ask` is asked before it is done."""

    value: str
    label: str
    grave: bool = False
    ask: str = ""


def deed(
    url: str, *, inputs: Sequence[Words], buttons: Sequence[Button], note: str = ""
) -> SafeString:
    """The line and its buttons, inside the page's own form."""
    context = {"url": url, "inputs": inputs, "buttons": buttons, "note": note}
    return render_to_string("payments/admin/deed.html", context)


def given(request: HttpRequest, name: str) -> str:
    """What was typed."""
    return str(request.POST.get(name, ""))[:LONGEST].strip()


def money_given(amount: str, currency: str) -> Money:
    """A typed amount. Raises Invalid for what is none."""
    try:
        return Money.parse(amount, currency)
    except MoneyError as error:
        raise Invalid(str(error)) from None


def attempt(request: HttpRequest, act: Callable[[], object], *, done: str) -> None:
    """Do it, and say what became of it."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
