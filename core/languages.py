"""Which languages a caller reads, best first, with what to fall back on: de-AT, then de.

The end of every chain is the thing's own text, in the language the house works in.
"""

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import TypeVar

from django.conf import settings
from django.utils.translation.trans_real import parse_accept_lang_header

TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}\Z")
MOST = 6  # tags looked for
Words = TypeVar("Words")
_reading: ContextVar[tuple[str, ...]] = ContextVar("languages_read", default=())


def languages_read() -> tuple[str, ...]:
    """The tags to look for in this request, in their order; none: the thing's own text."""
    return _reading.get()


def read_in(tags: tuple[str, ...]) -> None:
    """What this request reads. Each request says it anew (core/api/lists/view.py)."""
    _reading.set(tags)


def fallbacks(languages: Iterable[str]) -> tuple[str, ...]:
    """Each tag and what is more general than it, up to the house's own language.

    >>> fallbacks(["de-AT", "fr"])
    ('de-at', 'de', 'fr')
    """
    chain: dict[str, None] = {}
    for language in languages:
        tag = normal(language)
        if not TAG.match(tag):
            continue
        while tag:
            if tag == settings.LANGUAGE_CODE:
                return tuple(chain)
            chain[tag] = None
            if len(chain) == MOST:
                return tuple(chain)
            tag = tag.rpartition("-")[0]
    return tuple(chain)


def words_in(language: str, words: Mapping[str, Words]) -> Words:
    """Those of a language (fr-CA is French); English where there are no other.

    >>> words_in("fr-CA", {"en": "Order", "fr": "Commande"})
    'Commande'
    """
    return words.get(normal(language).partition("-")[0], words["en"])


def accepted(header: str) -> tuple[str, ...]:
    """The chain of an `Accept-Language` header; what cannot be read asks for nothing."""
    return fallbacks(tag for tag, _ in parse_accept_lang_header(header) if tag != "*")


def normal(tag: str) -> str:
    """As tags are kept: "de_AT" → "de-at"."""
    return tag.strip().lower().replace("_", "-")
