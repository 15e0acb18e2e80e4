"""The customer portal and an invoice's own page: plain forms, no JavaScript."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehearsal.pages.html import Html, html, join
from rehearsal.pages.layout import bare_page
from rehearsal.stripe.book import Book, StripeObject
from rehearsal.stripe.currency import readable
from rehearsal.stripe.endings import Endings
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.subscription_parts import ENDED, period_of
from rehearsal.stripe.subscriptions import Subscriptions

_SUBSCRIPTION = """<section class="card"><h2>{name}</h2>
<p class="amount">{amount}</p><p id="status-{id}">{status}</p>
<form method="post"><input type="hidden" name="subscription" value="{id}"><div class="row">
{buttons}</div></form></section>"""

_CARD = """<section class="card"><h2>Card</h2><p id="card">{card}</p><form method="post">
<div class="row"><button name="action" value="good_card" id="good_card">Use a card that works
</button><button name="action" value="bad_card" id="bad_card">Use a card that is declined</button>
</div></form></section>"""

_INVOICE = """<main><div class="card letter"><h1>Invoice {number}</h1>
<p class="lead" id="status">{amount}, {status}</p>{pay}<code>{id}</code></div></main>"""

_PAY = """<form method="post"><button class="main" id="pay">Pay {amount}</button></form>"""


class Portal:
    """Shows a customer's subscriptions and takes their choices."""

    def __init__(self, book: Book, subscriptions: Subscriptions, endings: Endings) -> None:
        self.book = book
        self.subscriptions = subscriptions
        self.endings = endings

    async def show(self, request: Request) -> Response:
        """GET the portal."""
        portal = self._portal(request)
        if portal is None:
            return _nothing()
        mine = list(self.book.where("subscription", customer=portal["customer"]))
        works = self.subscriptions.card_works(portal["customer"])
        body = html(
            '<main><h1>Your subscriptions</h1>{all}{card}<p><a id="back" href="{url}">Back</a></p>'
            "</main>",
            all=join([self._shown(subscription) for subscription in mine]),
            card=html(_CARD, card="•••• 4242" if works else "•••• 0341, will be declined"),
            url=portal["return_url"] or "/",
        )
        return bare_page("Your subscriptions", body)

    async def choose(self, request: Request) -> Response:
        """POST one of the buttons: cancel, resume, good_card, bad_card."""
        portal = self._portal(request)
        if portal is None:
            return _nothing()
        form = await request.form()
        action, customer = form.get("action"), portal["customer"]
        if action in ("good_card", "bad_card"):
            self.book.save_private(customer, card_works=action == "good_card")
        if action == "good_card":
            self._pay_open(customer)
        if action in ("cancel", "resume"):
            for chosen in self.book.where(
                "subscription", id=str(form.get("subscription")), customer=customer
            ):
                if chosen["status"] not in ENDED:
                    self.endings.end_later(chosen, action == "cancel")
        return RedirectResponse(request.url.path, 303)

    async def invoice(self, request: Request) -> Response:
        """An invoice; POST pays it."""
        found = self.book.tables.get("invoice", {}).get(request.path_params["invoice_id"])
        if found is None:
            return _nothing()
        if request.method == "POST":
            named = found["parent"]["subscription_details"]["subscription"]
            with contextlib.suppress(StripeRefusal):
                self.subscriptions.recover(self.book.get("subscription", named))
            return RedirectResponse(request.url.path, 303)
        amount = readable(found["amount_due"], found["currency"])
        body = html(
            _INVOICE,
            number=found["number"],
            amount=amount,
            status=found["status"],
            pay=html(_PAY, amount=amount) if found["status"] == "open" else Html(""),
            id=found["id"],
        )
        return bare_page(f"Invoice {found['number']}", body)

    def _shown(self, subscription: StripeObject) -> Html:
        item = subscription["items"]["data"][0]
        price = item["price"]
        until = datetime.fromtimestamp(period_of(subscription)[1], UTC).strftime("%d %B %Y")
        ending = "ends" if subscription["cancel_at_period_end"] else "until"
        action = "resume" if subscription["cancel_at_period_end"] else "cancel"
        button = html(
            '<button name="action" value="{action}" id="{action}-{id}">{words}</button>',
            action=action,
            words="Do not cancel" if action == "resume" else "Cancel at the end of the period",
            id=subscription["id"],
        )
        return html(
            _SUBSCRIPTION,
            id=subscription["id"],
            name=self.book.get("product", price["product"])["name"],
            amount=readable(price["unit_amount"] * item["quantity"], price["currency"]),
            status=f"{subscription['status']}, {ending} {until}",
            buttons=Html("") if subscription["status"] in ENDED else button,
        )

    def _pay_open(self, customer: str) -> None:
        """A card that works is charged at once for what is open."""
        for subscription in list(self.book.where("subscription", customer=customer)):
            if subscription["status"] in ("past_due", "unpaid"):
                with contextlib.suppress(StripeRefusal):
                    self.subscriptions.recover(subscription)

    def _portal(self, request: Request) -> StripeObject | None:
        portals = self.book.tables.get("billing_portal.session", {})
        return portals.get(request.path_params["portal_id"])


def _nothing() -> Response:
    return bare_page("Nothing here", html("<main><h1>Nothing here</h1></main>"), status=404)
