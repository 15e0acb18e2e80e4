"""The hosted payment page at a session's `url`. It works without JavaScript."""

from __future__ import annotations

import contextlib

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehearsal.pages.html import Html, html, join
from rehearsal.pages.layout import bare_page
from rehearsal.stripe.book import Book, StripeObject
from rehearsal.stripe.currency import readable
from rehearsal.stripe.errors import StripeRefusal
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
<button class="main" id="pay" name="action" value="pay">{pay}</button>
<div class="row"><button id="decline" name="action" value="decline">Decline</button>
{later}</div>
<button class="quiet" id="cancel" name="action" value="cancel" formnovalidate>Cancel</button>
</form>
<p class="note">Pay sends the signed webhooks of a real payment. Decline answers as a bank that
refuses. Pay later is a slow method: the money arrives or bounces when you say so.
Session <code>{session}</code></p>"""

_LATER = '<button id="promise" name="action" value="promise">Pay later</button>'

_WAITING = """<h1>On its way</h1><p class="notice good" id="promised">The customer promised to pay
by a slow method. What becomes of the money?</p><form method="post"><div class="row">
<button class="main" id="arrive" name="action" value="arrive">It arrives</button>
<button id="bounce" name="action" value="bounce">It bounces</button></div></form>
<p class="note"><a id="back" href="{url}">Back to the shop</a></p>"""


class PaymentPage:
    """Shows a session and takes the customer's choice."""

    def __init__(self, book: Book, payments: Payments) -> None:
        self.book = book
        self.payments = payments

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
        if action == "promise" and session["mode"] == "subscription":
            return self._page(session)
        if action in ("pay", "promise"):
            happen = self.payments.pay if action == "pay" else self.payments.promise
            happen(session, email=email)
            if session["status"] == "complete":
                return RedirectResponse(_after(session), 303)
        elif action in ("arrive", "bounce"):
            self._decide(session, str(action))
            return RedirectResponse(request.url.path, 303)
        elif action == "cancel":
            return RedirectResponse(session["cancel_url"] or session["success_url"], 303)
        elif action == "decline":
            self.payments.decline(session, email=email)
            return RedirectResponse(f"{request.url.path}?declined=1", 303)
        return self._page(session)

    def _decide(self, session: StripeObject, action: str) -> None:
        """What becomes of promised money; pressing twice is pressing once."""
        with contextlib.suppress(StripeRefusal):
            (self.payments.arrive if action == "arrive" else self.payments.bounce)(session)

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
        if session["status"] == "complete" and session["payment_status"] == "unpaid":
            return self._waiting(session)
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
        subscribes = session["mode"] == "subscription"
        verb = "Pay" if not subscribes else "Subscribe for" if session["amount_total"] else ""
        return html(
            _FORM,
            notice=notice if declined else Html(""),
            email=session["customer_email"] or self._customer_email(session),
            pay=f"{verb} {amount}" if verb else "Start trial",
            later=Html("" if subscribes else _LATER),
            session=session["id"],
        )

    def _waiting(self, session: StripeObject) -> Html:
        """The page of promised money, with the power to decide what becomes of it."""
        intent = self.book.get("payment_intent", session["payment_intent"])
        if intent["status"] != "processing":
            return html(
                '<h1>Not paid</h1><p class="notice bad" id="bounced">The money did not come.</p>'
                '<p><a id="back" href="{url}">Back to the shop</a></p>',
                url=_after(session),
            )
        return html(_WAITING, url=_after(session))

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
