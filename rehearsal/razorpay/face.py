"""The Razorpay face put together."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.routing import BaseRoute, Route

from rehearsal.face import Doorplate, Face, World
from rehearsal.journal import Entry
from rehearsal.outbox import Endpoint, Outbox
from rehearsal.razorpay.api import RazorpayApi
from rehearsal.razorpay.book import Book
from rehearsal.razorpay.control import RazorpayControl
from rehearsal.razorpay.currency import readable
from rehearsal.razorpay.disputes import Disputes
from rehearsal.razorpay.ledger import accounts
from rehearsal.razorpay.links import Links
from rehearsal.razorpay.page import PaymentPage
from rehearsal.razorpay.payments import Payments
from rehearsal.razorpay.refunds import Refunds
from rehearsal.razorpay.routes import Desk
from rehearsal.razorpay.subscribe_page import SubscribePage
from rehearsal.razorpay.subscriptions import Subscriptions
from rehearsal.razorpay.webhooks import PAUSES, SUBSCRIBED, Events, sign

LOOK_SECONDS = 5.0


class RazorpayFace(Face):
    """API, pages and webhooks of Razorpay."""

    slug = "razorpay"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        settings = world.settings
        endpoint = Endpoint(
            settings.webhook_urls.get(self.slug, ""), settings.secret_of(self.slug), SUBSCRIBED
        )
        self.webhooks = Outbox(
            self.slug, sign, world.journal, endpoint, settings.retry_scale, PAUSES
        )
        self.outbox = self.webhooks
        self.book = Book(world.journal)
        events = Events(self.webhooks)
        payments = Payments(self.book, events)
        self.desk = Desk(
            book=self.book,
            payments=payments,
            links=Links(self.book, events, payments, world.base_url),
            refunds=Refunds(self.book, events),
            disputes=Disputes(self.book, events),
            subscriptions=Subscriptions(self.book, events, payments, world.base_url),
        )
        self.api = RazorpayApi(self.desk, settings.razorpay_key_secret)
        self.page = PaymentPage(self.desk, settings.razorpay_key_secret)
        self.subscribe_page = SubscribePage(self.desk)
        self.control = RazorpayControl(self.desk, events, self.api)
        self._clock: asyncio.Task[None] | None = None

    def routes(self) -> list[BaseRoute]:
        """The API and the pages a customer sees."""
        return [
            Route("/v1/{path:path}", self.api.answer, methods=["GET", "POST", "PATCH"]),
            Route("/pay/{link_id}", self.page.show, methods=["GET"]),
            Route("/pay/{link_id}", self.page.choose, methods=["POST"]),
            Route("/subscribe/{subscription_id}", self.subscribe_page.show, methods=["GET"]),
            Route("/subscribe/{subscription_id}", self.subscribe_page.choose, methods=["POST"]),
        ]

    def control_routes(self) -> list[BaseRoute]:
        """Under /control/razorpay."""
        return list(self.control.routes())

    def restore(self, entry: Entry) -> None:
        """Entities and deliveries come back."""
        if entry.kind.startswith("delivery"):
            self.webhooks.restore(entry)
        else:
            self.book.restore(entry)

    def clear(self) -> None:
        """Empty books."""
        self.book.clear()
        self.api.log.clear()
        self.webhooks.clear()

    def overview(self) -> dict[str, Any]:
        """Counts per kind of entity."""
        return {kind: len(table) for kind, table in self.book.tables.items()}

    def doorplate(self) -> Doorplate:
        """What the start page says."""
        totals = accounts(self.book)["totals"]
        sums = ", ".join(
            readable(sums["captured"], code) for code, sums in sorted(totals.items())
            if sums["captured"]
        )  # fmt: skip
        return Doorplate(
            title="Razorpay",
            purpose="Payment links, orders, refunds, disputes, subscriptions and signed webhooks.",
            facts=[
                ("API base", f"{self.world.base_url}/razorpay"),
                ("Webhooks go to", self.webhooks.endpoint.url or "nowhere yet"),
                ("Links", str(len(self.book.tables.get("link", {})))),
                ("Paid", sums or "nothing yet"),
            ],
            links=[
                ("Books", "/control/razorpay/book"),
                ("Requests", "/control/razorpay/requests"),
            ],
        )

    async def start(self) -> None:
        """Send webhooks; let time do its part now and then."""
        await super().start()
        self._clock = asyncio.create_task(self._watch_time())

    async def stop(self) -> None:
        """Stop both."""
        if self._clock is not None:
            self._clock.cancel()
        await super().stop()

    async def _watch_time(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.desk.links.expire_due()
            self.desk.refunds.process_due()
