"""The order of what hangs on a product. Call these with the product locked."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from commerce.models import Product, ProductMedia
from core.errors import Conflict, Invalid, NotFound


def shown_media(product_id: UUID) -> QuerySet[ProductMedia]:
    """What hangs on the product now, in its order."""
    rows = ProductMedia.objects.filter(product_id=product_id, removed_at__isnull=True)
    return rows.order_by("position", "id")


def media_of(product_id: UUID, media_id: UUID) -> ProductMedia:
    """One of them. Raises NotFound."""
    media = shown_media(product_id).filter(pk=media_id).select_related("file").first()
    if media is None:
        raise NotFound("There is no such picture or document.")
    return media


def check_number(product_id: UUID) -> None:
    """Raises Conflict when the product has as many as it may (UPLOAD_PRODUCT_MEDIA_MAX)."""
    most = settings.UPLOAD_PRODUCT_MEDIA_MAX
    if shown_media(product_id).count() >= most:
        raise Conflict(f"A product has at most {most} pictures and documents.")


def check_variant(product: Product, variant_id: UUID | None) -> None:
    """Raises Invalid when the variant is another product's."""
    if variant_id and not product.variants.filter(pk=variant_id).exists():
        raise Invalid("That variant is another product's.", details={"variant": ["Not of it."]})


def move_to(media: ProductMedia, position: int) -> None:
    """Put one at a place among the others (0 is first), and number all of them anew."""
    others = [row.pk for row in shown_media(media.product_id) if row.pk != media.pk]
    place = min(position, len(others))
    number_anew(media.product_id, [*others[:place], media.pk, *others[place:]])
    media.position = place


def number_anew(product_id: UUID, order: Sequence[UUID]) -> None:
    """Give them the places of this order; only what moved is written."""
    places = {media_id: place for place, media_id in enumerate(order)}
    moved = [row for row in shown_media(product_id) if row.position != places[row.pk]]
    for row in moved:
        row.position, row.updated_at = places[row.pk], timezone.now()
    ProductMedia.objects.bulk_update(moved, ["position", "updated_at"])
