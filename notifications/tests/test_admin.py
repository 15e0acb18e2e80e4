"""Staff pages: why somebody did or did not get something, sending again, previews."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services.users import set_role
from core.errors import Conflict
from core.identity import Role
from core.models import AuditEntry, Event
from notifications.models import Delivery, Device, Notification
from notifications.services.notify import notify
from notifications.services.resend import resend
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


def staff(role: Role) -> Client:
    user = User.objects.create_user(f"{role}@example.com", is_staff=True)
    set_role(user=user, role=role)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def failed(shopper: User) -> Delivery:
    told = notify(
        kind="order_status_changed",
        dedupe_key="x",
        context={"number": "TW-1", "status": "shipped"},
        email=shopper.email,
        user_id=shopper.pk,
    )
    delivery = told.deliveries.get(channel="email")
    delivery.move_to("sending")
    delivery.move_to("failed", reason="The mail server said 550 no such user")
    return delivery


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(f"admin:{name}", args=args), query_params=query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.READONLY])
def test_the_reason_is_on_the_page(role: Role, failed: Delivery) -> None:
    shown = page(staff(role), "notifications_notification_change", failed.notification_id)
    assert "The mail server said 550 no such user" in shown
    assert "Failed" in shown
    assert "(&#x27;failed" not in shown, "a label, not a Python tuple"


def test_the_list_of_deliveries_names_state_and_reason(failed: Delivery) -> None:
    listed = page(staff(Role.MANAGER), "notifications_delivery_changelist", state__exact="failed")
    assert "550 no such user" in listed
    assert failed.target in listed


def test_an_agent_sees_no_one_elses_messages(failed: Delivery) -> None:
    client = staff(Role.AGENT)
    assert "order_status_changed" not in page(client, "notifications_notification_changelist")
    address = reverse("admin:notifications_delivery_changelist")
    assert client.get(address).status_code == 403


def act(client: Client, delivery: Delivery) -> Any:
    return client.post(
        reverse("admin:notifications_delivery_changelist"),
        {"action": "resend_selected", "_selected_action": [str(delivery.pk)]},
        follow=True,
    )


def test_what_failed_is_sent_again_from_the_list(failed: Delivery) -> None:
    act(staff(Role.MANAGER), failed)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("queued", 0)
    assert Event.objects.filter(type__endswith="email_queued").count() == 2
    assert AuditEntry.objects.filter(action="notification.resend").count() == 1


def test_a_reader_cannot_send_again(failed: Delivery) -> None:
    act(staff(Role.READONLY), failed)
    failed.refresh_from_db()
    assert failed.state == "failed"


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "delivered"])
def test_what_is_on_its_way_or_there_is_not_sent_again(failed: Delivery, state: str) -> None:
    Delivery.objects.filter(pk=failed.pk).update(state=state)
    with pytest.raises(Conflict):
        resend(delivery_id=failed.pk)


def test_what_a_dead_worker_left_can_be_sent_again_after_a_while(failed: Delivery) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Delivery.objects.filter(pk=failed.pk).update(state="sending", updated_at=long_ago)
    assert resend(delivery_id=failed.pk).state == "queued"


def test_a_devices_token_is_not_shown(device: Callable[..., Device]) -> None:
    made = device("secret-token-abcdef")
    client = staff(Role.ADMIN)
    for name, args in (("changelist", ()), ("change", (made.pk,))):
        shown = page(client, f"notifications_device_{name}", *args)
        assert "secret-token" not in shown
        assert "…abcdef" in shown


def test_a_facts_page_asks_the_same_however_many_ways_it_took(shopper: User) -> None:
    client = staff(Role.MANAGER)
    told = notify(
        kind="order_status_changed",
        dedupe_key="x",
        context={"number": "TW-1", "status": "shipped"},
        email=shopper.email,
        user_id=shopper.pk,
    )

    def merged(number: int) -> None:
        for n in range(number):
            digest = Notification.objects.create(kind="digest", dedupe_key=str(uuid4()))
            told.deliveries.create(channel="push", target=str(n), state="merged", digest=digest)

    def asked() -> int:
        here = "notifications_notification_change"
        return len(queries_of(lambda: page(client, here, told.pk)))

    merged(1)
    few = asked()
    told.deliveries.filter(state="merged").delete()
    merged(6)
    assert asked() == few
