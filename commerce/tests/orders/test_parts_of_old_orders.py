"""The migration that gives present orders their parts: whole, once, and where it stopped."""

import importlib
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from commerce.models import OrderPart
from commerce.tests.orders.parcels import parts_of, two_vendors
from core.database.owner import owner_login

pytestmark = pytest.mark.django_db(transaction=True)

migration = importlib.import_module("commerce.migrations.0015_parts_of_present_orders")


def test_orders_that_were_there_before_get_their_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [two_vendors(status="shipped") for _ in range(5)]
    before = [[(p.number, p.total_minor, p.status) for p in parts_of(order)] for order in orders]
    monkeypatch.setattr(migration, "BATCH", 2)
    with owner_login():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM commerce_orderpart WHERE order_id <> %s", [orders[2].pk])
        for _ in range(2):
            migration.make_parts(None, SimpleNamespace(connection=connection))
    after = [[(p.number, p.total_minor, p.status) for p in parts_of(order)] for order in orders]
    assert after == before
    with transaction.atomic():
        assert OrderPart.objects.count() == 10
