"""Words as people type them: without case, accents and punctuation; in Python and in SQL alike.

The SQL is made of immutable built-ins only, so it can stand in generated columns and indexes, and
no extension is needed (`unaccent` is a contrib module that a host may not have).
"""

import re
import unicodedata
from typing import Any

from django.db.models import Func, TextField

# what NFKD does not take apart: letters that are one sign, not a letter and a mark
LIGATURES = {"ß": "ss", "æ": "ae", "œ": "oe"}
LETTERS = str.maketrans("øłđıþð", "oldipd")
MARKS = re.compile("[\u0300-\u036f]")
SEPARATORS = "@._-+/,;:'\"()"
_SPACES = str.maketrans(SEPARATORS, " " * len(SEPARATORS))


def fold(text: str) -> str:
    """`text` as it is kept in search columns: "Łukasz Müller-Straße" → "lukasz muller strasse"."""
    text = text.lower()
    for letter, letters in LIGATURES.items():
        text = text.replace(letter, letters)
    text = MARKS.sub("", unicodedata.normalize("NFKD", text))
    return text.translate(LETTERS).translate(_SPACES)


def words(text: str) -> list[str]:
    """The folded words of a search, each once, in the order they were typed."""
    return list(dict.fromkeys(re.findall(r"\w+", fold(text))))


def prefix_query(text: str) -> str:
    """A tsquery that finds rows with a word beginning like each word of `text`; "" for no words.

    Only letters and digits reach the query, so no operator can be smuggled into it.
    """
    return " & ".join(f"{word}:*" for word in words(text))


class Fold(Func):
    """`fold` in SQL. The database's own collation knows the letters' cases, C does not."""

    template = (
        "translate(translate(regexp_replace(normalize(replace(replace(replace("
        "lower((%(expressions)s) COLLATE \"default\"), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), NFKD), "
        "'[\\u0300-\\u036f]', '', 'g'), 'øłđıþð', 'oldipd'), "
        "'@._-+/,;:''\"()', '             ')"
    )
    arity = 1
    output_field = TextField()

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Migrations name this class, not its SQL."""
        return "core.folding.Fold", list(self.get_source_expressions()), {}
