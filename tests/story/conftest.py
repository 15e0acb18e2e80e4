"""One running product for the stories; they share it and use their own people and orders."""

from collections.abc import Iterator

import pytest

from tests.product import Product, running_product


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The whole house with demo data, as `make run` gives it."""
    with running_product(demo=True) as running:
        yield running
