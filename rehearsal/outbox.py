"""Sends a face's signed webhooks, again and again until the receiver says 2xx.

Each copy of a message is one Delivery with its own attempts. All of it is in the journal, so a
restart goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from rehearsal.journal import Entry, Journal
from rehearsal.webhook_faults import OLD_SECONDS, WebhookFaults, tampered

Signer = Callable[[bytes, str, int, str], dict[str, str]]
"""(body, secret, Unix time, message id) -> the headers that prove who sent it."""

Pauses = tuple[int, ...]
"""Seconds between one attempt and the next; after the last the message is given up."""

ANSWER_SECONDS = 10.0
AT_ONCE = 32
KEPT_ANSWER = 500  # characters of the receiver's answer kept for the page

RETRY_SECONDS: Pauses = (60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 43_200, 43_200, 43_200)
"""Waits between attempts, adding up to about three days as Stripe documents for live mode;
the exact steps are not published. Multiplied by `retry_scale`."""


@dataclass(slots=True)
class Attempt:
    """One POST: `status` None means no answer; `spoiled` names the fault it was sent with."""

    at: float
    status: int | None
    milliseconds: int
    error: str = ""
    spoiled: str | None = None
    answer: str = ""


@dataclass(slots=True)
class Delivery:
    """One copy of one message. state: waiting, held, delivered, dropped, given_up."""

    id: str
    face: str
    message_id: str
    type: str
    body: str
    created: float
    copy: int = 1
    state: str = "waiting"
    attempts: list[Attempt] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    """Sent beside the signature, and not covered by it."""

    def as_json(self, *, with_body: bool = False) -> dict[str, Any]:
        """For the control API."""
        shown = asdict(self)
        if not with_body:
            del shown["body"]
        return shown


@dataclass(slots=True)
class Endpoint:
    """Where webhooks go. `events` None means all types."""

    url: str = ""
    secret: str = ""
    events: tuple[str, ...] | None = None

    def wants(self, event_type: str) -> bool:
        """Whether this type is subscribed; "refund.*" fits all refund news."""
        if self.events is None:
            return True
        family = event_type.rsplit(".", 1)[0] + ".*"
        return event_type in self.events or family in self.events or "*" in self.events


class Outbox:
    """One face's webhooks on their way."""

    def __init__(
        self,
        face: str,
        sign: Signer,
        journal: Journal,
        endpoint: Endpoint,
        retry_scale: float,
        pauses: Pauses = RETRY_SECONDS,
    ) -> None:
        self.face = face
        self.sign = sign
        self.journal = journal
        self.endpoint = endpoint
        self.retry_scale = retry_scale
        self.pauses = pauses
        self.faults = WebhookFaults()
        self.deliveries: dict[str, Delivery] = {}
        self._of_message: dict[str, list[Delivery]] = {}
        self._held: list[Delivery] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.http = httpx.AsyncClient(
            timeout=ANSWER_SECONDS,
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
            trust_env=False,
        )

    def send(
        self, message_id: str, event_type: str, body: bytes, headers: dict[str, str] | None = None
    ) -> list[Delivery]:
        """Put a message on its way in as many copies as the faults ask for.

        `headers` go with every copy, unsigned.
        """
        if not self.endpoint.url:
            return []
        dropped = self.faults.drop.falls(self.faults.dice)
        copies = 1 if dropped else self.faults.copies()
        made = []
        for copy in range(1, copies + 1):
            delivery = Delivery(
                id=f"del_{secrets.token_hex(8)}",
                face=self.face,
                message_id=message_id,
                type=event_type,
                body=body.decode(),
                created=time.time(),
                copy=copy,
                state="dropped" if dropped else "waiting",
                headers=dict(headers or {}),
            )
            self._add(delivery)
            self.journal.record(self.face, "delivery", delivery.as_json(with_body=True))
            made.append(delivery)
            if not dropped:
                self._begin_or_hold(delivery)
        return made

    def resend(self, delivery_id: str) -> Delivery:
        """Send one more time, whatever became of it (KeyError when unknown)."""
        old = self.deliveries[delivery_id]
        self._set_state(old, "waiting")
        self._start(old, wait=0.0)
        return old

    def release(self) -> int:
        """Let go of everything held back, in random order; returns how many."""
        going, self._held = self._held, []
        self.faults.dice.shuffle(going)
        for delivery in going:
            self._set_state(delivery, "waiting")
            self._start(delivery, wait=self.faults.wait())
        return len(going)

    def faults_changed(self) -> None:
        """Let held webhooks go when the faults no longer ask to hold so many back."""
        if len(self._held) >= self.faults.hold:
            self.release()

    def of_message(self, message_id: str) -> list[Delivery]:
        """All copies of one message."""
        return self._of_message.get(message_id, [])

    @property
    def idle(self) -> bool:
        """True when nothing is waiting to be sent or sent again."""
        return not self._tasks and not self._held

    def restore(self, entry: Entry) -> None:
        """Take back one journal line."""
        if entry.kind == "delivery":
            raw = dict(entry.data)
            raw["attempts"] = [Attempt(**attempt) for attempt in raw["attempts"]]
            self._add(Delivery(**raw))
        elif entry.kind == "delivery.state":
            delivery = self.deliveries.get(entry.data["id"])
            if delivery is None:
                return  # the books were emptied meanwhile
            delivery.state = entry.data["state"]
            if entry.data.get("attempt"):
                delivery.attempts.append(Attempt(**entry.data["attempt"]))

    async def start(self) -> None:
        """Go on with what a stopped run left behind."""
        for delivery in self.deliveries.values():
            if delivery.state in ("waiting", "held"):
                self._start(delivery, wait=0.0)

    async def stop(self) -> None:
        """Stop sending; what is not delivered stays in the journal as waiting."""
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self.http.aclose()

    def clear(self) -> None:
        """Forget everything that was ever sent."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._held.clear()
        self.deliveries.clear()
        self._of_message.clear()

    def _add(self, delivery: Delivery) -> None:
        self.deliveries[delivery.id] = delivery
        self._of_message.setdefault(delivery.message_id, []).append(delivery)

    def _begin_or_hold(self, delivery: Delivery) -> None:
        if self.faults.hold <= 0:
            self._start(delivery, wait=self.faults.wait())
            return
        self._set_state(delivery, "held")
        self._held.append(delivery)
        self.faults_changed()

    def _start(self, delivery: Delivery, wait: float) -> None:
        if delivery.id in self._tasks:
            return
        task = asyncio.create_task(self._deliver(delivery, wait))
        self._tasks[delivery.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(delivery.id, None))

    async def _deliver(self, delivery: Delivery, wait: float) -> None:
        for pause in (*self.pauses, None):
            await asyncio.sleep(wait)
            attempt = await self._attempt(delivery)
            delivered = attempt.status is not None and 200 <= attempt.status < 300
            state = "delivered" if delivered else "waiting" if pause else "given_up"
            delivery.attempts.append(attempt)
            self._set_state(delivery, state, attempt)
            if state != "waiting" or pause is None:
                return
            wait = pause * self.retry_scale * self.faults.dice.uniform(0.8, 1.2)

    async def _attempt(self, delivery: Delivery) -> Attempt:
        async with self._gate:
            spoiled = self.faults.spoiling()
            body = delivery.body.encode()
            now = int(time.time())
            headers = self.sign(
                body,
                "whsec_someone_else" if spoiled == "wrong_secret" else self.endpoint.secret,
                now - OLD_SECONDS if spoiled == "old_timestamp" else now,
                delivery.message_id,
            )
            headers.update(delivery.headers)
            headers["content-type"] = "application/json; charset=utf-8"
            sent = tampered(body) if spoiled == "tamper" else body
            began = time.monotonic()
            status, error, answer = None, "", ""
            try:
                response = await self.http.post(self.endpoint.url, content=sent, headers=headers)
                status, answer = response.status_code, response.text[:KEPT_ANSWER]
            except (httpx.HTTPError, httpx.InvalidURL) as failure:
                error = f"{type(failure).__name__}: {failure}".rstrip(": ")
            took = int((time.monotonic() - began) * 1000)
            return Attempt(time.time(), status, took, error, spoiled, answer)

    def _set_state(self, delivery: Delivery, state: str, attempt: Attempt | None = None) -> None:
        delivery.state = state
        change = {
            "id": delivery.id,
            "state": state,
            "attempt": asdict(attempt) if attempt else None,
        }
        self.journal.record(self.face, "delivery.state", change)
