"""Staff pages outside a test's transaction: templates ask the database after the view is done."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services.users import set_role
from core.identity import Role
from notifications.services.notify import notify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("page", ["notification", "delivery", "device"])
def test_lists_are_rendered_as_the_person_who_asks(page: str) -> None:
    with transaction.atomic():
        user = User.objects.create_user("manager@example.com", is_staff=True)
        set_role(user=user, role=Role.MANAGER)
        notify(
            kind="order_status_changed",
            dedupe_key="x",
            context={"number": "TW-1", "status": "shipped"},
            email="buyer@example.com",
        )
        user = User.objects.get(pk=user.pk)
    client = Client()
    with transaction.atomic():
        client.force_login(user)
    response = client.get(reverse(f"admin:notifications_{page}_changelist"))
    assert response.status_code == 200
    if page != "device":
        assert "buyer@example.com" in response.content.decode()
