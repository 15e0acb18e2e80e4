"""products/{id}/media/: pictures and documents of one product."""

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.api.acting import WRITE, check_acts_for
from commerce.api.media_rows import MEDIA_SCHEMA, media_json, shown_media
from commerce.api.visibility import visible_products
from commerce.models import Product
from commerce.services.media import (
    add_media,
    arrange_media,
    change_media,
    put_back_media,
    remove_media,
)
from core.api.fields import Input, TextField, WholeNumberField
from core.api.parser import JsonParser
from core.api.views import ApiView
from core.errors import NotFound
from core.files.limits import largest_body
from core.limits import Limit

UPLOADS = Limit("uploads", "240/minute")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}")
LONGEST_ALT = 300
MOST_LANGUAGES = 50
LIST = {"type": "array", "items": MEDIA_SCHEMA}


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "maxLength": LONGEST_ALT},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ],
        "description": "A text in the shop's own language, or texts by language",
    }
)
class AltField(serializers.Field[Any, Any, Any, Any]):
    """What a picture shows: one text, or texts by language tag."""

    default_error_messages = {
        "shape": 'Give a text, or texts by language such as {{"en": "A teapot"}}.',
        "language": "{tag} is no language tag such as fr or de-at.",
    }

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """Texts by language; empty ones are left out."""
        if isinstance(data, str):
            data = {settings.LANGUAGE_CODE: data}
        if not isinstance(data, dict) or len(data) > MOST_LANGUAGES:
            self.fail("shape")
        text = TextField(max_length=LONGEST_ALT, allow_blank=True)
        for tag in data:
            if not isinstance(tag, str) or not LANGUAGE.fullmatch(tag):
                self.fail("language", tag=str(tag)[:20])
        read = {tag: text.run_validation(words) for tag, words in data.items()}
        return {tag: words for tag, words in read.items() if words}

    def to_representation(self, value: Any) -> Any:
        """As stored."""
        return value


class FormNumberField(WholeNumberField):
    """A whole number, also as a form sends it: in digits."""

    def to_internal_value(self, data: Any) -> int:
        """Digits are read; anything else is as in JSON."""
        is_digits = isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 6
        return super().to_internal_value(int(data) if is_digits else data)


class MediaInput(Input):
    """A file, sent as multipart/form-data."""

    file = serializers.FileField()
    alt = AltField(required=False)
    variant = serializers.UUIDField(required=False, allow_null=True)
    position = FormNumberField(min_value=0, max_value=1000, required=False)


class MediaChange(Input):
    """Where it stands and what it shows; what is not given stays."""

    alt = AltField(required=False)
    variant = serializers.UUIDField(required=False, allow_null=True)
    position = WholeNumberField(min_value=0, max_value=1000, required=False)


class PicturesOrderInput(Input):
    """All of a product's pictures and documents, each once, in the new order."""

    order = serializers.ListField(child=serializers.UUIDField(), max_length=1000)


class MediaListView(ApiView):
    """Pictures and documents of a product, in their order; POST adds one.

    The content decides what a file is. Pictures (JPEG, PNG, WebP) are drawn anew as WebP without
    EXIF; documents (PDF, DOCX, XLSX, CSV, plain text) stay as they came. The same file again
    changes nothing: the answer is what hangs there already.
    """

    public = {"GET"}
    scopes = {"POST": WRITE}
    atomic = False  # no lock is held while bytes are moved
    parser_classes = [MultiPartParser, JsonParser]
    max_body_bytes = largest_body()
    input = {"POST": MediaInput}
    output = {"GET": LIST, "POST": MEDIA_SCHEMA}

    @transaction.atomic
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them: a product has few."""
        return Response(media_shown(visible_products(request).filter(pk=kwargs["id"])))

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add one."""
        UPLOADS.spend(str(request.user.pk))
        product_id = changeable_product(request, kwargs["id"])
        given = self.valid()
        media = add_media(
            product_id=product_id,
            upload=given["file"],
            alt=given.get("alt"),
            variant_id=given.get("variant"),
            **{name: given[name] for name in ("position",) if name in given},
        )
        return Response(one_shown(product_id, media.pk), status=status.HTTP_201_CREATED)


class MediaView(ApiView):
    """One picture or document of a product."""

    scopes = {"PATCH": WRITE, "DELETE": WRITE}
    input = {"PATCH": MediaChange}
    output = {"PATCH": MEDIA_SCHEMA}

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Describe it, move it, give it to a variant."""
        product_id = changeable_product(request, kwargs["id"])
        changes = self.valid()
        if "variant" in changes:
            changes["variant_id"] = changes.pop("variant")
        change_media(product_id=product_id, media_id=kwargs["media"], changes=changes)
        return Response(one_shown(product_id, kwargs["media"]))

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take it off the product. For some days POST .../restore/ puts it back."""
        product_id = changeable_product(request, kwargs["id"])
        remove_media(product_id=product_id, media_id=kwargs["media"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class MediaRestoreView(ApiView):
    """Put back what was taken off a product."""

    scopes = {"POST": WRITE}
    output = {"POST": (200, MEDIA_SCHEMA)}

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Where it hung before; 409 once its file is deleted."""
        product_id = changeable_product(request, kwargs["id"])
        put_back_media(product_id=product_id, media_id=kwargs["media"])
        return Response(one_shown(product_id, kwargs["media"]))


class MediaOrderView(ApiView):
    """The order of a product's pictures and documents; the first picture is shown in lists."""

    scopes = {"PUT": WRITE}
    input = {"PUT": PicturesOrderInput}
    output = {"PUT": LIST}

    def put(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The new order, all at once."""
        product_id = changeable_product(request, kwargs["id"])
        arrange_media(product_id=product_id, order=self.valid()["order"])
        return Response(media_shown(Product.objects.filter(pk=product_id)))


def changeable_product(request: Request, product_id: UUID) -> UUID:
    """The product, if the caller sees it and acts for its vendor; the database looks again."""
    with transaction.atomic():
        product = visible_products(request).filter(pk=product_id).only("vendor_id").first()
        if product is None:
            raise NotFound("There is no such product.")
        check_acts_for(request, product.vendor_id)
    return product_id


def media_shown(products: QuerySet[Product]) -> list[dict[str, Any]]:
    """What hangs on the first of these products. Raises NotFound."""
    found = products.annotate(media_json=media_json()).values_list("media_json", flat=True).first()
    if found is None:
        raise NotFound("There is no such product.")
    return shown_media(found)


@transaction.atomic
def one_shown(product_id: UUID, media_id: UUID) -> dict[str, Any]:
    """One of them, as the list shows it."""
    rows = media_shown(Product.objects.filter(pk=product_id))
    return next(row for row in rows if row["id"] == str(media_id))
