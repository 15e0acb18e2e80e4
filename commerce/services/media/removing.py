"""Taking something off a product, and putting it back while its file is still there."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from commerce.locks import lock_product
from commerce.models import ProductMedia
from commerce.services.media.places import check_number, media_of, number_anew, shown_media
from core.audit import record_audit
from core.errors import Conflict, NotFound
from core.files.hands import attach, detach, hold

GONE = "It was taken away too long ago: its file is deleted. Send it again."


@transaction.atomic
def remove_media(*, product_id: UUID, media_id: UUID) -> None:
    """Take it off the product. It can be put back for UPLOAD_UNDO_DAYS. Raises NotFound."""
    product = lock_product(product_id)
    media = media_of(product_id, media_id)
    hold(media.file_id)
    now = timezone.now()
    ProductMedia.objects.filter(pk=media_id).update(removed_at=now, updated_at=now)
    detach(media.file_id)
    number_anew(product_id, [row.pk for row in shown_media(product_id)])
    record_audit(action="media.remove", resource=product, details={"media": str(media_id)})


@transaction.atomic
def put_back_media(*, product_id: UUID, media_id: UUID) -> ProductMedia:
    """Hang it where it hung. What hangs there already stays there.

    Raises NotFound, Conflict when its file was swept, or hangs there in another row.
    """
    product = lock_product(product_id)
    media = ProductMedia.objects.filter(product_id=product_id, pk=media_id).first()
    if media is None:
        raise NotFound(GONE)
    if media.removed_at is None:
        return media
    check_number(product_id)
    try:
        media.file = attach(media.file_id)
    except Conflict:
        raise Conflict(GONE) from None
    place = media.position
    try:
        with transaction.atomic():
            there = ProductMedia.objects.filter(pk=media_id).update(
                removed_at=None, updated_at=timezone.now()
            )
    except IntegrityError:
        raise Conflict("The same file hangs there already.") from None
    if not there:
        raise Conflict(GONE)
    media.removed_at = None
    order = [row.pk for row in shown_media(product_id) if row.pk != media_id]
    number_anew(product_id, [*order[:place], media_id, *order[place:]])
    record_audit(action="media.put_back", resource=product, details={"media": str(media_id)})
    return media
