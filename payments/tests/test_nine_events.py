"""The nine events of Stripe, built from its own published objects, over real HTTP."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import transaction

from core.enums import Queue
from core.events.worker import work_off
from core.models import Delivery, Event
from payments.tests.house import signed, wrapped
from payments.tests.test_stripe_webhook import NINE

pytestmark = pytest.mark.django_db(transaction=True)
OBJECTS: dict[str, Any] = json.loads(
    Path(__file__).resolve().parents[2].joinpath("tests/data/stripe-objects.json").read_text()
)


def test_each_is_stored_once_and_reacted_to_or_ignored_with_a_reason(
    stripe_keys, live_server
) -> None:
    url, secret = f"{live_server.url}/webhooks/stripe/", stripe_keys.webhook_secret
    bodies = [wrapped(kind, OBJECTS[name]) for kind, name in NINE.items()]
    unknown = wrapped("climate.order.created", {"id": "climorder_1", "object": "climate.order"})
    with httpx.Client() as http:
        for body in [*bodies, unknown, *reversed(bodies)]:
            assert http.post(url, content=body, headers=signed(body, secret)).status_code == 200
    for queue in Queue:
        work_off(queue)
    with transaction.atomic():
        events = {event.type: event for event in Event.objects.filter(source="stripe")}
        assert set(events) == {*(f"stripe.{kind}" for kind in NINE), "stripe.climate.order.created"}
        for kind in NINE:
            event = events[f"stripe.{kind}"]
            assert event.duplicates == 1
            (delivery,) = Delivery.objects.filter(event=event)
            assert delivery.state == "ignored", kind
            assert delivery.last_error
        kept = Delivery.objects.get(event=events["stripe.climate.order.created"])
        assert (kept.state, kept.subscriber) == ("ignored", "payments.keep_unknown_gateway_event")
