"""Names, days and amounts as a reader's language writes them."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

from core.money import Money
from notifications.rendering.formats import amount, fallbacks, locale_of


def in_language(words: Mapping[str, str], language: str) -> str:
    """The nearest of some translations; there is always an English one."""
    return next(words[one] for one in fallbacks(language) if one in words)


def money_in_words(money: Money, language: str) -> str:
    """An amount with the language's digits and signs."""
    return amount(money, locale_of(language))


def week_in_words(monday: date, sunday: date, language: str) -> str:
    """From which day to which."""
    locale = locale_of(language)
    first, last = (format_date(day, "medium", locale=locale) for day in (monday, sunday))
    return f"{first} – {last}"
