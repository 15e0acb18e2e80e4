"""Amounts and numbers as the reader's language writes them."""

import re
from collections.abc import Callable
from copy import copy
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from liquid.exceptions import FilterValueError

from core.languages import normal
from core.money import Money, MoneyError, exponent

CODE_TOUCHES_DIGIT = re.compile(r"(?<=[A-Z])(?=\d)")  # CLDR parts letters from figures: NGN 5
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,6})?")
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


def locale_of(language: str) -> Locale:
    """The nearest locale babel knows: "fr-CA" → fr_CA, "xx" → en."""
    for candidate in fallbacks(language):
        try:
            return Locale.parse(candidate.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def fallbacks(language: str) -> list[str]:
    """Where to look for a language's wording: fr-CA, fr, en."""
    tag = normal(language)
    chain = [tag, tag.partition("-")[0], "en"]
    return list(dict.fromkeys(part for part in chain if part))


def is_language(tag: str) -> bool:
    """Whether it is written as tags are kept: "fr", "de-at"."""
    return bool(LANGUAGE.fullmatch(tag))


def direction_of(language: str) -> str:
    """ "rtl" or "ltr", as HTML's `dir` wants it."""
    return "rtl" if normal(language).partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def amount(money: Money, locale: Locale) -> str:
    """As the language writes it, with the digits its currency has (ISO 4217).

    CLDR's own digits would round: it writes the Iraqi dinar without its three.
    """
    pattern = copy(locale.currency_formats["standard"])
    digits = exponent(money.currency)
    pattern.frac_prec = (digits, digits)
    written = pattern.apply(money.decimal, locale, currency=money.currency, currency_digits=False)
    return CODE_TOUCHES_DIGIT.sub("\u00a0", str(written))


def money_in(language: str) -> Callable[[Any], str]:
    """The `money` filter: {"amount": "12.50", "currency": "EUR"} → 12,50 €."""
    locale = locale_of(language)

    def money(value: Any) -> str:
        if not isinstance(value, dict) or not {"amount", "currency"} <= set(value):
            raise FilterValueError("money wants an amount with a currency", token=None)
        try:
            return amount(Money.parse(value["amount"], value["currency"]), locale)
        except (MoneyError, TypeError):
            raise FilterValueError("money wants a decimal amount", token=None) from None

    return money


def number_in(language: str) -> Callable[[Any], str]:
    """The `number` filter: 1234 → 1 234."""
    locale = locale_of(language)

    def number(value: Any) -> str:
        return str(format_decimal(value, locale=locale))

    return number
