"""Us and a mail provider together: mails go out by its API, its signed webhooks come in."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from notifications.models import Delivery
from notifications.services.notify import notify
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Posted, Receiver

SECRET = "whsec_a2V5IG9mIHRoZSB0ZXN0cw=="


class Provider:
    """The rehearsal's Resend sends its webhooks to `receiver`; `hear` hands them to our door."""

    def __init__(self, running: RunningRehearsal, receiver: Receiver, work: Callable[..., int]):
        self.there = running.client
        self.receiver = receiver
        self.work = work
        self.door = Client()
        self._heard = 0

    def tell(self, email: str, category: Any = "essential") -> Delivery:
        """One fact for one address; nothing is sent yet."""
        told = notify(
            kind="order_status_changed",
            dedupe_key=str(uuid4()),
            context={"number": "TW-1", "status": "shipped"},
            email=email,
            category=category,
        )
        return told.deliveries.get(channel="email")

    def sent(self, email: str, category: Any = "essential") -> Delivery:
        """The same, sent, with all that the provider told of it applied."""
        delivery = self.tell(email, category)
        self.work()
        self.hear()
        delivery.refresh_from_db()
        return delivery

    def posted(self) -> list[Posted]:
        """Webhooks that came since the last time."""
        self.there.wait_until_sent()
        fresh = self.receiver.posted[self._heard :]
        self._heard += len(fresh)
        return fresh

    def hear(self) -> None:
        """Take in what the provider sent, and apply it."""
        for one in self.posted():
            assert self.post(one.body, one.headers).status_code == 200
        self.work()

    def post(self, body: bytes, headers: dict[str, str], path: str = "mail") -> HttpResponse:
        """To our door, byte by byte."""
        given = {name: value for name, value in headers.items() if name != "content-length"}
        kind = given.pop("content-type", "application/json")
        return self.door.post(f"/webhooks/{path}/", body, content_type=kind, headers=given)

    def happens(self, what: str, **more: Any) -> None:
        """Something becomes of the last mail; we hear of it."""
        self.there.letter_happens(self.there.letters()[-1]["id"], what, **more)
        self.hear()
