"""What a changed order still owes is asked for, also when the gateway was away meanwhile."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from commerce.models import Order, Variant
from commerce.tests.orders.changing import changed, pay
from core.models import Delivery
from notifications.models import Notification
from payments.gateways.stripe import adapter, transport
from payments.tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def reach(settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Points us at a Stripe; each with a breaker of its own."""

    def at(base: str) -> None:
        monkeypatch.setattr(transport, "SERVICE", f"stripe-{uuid4().hex}")
        settings.STRIPE_API_BASE = base
        adapter._account.cache_clear()

    return at


def test_the_new_page_is_mailed_when_the_gateway_is_back(
    house: House, order: Callable[..., Order], variant: Variant, reach: Callable[[str], None]
) -> None:
    placed = order({variant: 2})  # and nobody has seen its page yet
    reach("http://127.0.0.1:9")
    changed(placed, lines={variant.sku: 3})
    house.work()
    assert not Notification.objects.filter(kind="order_payment_request").exists()
    reach(house.running.stripe_base)
    Delivery.objects.filter(state="ready").update(due_at="2020-01-01T00:00:00Z")
    house.work()
    told = Notification.objects.get(kind="order_payment_request")
    assert told.context["amount"]["amount"] == "37.50"
    pay(house, placed)
    assert (placed.payment_status, placed.attention) == ("paid", "")
