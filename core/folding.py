"""Words as people type them: without case, accents and punctuation; in Python and in SQL alike.

The SQL is made of immutable built-ins only, so it can stand in generated columns and indexes, and
no extension is needed (`unaccent` is a contrib module that a host may not have).
"""

import re
import unicodedata
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import EmptyResultSet
from django.db.models import Func, Lookup, TextField

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


class WordsField(SearchVectorField):
    """A column of folded words (a tsvector), searched by the beginnings of words.

    `search_words__icontains="mül str"` finds "Anna Müller-Straße". The lookup's name is the one
    that API lists and the admin use for searching, so both need only the field's name.
    """


@WordsField.register_lookup
class HasWordsBeginningWith(Lookup):
    """Each word of the right side is the beginning of a word of the left side. Indexed (GIN)."""

    lookup_name = "icontains"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Nothing is found by a search without letters or digits."""
        query = prefix_query(str(self.rhs))
        if not query:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        return f"{column} @@ to_tsquery('simple', %s)", [*params, query]
