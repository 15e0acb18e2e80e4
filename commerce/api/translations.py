"""products/{id}/translations/: a product in other languages."""

from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import READS_OWN, WRITE
from commerce.api.product_inputs import TranslationInput
from commerce.api.variants import found_product
from commerce.api.visibility import SEES_ALL, managed_product
from commerce.models import Product, ProductTranslation
from commerce.services.catalogue.translations import (
    checked_language,
    remove_translation,
    translate_product,
)
from core.api.rows import Rows
from core.api.views import ApiView
from core.errors import NotFound

TRANSLATIONS = Rows(
    columns={
        "language": "language", "name": "name", "description": "description", "options": "options",
    },
    model=ProductTranslation,
)  # fmt: skip
SHOWN = {
    "type": "object",
    "required": ["language", "name", "description", "options"],
    "additionalProperties": False,
    "properties": {
        "language": {"type": "string"},
        "name": {"type": "string"},
        "description": {"type": "string"},
        "options": {"type": "object"},
    },
}


class TranslationsView(ApiView):
    """What there is, by language."""

    scopes = {"GET": (SEES_ALL, READS_OWN)}
    output = {"type": "array", "items": SHOWN}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """For who looks after the product."""
        product = managed_product(request, kwargs["id"])
        return Response(_shown(product))


class TranslationView(ApiView):
    """One language."""

    scopes = {"PUT": WRITE, "DELETE": WRITE}
    input = {"PUT": TranslationInput}
    output = {"PUT": {"type": "array", "items": SHOWN}}

    def put(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """These texts; all empty takes the language away. Answers all languages."""
        product = found_product(request, kwargs["id"])
        translate_product(product=product, language=kwargs["language"], **self.valid())
        return Response(_shown(product))

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take the language away."""
        product = found_product(request, kwargs["id"])
        language = checked_language(kwargs["language"])
        if not remove_translation(product=product, language=language):
            raise NotFound("There is no such translation.")
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(product: Product) -> list[dict[str, Any]]:
    texts = ProductTranslation.objects.filter(product=product).order_by("language")
    return TRANSLATIONS.all(texts)
