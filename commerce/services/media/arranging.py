"""Describing and ordering what hangs on a product."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from commerce.locks import lock_product
from commerce.models import ProductMedia
from commerce.services.media.places import (
    check_variant,
    media_of,
    move_to,
    number_anew,
    shown_media,
)
from core.audit import record_audit
from core.errors import Conflict, Invalid


@transaction.atomic
def change_media(*, product_id: UUID, media_id: UUID, changes: Mapping[str, Any]) -> ProductMedia:
    """Change `alt` (texts by language), `variant_id` or `position` (0 is first; the others make
    room). Raises NotFound, Invalid, Conflict when that variant has the same file already."""
    product = lock_product(product_id)
    media = media_of(product_id, media_id)
    plain = {name: changes[name] for name in ("alt", "variant_id") if name in changes}
    check_variant(product, plain.get("variant_id"))
    for name, value in plain.items():
        setattr(media, name, value)
    try:
        with transaction.atomic():
            media.save(update_fields=[*plain, "updated_at"])
    except IntegrityError:
        raise Conflict("That variant has this file already.") from None
    if "position" in changes:
        move_to(media, changes["position"])
    record_audit(
        action="media.change",
        resource=product,
        details={"media": str(media_id), "fields": sorted(changes)},
    )
    return media


@transaction.atomic
def arrange_media(*, product_id: UUID, order: Sequence[UUID]) -> None:
    """Put all of them into this order. Raises Invalid unless each is named once."""
    product = lock_product(product_id)
    there = {row.pk for row in shown_media(product_id)}
    if len(set(order)) != len(order) or set(order) != there:
        raise Invalid(
            "Name each picture and document of the product once.",
            details={"order": ["Others than hang there now. Load the product anew."]},
        )
    number_anew(product_id, order)
    record_audit(action="media.arrange", resource=product, details={"number": len(order)})
