"""Putting a picture or a document on a product."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from commerce.locks import lock_product
from commerce.models import Product, ProductMedia
from commerce.services.media.places import (
    check_number,
    check_variant,
    move_to,
    shown_media,
)
from core.audit import record_audit
from core.errors import Conflict
from core.files.hands import attach
from core.files.limits import MB
from core.files.store import Terms, take_in
from core.models import StoredFile

LAST = 10_000  # a place behind all others


def add_media(
    *,
    product_id: UUID,
    upload: Any,
    alt: Mapping[str, str] | None = None,
    variant_id: UUID | None = None,
    position: int = LAST,
) -> ProductMedia:
    """Look into an uploaded file, store it, and hang it on the product.

    The same file again changes nothing: what hangs there is returned. Asks the database first
    whether the caller may change the product, so that nobody else stores anything. Not to be
    called in a transaction where that can be helped: bytes are moved in between. Raises NotFound,
    Invalid (another product's variant), Conflict (too many), FileRefused and its kin.
    """
    with transaction.atomic():
        product = lock_product(product_id)
        check_variant(product, variant_id)
        check_number(product_id)
    terms = Terms(
        holder_id=product.vendor_id,
        is_public=True,
        room=settings.UPLOAD_VENDOR_QUOTA_MB * MB,
    )
    try:
        return _hang(take_in(upload, terms), product_id, alt, variant_id, position)
    except Conflict:  # the same content was there, unused, and was swept at this moment
        upload.seek(0)
        return _hang(take_in(upload, terms), product_id, alt, variant_id, position)


@transaction.atomic
def _hang(
    file: StoredFile,
    product_id: UUID,
    alt: Mapping[str, str] | None,
    variant_id: UUID | None,
    position: int,
) -> ProductMedia:
    product: Product = lock_product(product_id)
    of_variant = Q(variant_id=variant_id) if variant_id else Q(variant__isnull=True)
    there = shown_media(product_id).filter(of_variant, file=file).first()
    if there is not None:
        return there
    check_number(product_id)
    media = ProductMedia.objects.create(
        product=product,
        vendor_id=product.vendor_id,
        variant_id=variant_id,
        file=attach(file.pk),
        kind=file.kind,
        alt=dict(alt or {}),
        position=LAST,
    )
    move_to(media, position)
    record_audit(
        action="media.add", resource=product, details={"media": str(media.pk), "kind": file.kind}
    )
    return media
