"""The hosted page at a subscription's `short_url`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehearsal.pages.html import Html, html
from rehearsal.pages.layout import bare_page
from rehearsal.razorpay.book import Entity
from rehearsal.razorpay.currency import readable
from rehearsal.razorpay.page import TILL
from rehearsal.razorpay.routes import Desk

_FORM = """<form method="post">
<label>E-mail <input type="email" name="email" id="email" value="payer@example.com"></label>
<button class="main" id="authenticate" name="action" value="authenticate">Subscribe</button>
</form><p class="note">Subscribing lets Razorpay charge you every {period}.
Subscription <code>{subscription}</code></p>"""
_WORDS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}


class SubscribePage:
    """Shows a subscription and lets the payer agree to it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def show(self, request: Request) -> Response:
        """GET the page."""
        return self._page(self._find(request))

    async def choose(self, request: Request) -> Response:
        """POST the button; agreeing twice is agreeing once."""
        subscription = self._find(request)
        if subscription is None:
            return self._page(None)
        form = await request.form()
        if form.get("action") == "authenticate":
            self.desk.subscriptions.authenticate(subscription, email=str(form.get("email") or ""))
        return RedirectResponse(request.url.path, 303)

    def _find(self, request: Request) -> Entity | None:
        table = self.desk.book.tables.get("subscription", {})
        return table.get(request.path_params["subscription_id"])

    def _page(self, subscription: Entity | None) -> Response:
        if subscription is None:
            right = Html("<h1>Nothing to subscribe to</h1><p>No such subscription.</p>")
            body = html(TILL, shop="", due="", amount="", what="", right=right)
            return bare_page("Nothing here", body, status=404)
        plan = self.desk.book.get("plan", subscription["plan_id"])
        item, period = plan["item"], _WORDS[plan["period"]]
        amount = readable(item["amount"] * subscription["quantity"], item["currency"])
        body = html(
            TILL,
            shop=item["name"],
            due=f"Each {period}",
            amount=amount,
            what=item["name"],
            right=_right(subscription, period),
        )
        return bare_page(f"Subscribe to {item['name']}", body)


def _right(subscription: Entity, period: str) -> Html:
    if subscription["status"] == "created":
        return html(_FORM, period=period, subscription=subscription["id"])
    return html(
        '<h1>Thank you</h1><p class="notice good" id="status">This subscription is {status}.</p>',
        status=subscription["status"],
    )
