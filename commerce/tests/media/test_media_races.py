"""Many at one product's pictures at the same moment."""

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from commerce.models import Product, ProductMedia, Variant
from commerce.services.media import add_media, adding, arrange_media, put_back_media, remove_media
from commerce.tests.crowd import all_at_once
from commerce.tests.shop import make_variant, make_vendor
from core.errors import Conflict, DomainError
from core.files.sweep import sweep
from core.tests.files.samples import ask, picture, sent

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 4
AT_ONCE = 12


@pytest.fixture(autouse=True)
def small_limits(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.UPLOAD_PRODUCT_MEDIA_MAX = MOST


@pytest.fixture
def variant() -> Variant:
    return ask(lambda: make_variant(make_vendor()))


def add(variant: Variant, number: int) -> ProductMedia:
    content = picture(colour=(number * 12, 0, 0))
    return add_media(product_id=variant.product_id, upload=sent(content))


def all_added(variant: Variant) -> list[Any]:
    return all_at_once([lambda n=n: add(variant, n) for n in range(AT_ONCE)])


def test_twelve_at_once_hang_as_many_as_a_product_may_have(variant: Variant) -> None:
    results = all_added(variant)
    assert all(isinstance(one, ProductMedia | Conflict) for one in results), results
    rows = ask(lambda: list(ProductMedia.objects.order_by("position")))
    assert [row.position for row in rows] == list(range(MOST))


def test_control_without_the_lock_there_are_more(
    variant: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = threading.Barrier(AT_ONCE)

    def unlocked(pk: UUID) -> Product:
        product = Product.objects.get(pk=pk)
        meeting.wait(20)
        return product

    monkeypatch.setattr(adding, "lock_product", unlocked)
    all_added(variant)
    assert ask(ProductMedia.objects.count) > MOST


def test_the_same_file_sent_twice_at_once_hangs_once(variant: Variant) -> None:
    results = all_at_once([lambda: add(variant, 1) for _ in range(6)])
    assert len({row.pk for row in results if isinstance(row, ProductMedia)}) == 1, results
    assert ask(ProductMedia.objects.count) == 1


def test_taking_away_ordering_putting_back_and_sweeping_do_not_deadlock(variant: Variant) -> None:
    rows = [add(variant, number) for number in range(MOST)]
    product = variant.product_id
    deeds: list[Any] = []
    for row in rows:
        deeds += [
            lambda r=row: remove_media(product_id=product, media_id=r.pk),
            lambda r=row: put_back_media(product_id=product, media_id=r.pk),
            lambda: arrange_media(product_id=product, order=[r.pk for r in reversed(rows)]),
            sweep,
        ]
    for result in all_at_once(deeds):
        assert not isinstance(result, Exception) or isinstance(result, DomainError), result
    with transaction.atomic():
        left = list(ProductMedia.objects.filter(removed_at__isnull=True).order_by("position"))
        assert [row.position for row in left] == list(range(len(left)))
