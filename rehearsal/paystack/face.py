"""The Paystack face put together."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from rehearsal.face import Doorplate, Face, World
from rehearsal.journal import Entry
from rehearsal.outbox import Endpoint, Outbox
from rehearsal.pages.html import html
from rehearsal.pages.layout import bare_page
from rehearsal.paystack.api import PaystackApi
from rehearsal.paystack.book import Book
from rehearsal.paystack.control import PaystackControl
from rehearsal.paystack.ledger import accounts
from rehearsal.paystack.money import readable
from rehearsal.paystack.page import PaymentPage
from rehearsal.paystack.steps import Steps
from rehearsal.paystack.webhooks import PAUSES, Events, sign


class PaystackFace(Face):
    """API, payment page and webhooks of Paystack."""

    slug = "paystack"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        settings = world.settings
        endpoint = Endpoint(settings.webhook_urls.get(self.slug, ""), settings.secret_of(self.slug))
        self.webhooks = Outbox(
            self.slug, sign, world.journal, endpoint, settings.retry_scale, PAUSES
        )
        self.outbox = self.webhooks
        self.book = Book(world.journal)
        self.api = PaystackApi(self.book, Events(self.webhooks), world.base_url)
        self.steps = Steps(self.api.transactions, self.api.subscriptions)
        self.page = PaymentPage(self.book, self.steps)

    def routes(self) -> list[BaseRoute]:
        """The pages a payer sees, then the API."""
        return [
            Route("/pay/{access_code}", self.page.show, methods=["GET"]),
            Route("/pay/{access_code}", self.page.choose, methods=["POST"]),
            Route("/manage/{token}", self._manage),
            Route("/{path:path}", self.api.answer, methods=["GET", "POST", "PUT", "DELETE"]),
        ]

    def control_routes(self) -> list[BaseRoute]:
        """Under /control/paystack."""
        return list(PaystackControl(self.api, self.steps).routes())

    def restore(self, entry: Entry) -> None:
        """Rows and deliveries come back."""
        if entry.kind.startswith("delivery"):
            self.webhooks.restore(entry)
        else:
            self.book.restore(entry)

    def clear(self) -> None:
        """Empty books."""
        self.book.clear()
        self.api.log.clear()
        self.webhooks.clear()

    def end_faults(self) -> None:
        """Habits go back to what Paystack's own pages say."""
        self.api.transactions.failures_told = self.api.refunds.named = False

    def overview(self) -> dict[str, Any]:
        """Counts per kind of row."""
        return {kind: len(table) for kind, table in self.book.tables.items()}

    def doorplate(self) -> Doorplate:
        """What the start page says."""
        totals = accounts(self.book)["totals"]
        paid = ", ".join(readable(of["charged"], code) for code, of in sorted(totals.items()))
        return Doorplate(
            title="Paystack",
            purpose="Transactions, a payment page, refunds, disputes, plans, signed webhooks.",
            facts=[
                ("API base", f"{self.world.base_url}/paystack"),
                ("Webhooks go to", self.webhooks.endpoint.url or "nowhere yet"),
                ("Transactions", str(len(self.book.tables.get("transaction", {})))),
                ("Paid", paid or "nothing yet"),
            ],
            links=[
                ("Books", "/control/paystack/book"),
                ("Requests", "/control/paystack/requests"),
            ],
        )

    async def _manage(self, request: Request) -> Response:
        """The page where a subscriber changes the card."""
        token = request.path_params["token"]
        found = next(self.book.where("subscription", email_token=token), None)
        if found is None:
            body = html("<main><h1>No such subscription</h1></main>")
            return bare_page("Not found", body, status=404)
        body = html(
            '<main><div class="card letter"><h1>{plan}</h1><p class="lead">{amount}, {status}. '
            "No real card is charged.</p><code>{code}</code></div></main>",
            plan=found["plan"]["name"],
            amount=readable(found["amount"], found["plan"]["currency"]),
            status=found["status"],
            code=found["subscription_code"],
        )
        return bare_page("Subscription", body)
