"""Each step has its own message, once, in the reader's language; parts where they differ."""

import pytest
from django.db import connection
from django.utils import timezone

from commerce.carriers import tracking_url
from commerce.enums import WAY, OrderStatus, PaymentStatus
from commerce.models import Order, OrderPart
from commerce.services.orders.parts import change_part_status
from commerce.services.orders.status import change_status
from commerce.tests.orders.parcels import order_of, parts_of, two_vendors
from commerce.tests.shop import make_order, make_vendor
from core.enums import DeliveryState, Queue
from core.events.replay import replay
from core.events.worker import work_off
from core.models import Delivery
from notifications.kinds.orders import ORDERS, STEPS
from notifications.models import Notification
from notifications.tests.asking import render, render_sample

pytestmark = pytest.mark.django_db
HELLO = {"en": "Hello Ada", "fr": "Bonjour Ada", "ar": "مرحبًا Ada"}


def work() -> None:
    for queue in (Queue.MONEY, Queue.DEFAULT, Queue.MONEY, Queue.DEFAULT):
        work_off(queue)


def kinds() -> list[str]:
    work()
    return list(
        Notification.objects.exclude(kind="order_placed")
        .order_by("id")
        .values_list("kind", flat=True)
    )


def test_every_status_after_the_first_has_its_own_kind() -> None:
    assert set(STEPS) == set(OrderStatus) - {OrderStatus.PENDING}
    assert set(STEPS.values()) <= {kind.key for kind in ORDERS}


@pytest.mark.parametrize("language", HELLO)
@pytest.mark.parametrize(("status", "kind"), STEPS.items())
def test_each_status_is_told_in_the_buyer_s_language(status: str, kind: str, language: str) -> None:
    order = make_order(make_vendor(), language=language)
    Order.objects.filter(pk=order.pk).update(status=status)
    assert kinds() == [kind]
    message = render(Notification.objects.get(kind=kind))
    assert message.language == language
    assert message.text.startswith(HELLO[language])
    assert order.number in message.subject
    assert message.push_title


def test_no_two_messages_say_the_same() -> None:
    for language in HELLO:
        texts = {render_sample(kind.key, language).text for kind in ORDERS}
        assert len(texts) == len(ORDERS)


def test_a_message_is_sent_once_however_often_its_news_is_heard() -> None:
    order = make_order(make_vendor(), status="processing")
    change_status(order_id=order.pk, to="shipped")
    assert kinds() == ["order_shipped"]
    done = Delivery.objects.filter(subscriber="commerce.tell_buyer_of_step")
    assert done.update(state=DeliveryState.DEAD) == 1  # as if its worker had died at the end
    replay(deliveries=done.all(), by="tests")
    assert kinds() == ["order_shipped"]


def test_history_tells_nobody() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.history', 'on', true)")
    order = two_vendors(status="processing")
    OrderPart.objects.filter(order=order, position=1).update(status="shipped")
    OrderPart.objects.filter(order=order, position=2).update(status="cancelled")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.history', '', true)")
    assert kinds() == []
    assert not Notification.objects.exists()


def test_part_of_an_order_is_on_its_way_and_then_all_of_it() -> None:
    order = two_vendors(status="processing")
    first, second = parts_of(order)
    change_part_status(part_id=first.pk, to="shipped", carrier="DHL", tracking_number="A1")
    assert kinds() == ["order_part_shipped"]
    change_part_status(part_id=second.pk, to="shipped", carrier="UPS", tracking_number="B2")
    assert kinds() == ["order_part_shipped", "order_shipped"]
    told = Notification.objects.get(kind="order_shipped").context["parcels"]
    assert [parcel["tracking_number"] for parcel in told] == ["A1", "B2"]


def test_an_order_of_one_part_is_told_as_an_order() -> None:
    order = order_of(make_vendor(), status="processing")
    change_part_status(part_id=parts_of(order)[0].pk, to="shipped", carrier="DHL")
    assert kinds() == ["order_shipped"]


def test_a_vendor_who_was_told_to_send_hears_that_it_is_off() -> None:
    vendor = make_vendor(language="fr")
    order = order_of(
        vendor, make_vendor(contact_email=""), status="confirmed", paid_at=timezone.now(),
        payment_status=PaymentStatus.PAID,
    )  # fmt: skip
    change_status(order_id=order.pk, to="cancelled")
    assert sorted(kinds()) == ["order_cancelled", "vendor_order_cancelled"]
    told = Notification.objects.get(kind="vendor_order_cancelled")
    assert (told.email, told.language) == (vendor.contact_email, "fr")
    assert told.context["number"] == f"{order.number}-1"


def test_a_vendor_hears_nothing_of_an_order_nobody_paid() -> None:
    order = order_of(make_vendor())
    change_status(order_id=order.pk, to="cancelled")
    assert kinds() == ["order_cancelled"]


def test_a_step_back_is_told_as_a_mistake() -> None:
    order = make_order(make_vendor(), status="shipped")
    Order.objects.filter(pk=order.pk).update(status="processing")
    assert kinds() == ["order_step_taken_back"]


def test_the_database_knows_the_same_way_to_the_buyer() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT s, commerce_how_far(s) FROM unnest(%s::text[]) s", [
            OrderStatus.values,
        ])  # fmt: skip
        found = dict(cursor.fetchall())
    assert found == {s: WAY.index(s) + 1 if s in WAY else None for s in OrderStatus.values}


@pytest.mark.parametrize(("carrier", "number", "begins"), [
    ("DHL", "JP1", "https://www.dhl.com/"),
    ("  dhl   Express ", "JP1", "https://www.dhl.com/"),
    ("DHLX", "JP1", ""),
    ("La Poste", "A/&?B", "https://www.laposte.fr/outils/suivre-vos-envois?code=A%2F%26%3FB"),
    ("DHL", " ", ""),
    ("", "1", ""),
])  # fmt: skip
def test_a_parcel_is_followed_where_its_carrier_has_a_page(
    carrier: str, number: str, begins: str
) -> None:
    url = tracking_url(carrier, number)
    assert url.startswith(begins) if begins else url == ""
