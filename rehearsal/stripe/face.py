"""The Stripe face put together."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from rehearsal.face import Doorplate, Face, World
from rehearsal.journal import Entry
from rehearsal.outbox import Endpoint, Outbox
from rehearsal.pages.html import html
from rehearsal.pages.layout import bare_page
from rehearsal.stripe.api import StripeApi
from rehearsal.stripe.book import Book
from rehearsal.stripe.control import StripeControl
from rehearsal.stripe.control_billing import BillingControl
from rehearsal.stripe.control_money import MoneyControl
from rehearsal.stripe.currency import readable
from rehearsal.stripe.idempotency import Answers
from rehearsal.stripe.page import PaymentPage
from rehearsal.stripe.portal import Portal
from rehearsal.stripe.webhooks import SUBSCRIBED, Events, sign

EXPIRY_LOOK_SECONDS = 30.0


class StripeFace(Face):
    """API, payment page and webhooks of Stripe."""

    slug = "stripe"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        settings = world.settings
        endpoint = Endpoint(
            settings.webhook_urls.get(self.slug, ""), settings.secret_of(self.slug), SUBSCRIBED
        )
        self.webhooks = Outbox(self.slug, sign, world.journal, endpoint, settings.retry_scale)
        self.outbox = self.webhooks
        self.book = Book(world.journal)
        self.answers = Answers(world.journal)
        self.events = Events(self.book, self.webhooks)
        self.api = StripeApi(self.book, self.answers, self.events, world.base_url)
        self.page = PaymentPage(self.book, self.api.payments)
        self.portal = Portal(self.book, self.api.payments.subscriptions, self.api.payments.endings)
        self._clock: asyncio.Task[None] | None = None

    def routes(self) -> list[BaseRoute]:
        """The API and the pages a customer sees."""
        return [
            Route("/v1/{path:path}", self.api.answer, methods=["GET", "POST", "DELETE"]),
            Route("/pay/{session_id}", self.page.show, methods=["GET"]),
            Route("/pay/{session_id}", self.page.choose, methods=["POST"]),
            Route("/receipts/{charge_id}", self._receipt),
            Route("/portal/{portal_id}", self.portal.show, methods=["GET"]),
            Route("/portal/{portal_id}", self.portal.choose, methods=["POST"]),
            Route("/invoices/{invoice_id}", self.portal.invoice, methods=["GET", "POST"]),
        ]

    def control_routes(self) -> list[BaseRoute]:
        """Under /control/stripe."""
        parts = (MoneyControl, BillingControl, StripeControl)
        return [route for part in parts for route in part(self.api).routes()]

    def restore(self, entry: Entry) -> None:
        """Objects, first answers and deliveries come back."""
        if entry.kind == "answer":
            self.answers.restore(entry)
        elif entry.kind.startswith("delivery"):
            self.webhooks.restore(entry)
        else:
            self.book.restore(entry)

    def clear(self) -> None:
        """Empty books."""
        self.book.clear()
        self.answers.clear()
        self.api.log.clear()
        self.webhooks.clear()

    def overview(self) -> dict[str, Any]:
        """Counts per kind of object."""
        return {kind: len(table) for kind, table in self.book.tables.items()}

    def doorplate(self) -> Doorplate:
        """What the start page says."""
        paid: dict[str, int] = {}
        for charge in self.book.where("charge", status="succeeded"):
            paid[charge["currency"]] = paid.get(charge["currency"], 0) + charge["amount"]
        sums = ", ".join(readable(minor, currency) for currency, minor in sorted(paid.items()))
        return Doorplate(
            title="Stripe",
            purpose="Checkout sessions, a payment page, refunds and signed webhooks.",
            facts=[
                ("API base", f"{self.world.base_url}/stripe"),
                ("Webhooks go to", self.webhooks.endpoint.url or "nowhere yet"),
                ("Sessions", str(len(self.book.tables.get("checkout.session", {})))),
                ("Paid", sums or "nothing yet"),
            ],
            links=[("Books", "/control/stripe/book"), ("Requests", "/control/stripe/requests")],
        )

    async def start(self) -> None:
        """Send webhooks and look for expired sessions now and then."""
        await super().start()
        self._clock = asyncio.create_task(self._watch_expiry())

    async def stop(self) -> None:
        """Stop both."""
        if self._clock is not None:
            self._clock.cancel()
        await super().stop()

    async def _watch_expiry(self) -> None:
        while True:
            await asyncio.sleep(EXPIRY_LOOK_SECONDS)
            self.api.payments.expire_due()

    async def _receipt(self, request: Request) -> Response:
        charge = self.book.tables.get("charge", {}).get(request.path_params["charge_id"])
        if charge is None or not charge["paid"]:
            return bare_page(
                "No receipt", html("<main><h1>No such receipt</h1></main>"), status=404
            )
        body = html(
            '<main><div class="card letter"><h1>Receipt</h1><p class="lead">{amount}, paid with a '
            "test card. No real money moved.</p><code>{id}</code></div></main>",
            amount=readable(charge["amount"], charge["currency"]),
            id=charge["id"],
        )
        return bare_page("Receipt", body)
