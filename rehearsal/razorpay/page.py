"""The hosted page at a payment link's `short_url`. It works without JavaScript."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rehearsal.pages.html import Html, html
from rehearsal.pages.layout import bare_page
from rehearsal.razorpay.book import Entity
from rehearsal.razorpay.currency import readable
from rehearsal.razorpay.routes import Desk

TILL = """<div class="till">
<section class="what"><div class="inner">
<div class="shop"><span class="mark"></span>{shop}</div>
<p class="due">{due}</p><p class="amount" id="amount">{amount}</p>
<ul class="items"><li class="total"><span>{what}</span><b>{amount}</b></li></ul>
</div></section>
<section class="how"><div class="inner"><span class="ribbon">Rehearsal: no real money</span>
{right}</div></section></div>"""

_FORM = """{notice}
<form method="post">
<label>E-mail <input type="email" name="email" id="email" value="{email}"></label>
<button class="main" id="pay" name="action" value="pay">Pay {amount}</button>
<div class="row"><button id="fail" name="action" value="fail">Fail</button>
<button id="late" name="action" value="late">Fail, then succeed</button></div>
</form>
<p class="note">Pay sends the signed webhooks of a real payment. Fail answers as a bank that
refuses. The third is what banks do with UPI: the same payment fails first and is captured after.
Link <code>{link}</code></p>"""


class PaymentPage:
    """Shows a link and takes the payer's choice."""

    def __init__(self, desk: Desk, key_secret: str) -> None:
        self.desk = desk
        self.key_secret = key_secret

    async def show(self, request: Request) -> Response:
        """GET the page."""
        return self._page(self._find(request), failed="failed" in request.query_params)

    async def choose(self, request: Request) -> Response:
        """POST one of the buttons; paying twice is paying once."""
        link = self._find(request)
        if link is None:
            return self._page(None)
        form = await request.form()
        action, email = form.get("action"), str(form.get("email") or "").strip()
        links = self.desk.links
        if action == "fail" and link["status"] == "created":
            links.decline(link, email=email)
            return RedirectResponse(f"{request.url.path}?failed=1", 303)
        if action in ("pay", "late"):
            (links.pay if action == "pay" else links.late)(link, email=email)
            if link["status"] == "paid" and link["callback_url"]:
                return RedirectResponse(self._callback(link), 303)
        return RedirectResponse(request.url.path, 303)

    def _find(self, request: Request) -> Entity | None:
        self.desk.links.expire_due()
        return self.desk.book.tables.get("link", {}).get(request.path_params["link_id"])

    def _callback(self, link: Entity) -> str:
        """Where the payer goes, with what Razorpay says of it and the signature over that."""
        payment_id = link["payments"][0]["payment_id"]
        said = "|".join([link["id"], link["reference_id"], link["status"], payment_id])
        signature = hmac.new(self.key_secret.encode(), said.encode(), hashlib.sha256).hexdigest()
        query = urlencode(
            {
                "razorpay_payment_id": payment_id,
                "razorpay_payment_link_id": link["id"],
                "razorpay_payment_link_reference_id": link["reference_id"],
                "razorpay_payment_link_status": link["status"],
                "razorpay_signature": signature,
            }
        )
        return f"{link['callback_url']}{'&' if '?' in link['callback_url'] else '?'}{query}"

    def _page(self, link: Entity | None, *, failed: bool = False) -> Response:
        if link is None:
            right = Html("<h1>Nothing to pay here</h1><p>No such link.</p>")
            body = html(TILL, shop="", due="", amount="", what="", right=right)
            return bare_page("Nothing to pay", body, status=404)
        amount = readable(link["amount"], link["currency"])
        body = html(
            TILL,
            shop=link["description"] or "Your order",
            due="To pay" if link["status"] == "created" else "Amount",
            amount=amount,
            what=link["reference_id"],
            right=self._right(link, amount, failed),
        )
        return bare_page(f"Pay {amount}", body)

    def _right(self, link: Entity, amount: str, failed: bool) -> Html:
        if link["status"] == "paid":
            back = self._callback(link) if link["callback_url"] else ""
            return html(
                '<h1>Paid</h1><p class="notice good" id="paid">This payment is complete. Paying '
                'again does nothing.</p><p><a id="back" href="{url}">Back to the shop</a></p>',
                url=back,
            )
        if link["status"] != "created":
            return html(
                '<h1>Too late</h1><p class="notice bad" id="closed">This payment link is {status}. '
                "Please start again in the shop.</p>",
                status=link["status"],
            )
        notice = Html('<p class="notice bad" id="failed">Your bank refused. Please try again.</p>')
        return html(
            _FORM,
            notice=notice if failed else Html(""),
            email=link["customer"].get("email", ""),
            amount=amount,
            link=link["id"],
        )
