"""Products and categories in the language of whoever reads."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from commerce.models import Product, Variant
from core.languages import languages_read

Row = dict[str, Any]

TEXTS = """
SELECT product_id, language, name, description, options
FROM commerce_producttranslation WHERE product_id = ANY(%s) AND language = ANY(%s)
"""
CATEGORIES = """
SELECT category_id, language, name
FROM commerce_categorytranslation WHERE category_id = ANY(%s) AND language = ANY(%s)
"""


def category_names(category_ids: list[UUID]) -> dict[UUID, str]:
    """Names of categories in the best language of the request; those that have none are left out.
    No query where only the house's own language is read."""
    chain = list(languages_read())
    if not chain:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(CATEGORIES, [category_ids, chain])
        found = sorted(cursor.fetchall(), key=lambda row: -chain.index(row[1]))
    return {category_id: name for category_id, _, name in found}


class Wording:
    """The texts of products in the languages that are read, the best first. One query, or none
    where only the house's own language is read."""

    def __init__(self, product_ids: Iterable[UUID], languages: Sequence[str] | None = None) -> None:
        """In `languages` (core.languages.fallbacks), or those of the request."""
        self.texts: dict[UUID, list[tuple[str, str, dict[str, str]]]] = {}
        chain = list(languages_read() if languages is None else languages)
        if not chain:
            return
        with connection.cursor() as cursor:
            cursor.execute(TEXTS, [list(product_ids), chain])
            found = sorted(cursor.fetchall(), key=lambda row: chain.index(row[1]))
        for product_id, _, name, description, options in found:
            words = msgspec.json.decode(options) if isinstance(options, str) else options
            self.texts.setdefault(product_id, []).append((name, description, words))

    def put_into(self, rows: dict[UUID, Row]) -> None:
        """Names and descriptions, each in the best language that has it."""
        for product_id, texts in self.texts.items():
            row = rows[product_id]
            for place, column in enumerate(("name", "description")):
                best = next((text[place] for text in texts if text[place]), None)
                if best and column in row:
                    row[column] = best

    def name(self, product: Product) -> str:
        """Its name."""
        texts = self.texts.get(product.pk, ())
        return next((name for name, _, _ in texts if name), product.name)

    def title(self, variant: Variant) -> str:
        """Product and options, as a line of an order or a cart says it: "Teapot (M, red)"."""
        words = [self.of_option(variant.product_id, str(v)) for v in variant.options.values()]
        name = self.name(variant.product)
        return f"{name} ({', '.join(words)})" if words else name

    def of_option(self, product_id: UUID, word: str) -> str:
        """An option's name or one of its values."""
        for _, _, words in self.texts.get(product_id, ()):
            if word in words:
                return str(words[word])
        return word

    def of_options(self, product_id: UUID, options: str) -> Any:
        """A variant's options, from and to JSON."""
        if product_id not in self.texts:
            return msgspec.Raw(options.encode())
        return {
            self.of_option(product_id, name): self.of_option(product_id, value)
            for name, value in msgspec.json.decode(options).items()
        }
