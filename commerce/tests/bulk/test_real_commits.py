"""Every target there and back with real commits: what a worker asks outside a transaction, nobody
may answer (the identity is bound to transactions)."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from commerce.models import Order, Product
from commerce.tests.shop import make_order, make_variant, make_vendor
from core.bulk.targets import TARGETS
from crm.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def count() -> tuple[int, int, int]:
    with transaction.atomic():
        return Product.objects.count(), Customer.objects.count(), Order.objects.count()


@pytest.mark.parametrize("target", ["customers", "products", "orders"])
def test_the_commands_take_out_and_bring_in(target: str, tmp_path: Path) -> None:
    assert target in TARGETS
    with transaction.atomic():
        vendor = make_vendor()
        make_variant(vendor)
        make_order(vendor)
        Customer.objects.create(email="a@example.com", name="Ada")
    before = count()
    path = tmp_path / f"{target}.csv"
    call_command("export_rows", target, path, verbosity=0)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1
    errors = tmp_path / "errors.csv"
    call_command("import_rows", target, path, "--dry-run", f"--errors={errors}", verbosity=0)
    assert len(errors.read_text(encoding="utf-8-sig").splitlines()) == 1
    call_command("import_rows", target, path, f"--errors={errors}", verbosity=0)
    assert len(errors.read_text(encoding="utf-8-sig").splitlines()) == 1
    assert count() == before
