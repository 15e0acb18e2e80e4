"""Products of a file into the catalogue: new ones together, known ones through the services."""

from collections.abc import Sequence
from typing import cast

from django.core.exceptions import ValidationError
from django.db import transaction

from commerce.bulk.products.compare import change
from commerce.bulk.products.known import Known, look_up
from commerce.bulk.products.newcomers import Newcomers
from commerce.bulk.products.reading import ProductWords, product_words
from commerce.locks import lock_tree
from core.bulk.targets import Group, Importer, Verdict
from core.bulk.words import in_words
from core.enums import BulkOutcome
from core.errors import DomainError

SAID_NO = (DomainError, ValidationError)


class ProductImporter(Importer):
    """Reads groups as products, tells new from known, writes."""

    def __init__(self, *, vendor: str, source: str) -> None:
        self._vendor, self._source = vendor, source

    def carry_out(self, groups: Sequence[Group]) -> list[Verdict]:
        """A batch of products. A refusal undoes its own product and no other."""
        verdicts: list[Verdict | None] = []
        batch: list[tuple[int, ProductWords]] = []
        for place, group in enumerate(groups):
            try:
                batch.append((place, product_words(group.rows, vendor=self._vendor)))
                verdicts.append(None)
            except SAID_NO as refusal:
                verdicts.append(Verdict(BulkOutcome.REFUSED, in_words(refusal)))
        lock_tree(shared=True)  # no definition and no category changes meanwhile
        known = look_up([words for _, words in batch])
        newcomers = Newcomers()
        for place, words in batch:
            try:
                verdicts[place] = self._one(words, known, newcomers)
            except SAID_NO as refusal:
                verdicts[place] = Verdict(BulkOutcome.REFUSED, in_words(refusal))
        newcomers.write(self._source)
        return cast("list[Verdict]", verdicts)

    def _one(self, words: ProductWords, known: Known, newcomers: Newcomers) -> Verdict:
        product = known.product(words)
        if product is not None:
            with transaction.atomic():
                return change(product, words, known, self._source)
        vendor = known.vendor(words.values["vendor"])
        for row in words.variants:
            if (vendor.pk, row.sku) in known.variants:
                other = known.variants[vendor.pk, row.sku].product_id
                raise DomainError(f"SKU {row.sku!r} is of another product ({other}).")
        newcomers.add(words, known)
        return Verdict(BulkOutcome.NEW)
