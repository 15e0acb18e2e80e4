"""The hosted payment page at a session's `url`. It works without JavaScript."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehearsal.pages.html import Html, html, join
from rehearsal.pages.layout import bare_page
from rehearsal.stripe.book import Book, StripeObject
from rehearsal.stripe.currency import readable
from rehearsal.stripe.expand import line_items_of
from rehearsal.stripe.payments import Payments

_TILL = """<div class="till">
<section class="what"><div class="inner">
<div class="shop"><span class="mark"></span>{shop}</div>
<p class="due">{due}</p><p class="amount" id="amount">{amount}</p>
<ul class="items">{items}</ul>
</div></section>
<section class="how"><div class="inner"><span class="ribbon">Rehearsal: no real money</span>
{right}</div></section></div>"""

_FORM = """<div class="plastic"><div><span>Test card</span><span>VISA</span></div>
<p class="number">4242 4242 4242 4242</p><div><span>Rehearsal</span><span>12 / 34</span></div></div>
{notice}
<form method="post">
<label>E-mail <input type="email" name="email" id="email" value="{email}"></label>
<button class="main" id="pay" name="action" value="pay">Pay {amount}</button>
<div class="row"><button id="decline" name="action" value="decline">Decline</button>
<button id="cancel" name="action" value="cancel" formnovalidate>Cancel</button></div>
</form>
<p class="note">Pay sends the signed webhooks of a real payment. Decline answers as a bank that
refuses. Session <code>{session}</code></p>"""


class PaymentPage:
    """Shows a session and takes the customer's choice."""

    def __init__(self, book: Book, payments: Payments, base_url: str) -> None:
        self.book = book
        self.payments = payments
        self.base_url = base_url

    async def show(self, request: Request) -> Response:
        """GET the page."""
        return self._page(self._find(request), declined="declined" in request.query_params)

    async def choose(self, request: Request) -> Response:
        """POST one of the three buttons; paying twice is paying once."""
        session = self._find(request)
        if session is None:
            return self._page(None)
        form = await request.form()
        action = form.get("action")
        email = str(form.get("email") or "").strip() or None
        if action == "pay":
            self.payments.pay(session, email=email, base_url=self.base_url)
            if session["status"] == "complete":
                return RedirectResponse(_after(session), 303)
        elif action == "cancel":
            return RedirectResponse(session["cancel_url"] or session["success_url"], 303)
        elif action == "decline":
            self.payments.decline(session, email=email, base_url=self.base_url)
            return RedirectResponse(f"{request.url.path}?declined=1", 303)
        return self._page(session)

    def _find(self, request: Request) -> StripeObject | None:
        self.payments.expire_due()
        sessions = self.book.tables.get("checkout.session", {})
        return sessions.get(request.path_params["session_id"])

    def _page(self, session: StripeObject | None, *, declined: bool = False) -> Response:
        if session is None:
            right = Html("<h1>Nothing to pay here</h1><p>No such session.</p>")
            return bare_page(
                "Nothing to pay",
                html(_TILL, shop="", due="", amount="", items="", right=right),
                status=404,
            )
        amount = readable(session["amount_total"], session["currency"])
        body = html(
            _TILL,
            shop=_shop(session),
            due="To pay" if session["status"] == "open" else "Amount",
            amount=amount,
            items=_items(session, self.book),
            right=self._right(session, amount, declined),
        )
        return bare_page(f"Pay {amount}", body)

    def _right(self, session: StripeObject, amount: str, declined: bool) -> Html:
        if session["status"] == "complete":
            return html(
                '<h1>Paid</h1><p class="notice good" id="paid">This payment is complete. Paying '
                'again does nothing.</p><p><a id="back" href="{url}">Back to the shop</a></p>',
                url=_after(session),
            )
        if session["status"] == "expired":
            return Html(
                '<h1>Too late</h1><p class="notice bad" id="expired">This payment link has '
                "expired. Please start again in the shop.</p>"
            )
        notice = Html(
            '<p class="notice bad" id="declined">Your card was declined. Try again or cancel.</p>'
        )
        return html(
            _FORM,
            notice=notice if declined else Html(""),
            email=session["customer_email"] or self._customer_email(session),
            amount=amount,
            session=session["id"],
        )

    def _customer_email(self, session: StripeObject) -> str:
        customers = self.book.tables.get("customer", {})
        return customers.get(session["customer"] or "", {}).get("email") or ""


def _after(session: StripeObject) -> str:
    """Where a paid session leads, with Stripe's one placeholder filled in."""
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _shop(session: StripeObject) -> str:
    reference = session["client_reference_id"]
    return f"Order {reference}" if reference else "Your order"


def _items(session: StripeObject, book: Book) -> Html:
    row = "<li{total}><span>{name}<small>{detail}</small></span><b>{amount}</b></li>"
    currency = session["currency"]

    def line(name: str, minor: int, detail: str = "", total: bool = False) -> Html:
        return html(
            row,
            name=name,
            detail=detail,
            amount=readable(minor, currency),
            total=Html(' class="total"') if total else Html(""),
        )

    lines = [
        line(
            item["description"],
            item["amount_total"],
            f"{item['quantity']} × {readable(item['price']['unit_amount'], currency)}"
            if item["quantity"] > 1
            else "",
        )
        for item in line_items_of(session, book)["data"]
    ]
    shipping = session["total_details"]["amount_shipping"]
    if shipping:
        lines.append(line("Shipping", shipping))
    lines.append(line("Total", session["amount_total"], total=True))
    return join(lines)
