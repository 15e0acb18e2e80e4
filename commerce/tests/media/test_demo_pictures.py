"""The demo's pictures: there for every product, the same each time, made once."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from commerce.demo.pictures import hang_pictures
from commerce.demo.pictures.hanging import NAMED, drawn
from commerce.demo.shop import stock_shelves
from commerce.models import Product, ProductMedia

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_every_product_of_the_demo_has_a_picture_and_each_colour_its_own(
    settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    stock_shelves()
    assert hang_pictures() == Product.objects.count() > 30
    assert not Product.objects.exclude(media__kind="image").exists()
    pot = Product.objects.get(name="Cast-iron teapot")
    pictures = pot.media.filter(kind="image")
    assert {row.variant.options["Colour"] for row in pictures} == {"Black", "Moss", "Rust"}
    assert ProductMedia.objects.filter(kind="document").exists()
    before = ProductMedia.objects.count()
    assert hang_pictures() == 0
    assert ProductMedia.objects.count() == before


def test_a_picture_is_drawn_the_same_each_time_and_differs_by_colour() -> None:
    one = drawn("Cast-iron teapot", NAMED["Moss"])
    assert one == drawn("Cast-iron teapot", NAMED["Moss"])
    assert one != drawn("Cast-iron teapot", NAMED["Rust"])
    with Image.open(BytesIO(one)) as picture:
        assert picture.size == (720, 540)
