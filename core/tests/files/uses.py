"""Something that points to files: a product's picture, the first there is."""

from django.db import transaction

from commerce.models import ProductMedia
from commerce.tests.shop import make_variant, make_vendor
from core.files.hands import attach
from core.models import StoredFile


@transaction.atomic
def use(file: StoredFile) -> ProductMedia:
    """A row that points to the file, and the file attached."""
    variant = make_variant(make_vendor())
    attach(file.pk)
    return ProductMedia.objects.create(
        product=variant.product, vendor=variant.vendor, file=file, kind=file.kind
    )
